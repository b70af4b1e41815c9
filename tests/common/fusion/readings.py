"""Simulated readings of two sensors, with any of them missing."""

import numpy as np
from scipy.special import expit

NAN = np.nan
PATTERNS = {"both": (True, True), "wearable": (True, False), "camera": (False, True)}


def sensors(n: int, seed: int, *, fall_rate: float = 0.3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A wearable's vote of five neighbours and an overconfident camera, 20 people; the two err together at times."""
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < fall_rate).astype(int)
    groups = rng.integers(20, size=n)
    side, shared = 2 * y - 1, 0.7 * rng.normal(size=n)
    wearable = 1.8 * side + rng.normal(size=n) + shared + 0.5 * rng.normal(size=20)[groups]
    camera = 1.5 * side + 1.3 * rng.normal(size=n) + shared
    return np.column_stack([rng.binomial(5, expit(2 * wearable)) / 5, expit(3.5 * camera)]), y, groups


def masked(X: np.ndarray, pattern: tuple[bool, ...]) -> np.ndarray:
    return np.where(pattern, X, NAN)
