"""Statistics of a worn sensor's window that tell a fall from other movements, wherever the sensor points.

How hard, how sudden and how long the movement is, second by second; whether gravity comes from elsewhere afterwards;
and how calm it was before the strongest moment, and is after it.
"""

from __future__ import annotations

import numpy as np

from common.validation import FloatArray

# Of the channels: the vector of acceleration in g, that of turning, and the magnitudes of both.
ACCELERATION, TURNING = 6, 7
_AXES = slice(0, 3)

_APART_S = 0.5  # what is further from the peak than this lies before or after it
_LOW_G, _HIGH_G = 0.7, 1.5
_STRONGEST = (1, 2, 3, 5, 10, 20)  # samples from the top
_FASTEST = (1, 5, 10, 20)


def features(windows: FloatArray, rate_hz: float) -> FloatArray:
    """Statistics ``(n, n_features)`` of windows ``(n, n_timesteps, 8)`` of whole seconds."""
    n, length = windows.shape[:2]
    per_second = round(rate_hz)
    n_seconds = length // per_second
    force, turning = windows[:, :, ACCELERATION], windows[:, :, TURNING]

    def by_second(values: FloatArray) -> FloatArray:
        return values[:, : n_seconds * per_second].reshape(n, n_seconds, per_second, *values.shape[2:])

    forces, turns, vectors = by_second(force), by_second(turning), by_second(windows[:, :, _AXES])
    seconds = [forces.max(2), forces.min(2), forces.std(2), turns.mean(2), turns.max(2), vectors.std(2).sum(2)]
    return np.concatenate(
        [_cosines(vectors.mean(axis=2)), *seconds, _whole(force, turning), _around_peak(windows, rate_hz)], axis=1
    ).astype(np.float32)


def _cosines(means: FloatArray) -> FloatArray:
    """Between the directions of gravity in any two seconds, by means ``(n, n_seconds, 3)``."""
    unit = means / np.maximum(np.linalg.norm(means, axis=2, keepdims=True), 1e-3)
    between = np.einsum("nkc,nlc->nkl", unit, unit)
    return np.asarray(between[:, *np.triu_indices(means.shape[1], 1)])


def _whole(force: FloatArray, turning: FloatArray) -> FloatArray:
    """Of the whole window: the strongest samples, the weakest, and how many are nearly weightless or hard."""
    forces, turns = np.sort(force, axis=1), np.sort(turning, axis=1)
    columns = [forces[:, 0], forces[:, 5], *(forces[:, -rank] for rank in _STRONGEST)]
    columns += [turns[:, -rank] for rank in _FASTEST]
    columns += [(force < _LOW_G).mean(1), (force > _HIGH_G).mean(1), np.abs(np.diff(force, axis=1)).mean(1)]
    return np.stack(columns, axis=1)


def _around_peak(windows: FloatArray, rate_hz: float) -> FloatArray:
    """When the strongest moment is; how calm it is before and after it, and how far gravity turns between."""
    force, turning, vectors = windows[:, :, ACCELERATION], windows[:, :, TURNING], windows[:, :, _AXES]
    peak = force.argmax(axis=1)
    since = np.arange(force.shape[1]) - peak[:, None]
    columns, means = [peak / rate_hz], []
    for part in (since > _APART_S * rate_hz, since < -_APART_S * rate_hz):
        count = np.maximum(part.sum(axis=1), 1)
        mean = (force * part).sum(axis=1) / count
        columns.append(np.sqrt(np.maximum((force**2 * part).sum(axis=1) / count - mean**2, 0)))
        columns.append((turning * part).sum(axis=1) / count)
        means.append((vectors * part[:, :, None]).sum(axis=1) / count[:, None])
    lengths = np.linalg.norm(means[0], axis=1) * np.linalg.norm(means[1], axis=1)
    columns.append((means[0] * means[1]).sum(axis=1) / np.maximum(lengths, 1e-2))
    return np.stack(columns, axis=1)
