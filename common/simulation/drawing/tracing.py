"""What each ray of a picture meets first: walls, then boxes and the body where they are nearer; compiled.

There are two rays a pixel, one row below the other: arrays are ``(2 rows, columns, ...)``, and of single precision,
since memory is what takes time here. A window holds the first and the last row and column of the pixels that an
object may cover.
"""

from typing import Any

import numpy as np

from common.compiled import compiled
from common.simulation.drawing.patterns import share_of_second
from common.simulation.drawing.rays import Vector, along, inverse, meet_box, meet_round_cone, meet_walls, minus

# Two rays a pixel, on its diagonal: their mean smooths edges of all directions at half the price of four.
_DIAGONAL = (0.25, 0.75)

# Neighbors in the body share the sphere at their joint: it belongs to the first, whatever the rounding.
_TIE_M = 1e-5

FLOOR, WALLS, CEILING, FIRST_BOX = 0, 1, 2, 3  # rows of a scene's surfaces


@compiled
def pixel(image: Any, row: int, column: int) -> Vector:
    """The vector of one ray or pixel, without the price of a view."""
    return image[row, column, 0], image[row, column, 1], image[row, column, 2]


@compiled
def corner(table: Any, row: int, which: int) -> Vector:
    """The lower (0) or upper (1) corner of a box, or the start (0) or end (1) of a part of the body."""
    return table[row, 3 * which], table[row, 3 * which + 1], table[row, 3 * which + 2]


@compiled
def camera_rays(
    axes: Any,
    focal_px: float,
    center: tuple[float, float],
    corner: tuple[float, float],
    step: float,
    rows: int,
    columns: int,
) -> Any:
    """Unit directions ``(2 rows, columns, 3)`` of the rays through a picture.

    Its upper left corner is at a place of the frame, and each of its pixels is ``step`` pixels of the frame wide.
    """
    rays = np.empty((2 * rows, columns, 3), np.float32)
    for row in range(2 * rows):
        place = _DIAGONAL[row % 2]
        down = corner[1] + (row // 2 + place) * step - center[1]
        for column in range(columns):
            across = corner[0] + (column + place) * step - center[0]
            length = np.sqrt(across * across + down * down + focal_px * focal_px)
            for i in range(3):
                ray = across * axes[0, i] + down * axes[1, i] + focal_px * axes[2, i]
                rays[row, column, i] = ray / length
    return rays


@compiled
def trace(
    rays: Any, origin: Vector, room: Vector, boxes: Any, box_windows: Any, cones: Any, cone_windows: Any
) -> tuple[Any, Any, Any]:
    """Per ray the distance, the surface met, and where: the axis of a face, or the place along a round cone."""
    shape = rays.shape[:2]
    depth, place, surface = np.empty(shape, np.float32), np.empty(shape, np.float32), np.empty(shape, np.int16)
    inverses = np.empty(rays.shape, np.float32)  # boxes are many and divisions slow
    for row in range(shape[0]):
        for column in range(shape[1]):
            ray = pixel(rays, row, column)
            one_over = inverse(ray)
            distance, axis = meet_walls(one_over, origin, room)
            depth[row, column], place[row, column] = distance, axis
            surface[row, column] = WALLS if axis < 2 else CEILING if ray[2] > 0 else FLOOR
            for i in range(3):
                inverses[row, column, i] = one_over[i]
    for number in range(len(boxes)):
        low, high = corner(boxes, number, 0), corner(boxes, number, 1)
        top, bottom, left, right = box_windows[number]
        for row in range(2 * top, 2 * bottom):
            for column in range(left, right):
                distance, axis = meet_box(pixel(inverses, row, column), origin, low, high)
                if distance < depth[row, column]:
                    depth[row, column], place[row, column] = distance, axis
                    surface[row, column] = FIRST_BOX + number
    for number in range(len(cones)):
        start, end = corner(cones, number, 0), corner(cones, number, 1)
        start_radius, end_radius = cones[number, 6], cones[number, 7]
        top, bottom, left, right = cone_windows[number]
        for row in range(2 * top, 2 * bottom):
            for column in range(left, right):
                ray = pixel(rays, row, column)
                distance, part = meet_round_cone(ray, origin, start, end, start_radius, end_radius)
                if distance < depth[row, column] - _TIE_M:
                    depth[row, column], place[row, column] = distance, part
                    surface[row, column] = FIRST_BOX + len(boxes) + number
    return depth, surface, place


@compiled
def look_at(
    rays: Any, origin: Vector, hits: tuple[Any, Any, Any], surfaces: Any, boxes: Any, cones: Any
) -> tuple[Any, Any, Any]:
    """What the rays met: reflectances ``(2 rows, columns, 3)``; of a pixel's upper ray also the point and the normal.

    Both, the normal of unit length, are ``(rows, columns, 3)``: light changes slowly over a surface, so that one ray a
    pixel carries it.
    """
    depth, surface, place = hits
    n_rays, columns = depth.shape
    color, shape = np.empty(rays.shape, np.float32), (n_rays // 2, columns, 3)
    points, normals = np.empty(shape, np.float32), np.empty(shape, np.float32)
    for row in range(n_rays):
        for column in range(columns):
            number, ray = surface[row, column], pixel(rays, row, column)
            point = along(origin, ray, depth[row, column])
            part = number - FIRST_BOX - len(boxes)
            if part >= 0:
                start, end = corner(cones, part, 0), corner(cones, part, 1)
                normal, u, v = _on_cone(point, place[row, column], start, end)
            else:
                first = corner(boxes, number - FIRST_BOX, 0) if number >= FIRST_BOX else (0.0, 0.0, 0.0)
                normal, u, v = _on_face(minus(point, first), ray, int(place[row, column]))
            entry = surfaces[number]
            scale_m = entry["scale_m"]
            share = share_of_second(entry["pattern"], u / scale_m, v / scale_m)
            for i in range(3):
                color[row, column, i] = entry["color"][i] + share * (entry["second"][i] - entry["color"][i])
                if row % 2 == 0:
                    points[row // 2, column, i], normals[row // 2, column, i] = point[i], normal[i]
    return color, points, normals


@compiled
def _on_face(point: Vector, ray: Vector, axis: int) -> tuple[Vector, float, float]:
    """Normal of a face that a ray meets, and the point's coordinates: its place on the other two axes."""
    side = -1.0 if ray[axis] > 0 else 1.0
    if axis == 0:
        return (side, 0.0, 0.0), point[1], point[2]
    if axis == 1:
        return (0.0, side, 0.0), point[0], point[2]
    return (0.0, 0.0, side), point[0], point[1]


@compiled
def _on_cone(point: Vector, place: float, start: Vector, end: Vector) -> tuple[Vector, float, float]:
    """Normal of a round cone at a point on it, and the point's coordinates: along the limb, and round it."""
    axis = minus(end, start)
    offset = minus(minus(point, start), (place * axis[0], place * axis[1], place * axis[2]))
    radius = np.sqrt(offset[0] ** 2 + offset[1] ** 2 + offset[2] ** 2)
    normal = (offset[0] / radius, offset[1] / radius, offset[2] / radius)
    return normal, place * np.sqrt(axis[0] ** 2 + axis[1] ** 2 + axis[2] ** 2), 0.15 * normal[0]
