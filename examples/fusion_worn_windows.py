"""What the worn sensor's classifiers see: channels of equal weight, in windows of the last four seconds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from common import SimulatedRecording
from common.validation import FloatArray

WINDOW_S = 4.0
CHANNELS = ("ax", "ay", "az", "gx", "gy", "gz", "|a|", "|g|")
_DEG_S_PER_G = 200.0  # this angular velocity weighs as much as 1 g
_BLOCK_S = 60.0  # samples are pushed, and lost, by the minute


def channels(samples: FloatArray) -> FloatArray:
    """The classifier's channels ``(n, 8)``: both vectors and their magnitudes, scaled to equal weight."""
    scaled = samples / np.repeat([1.0, _DEG_S_PER_G], 3)
    magnitudes = [np.linalg.norm(scaled[:, part], axis=1, keepdims=True) for part in (slice(0, 3), slice(3, 6))]
    return np.hstack([scaled, *magnitudes])


def blocks(day: SimulatedRecording) -> Iterator[tuple[float, FloatArray]]:
    """Start in seconds and samples ``(n, 6)`` of blocks of at least a minute, long enough to lose bursts in."""
    start_s = 0.0
    waiting: list[FloatArray] = []
    for chunk in day.inertial:
        if not waiting:
            start_s = chunk.start_s
        waiting.append(chunk.samples)
        if sum(map(len, waiting)) >= _BLOCK_S * day.scenario.sensor.rate_hz:
            yield start_s, np.concatenate(waiting)
            waiting = []
    if waiting:
        yield start_s, np.concatenate(waiting)
