"""How much light reaches what the rays met, compiled: a lamp with its shadows, and light from all around.

Light changes slowly over a surface: one ray a pixel carries it, the upper one.
"""

import math
from typing import Any

import numpy as np

from common.compiled import compiled
from common.simulation.drawing.rays import Vector, along, dot, inverse, is_between, meet_round_cone, minus
from common.simulation.drawing.tracing import corner, pixel

_LIGHT_IN_SHADOW = 0.2  # walls send some of the lamp's light into its shadows
_SKIN_M = 0.03  # so that a surface does not cast a shadow on itself
REACH = 3.0  # radii around a part of the body up to which it takes light from what it touches
_CORNER, _CORNER_M = 0.35, 1.0  # how much of the ambient light a wall takes, and up to where


@compiled
def falling_light(
    points: Any, normals: Any, room: Vector, lamp: Vector, furniture: Any, cones: Any, cone_windows: Any
) -> tuple[Any, Any]:
    """Direct and ambient light ``(rows, columns)`` at points with unit normals ``(rows, columns, 3)``.

    ``furniture`` ``(m, 6)`` are the boxes that cast shadows; the windows are those in which the bodies' parts take
    light from the surfaces they touch.
    """
    rows, columns = points.shape[:2]
    direct, ambient = np.empty((rows, columns), np.float32), np.empty((rows, columns), np.float32)
    cone_angles = _seen_from(lamp, cones)
    for row in range(rows):
        for column in range(columns):
            point, normal = pixel(points, row, column), pixel(normals, row, column)
            way = minus(lamp, point)
            distance2 = dot(way, way)
            facing = max(0.0, dot(way, normal) / math.sqrt(distance2))
            # The inverse square law, softened: lamps are not points, and walls send light back.
            arriving = facing * 2.0 / (1.0 + distance2 / 6.25)
            if facing > 0 and (
                _in_body_shadow(point, lamp, cones, cone_angles)
                or _in_furniture_shadow(along(point, normal, 0.01), lamp, furniture)
            ):
                arriving *= _LIGHT_IN_SHADOW
            direct[row, column] = arriving
            ambient[row, column] = (0.85 + 0.15 * normal[2]) * _openness(point, room)
    _contact_shadows(ambient, points, normals, cones, cone_windows)
    return direct, ambient


@compiled
def _openness(point: Vector, room: Vector) -> float:
    """Corners are darker: each wall takes its part of the light from all around."""
    product = 1.0
    for axis in range(3):
        gap = min(point[axis], room[axis] - point[axis])
        near = max(0.0, 1 - gap / _CORNER_M) ** 2
        product *= 1 - _CORNER * near * near
    return product


@compiled
def _seen_from(lamp: Vector, cones: Any) -> Any:
    """Where a lamp sees each part of the bodies, and in the last row all of them: ``(n + 1, 4)``.

    Three numbers are the direction of the middle; the fourth is the cosine of half the angle that is filled.
    """
    if len(cones) == 0:
        return np.full((1, 4), 2.0)  # no cosine is as large: no ray is near
    spheres = np.empty((len(cones) + 1, 4))  # middle and radius
    for part in range(len(cones)):
        start, end = cones[part, :3], cones[part, 3:6]
        spheres[part, :3] = (start + end) / 2
        spheres[part, 3] = np.sqrt(((end - start) ** 2).sum()) / 2 + cones[part, 6:].max()
    for i in range(3):
        spheres[-1, i] = spheres[:-1, i].mean()
    from_middle = np.sqrt(((spheres[:-1, :3] - spheres[-1, :3]) ** 2).sum(axis=1))
    spheres[-1, 3] = (from_middle + spheres[:-1, 3]).max()
    angles = np.empty_like(spheres)
    for row in range(len(spheres)):
        way = minus(corner(spheres, row, 0), lamp)
        distance = math.sqrt(dot(way, way))
        angles[row, 0], angles[row, 1], angles[row, 2] = way[0] / distance, way[1] / distance, way[2] / distance
        # A lamp within a sphere sees it everywhere.
        inside = distance <= spheres[row, 3]
        angles[row, 3] = -1.0 if inside else math.sqrt(1.0 - (spheres[row, 3] / distance) ** 2)
    return angles


@compiled
def _in_body_shadow(point: Vector, lamp: Vector, cones: Any, cone_angles: Any) -> bool:
    """Whether a ray from the lamp to a point meets a body first."""
    way = minus(point, lamp)
    distance = math.sqrt(dot(way, way))
    ray = (way[0] / distance, way[1] / distance, way[2] / distance)
    if dot(corner(cone_angles, len(cones), 0), ray) < cone_angles[-1, 3]:
        return False
    for part in range(len(cones)):
        if dot(corner(cone_angles, part, 0), ray) > cone_angles[part, 3]:
            start, end = corner(cones, part, 0), corner(cones, part, 1)
            hit, _ = meet_round_cone(ray, lamp, start, end, cones[part, 6], cones[part, 7])
            if hit < distance - _SKIN_M:
                return True
    return False


@compiled
def _in_furniture_shadow(point: Vector, lamp: Vector, furniture: Any) -> bool:
    way = inverse(minus(lamp, point))
    for number in range(len(furniture)):
        if is_between(way, point, corner(furniture, number, 0), corner(furniture, number, 1)):
            return True
    return False


@compiled
def _contact_shadows(ambient: Any, points: Any, normals: Any, cones: Any, windows: Any) -> None:
    """Near parts of a body take some of the ambient light from a surface."""
    for part in range(len(cones)):
        start = corner(cones, part, 0)
        axis = minus(corner(cones, part, 1), start)
        length2, radius = dot(axis, axis), (cones[part, 6] + cones[part, 7]) / 2
        top, bottom, left, right = windows[part]
        for row in range(top, bottom):
            for column in range(left, right):
                point = pixel(points, row, column)
                place = min(1.0, max(0.0, dot(axis, minus(point, start)) / length2))
                gap = minus(along(start, axis, place), point)
                distance2, facing = dot(gap, gap) + 1e-6, dot(gap, pixel(normals, row, column))
                if facing <= 0 or distance2 >= REACH * REACH * radius * radius:
                    continue
                # A sphere of this radius at this distance hides (r/d)² of the sky of a surface that faces it; a little
                # less here, so that it fades to nothing at the search radius.
                hidden = min(radius * radius / distance2, 1.0) - 1 / REACH**2
                ambient[row, column] *= 1 - 0.75 * facing / math.sqrt(distance2) * hidden


@compiled
def mix(
    color: Any, surface: Any, surfaces: Any, arriving: tuple[Any, Any], colors: tuple[Any, Any], outdoors: float
) -> Any:
    """Linear light ``(rows, columns, 3)`` that pixels send: the mean of their two rays' reflectances, lit.

    ``arriving`` and ``colors`` are the amounts and the colors of direct and ambient light; surfaces that glow shine as
    brightly as it is ``outdoors``.
    """
    direct, ambient = arriving
    lamp_color, ambient_color = colors
    rows, columns = direct.shape
    linear = np.empty((rows, columns, 3), np.float32)
    for row in range(rows):
        for column in range(columns):
            for i in range(3):
                light = lamp_color[i] * direct[row, column] + ambient_color[i] * ambient[row, column]
                sent = 0.0
                for ray in range(2 * row, 2 * row + 2):
                    glow = surfaces[surface[ray, column]]["glow"]
                    sent += color[ray, column, i] * (light * (1 - glow) + glow * outdoors)
                linear[row, column, i] = sent / 2
    return linear
