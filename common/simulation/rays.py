"""Where rays from one point meet round cones, boxes and the walls of a room: analytic, vectorized, float32.

Vectors are laid out ``(3, ...)``, which NumPy adds up several times faster than ``(..., 3)``. Rays share their origin,
so that most terms of the equations are scalars; directions have unit length. A distance is infinite, or NaN, where a
ray misses: both fail the test whether it is nearer than what was met before.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from common.validation import FloatArray

_MISS = np.float32(np.inf)


def dot(a: FloatArray, b: FloatArray) -> Any:
    """Scalar products of vectors ``(3, ...)``."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def meet_round_cone(
    rays: FloatArray, origin: FloatArray, start: FloatArray, end: FloatArray, start_radius: float, end_radius: float
) -> tuple[FloatArray, FloatArray]:
    """Distances along rays ``(3, ...)`` to a round cone, and where along its axis they meet it.

    A round cone is the hull of two spheres: a capsule whose ends may differ. The equations are those of Inigo
    Quilez' "Rounded cone intersection".

    Returns
    -------
    tuple of ndarray
        Distances in meters ``(...)``, and the place along the axis: 0 in the start sphere, 1 in the end sphere.
    """
    axis, from_start, from_end = (v.astype(np.float32) for v in (end - start, origin - start, origin - end))
    taper = start_radius - end_radius
    length2 = float(dot(axis, axis))
    slant2 = length2 - taper**2
    if slant2 <= 0:  # one sphere holds the other
        sphere = (from_start, start_radius) if taper > 0 else (from_end, end_radius)
        return _meet_sphere(dot(sphere[0], rays), *sphere), np.full(rays.shape[1:], taper < 0, dtype=np.float32)
    along = float(dot(axis, from_start))
    ray_axis, ray_start = dot(axis, rays), dot(from_start, rays)
    # The side: k2 t² + 2 k1 t + k0 = 0.
    k2 = slant2 - ray_axis * ray_axis
    k1 = slant2 * ray_start - (along - taper * start_radius) * ray_axis
    k0 = slant2 * float(dot(from_start, from_start)) - along * (along - 2 * taper * start_radius)
    k0 -= length2 * start_radius**2
    with np.errstate(invalid="ignore", divide="ignore"):
        side = (-np.sqrt(k1 * k1 - k0 * k2) - k1) / k2
        place = (along - start_radius * taper + side * ray_axis) / slant2
        on_side = (place > 0) & (place < 1) & (side > 0)
    to_start = _meet_sphere(ray_start, from_start, start_radius)
    to_end = _meet_sphere(ray_start - ray_axis, from_end, end_radius)
    distance = np.where(on_side, side, np.minimum(to_start, to_end))
    return distance, np.where(on_side, place, to_end < to_start).astype(np.float32)


def _meet_sphere(ray_center: FloatArray, from_center: FloatArray, radius: float) -> FloatArray:
    """Distances to a sphere, from the products of the rays with the way from its center to the origin."""
    with np.errstate(invalid="ignore"):
        distance = -ray_center - np.sqrt(ray_center * ray_center - float(dot(from_center, from_center) - radius**2))
    return np.where(distance > 0, distance, _MISS)


def meet_box(
    inverse: FloatArray, origin: FloatArray, low: FloatArray, high: FloatArray
) -> tuple[FloatArray, npt.NDArray[np.intp]]:
    """Distances along rays to the outside of an axis-aligned box, and the axis of the face met.

    Boxes are many: their rays come as their :func:`inverse` ``(3, ...)``, computed once.
    """
    near, far = _slabs(inverse, origin, low, high)
    enter, leave = near.max(axis=0), far.min(axis=0)
    return np.where((enter < leave) & (enter > 0), enter, _MISS), near.argmax(axis=0)


def inverse(rays: FloatArray) -> FloatArray:
    """One over the components of rays."""
    with np.errstate(divide="ignore"):
        return np.asarray(1 / (rays + np.float32(1e-9)))  # never exactly zero


def meet_walls(inverse: FloatArray, origin: FloatArray, size: FloatArray) -> tuple[FloatArray, npt.NDArray[np.intp]]:
    """Distances along rays, given by their inverse ``(3, ...)``, to the walls around, and the axis of the wall met."""
    _, far = _slabs(inverse, origin, np.zeros(3), size)
    return far.min(axis=0), far.argmin(axis=0)


def blocked(points: FloatArray, target: FloatArray, low: FloatArray, high: FloatArray) -> npt.NDArray[np.bool_]:
    """Whether the straight way from points ``(3, ...)`` to ``target`` is blocked by any of the boxes ``(m, 3)``."""
    points = points.astype(np.float32)
    way = inverse(target.astype(np.float32).reshape((3,) + (1,) * (points.ndim - 1)) - points)
    hidden = np.zeros(points.shape[1:], dtype=bool)
    for box_low, box_high in zip(low, high, strict=True):
        near, far = _slabs(way, points, box_low, box_high)
        enter, leave = near.max(axis=0), far.min(axis=0)
        # A thousandth of slack, so that a point on a face is not hidden by its own box.
        hidden |= (enter < leave) & (leave > 1e-3) & (enter < 1 - 1e-3)
    return hidden


def _slabs(inverse: FloatArray, origin: FloatArray, low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Where rays, given by their inverse ``(3, ...)``, enter and leave the three slabs between opposite faces."""
    shape = (3,) + (1,) * (inverse.ndim - 1)
    origin = origin.reshape(shape) if origin.ndim == 1 else origin
    first = (low.reshape(shape) - origin).astype(np.float32) * inverse
    second = (high.reshape(shape) - origin).astype(np.float32) * inverse
    return np.minimum(first, second), np.maximum(first, second)
