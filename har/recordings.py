"""Recordings of a worn sensor, and the windows cut from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import FloatArray, IntArray, as_float_array, check_number, check_windows, encode_labels

if TYPE_CHECKING:
    import pandas as pd


# eq=False: comparing arrays gives no single answer, so only identical objects are equal.
@dataclass(frozen=True, eq=False)
class Recordings:
    """Signals of different lengths, with the activity and the subject of each.

    Parameters
    ----------
    signals : sequence of ndarray of shape (n_samples, n_channels)
        NaN marks missing samples.
    y : array-like of shape (n_recordings,)
        Activities.
    groups : array-like of shape (n_recordings,)
        Subjects.
    rate_hz : float
        Samples per second.
    channels : sequence of str
        Distinct names, with the unit where it is known.

    Raises
    ------
    InvalidInputError
        If the parts do not fit together.

    Examples
    --------
    >>> walk = Recordings([np.zeros((100, 3))], ["walk"], [7], 50, ["ax [g]", "ay [g]", "az [g]"])
    >>> walk
    Recordings(1 of 1 subject, 1 activity, 2 s at 50 Hz, channels ax [g], ay [g], az [g])
    >>> walk.select(["az [g]"]).signals[0].shape
    (100, 1)
    """

    signals: Sequence[FloatArray]
    y: npt.NDArray[Any]
    groups: npt.NDArray[Any]
    rate_hz: float
    channels: tuple[str, ...]

    def __post_init__(self) -> None:
        channels = _check_names(self.channels)
        signals = _check_signals(self.signals, channels)
        _store_checked(self, "signals", len(signals), signals=signals, channels=channels)

    def __len__(self) -> int:
        return len(self.signals)

    def __repr__(self) -> str:
        seconds = sum(map(len, self.signals)) / self.rate_hz
        length = f"{seconds:.0f} s" if seconds < 600 else f"{seconds / 60:.0f} min"
        return f"Recordings({len(self)} of {_count_labels(self)}, {length} at {_rate_and_channels(self)})"

    def subset(self, chosen: npt.ArrayLike) -> Self:
        """The recordings at these indices, or those where this mask is true."""
        indices = _check_indices(chosen, len(self))
        signals = [self.signals[i] for i in indices]
        return replace(self, signals=signals, y=self.y[indices], groups=self.groups[indices])

    def select(self, channels: Sequence[str]) -> Self:
        """These channels only, in this order."""
        columns = _column_indices(self.channels, channels)
        return replace(self, signals=[signal[:, columns] for signal in self.signals], channels=tuple(channels))

    def to_frame(self) -> pd.DataFrame:
        """One row per recording: activity, subject, seconds."""
        import pandas as pd

        seconds = [len(signal) / self.rate_hz for signal in self.signals]
        return pd.DataFrame({"activity": self.y, "subject": self.groups, "seconds": seconds})


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of one length, ready for a classifier.

    Parameters
    ----------
    X : ndarray of shape (n_windows, n_timesteps, n_channels)
        No NaN.
    y, groups : array-like of shape (n_windows,)
        Activity and subject of each window.
    rate_hz : float
        Samples per second.
    channels : sequence of str
        Distinct names.
    recording : array-like of int of shape (n_windows,)
        Index of the recording that each window was cut from; splits by sequence need it.

    Raises
    ------
    InvalidInputError
        If the parts do not fit together.

    Examples
    --------
    >>> Windows(np.zeros((2, 128, 1)), ["walk", "sit"], [7, 7], 50, ["ax [g]"], [0, 1])
    Windows(2 of 1 subject, 2 activities, 128 samples (2.56 s) at 50 Hz, channels ax [g])
    """

    X: FloatArray
    y: npt.NDArray[Any]
    groups: npt.NDArray[Any]
    rate_hz: float
    channels: tuple[str, ...]
    recording: IntArray

    def __post_init__(self) -> None:
        X = check_windows(self.X)
        channels = _check_names(self.channels)
        if len(channels) != X.shape[2]:
            raise InvalidInputError(
                f"channels has {len(channels)} names but X has {X.shape[2]} channels: name each of them"
            )
        recording = np.asarray(self.recording)
        if recording.shape != (len(X),) or recording.dtype.kind not in "iu":
            raise InvalidInputError(
                f"recording must be {len(X)} integers, one per window, but has shape {recording.shape} and type "
                f"{recording.dtype}; np.arange({len(X)}) if each window is a recording of its own"
            )
        _store_checked(self, "X", len(X), X=X, channels=channels, recording=recording.astype(np.int64, copy=False))

    def __len__(self) -> int:
        return len(self.X)

    def __repr__(self) -> str:
        n_timesteps = self.X.shape[1]
        return (
            f"Windows({len(self)} of {_count_labels(self)}, {n_timesteps} samples "
            f"({n_timesteps / self.rate_hz:.4g} s) at {_rate_and_channels(self)})"
        )

    def subset(self, chosen: npt.ArrayLike) -> Self:
        """The windows at these indices, or those where this mask is true."""
        indices = _check_indices(chosen, len(self))
        return replace(
            self, X=self.X[indices], y=self.y[indices], groups=self.groups[indices], recording=self.recording[indices]
        )

    def select(self, channels: Sequence[str]) -> Self:
        """These channels only, in this order."""
        return replace(self, X=self.X[:, :, _column_indices(self.channels, channels)], channels=tuple(channels))


def _store_checked(instance: Recordings | Windows, of: str, n: int, **checked: Any) -> None:
    """Check the fields that both classes have, and store all fields in the frozen instance."""
    for name in ("y", "groups"):
        values, codes = encode_labels(getattr(instance, name), name, n=n, of=of)
        checked[name] = values[codes]
    checked["rate_hz"] = check_number(instance.rate_hz, "rate_hz", above=0)
    for name, value in checked.items():
        object.__setattr__(instance, name, value)


def _check_signals(value: Any, channels: tuple[str, ...]) -> list[FloatArray]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise InvalidInputError(f"signals is {value!r}; pass a list of arrays (n_samples, {len(channels)})")
    signals = [as_float_array(signal, f"signals[{i}]") for i, signal in enumerate(value)]
    for i, signal in enumerate(signals):
        if signal.ndim != 2 or signal.shape[1] != len(channels):
            raise InvalidInputError(
                f"signals[{i}] has shape {signal.shape}; it must be (n_samples, {len(channels)}), "
                f"one column for each of the channels {', '.join(channels)}"
            )
        infinite = np.argwhere(np.isinf(signal))
        if len(infinite):
            sample, channel = infinite[0]
            raise InvalidInputError(
                f"signals[{i}] contains infinity at sample {sample}, channel {channels[channel]}: "
                "use NaN for samples that were not measured"
            )
    return signals


def _check_names(value: Any) -> tuple[str, ...]:
    names = tuple(value) if isinstance(value, Iterable) and not isinstance(value, str) else ()
    if not names or not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise InvalidInputError(
            f"channels is {value!r}; pass different names, one per channel, such as ['ax [g]', 'ay [g]']"
        )
    return tuple(map(str, names))


def _column_indices(names: tuple[str, ...], chosen: Any) -> list[int]:
    unknown = [name for name in _check_names(chosen) if name not in names]
    if unknown:
        raise InvalidInputError(f"channels {unknown} are unknown; choose from {', '.join(names)}")
    return [names.index(name) for name in chosen]


def _check_indices(chosen: npt.ArrayLike, n: int) -> IntArray:
    try:
        array = np.asarray(chosen)
        if array.ndim != 1 or not array.size:
            raise InvalidInputError(f"chosen has shape {array.shape}; pass a list of indices, or a mask of {n} entries")
        indices: IntArray = np.arange(n)[array]
    except (IndexError, ValueError) as error:
        if isinstance(error, InvalidInputError):
            raise
        raise InvalidInputError(f"chosen is neither indices below {n} nor a mask of {n} entries ({error})") from error
    if not len(indices):
        raise InvalidInputError(f"chosen is a mask without a true entry: it leaves none of {n}")
    return indices


def _count_labels(data: Recordings | Windows) -> str:
    subjects, activities = (np.unique(labels).size for labels in (data.groups, data.y))
    return (
        f"{subjects} {'subject' if subjects == 1 else 'subjects'}, "
        f"{activities} {'activity' if activities == 1 else 'activities'}"
    )


def _rate_and_channels(data: Recordings | Windows) -> str:
    return f"{data.rate_hz:g} Hz, channels {', '.join(data.channels)}"
