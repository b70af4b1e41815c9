"""Light in a room: one lamp or window, light from all around, and the shadows a body casts."""

from dataclasses import dataclass

import numpy as np

from common.simulation.body import Cones
from common.simulation.rays import dot
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
    def draw(cls, size: FloatArray, camera: FloatArray, rng: np.random.Generator) -> "Light":
        """Daylight through the window, a ceiling lamp, a dim evening, or the camera's own infrared light."""
        kind = rng.choice(["window", "lamp", "lamp", "dim", "infrared"], p=[0.3, 0.25, 0.2, 0.17, 0.08])
        warmth = rng.uniform(-0.12, 0.3)
        tint = np.array([1 + warmth, 1.0, 1 - warmth])
        lamp = np.array([*(size[:2] * rng.uniform(0.25, 0.75, 2)), size[2] - rng.uniform(0.1, 0.5)])
        exposure, noise = rng.uniform(0.85, 1.35), rng.uniform(0.006, 0.02)
        if kind == "window":
            window = np.array([rng.uniform(0.2, 0.8) * size[0], size[1] - 0.1, 1.6])
            tint = np.array([1 - warmth / 3, 1.0, 1 + warmth / 3])
            return cls(window, rng.uniform(0.7, 1.3) * tint, rng.uniform(0.35, 0.6) * tint, exposure, noise)
        if kind == "dim":
            dark = rng.uniform(0.2, 0.5)
            return cls(lamp, 0.6 * tint, rng.uniform(0.25, 0.5) * tint, dark, rng.uniform(0.015, 0.035))
        if kind == "infrared":
            beside = camera + np.array([0.05, 0.0, -0.08])
            return cls(beside, 0.95 * np.ones(3), 0.12 * np.ones(3), 0.9 * exposure, rng.uniform(0.015, 0.03), True)
        return cls(lamp, rng.uniform(0.5, 0.9) * tint, rng.uniform(0.3, 0.6) * tint, exposure, noise)

    def falling_on(self, points: FloatArray, normals: FloatArray) -> tuple[FloatArray, FloatArray]:
        """How much direct and ambient light ``(n,)`` reaches surfaces ``(3, n)`` where nothing casts a shadow."""
        way = self.position.astype(np.float32)[:, None] - points
        distance2 = dot(way, way)
        # The inverse square law, softened: lamps are not points, and walls send light back.
        near = 2.0 / (1.0 + distance2 / 6.25)
        direct = np.clip(dot(way, normals) / np.sqrt(distance2), 0.0, None) * near
        return direct, 0.85 + 0.15 * normals[2]


def body_shadow(points: FloatArray, lamp: FloatArray, cones: Cones, moment: int) -> FloatArray:
    """Part of the lamp's light ``(n,)`` that passes the body on its way to points ``(3, n)``."""
    light = np.ones(points.shape[1], dtype=np.float32)
    to_lamp = lamp.astype(np.float32)[:, None] - points
    length2 = dot(to_lamp, to_lamp)
    for start, axis, radius in _thick_parts(cones, moment):
        # The closest approach of two segments, with p on the ray and q on the axis, both in [0, 1].
        offset = points - start[:, None]
        axis2 = float(dot(axis, axis))
        cross, on_axis, on_ray = dot(axis, to_lamp), dot(axis, offset), dot(offset, to_lamp)
        p = np.clip((cross * on_axis - axis2 * on_ray) / (length2 * axis2 - cross * cross + 1e-6), 0, 1)
        q = np.clip((on_axis + p * cross) / axis2, 0, 1)
        p = np.clip((q * cross - on_ray) / length2, 0, 1)
        gap = offset + p * to_lamp - q * axis[:, None]
        # Full shadow well inside the part, none on its own surface and beyond.
        light *= np.clip((np.sqrt(dot(gap, gap)) / radius - 0.55) / 0.4, 0, 1)
    return light


def body_occlusion(points: FloatArray, normals: FloatArray, cones: Cones, moment: int) -> FloatArray:
    """Part of the ambient light ``(n,)`` that a near body leaves to surfaces ``(3, n)``: the shadow of contact."""
    light = np.ones(points.shape[1], dtype=np.float32)
    for start, axis, radius in _thick_parts(cones, moment):
        offset = points - start[:, None]
        gap = np.clip(dot(axis, offset) / float(dot(axis, axis)), 0, 1) * axis[:, None] - offset
        distance2 = dot(gap, gap) + 1e-6
        # A sphere of this radius at this distance hides (r/d)² of the sky of a surface that faces it.
        facing = np.clip(dot(gap, normals) / np.sqrt(distance2), 0, 1)
        light *= 1 - 0.75 * facing * np.minimum(radius**2 / distance2, 1)
    return light


def _thick_parts(cones: Cones, moment: int) -> list[tuple[FloatArray, FloatArray, float]]:
    """Start, axis and mean radius of the parts that cast visible shadows, float32."""
    start, end = cones.start[moment].astype(np.float32), cones.end[moment].astype(np.float32)
    radius = (cones.start_radius + cones.end_radius) / 2
    return [
        (start[part], end[part] - start[part], float(radius[part]))
        for part, garment in enumerate(cones.garments)
        if garment not in ("shoes", "hair")
    ]
