"""Recordings whose samples count, so that a test can tell which of them a window holds."""

import numpy as np

from har import Recordings


def counting(*lengths: int, rate_hz: float = 10, n_channels: int = 3) -> Recordings:
    """Recordings whose samples count: channel c of sample t is t + 1000 c."""
    signals = [np.arange(n)[:, None] + 1000.0 * np.arange(n_channels) for n in lengths]
    labels = [f"activity {i}" for i in range(len(lengths))]
    return Recordings(signals, labels, np.arange(len(lengths)), rate_hz, [f"c{c}" for c in range(n_channels)])
