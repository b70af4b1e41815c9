"""A worn sensor's recording, given again at its own pace, or faster as the room's clock runs faster."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

import har
from common.validation import FloatArray
from examples.care_home.room.worn.source import CHANNELS, check_channels

_GAP_S = 1.0  # between recordings: long enough that no window spans it


class CsvFile:
    """The samples of a file, once; after its end the sensor is silent.

    Parameters
    ----------
    path : Path
        A text file that :meth:`har.Recordings.from_csv` reads.
    rate_hz : float
        Of the model; the file is resampled to it.
    time : str
        Its column of times.
    channels : sequence of str
        Its columns of acceleration x, y, z and turning x, y, z.
    units : (str, str)
        Of acceleration and turning in the file.

    Raises
    ------
    InvalidInputError
        If the file cannot be read so, lacks a channel, or its acceleration at rest is not 1 g.
    """

    def __init__(
        self,
        path: Path,
        rate_hz: float,
        *,
        time: str = "time_s",
        channels: Sequence[str] = ("ax", "ay", "az", "gx", "gy", "gz"),
        units: tuple[str, str] = ("g", "deg/s"),
    ) -> None:
        names = list(channels)
        check_channels(CHANNELS[: len(names)], f"the file {path}")
        conversions = dict.fromkeys(names[:3], (units[0], "g")) | dict.fromkeys(names[3:], (units[1], "deg/s"))
        recordings = har.Recordings.from_csv(path, time=time, channels=names, rate_hz=rate_hz, units=conversions)
        gap = np.full((round(_GAP_S * rate_hz), len(CHANNELS)), np.nan)
        parts = [part for signal in recordings.signals for part in (signal, gap)]
        self._samples, self._rate_hz, self._n_given = np.concatenate(parts), rate_hz, 0
        self.description = f"{path}: {len(self._samples) / rate_hz:.0f} s of samples"

    def until(self, time_s: float) -> FloatArray:
        """What was measured up to this time since the beginning."""
        stop = min(len(self._samples), max(self._n_given, int(time_s * self._rate_hz + 1e-6)))
        given, self._n_given = self._samples[self._n_given : stop], stop
        return np.asarray(given)

    def close(self) -> None:
        """Nothing is open."""
