"""What a model was trained on: the section of the manifest that shows whether it suits a sensor."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np

from common.errors import InvalidInputError
from common.validation import check_integer, check_number, split_unit

#: Longer lists, such as a name for every timestep, are left out of a manifest.
_MAX_NAMES = 1000

Label = str | int | float | bool


@dataclass(frozen=True)
class TrainingData:
    """What a model was trained on; None means unknown.

    Attributes
    ----------
    channels : tuple of str
        Names in the order of the last axis of X.
    units : tuple of str
        One per channel.
    rate_hz : float
        Samples per second.
    window_s : float
        Length of a window in seconds.
    n_timesteps, n_channels : int
        Shape of a window.
    feature_names : tuple of str
        Columns, for a model that was fitted on a data frame.
    classes : tuple of str, int, float or bool
        Class labels.
    n_subjects : int
        Number of people.

    Raises
    ------
    InvalidInputError
        If a field has the wrong type, or fields contradict each other.

    Examples
    --------
    >>> print(TrainingData(channels=("ax", "ay"), units=("g", "g"), rate_hz=50, n_timesteps=128))
    channels 'ax' [g], 'ay' [g]; 50 Hz; windows of 2.56 s, 128 samples

    What several parts know of the same training is joined, and kept as JSON in the manifest:

    >>> known = TrainingData(rate_hz=50).joined(TrainingData(classes=("fall", "walk")))
    >>> known.to_json()
    {'rate_hz': 50.0, 'classes': ['fall', 'walk']}
    >>> TrainingData.from_json(known.to_json()) == known
    True

    Of windows, and of an estimator that is fitted:

    >>> from types import SimpleNamespace
    >>> import numpy as np
    >>> windows = SimpleNamespace(X=np.zeros((4, 128, 1)), y=np.array(["walk"] * 4), channels=("ax [g]",), rate_hz=50)
    >>> print(TrainingData.of_windows(windows))
    channels 'ax [g]'; 50 Hz; windows of 2.56 s, 128 samples; classes 'walk'
    >>> from sklearn.linear_model import LogisticRegression
    >>> print(TrainingData.of_estimator(LogisticRegression().fit([[0.0], [1.0]], ["fall", "walk"])))
    classes 'fall', 'walk'
    """

    channels: tuple[str, ...] | None = None
    units: tuple[str, ...] | None = None
    rate_hz: float | None = None
    window_s: float | None = None
    n_timesteps: int | None = None
    n_channels: int | None = None
    feature_names: tuple[str, ...] | None = None
    classes: tuple[Label, ...] | None = None
    n_subjects: int | None = None

    def __post_init__(self) -> None:
        for name in ("channels", "units", "feature_names"):
            self._set(name, _check_tuple, str)
        self._set("classes", _check_tuple, (str, int, float, bool))
        for name in ("rate_hz", "window_s"):
            self._set(name, _check_positive)
        for name in ("n_timesteps", "n_channels", "n_subjects"):
            self._set(name, check_integer)
        self._fill_in("n_channels", None if self.channels is None else len(self.channels))
        if self.units is not None and self.n_channels not in (None, len(self.units)):
            raise InvalidInputError(
                f"units has {len(self.units)} entries, not one for each of {self.n_channels} channels"
            )
        if self.rate_hz is not None and self.n_timesteps is not None:
            seconds = self.n_timesteps / self.rate_hz
            self._fill_in("window_s", seconds)
            if self.window_s is None or abs(self.window_s - seconds) > 0.5 / self.rate_hz:
                raise InvalidInputError(
                    f"window_s is {self.window_s:g}, but {self.n_timesteps} samples at {self.rate_hz:g} Hz are "
                    f"{seconds:g} s: correct one of the three"
                )

    @classmethod
    def of_windows(cls, windows: Any) -> Self:
        """The training data described by :class:`har.Windows`, or by an object with the same attributes.

        Raises
        ------
        InvalidInputError
            If ``windows`` has no X of three dimensions, no channels or no rate.
        """
        try:
            _, n_timesteps, n_channels = np.shape(windows.X)
            channels = tuple(windows.channels)
            rate_hz = windows.rate_hz
        except (AttributeError, TypeError, ValueError) as error:
            raise InvalidInputError(
                f"trained_on is a {type(windows).__name__}; pass har.Windows, or common.TrainingData(channels=..., "
                f"rate_hz=...) ({error})"
            ) from error
        subjects = getattr(windows, "groups", None)
        return cls(
            channels=channels,
            units=_units(channels),
            rate_hz=rate_hz,
            n_timesteps=n_timesteps,
            n_channels=n_channels,
            classes=plain_labels(np.unique(windows.y)) if hasattr(windows, "y") else None,
            n_subjects=None if subjects is None else len(np.unique(subjects)),
        )

    @classmethod
    def of_estimator(cls, model: Any) -> Self:
        """What a fitted estimator knows about its training data."""
        names = getattr(model, "feature_names_in_", None)
        channels = getattr(model, "channels_in_", None)
        return cls(
            channels=channels,
            units=None if channels is None else _units(channels),
            rate_hz=getattr(model, "rate_hz_in_", None),
            n_timesteps=getattr(model, "n_timesteps_in_", None),
            n_channels=getattr(model, "n_channels_in_", None),
            feature_names=None if names is None else _short(tuple(map(str, names))),
            classes=plain_labels(getattr(model, "classes_", None)),
        )

    def joined(self, other: Self) -> Self:
        """Combine what both know.

        Raises
        ------
        InvalidInputError
            If they contradict each other.
        """
        known = {}
        for field in fields(self):
            mine, theirs = getattr(self, field.name), getattr(other, field.name)
            if mine is not None and theirs is not None and mine != theirs and field.name != "window_s":
                raise InvalidInputError(
                    f"trained_on: {field.name} is {theirs!r}, but the model was fitted on {mine!r}: "
                    "pass what this model was trained on"
                )
            known[field.name] = theirs if mine is None else mine
        return replace(self, **known)

    def to_json(self) -> dict[str, Any]:
        """The known fields as JSON values."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in vars(self).items() if v is not None}

    @classmethod
    def from_json(cls, content: Any) -> Self:
        """The inverse of :meth:`to_json`; raises InvalidInputError or TypeError for anything else."""
        fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in content.items()}
        return cls(**fields)

    def __str__(self) -> str:
        units = [f" [{unit}]" for unit in self.units or ()] or [""] * len(self.channels or ())
        channels = [
            repr(name) if unit in name else f"{name!r}{unit}"
            for name, unit in zip(self.channels or (), units, strict=True)
        ]
        window = [
            *([] if self.window_s is None else [f"{self.window_s:g} s"]),
            *([] if self.n_timesteps is None else [f"{self.n_timesteps} samples"]),
            *([] if self.n_channels is None or channels else [f"{self.n_channels} channels"]),
        ]
        parts = [
            f"channels {', '.join(channels)}" if channels else "",
            "" if self.rate_hz is None else f"{self.rate_hz:g} Hz",
            f"windows of {', '.join(window)}" if window else "",
            f"columns {_listed(self.feature_names)}" if self.feature_names else "",
            f"classes {_listed(self.classes)}" if self.classes else "",
            "" if self.n_subjects is None else f"{self.n_subjects} {'person' if self.n_subjects == 1 else 'people'}",
        ]
        return "; ".join(filter(None, parts)) or "unknown"

    def _set(self, name: str, check: Any, *arguments: Any) -> None:
        value = getattr(self, name)
        if value is not None:
            object.__setattr__(self, name, check(value, name, *arguments))

    def _fill_in(self, name: str, value: Any) -> None:
        if value is not None and getattr(self, name) is None:
            object.__setattr__(self, name, value)


def as_training_data(value: Any) -> TrainingData:
    """The argument ``trained_on`` of :func:`common.save_bundle`."""
    if value is None:
        return TrainingData()
    return value if isinstance(value, TrainingData) else TrainingData.of_windows(value)


def plain_labels(classes: Any) -> tuple[Label, ...] | None:
    """Labels as JSON values; None if they are too many, or not a list of numbers or text."""
    array = np.asarray(classes)
    if classes is None or array.ndim != 1 or array.dtype.kind not in "biufU":
        return None
    return _short(tuple(array.tolist()))


def _short(names: tuple[Any, ...]) -> tuple[Any, ...] | None:
    return names if len(names) <= _MAX_NAMES else None


def _units(channels: Iterable[str]) -> tuple[str, ...] | None:
    """The units in names such as "ax [g]", if each has one."""
    units = [split_unit(name)[1] for name in channels]
    return tuple(unit for unit in units if unit) if all(units) else None


def _check_tuple(value: Any, name: str, types: Any) -> tuple[Any, ...]:
    entries = tuple(value) if isinstance(value, (tuple, list)) else ()
    if not entries or not all(isinstance(entry, types) for entry in entries) or len(entries) > _MAX_NAMES:
        raise InvalidInputError(f"{name} is {value!r:.200}; pass a tuple of 1 to {_MAX_NAMES} of them")
    return entries


def _check_positive(value: Any, name: str) -> float:
    return check_number(value, name, above=0)


def _listed(names: tuple[Label, ...]) -> str:
    shown = ", ".join(map(repr, names[:8]))
    return shown if len(names) <= 8 else f"{shown} and {len(names) - 8} more"
