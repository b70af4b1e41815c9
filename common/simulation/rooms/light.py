"""Light in a room: one lamp or window, and light from all around."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from common.validation import FloatArray


@dataclass(frozen=True)
class Light:
    """The light of one scene and how the camera exposes it.

    Attributes
    ----------
    position : ndarray of shape (3,)
        The lamp, or the middle of the window, in meters.
    direct, ambient : ndarray of shape (3,)
        Linear red, green, blue of the lamp at 2.5 m and of the light from all around.
    exposure : float
        Factor from light to sensor; low in dim rooms.
    noise : float
        Standard deviation of the sensor's noise at full scale.
    infrared : bool
        Whether the camera shows a grey picture, lit from beside its lens.
    """

    position: FloatArray
    direct: FloatArray
    ambient: FloatArray
    exposure: float
    noise: float
    infrared: bool = False

    @classmethod
    def random(cls, size: FloatArray, camera: FloatArray, rng: np.random.Generator) -> Light:
        """Daylight through the window, a ceiling lamp, a dim evening, or the camera's own infrared light."""
        kind = rng.choice(["window", "lamp", "lamp", "dim", "infrared"], p=[0.35, 0.25, 0.23, 0.12, 0.05])
        warmth = rng.uniform(-0.12, 0.3)
        tint = np.array([1 + warmth, 1.0, 1 - warmth])
        lamp = np.array([*(size[:2] * rng.uniform(0.25, 0.75, 2)), size[2] - rng.uniform(0.1, 0.5)])
        exposure, noise = rng.uniform(1.0, 1.5), rng.uniform(0.004, 0.014)
        if kind == "window":
            window = np.array([rng.uniform(0.2, 0.8) * size[0], size[1] - 0.1, 1.6])
            tint = np.array([1 - warmth / 3, 1.0, 1 + warmth / 3])
            return cls(window, rng.uniform(0.7, 1.3) * tint, rng.uniform(0.35, 0.6) * tint, exposure, noise)
        if kind == "dim":
            dark = rng.uniform(0.5, 0.8)
            return cls(lamp, 0.6 * tint, rng.uniform(0.25, 0.5) * tint, dark, rng.uniform(0.01, 0.025))
        if kind == "infrared":
            beside = camera + np.array([0.05, 0.0, -0.08])
            return cls(beside, 0.95 * np.ones(3), 0.12 * np.ones(3), 0.9 * exposure, rng.uniform(0.01, 0.02), True)
        return cls(lamp, rng.uniform(0.5, 0.9) * tint, rng.uniform(0.3, 0.6) * tint, exposure, noise)
