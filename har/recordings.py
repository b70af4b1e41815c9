"""Recordings of a worn sensor, and the windows cut from them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import FloatArray, IntArray, as_float_array, check_number, check_vector

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Recordings:
    """Signals of different lengths, with what was done and by whom.

    Parameters
    ----------
    signals : list of ndarray of shape (n_samples, n_channels)
        NaN marks samples that a sensor did not deliver.
    y : array-like of shape (n_recordings,)
        Activities.
    groups : array-like of shape (n_recordings,)
        Subjects.
    rate_hz : float
        Samples a second.
    channels : sequence of str
        Names, with the unit where it is known.

    Raises
    ------
    InvalidInputError
        If the parts do not fit together.

    Examples
    --------
    >>> walk = Recordings([np.zeros((100, 3))], ["walk"], [7], 50, ["ax [g]", "ay [g]", "az [g]"])
    >>> walk
    Recordings(1 of 1 subject, 1 activity, 2 s at 50 Hz, channels ax [g], ay [g], az [g])
    """

    signals: Sequence[FloatArray]
    y: npt.NDArray[Any]
    groups: npt.NDArray[Any]
    rate_hz: float
    channels: tuple[str, ...]

    def __post_init__(self) -> None:
        signals = [as_float_array(signal, f"signals[{i}]") for i, signal in enumerate(self.signals)]
        channels = tuple(self.channels)
        for i, signal in enumerate(signals):
            if signal.ndim != 2 or signal.shape[1] != len(channels):
                raise InvalidInputError(
                    f"signals[{i}] has shape {signal.shape}; it must be (n_samples, {len(channels)}), "
                    f"one column for each of the channels {', '.join(channels)}"
                )
        # A frozen dataclass sets what it has checked through object.
        object.__setattr__(self, "signals", signals)
        object.__setattr__(self, "channels", channels)
        object.__setattr__(self, "y", check_vector(self.y, len(signals), "y", of="signals"))
        object.__setattr__(self, "groups", check_vector(self.groups, len(signals), "groups", of="signals"))
        object.__setattr__(self, "rate_hz", check_number(self.rate_hz, "rate_hz", above=0))

    def __len__(self) -> int:
        return len(self.signals)

    def __repr__(self) -> str:
        seconds = sum(map(len, self.signals)) / self.rate_hz
        length = f"{seconds:.0f} s" if seconds < 600 else f"{seconds / 60:.0f} min"
        return (
            f"Recordings({len(self)} of {_count(np.unique(self.groups).size, 'subject')}, "
            f"{_count(np.unique(self.y).size, 'activity', 'activities')}, {length} at {self.rate_hz:g} Hz, "
            f"channels {', '.join(self.channels)})"
        )

    def subset(self, chosen: npt.ArrayLike) -> Self:
        """The recordings at these indices, or where this mask is true."""
        indices = np.arange(len(self))[np.asarray(chosen)]
        signals = [self.signals[i] for i in indices]
        return replace(self, signals=signals, y=self.y[indices], groups=self.groups[indices])

    def select(self, channels: Sequence[str]) -> Self:
        """These channels only, in this order."""
        unknown = [name for name in channels if name not in self.channels]
        if unknown:
            raise InvalidInputError(f"channels {unknown} are unknown; choose from {', '.join(self.channels)}")
        columns = [self.channels.index(name) for name in channels]
        return replace(self, signals=[signal[:, columns] for signal in self.signals], channels=tuple(channels))

    def to_frame(self) -> "pd.DataFrame":
        """One row a recording: activity, subject, seconds."""
        import pandas as pd

        seconds = [len(signal) / self.rate_hz for signal in self.signals]
        return pd.DataFrame({"activity": self.y, "subject": self.groups, "seconds": seconds})


@dataclass(frozen=True)
class Windows:
    """Windows of one length, ready for a classifier.

    Attributes
    ----------
    X : ndarray of shape (n_windows, n_timesteps, n_channels)
    y, groups : ndarray of shape (n_windows,)
        Activity and subject of each.
    rate_hz : float
    channels : tuple of str
    recording : ndarray of shape (n_windows,)
        Index of the recording that each was cut from: splits by sequence need it.
    """

    X: FloatArray
    y: npt.NDArray[Any]
    groups: npt.NDArray[Any]
    rate_hz: float
    channels: tuple[str, ...]
    recording: IntArray

    def __len__(self) -> int:
        return len(self.X)

    def __repr__(self) -> str:
        n, n_timesteps, _ = self.X.shape
        return (
            f"Windows({n} of {n_timesteps} samples ({n_timesteps / self.rate_hz:.4g} s), "
            f"{_count(np.unique(self.groups).size, 'subject')}, "
            f"{_count(np.unique(self.y).size, 'activity', 'activities')}, channels {', '.join(self.channels)})"
        )

    def subset(self, chosen: npt.ArrayLike) -> Self:
        """The windows at these indices, or where this mask is true."""
        indices = np.arange(len(self))[np.asarray(chosen)]
        return replace(
            self, X=self.X[indices], y=self.y[indices], groups=self.groups[indices], recording=self.recording[indices]
        )


def _count(n: int, one: str, many: str | None = None) -> str:
    return f"{n} {one if n == 1 else many or one + 's'}"
