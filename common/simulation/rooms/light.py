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
    outdoors : float
        How bright windows are: 1 by day, nearly 0 at night.
    """

    position: FloatArray
    direct: FloatArray
    ambient: FloatArray
    exposure: float
    noise: float
    infrared: bool = False
    outdoors: float = 1.0

    @property
    def clarity(self) -> float:
        """Light that reaches the sensor over its noise.

        It is above 40 by daylight or a lamp, 10 to 60 in a dim evening, below 20 by a night lamp, 25 to 80 in infrared.
        """
        return float(self.exposure * np.mean(self.ambient + 0.5 * self.direct) / self.noise)

    @classmethod
    def random(cls, size: FloatArray, camera: FloatArray, rng: np.random.Generator) -> Light:
        """Any kind of light, by day more often than by night."""
        kind = rng.choice(["window", "lamp", "dim", "night", "infrared"], p=[0.35, 0.44, 0.11, 0.04, 0.06])
        return cls.of_kind(str(kind), size, camera, rng)

    @classmethod
    def of_kind(cls, kind: str, size: FloatArray, camera: FloatArray, rng: np.random.Generator) -> Light:
        """Daylight through the "window", a ceiling "lamp", a "dim" evening, a "night" lamp, or the camera's "infrared".

        ``size`` is the room's, ``camera`` the camera's position.
        """
        warmth = rng.uniform(-0.12, 0.3)
        tint = np.array([1 + warmth, 1.0, 1 - warmth])
        lamp = np.array([*(size[:2] * rng.uniform(0.25, 0.75, 2)), size[2] - rng.uniform(0.1, 0.5)])
        exposure, noise = rng.uniform(1.0, 1.5), rng.uniform(0.004, 0.014)
        match kind:
            case "window":
                window = np.array([rng.uniform(0.2, 0.8) * size[0], size[1] - 0.1, 1.6])
                tint = np.array([1 - warmth / 3, 1.0, 1 + warmth / 3])
                return cls(window, rng.uniform(0.7, 1.3) * tint, rng.uniform(0.35, 0.6) * tint, exposure, noise)
            case "dim":
                dark = rng.uniform(0.5, 0.8)
                ambient, noise = rng.uniform(0.25, 0.5) * tint, rng.uniform(0.01, 0.025)
                return cls(lamp, 0.6 * tint, ambient, dark, noise, outdoors=rng.uniform(0.02, 0.3))
            case "night":
                # A lamp near the floor; the camera amplifies what little there is, and its noise.
                low = np.array([rng.uniform(0.2, 0.8) * size[0], 0.15, rng.uniform(0.3, 0.6)])
                direct, ambient = rng.uniform(0.15, 0.3) * tint, rng.uniform(0.03, 0.07) * tint
                return cls(low, direct, ambient, 1.2 * exposure, rng.uniform(0.025, 0.05), outdoors=0.02)
            case "infrared":
                beside = camera + np.array([0.05, 0.0, -0.08])
                noise = rng.uniform(0.01, 0.02)
                return cls(beside, 0.95 * np.ones(3), 0.12 * np.ones(3), 0.9 * exposure, noise, True, 0.02)
            case _:
                direct, ambient = rng.uniform(0.5, 0.9) * tint, rng.uniform(0.3, 0.6) * tint
                return cls(lamp, direct, ambient, exposure, noise, outdoors=rng.uniform(0.02, 1.0))
