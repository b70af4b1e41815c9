"""Recordings to windows: sliding, or one round the peak."""

import warnings
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from common.errors import FrugalWarning, InvalidInputError
from common.validation import FloatArray, check_number
from har.recordings import Recordings, Windows


def segment(recordings: Recordings, *, window_s: float, overlap: float = 0.5) -> Windows:
    """Cut recordings into windows of one length.

    Windows have round(window_s · rate_hz) samples; a window begins every round((1 − overlap) · length)
    samples, and what is left at a recording's end is dropped. Recordings shorter than a window, and windows
    with missing samples (NaN), are left out with a :class:`common.FrugalWarning` that counts them.

    Parameters
    ----------
    recordings : Recordings
    window_s : float
        Length in seconds.
    overlap : float in [0, 1)
        Share that two neighbouring windows have in common. Windows of one recording resemble each other:
        split by ``groups``, never at random.

    Examples
    --------
    >>> walk = Recordings([np.arange(10.0)[:, None]], ["walk"], [1], 2, ["ax"])
    >>> segment(walk, window_s=2, overlap=0.5).X[:, :, 0]
    array([[0., 1., 2., 3.],
           [2., 3., 4., 5.],
           [4., 5., 6., 7.],
           [6., 7., 8., 9.]])
    """
    length = _length(recordings, window_s)
    hop = max(1, round(length * (1 - check_number(overlap, "overlap", at_least=0, below=1))))
    starts = [np.arange(0, len(signal) - length + 1, hop) for signal in recordings.signals]
    return _cut(recordings, length, starts)


def segment_at_peak(recordings: Recordings, *, window_s: float, acceleration: Sequence[int] = (0, 1, 2)) -> Windows:
    """One window a recording, round the largest magnitude of the acceleration: the impact, if there was one.

    At an end of the recording the window is moved inwards, so that every sample in it was measured.

    Parameters
    ----------
    recordings : Recordings
    window_s : float
        Length in seconds.
    acceleration : sequence of int
        The channels whose Euclidean magnitude has the peak.

    Examples
    --------
    >>> bump = Recordings([np.eye(9)[4][:, None]], ["bump"], [1], 1, ["ax"])
    >>> segment_at_peak(bump, window_s=3, acceleration=[0]).X[0, :, 0]
    array([0., 1., 0.])
    """
    length = _length(recordings, window_s)
    wrong = [c for c in acceleration if not 0 <= c < len(recordings.channels)]
    if wrong or not len(acceleration):
        raise InvalidInputError(
            f"acceleration is {tuple(acceleration)}; name columns between 0 and {len(recordings.channels) - 1}"
        )
    starts = []
    for signal in recordings.signals:
        if len(signal) < length:
            starts.append(np.arange(0))
            continue
        magnitude = np.linalg.norm(signal[:, list(acceleration)], axis=1)
        peak = int(np.argmax(np.nan_to_num(magnitude, nan=-1.0)))
        starts.append(np.array([np.clip(peak - length // 2, 0, len(signal) - length)]))
    return _cut(recordings, length, starts)


def _length(recordings: Recordings, window_s: float) -> int:
    length = round(check_number(window_s, "window_s", above=0) * recordings.rate_hz)
    if length < 2:
        raise InvalidInputError(
            f"window_s is {window_s}: at {recordings.rate_hz:g} Hz that is {length} sample(s); take 2 or more"
        )
    return length


def _cut(recordings: Recordings, length: int, starts: list[npt.NDArray[np.int64]]) -> Windows:
    too_short = sum(len(signal) < length for signal in recordings.signals)
    counts = np.array([len(s) for s in starts])
    if not counts.sum():
        raise InvalidInputError(
            f"window_s: no recording has {length} samples ({length / recordings.rate_hz:g} s); use a shorter window"
        )
    pieces: list[FloatArray] = []
    for signal, begins in zip(recordings.signals, starts, strict=True):
        if len(begins):
            views = np.lib.stride_tricks.sliding_window_view(signal, length, axis=0)
            pieces.append(views[begins].transpose(0, 2, 1))
    X = np.ascontiguousarray(np.concatenate(pieces))
    source = np.repeat(np.arange(len(recordings)), counts)
    whole = np.isfinite(X).all(axis=(1, 2))
    if too_short or not whole.all():
        warnings.warn(
            f"left out {too_short} recording(s) shorter than {length / recordings.rate_hz:g} s and "
            f"{int((~whole).sum())} of {len(X)} windows with missing samples",
            FrugalWarning,
            stacklevel=3,
        )
    X, source = X[whole], source[whole]
    if not len(X):
        raise InvalidInputError("recordings: every window has missing samples; interpolate gaps first")
    return Windows(X, recordings.y[source], recordings.groups[source], recordings.rate_hz, recordings.channels, source)
