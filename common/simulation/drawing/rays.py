"""Where rays meet round cones, boxes and walls: analytic, compiled, one ray at a time.

Vectors are tuples ``(x, y, z)``, which compiled code keeps in registers. Directions have unit length unless a function
says otherwise, distances are in meters, and a ray that misses goes on to infinity. With ``NUMBA_DISABLE_JIT=1`` all of
this is plain Python.
"""

import math

from common.compiled import compiled

Vector = tuple[float, float, float]

MISS = math.inf
_SLACK = 1e-3  # of the way to a lamp, so that a point on a face is not hidden by its own box


@compiled
def dot(a: Vector, b: Vector) -> float:
    """Scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@compiled
def minus(a: Vector, b: Vector) -> Vector:
    """The way from ``b`` to ``a``."""
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


@compiled
def along(origin: Vector, ray: Vector, distance: float) -> Vector:
    """The point at a distance along a ray."""
    return origin[0] + distance * ray[0], origin[1] + distance * ray[1], origin[2] + distance * ray[2]


@compiled
def inverse(ray: Vector) -> Vector:
    """One over its components, none of which is taken for exactly zero."""
    return 1 / (ray[0] + 1e-9), 1 / (ray[1] + 1e-9), 1 / (ray[2] + 1e-9)


@compiled
def slab(inverse: float, origin: float, low: float, high: float) -> tuple[float, float]:
    """Where a ray enters and leaves the slab between two opposite faces of a box."""
    first, second = (low - origin) * inverse, (high - origin) * inverse
    return (first, second) if first < second else (second, first)


@compiled
def meet_walls(inverse: Vector, origin: Vector, size: Vector) -> tuple[float, int]:
    """Distance to the walls around, from inside, and the axis of the wall met."""
    _, x = slab(inverse[0], origin[0], 0.0, size[0])
    _, y = slab(inverse[1], origin[1], 0.0, size[1])
    _, z = slab(inverse[2], origin[2], 0.0, size[2])
    if x <= y and x <= z:
        return x, 0
    return (y, 1) if y <= z else (z, 2)


@compiled
def meet_box(inverse: Vector, origin: Vector, low: Vector, high: Vector) -> tuple[float, int]:
    """Distance to the outside of an axis-aligned box, and the axis of the face met."""
    x, x_end = slab(inverse[0], origin[0], low[0], high[0])
    y, y_end = slab(inverse[1], origin[1], low[1], high[1])
    z, z_end = slab(inverse[2], origin[2], low[2], high[2])
    enter, axis = x, 0
    if y > enter:
        enter, axis = y, 1
    if z > enter:
        enter, axis = z, 2
    if 0.0 < enter < min(x_end, y_end, z_end):
        return enter, axis
    return MISS, axis


@compiled
def is_between(inverse: Vector, point: Vector, low: Vector, high: Vector) -> bool:
    """Whether a box stands between a point and a lamp; the way from one to the other has length 1 here."""
    x, x_end = slab(inverse[0], point[0], low[0], high[0])
    y, y_end = slab(inverse[1], point[1], low[1], high[1])
    z, z_end = slab(inverse[2], point[2], low[2], high[2])
    enter, leave = max(x, y, z), min(x_end, y_end, z_end)
    return bool(enter < leave and leave > _SLACK and enter < 1 - _SLACK)


@compiled
def meet_round_cone(
    ray: Vector, origin: Vector, start: Vector, end: Vector, start_radius: float, end_radius: float
) -> tuple[float, float]:
    """Distance to a round cone, and where along its axis it is met: 0 in the start sphere, 1 in the end sphere.

    A round cone is the hull of two spheres: a capsule whose ends may differ. The equations are those of Inigo
    Quilez' "Rounded cone intersection".
    """
    axis, from_start, from_end = minus(end, start), minus(origin, start), minus(origin, end)
    taper = start_radius - end_radius
    length2 = dot(axis, axis)
    slant2 = length2 - taper * taper
    if slant2 <= 0:  # one sphere contains the other
        if taper > 0:
            return _meet_sphere(ray, from_start, start_radius), 0.0
        return _meet_sphere(ray, from_end, end_radius), 1.0
    height = dot(axis, from_start)
    ray_axis, ray_start = dot(axis, ray), dot(from_start, ray)
    # The side: k2 t² + 2 k1 t + k0 = 0.
    k2 = slant2 - ray_axis * ray_axis
    k1 = slant2 * ray_start - (height - taper * start_radius) * ray_axis
    k0 = slant2 * dot(from_start, from_start) - height * (height - 2 * taper * start_radius)
    k0 -= length2 * start_radius * start_radius
    inside = k1 * k1 - k0 * k2
    if inside >= 0 and k2 != 0:
        side = (-math.sqrt(inside) - k1) / k2
        place = (height - start_radius * taper + side * ray_axis) / slant2
        if 0 < place < 1 and side > 0:
            return side, place
    to_start, to_end = _meet_sphere(ray, from_start, start_radius), _meet_sphere(ray, from_end, end_radius)
    return (to_end, 1.0) if to_end < to_start else (to_start, 0.0)


@compiled
def _meet_sphere(ray: Vector, from_center: Vector, radius: float) -> float:
    """Distance to the outside of a sphere."""
    toward = dot(ray, from_center)
    inside = toward * toward - dot(from_center, from_center) + radius * radius
    if inside < 0:
        return MISS
    distance = -toward - math.sqrt(inside)
    return distance if distance > 0 else MISS
