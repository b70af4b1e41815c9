"""SisFall as streams of 20 Hz, and windows of them at many offsets from the impact."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

import common
import har
from common.validation import BoolArray, FloatArray

Indices = npt.NDArray[np.int64]

RATE_HZ = 20
STEP_S = 1.0  # from one decision of the stream to the next
TRAINING_STEP_S = 0.5
# A window of a fall ends this long after the impact: early enough for an alarm, late enough to see somebody lie still.
FALL_ENDS_S = (1.5, 3.5)
_DEG_S_PER_G = 200.0  # this angular velocity weighs as much as 1 g
_QUIET_G = 0.4
# Activities that SisFall's physician excused people over 60 from: running on stairs, lying down quickly, stumbling and
# jumping. Only young adults and SE06 recorded them.
NOT_ASKED_OF_OLD_PEOPLE = ("D06", "D13", "D18", "D19")

CHANNELS = ("ax", "ay", "az", "wx", "wy", "wz", "acceleration", "turning", "peak acceleration")
VERTICAL, ACCELERATION, TURNING, PEAK = 1, 6, 7, 8  # along the body: the belt's sensor always hangs in the same way


@dataclass(frozen=True, eq=False)
class Streams:
    """Whole recordings, each of one person doing one activity.

    Attributes
    ----------
    signals : tuple of ndarray of shape (n_samples, 9)
        At 20 Hz, in the order of :data:`CHANNELS`.
    activity, subject : ndarray of shape (n,)
    impact_s : ndarray of shape (n,)
        Time of the strongest acceleration. SisFall does not say when a fall happens; this is taken for its impact.
    """

    signals: tuple[FloatArray, ...]
    activity: npt.NDArray[np.str_]
    subject: npt.NDArray[np.str_]
    impact_s: FloatArray

    def __len__(self) -> int:
        return len(self.signals)

    @property
    def is_fall(self) -> BoolArray:
        """Whether somebody falls."""
        return np.char.startswith(self.activity, "F")

    @property
    def is_old(self) -> BoolArray:
        """Whether it is somebody of 60 to 75 years."""
        return np.isin(self.subject, har.datasets.SISFALL_OLD_SUBJECTS)

    @property
    def hours(self) -> FloatArray:
        """Duration of each recording."""
        return np.array([len(signal) for signal in self.signals]) / RATE_HZ / 3600


def load(root: str | os.PathLike[str]) -> Streams:
    """Read all recordings."""
    recordings = har.datasets.load_sisfall(root)
    samples = round(recordings.rate_hz / RATE_HZ)
    magnitudes = [np.linalg.norm(signal[:, :3], axis=1) for signal in recordings.signals]
    return Streams(
        signals=tuple(channels(signal[:, :6], samples) for signal in recordings.signals),
        activity=recordings.y.astype(str),
        subject=recordings.groups.astype(str),
        impact_s=np.array([magnitude.argmax() for magnitude in magnitudes]) / recordings.rate_hz,
    )


def channels(signal: FloatArray, samples: int) -> FloatArray:
    """The mean of every few samples of :data:`CHANNELS`, but of the last one the maximum, which keeps brief peaks.

    Examples
    --------
    >>> channels(np.array([[0.0, 1, 0, 200, 0, 0], [0.0, 3, 0, 0, 0, 0]]), 2)
    array([[0. , 2. , 0. , 0.5, 0. , 0. , 2. , 0.5, 3. ]])
    """
    scaled = signal / np.repeat([1.0, _DEG_S_PER_G], 3)
    magnitudes = [np.linalg.norm(scaled[:, part], axis=1, keepdims=True) for part in (slice(0, 3), slice(3, 6))]
    blocks = np.hstack([scaled, *magnitudes])[: len(signal) // samples * samples].reshape(-1, samples, 8)
    return np.hstack([blocks.mean(axis=1), blocks[:, :, ACCELERATION].max(axis=1, keepdims=True)])


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of one length from all recordings.

    Attributes
    ----------
    X : ndarray of shape (n, n_timesteps, 9)
    recording : ndarray of shape (n,)
    end_s : ndarray of shape (n,)
        Time of the end within the recording.
    """

    X: npt.NDArray[np.float32]
    recording: Indices
    end_s: FloatArray


def cut(streams: Streams, window_s: float) -> Windows:
    """Every window of ``window_s``, one each half second."""
    length, step = round(window_s * RATE_HZ), round(TRAINING_STEP_S * RATE_HZ)
    parts = [
        sliding_window_view(signal, length, axis=0)[::step].transpose(0, 2, 1).astype(np.float32)
        for signal in streams.signals
        if len(signal) >= length
    ]
    long_enough = [number for number, signal in enumerate(streams.signals) if len(signal) >= length]
    counts = [len(part) for part in parts]
    if not counts:
        raise common.InvalidInputError(f"root holds no recording of {window_s:g} s: download SisFall again")
    ends = [(length + step * np.arange(count)) / RATE_HZ for count in counts]
    return Windows(np.concatenate(parts), np.repeat(long_enough, counts), np.concatenate(ends))


def labels(streams: Streams, recording: Indices, end_s: FloatArray) -> Indices:
    """1 for windows of a fall, 0 for daily activities and for what precedes a fall, −1 for what is neither.

    Examples
    --------
    >>> streams = Streams((np.zeros((300, 9)),), np.array(["F01"]), np.array(["SA01"]), np.array([6.0]))
    >>> labels(streams, np.zeros(4, dtype=int), np.array([5.0, 6.5, 8.0, 12.0]))
    array([ 0, -1,  1, -1])
    """
    after_s = end_s - streams.impact_s[recording]
    is_fall = streams.is_fall[recording]
    first, last = FALL_ENDS_S
    known = np.where(~is_fall | (after_s <= -0.5), 0, -1)
    return np.where(is_fall & (after_s >= first) & (after_s <= last), 1, known)


def is_moving(X: FloatArray) -> BoolArray:
    """Whether the acceleration varies within each window."""
    return np.ptp(X[:, :, ACCELERATION], axis=1) > _QUIET_G


def asked_of_everybody(activities: Sequence[str] | npt.NDArray[np.str_]) -> BoolArray:
    """Whether these are activities that SisFall asked old people for, too."""
    return ~np.isin(activities, NOT_ASKED_OF_OLD_PEOPLE)
