"""Augmented copies of training windows: turned, warped in time, and scaled; the same for every method."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.interpolate import CubicSpline

from har import preprocessing
from tests.benchmarks.rivals.benchmark_sets import Form

DEGREES = 15.0
N_KNOTS = 4
SPEED_SPREAD = 0.12
SIZE_SPREAD = 0.10


def with_copies(form: Form, rows: Any, n_copies: int, seed: int) -> Any:
    """The windows ``rows``, followed by ``n_copies`` changed copies of all of them."""
    X = form.X[rows]
    rng = np.random.default_rng([seed, 7])
    parts = [X]
    for _ in range(n_copies):
        turned = preprocessing.rotate_windows(X, degrees=DEGREES, random_state=rng, triads=form.triads)
        sizes = rng.normal(1, SIZE_SPREAD, (len(X), 1, 1))
        parts.append((warped_in_time(turned, rng) * sizes).astype(np.float32))
    return np.concatenate(parts)


def warped_in_time(X: Any, rng: np.random.Generator) -> Any:
    """Each window played at a speed that varies smoothly; its beginning and its end stay.

    The speed is a spline through a few random values (Um et al., Data augmentation of wearable sensor data, ICMI 2017).
    """
    n, n_timesteps, _ = X.shape
    knots = np.linspace(0, n_timesteps - 1, N_KNOTS)
    speed = CubicSpline(knots, rng.normal(1, SPEED_SPREAD, (N_KNOTS, n)))(np.arange(n_timesteps))
    time = np.cumsum(np.maximum(speed, 0.1), axis=0)
    time = (time - time[0]) / (time[-1] - time[0]) * (n_timesteps - 1)
    before = np.clip(np.floor(time).astype(int), 0, n_timesteps - 2).T
    share = (time.T - before)[:, :, None]
    window = np.arange(n)[:, None]
    return (1 - share) * X[window, before] + share * X[window, before + 1]
