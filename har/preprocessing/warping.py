"""Motion done a little faster or slower, more or less vigorously, earlier or later."""

from __future__ import annotations

import numpy as np

from common.validation import Float64Array, FloatArray


def warp_time(windows: FloatArray, spread: float, n_knots: int, rng: np.random.Generator) -> FloatArray:
    """Let the motion of each window run faster and slower in turn; first and last sample stay.

    The logarithm of the speed is normal at each knot, with standard deviation ``spread``, and linear between knots
    (cf. Um et al., *Data augmentation of wearable sensor data for Parkinson's disease monitoring*, ICMI 2017).

    Parameters
    ----------
    windows : ndarray of shape (n, n_timesteps, n_channels)

    Examples
    --------
    >>> ramp = np.arange(5.0)[None, :, None]
    >>> warped = warp_time(ramp, 0.3, 4, np.random.default_rng(0))[0, :, 0]
    >>> print(warped[0], warped[-1], bool((np.diff(warped) > 0).all()), np.allclose(warped, ramp[0, :, 0]))
    0.0 4.0 True False
    """
    n, n_timesteps, _ = windows.shape
    if n_timesteps < 2:
        return windows
    speed = np.exp(_random_curves(n, n_timesteps, n_knots, spread, rng))
    position = np.cumsum((speed[:, 1:] + speed[:, :-1]) / 2, axis=1)
    position = np.pad(position / position[:, -1:], ((0, 0), (1, 0))) * (n_timesteps - 1)
    before = np.minimum(position.astype(np.intp), n_timesteps - 2)
    share = (position - before)[:, :, None].astype(windows.dtype)
    rows = np.arange(n)[:, None]
    return np.asarray(windows[rows, before] * (1 - share) + windows[rows, before + 1] * share)


def warp_magnitude(windows: FloatArray, spread: float, n_knots: int, rng: np.random.Generator) -> FloatArray:
    """Multiply each window by a curve round one: all channels alike, since a stronger motion is stronger in all.

    The curve is normal at each knot, with standard deviation ``spread``, and linear between knots.

    Examples
    --------
    >>> print(warp_magnitude(np.ones((1, 4, 1)), 0.1, 4, np.random.default_rng(0))[0, :, 0].round(2))
    [1.01 0.99 1.06 1.01]
    """
    curves = 1 + _random_curves(len(windows), windows.shape[1], n_knots, spread, rng)
    return np.asarray(windows * curves[:, :, None].astype(windows.dtype))


def shift_time(windows: FloatArray, largest: int, rng: np.random.Generator) -> FloatArray:
    """Move each window by up to ``largest`` samples either way; the sample at the end is repeated.

    Examples
    --------
    >>> print(shift_time(np.arange(5)[None, :, None], 2, np.random.default_rng(0))[0, :, 0])
    [2 3 4 4 4]
    """
    n, n_timesteps, _ = windows.shape
    shifts = rng.integers(-largest, largest + 1, size=(n, 1))
    positions = np.clip(np.arange(n_timesteps) + shifts, 0, n_timesteps - 1)
    return np.asarray(windows[np.arange(n)[:, None], positions])


def _random_curves(n: int, n_timesteps: int, n_knots: int, spread: float, rng: np.random.Generator) -> Float64Array:
    """Curves ``(n, n_timesteps)`` through normal values at evenly spaced knots."""
    values = rng.normal(scale=spread, size=(n, n_knots))
    place = np.linspace(0, n_knots - 1, n_timesteps)
    before = np.minimum(place.astype(np.intp), n_knots - 2)
    share = place - before
    return values[:, before] * (1 - share) + values[:, before + 1] * share
