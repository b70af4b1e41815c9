"""Light in a room: one lamp or window, light from all around, and the shadows a body casts."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from common.simulation.body import Cones
from common.simulation.rays import dot, meet_round_cone
from common.validation import FloatArray

SMALL = ("shoes", "hair")  # garments too small to cast a visible shadow


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

    def falling_on(self, points: FloatArray, normals: FloatArray) -> tuple[FloatArray, FloatArray]:
        """How much direct and ambient light ``(...)`` reaches surfaces ``(3, ...)`` where nothing casts a shadow."""
        way = self.position.astype(np.float32)[:, None, None] - points
        distance2 = dot(way, way)
        # The inverse square law, softened: lamps are not points, and walls send light back.
        near = 2.0 / (1.0 + distance2 / 6.25)
        direct = np.clip(dot(way, normals) / np.sqrt(distance2), 0.0, None) * near
        return direct, 0.85 + 0.15 * normals[2]


def in_body_shadow(points: FloatArray, lamp: FloatArray, cones: Cones, moment: int) -> npt.NDArray[np.bool_]:
    """Whether a ray from the lamp to points ``(3, n)`` meets the body first."""
    rays = points - lamp.astype(np.float32)[:, None]
    distance = np.sqrt(dot(rays, rays))
    rays /= distance
    distance -= np.float32(_SKIN_M)
    shadow = np.zeros(len(distance), dtype=bool)
    for part, garment in enumerate(cones.garments):
        if garment in SMALL:
            continue
        start, end = cones.start[moment, part], cones.end[moment, part]
        radii = float(cones.start_radius[part]), float(cones.end_radius[part])
        # Only rays within the angle under which the lamp sees the part can meet it.
        way = (start + end) / 2 - lamp
        sine = (np.linalg.norm(end - start) / 2 + max(radii)) / np.linalg.norm(way)
        cosine = np.sqrt(max(0.0, 1.0 - sine**2))
        near = np.flatnonzero(dot((way / np.linalg.norm(way)).astype(np.float32), rays) > np.float32(cosine))
        if len(near):
            hit, _ = meet_round_cone(rays[:, near], lamp, start, end, *radii)
            shadow[near] |= hit < distance[near]
    return shadow


def contact_shadow(
    points: FloatArray, normals: FloatArray, start: FloatArray, axis: FloatArray, radius: float
) -> FloatArray:
    """Part of the ambient light ``(...)`` that a near part of a body leaves to surfaces ``(3, ...)``."""
    offset = points - _column(start, points)
    gap = np.clip(dot(axis, offset) / float(dot(axis, axis)), 0, 1) * _column(axis, points) - offset
    distance2 = dot(gap, gap) + 1e-6
    # A sphere of this radius at this distance hides (r/d)² of the sky of a surface that faces it.
    facing = np.clip(dot(gap, normals) / np.sqrt(distance2), 0, 1)
    return np.asarray(1 - 0.75 * facing * np.minimum(radius**2 / distance2, 1))


def _column(vector: FloatArray, like: FloatArray) -> FloatArray:
    return vector.reshape((3,) + (1,) * (like.ndim - 1))


_SKIN_M = 0.03  # so that a surface does not cast a shadow on itself
