"""Windows cut from recordings: sliding windows, or one around the peak of each recording."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from common.errors import FrugalWarning, InvalidInputError
from common.validation import FloatArray, IntArray, check_integer, check_number, check_windows
from har.recordings import Recordings
from har.tables.parts import (
    check_indices,
    check_names,
    column_indices,
    count_labels,
    rate_and_channels,
    refuse_names_of_channels,
    store_checked,
)


# eq=False: comparing arrays gives no single answer, so only identical objects are equal.
@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of one length, ready for a classifier.

    Estimators of this library accept them in place of an array, and remember channels and rate. Later windows with
    channels in another order are reordered by name; those with a missing channel, another unit or another rate are
    refused.

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
    >>> import har
    >>> walk = har.Recordings([np.zeros((200, 2))], ["walk"], [7], 50, ["ax [g]", "ay [g]"])
    >>> windows = har.segment(walk, window_s=1)  # half of two windows is common: 7 of them in 4 s
    >>> windows.shape, windows.select(["ay [g]"]).shape, windows.subset([0, 1]).shape
    ((7, 50, 2), (7, 50, 1), (2, 50, 2))
    """

    X: FloatArray
    y: npt.NDArray[Any]
    groups: npt.NDArray[Any]
    rate_hz: float
    channels: tuple[str, ...]
    recording: IntArray

    def __post_init__(self) -> None:
        X = check_windows(self.X)
        channels = check_names(self.channels)
        refuse_names_of_channels(self.X, channels, "X")
        if len(channels) != X.shape[2]:
            turned = X.shape[1] == len(channels)
            raise InvalidInputError(
                f"channels has {len(channels)} names but X has {X.shape[2]} channels: "
                + ("its axes seem to be exchanged, pass X.transpose(0, 2, 1)" if turned else "name each of them")
            )
        recording = np.asarray(self.recording)
        if recording.shape != (len(X),) or recording.dtype.kind not in "iu":
            raise InvalidInputError(
                f"recording must be {len(X)} integers, one per window, but has shape {recording.shape} and type "
                f"{recording.dtype}; np.arange({len(X)}) if each window is a separate recording"
            )
        store_checked(self, "X", len(X), X=X, channels=channels, recording=recording.astype(np.int64, copy=False))

    def __len__(self) -> int:
        return len(self.X)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of ``X``, as scikit-learn's splits and searches expect."""
        return self.X.shape

    def __getitem__(self, key: Any) -> Self:
        """:meth:`subset`, as scikit-learn's splits index data."""
        chosen = key[0] if isinstance(key, tuple) and key[1:] in ((), (Ellipsis,)) else key
        return self.subset(chosen)

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> npt.NDArray[Any]:
        """``X``, for functions that take plain arrays."""
        return np.array(self.X, dtype=dtype) if copy else np.asarray(self.X, dtype=dtype)

    def __repr__(self) -> str:
        n_timesteps = self.X.shape[1]
        return (
            f"Windows({len(self)} of {count_labels(self)}, {n_timesteps} samples "
            f"({n_timesteps / self.rate_hz:.4g} s) at {rate_and_channels(self)})"
        )

    def _repr_html_(self) -> str:
        """A table for a notebook."""
        from har.tables.notebook import windows_html

        return windows_html(self)

    def subset(self, chosen: npt.ArrayLike) -> Self:
        """The windows at these indices, or those where this mask is true.

        Parameters
        ----------
        chosen : array-like of int, or of bool and shape (n_windows,)
        """
        indices = check_indices(chosen, len(self))
        return replace(
            self, X=self.X[indices], y=self.y[indices], groups=self.groups[indices], recording=self.recording[indices]
        )

    def select(self, channels: Sequence[str]) -> Self:
        """These channels only, in this order."""
        return replace(self, X=self.X[:, :, column_indices(self.channels, channels)], channels=tuple(channels))


def segment(recordings: Recordings, *, window_s: float, overlap: float = 0.5) -> Windows:
    """Cut recordings into sliding windows of equal length.

    Windows have round(window_s · rate_hz) samples, and one begins every round((1 − overlap) · length) samples; the rest
    at the end of a recording is dropped. Recordings shorter than a window, and windows with missing samples (NaN), are
    left out, with a :class:`common.FrugalWarning` that counts them.

    Parameters
    ----------
    recordings : Recordings
    window_s : float
        Length in seconds.
    overlap : float in [0, 1)
        Share that two consecutive windows have in common. Windows of one recording resemble each other: split them by
        ``groups``, never at random.

    Returns
    -------
    Windows

    Raises
    ------
    InvalidInputError
        If no recording is as long as a window, or if all windows have missing samples.

    Examples
    --------
    >>> walk = Recordings([np.arange(10.0)[:, None]], ["walk"], [1], 2, ["ax"])
    >>> segment(walk, window_s=2, overlap=0.5).X[:, :, 0]
    array([[0., 1., 2., 3.],
           [2., 3., 4., 5.],
           [4., 5., 6., 7.],
           [6., 7., 8., 9.]])
    """
    length = _window_length(recordings, window_s)
    hop = max(1, round(length * (1 - check_number(overlap, "overlap", at_least=0, below=1))))
    return _cut(recordings, length, [np.arange(0, len(signal) - length + 1, hop) for signal in recordings.signals])


def segment_at_peak(recordings: Recordings, *, window_s: float, acceleration: Sequence[int] = (0, 1, 2)) -> Windows:
    """One window per recording, around the largest magnitude of the acceleration: the impact, if there was one.

    Near an end of the recording, the window is moved inwards so that it lies within the recording. Recordings shorter
    than a window, and windows with missing samples, are left out as in :func:`segment`.

    Parameters
    ----------
    recordings : Recordings
    window_s : float
        Length in seconds.
    acceleration : sequence of int
        Indices of the channels whose Euclidean magnitude is searched for the peak.

    Returns
    -------
    Windows

    Raises
    ------
    InvalidInputError
        As for :func:`segment`, or if there is no such channel.

    Examples
    --------
    >>> bump = Recordings([np.eye(9)[4][:, None]], ["bump"], [1], 1, ["ax"])
    >>> segment_at_peak(bump, window_s=3, acceleration=[0]).X[0, :, 0]
    array([0., 1., 0.])
    """
    length = _window_length(recordings, window_s)
    columns = _check_columns(acceleration, recordings)
    return _cut(recordings, length, [_start_around_peak(signal, columns, length) for signal in recordings.signals])


def _start_around_peak(signal: FloatArray, columns: list[int], length: int) -> IntArray:
    """The start of the window centred on the peak, as an array; empty if the recording is shorter than a window."""
    if len(signal) < length:
        return np.arange(0)
    magnitude = np.linalg.norm(signal[:, columns], axis=1)
    peak = int(np.argmax(np.nan_to_num(magnitude, nan=-1.0)))
    return np.clip([peak - length // 2], 0, len(signal) - length)


def _window_length(recordings: Recordings, window_s: float) -> int:
    """Samples per window."""
    if not isinstance(recordings, Recordings):
        raise InvalidInputError(
            f"recordings is {type(recordings).__name__}; wrap your signals in "
            "har.Recordings(signals, y, groups, rate_hz, channels)"
        )
    # The limit, far beyond any use, keeps the product finite.
    length = round(check_number(window_s, "window_s", above=0, below=1e9) * recordings.rate_hz)
    if length < 2:
        raise InvalidInputError(
            f"window_s is {window_s}: at {recordings.rate_hz:g} Hz that is {length} sample(s); take 2 or more"
        )
    return length


def _check_columns(acceleration: Sequence[int], recordings: Recordings) -> list[int]:
    last = len(recordings.channels) - 1
    columns = list(acceleration) if isinstance(acceleration, Iterable) else []
    if not columns:
        raise InvalidInputError(
            f"acceleration is {acceleration!r}; pass columns between 0 and {last}, such as (0, 1, 2)"
        )
    why = f"(of the channels {', '.join(recordings.channels)})"
    return [check_integer(column, "acceleration", at_least=0, at_most=last, why=why) for column in columns]


def _cut(recordings: Recordings, length: int, starts: list[IntArray]) -> Windows:
    """The windows without missing samples that begin at ``starts`` (an array for each recording)."""
    counts = [len(recording_starts) for recording_starts in starts]
    seconds = f"{length / recordings.rate_hz:g} s"
    if not sum(counts):
        raise InvalidInputError(
            f"window_s: none of {len(recordings)} recordings has {length} samples ({seconds}); use a shorter window"
        )
    X = np.concatenate(
        [
            np.lib.stride_tricks.sliding_window_view(signal, length, axis=0)[recording_starts].transpose(0, 2, 1)
            for signal, recording_starts in zip(recordings.signals, starts, strict=True)
            if len(recording_starts)
        ]
    )
    source = np.repeat(np.arange(len(recordings)), counts)
    complete = np.isfinite(X).all(axis=(1, 2))
    _warn_of_left_out(f"{counts.count(0)} of {len(recordings)} recordings shorter than {seconds}", counts.count(0))
    _warn_of_left_out(f"{np.sum(~complete)} of {len(X)} windows with missing samples", np.sum(~complete))
    if not complete.any():
        raise InvalidInputError(f"recordings: all {len(X)} windows have missing samples (NaN); interpolate gaps first")
    X, source = np.ascontiguousarray(X[complete]), source[complete]
    return Windows(X, recordings.y[source], recordings.groups[source], recordings.rate_hz, recordings.channels, source)


def _warn_of_left_out(what: str, count: int) -> None:
    if count:
        # Point to the line that called segment or segment_at_peak.
        warnings.warn(f"left out {what}", FrugalWarning, stacklevel=4)
