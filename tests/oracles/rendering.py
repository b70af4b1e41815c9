"""The drawing of frames once more, in plain NumPy: every ray against every object, no window, no compiled code, slow.

Vectors are ``(3, ...)``. It shares the scene and the sensor with :mod:`common.simulation.drawing.rendering`, but
no ray, no pattern and no shadow.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from common.simulation.camera.frame import View
from common.simulation.drawing.rendering import develop
from common.simulation.rooms.camera import HEIGHT, WIDTH, Camera, PixelBox
from common.simulation.rooms.light import Light
from common.simulation.rooms.room import Room
from common.simulation.rooms.textures import Texture

Array = npt.NDArray[Any]


def draw(view: View, box: PixelBox, size: int) -> npt.NDArray[np.uint8]:
    """The square around a box, as ``view.crop(box, size)``."""
    room, camera = view.room, view.room.camera
    rays = camera_rays(camera, box.square(), size)
    origin = camera.position
    depth, normal, color = meet_room(rays, origin, room)
    glow = np.zeros_like(depth)
    for box in room.boxes:
        distance, axis = meet_box(rays, origin[:, None, None], np.array(box.low), np.array(box.high))
        x, y, z = origin[:, None, None] + np.where(np.isfinite(distance), distance, 0) * rays
        u = np.where(axis == 0, y - box.low[1], x - box.low[0])
        v = np.where(axis == 2, y - box.low[1], z - box.low[2])
        nearer = distance < depth
        depth = np.where(nearer, distance, depth)
        facing = np.stack([np.where(axis == i, -np.sign(rays[i]), 0) for i in range(3)])
        normal, color = np.where(nearer, facing, normal), np.where(nearer, reflectance(box.texture, u, v), color)
        glow = np.where(nearer, box.texture.glow, glow)
    for start, end, start_radius, end_radius, texture, _ in parts_of(view):
        distance, place = meet_round_cone(rays, origin, start, end, start_radius, end_radius)
        nearer = distance < depth - 1e-5  # a sphere that two parts share belongs to the first
        point = origin[:, None, None] + np.where(nearer, distance, 0) * rays
        outward = point - column(start) - place * column(end - start)
        outward = outward / np.sqrt(dot(outward, outward))
        pattern = reflectance(texture, place * np.linalg.norm(end - start), 0.15 * outward[0])
        depth, glow = np.where(nearer, distance, depth), np.where(nearer, 0.0, glow)
        normal, color = np.where(nearer, outward, normal), np.where(nearer, pattern, color)
    points = origin[:, None, None] + depth * rays
    arriving = light_at(points[:, ::2], normal[:, ::2], view).repeat(2, axis=1)
    shining = arriving * (1 - glow) + glow * view.light.outdoors
    linear = (color * shining).reshape(3, size, 2, size).mean(axis=2)
    return develop(np.moveaxis(linear, 0, -1).astype(np.float32), view.light, view.sensor_rng(1))


def parts_of(view: View) -> list[tuple[Array, Array, float, float, Texture, bool]]:
    """The round cones of all bodies, their textures, and whether they cast a shadow."""
    return [
        (part[:3], part[3:6], float(part[6]), float(part[7]), texture, bool(casts_shadow))
        for figure in view.figures
        for part, texture, casts_shadow in zip(figure.parts, figure.textures, figure.casts_shadow, strict=True)
    ]


def dot(a: Array, b: Array) -> Any:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def column(vector: Array) -> Array:
    return vector[:, None, None]


def camera_rays(camera: Camera, square: tuple[float, float, float], size: int) -> Array:
    """Two rays a pixel, on its diagonal, ``(3, 2 size, size)``."""
    left, top, side = square
    pixel = np.arange(size)[:, None] + [0.25, 0.75]
    x = left + np.tile(pixel.T, (size, 1)) * side / size - WIDTH / 2
    y = top + np.repeat(pixel.reshape(-1, 1), size, axis=1) * side / size - HEIGHT / 2
    right, below, ahead = camera.axes[:, :, None, None]
    rays = x * right + y * below + camera.focal_px * ahead
    return rays / np.sqrt(dot(rays, rays))


def slabs(rays: Array, origin: Array, low: Array, high: Array) -> tuple[Array, Array]:
    """Where rays enter and leave the three slabs between opposite faces of a box."""
    inverse = 1 / (rays + 1e-9)
    first, second = (column(low) - origin) * inverse, (column(high) - origin) * inverse
    return np.minimum(first, second), np.maximum(first, second)


def meet_room(rays: Array, origin: Array, room: Room) -> tuple[Array, Array, Array]:
    """Distances to the walls around, their normals and reflectances."""
    _, far = slabs(rays, column(origin), np.zeros(3), room.size)
    depth, axis = far.min(axis=0), far.argmin(axis=0)
    x, y, z = column(origin) + depth * rays
    ground = np.where(rays[2] > 0, reflectance(room.ceiling, x, y), reflectance(room.floor, x, y))
    sides = np.where(axis == 0, reflectance(room.walls, y, z), reflectance(room.walls, x, z))
    normal = np.stack([np.where(axis == i, -np.sign(rays[i]), 0) for i in range(3)])
    return depth, normal, np.where(axis == 2, ground, sides)


def meet_box(rays: Array, origin: Array, low: Array, high: Array) -> tuple[Array, Array]:
    near, far = slabs(rays, origin, low, high)
    enter, leave = near.max(axis=0), far.min(axis=0)
    return np.where((enter < leave) & (enter > 0), enter, np.inf), near.argmax(axis=0)


def meet_round_cone(
    rays: Array, origin: Array, start: Array, end: Array, start_radius: float, end_radius: float
) -> tuple[Array, Array]:
    """The hull of two spheres, after Inigo Quilez: the side where it is met between the spheres, else a sphere."""
    axis, from_start = end - start, origin - start
    taper = start_radius - end_radius
    slant2 = float(axis @ axis) - taper**2
    to_start, to_end = meet_sphere(rays, from_start, start_radius), meet_sphere(rays, origin - end, end_radius)
    distance, place = np.minimum(to_start, to_end), (to_end < to_start).astype(float)
    if slant2 <= 0:
        return distance, place
    ray_axis, ray_start, height = dot(axis, rays), dot(from_start, rays), float(axis @ from_start)
    k2 = slant2 - ray_axis**2
    k1 = slant2 * ray_start - (height - taper * start_radius) * ray_axis
    k0 = slant2 * float(from_start @ from_start) - height * (height - 2 * taper * start_radius)
    k0 -= float(axis @ axis) * start_radius**2
    with np.errstate(invalid="ignore", divide="ignore"):
        side = (-np.sqrt(k1 * k1 - k0 * k2) - k1) / k2
        along = (height - start_radius * taper + side * ray_axis) / slant2
        on_side = (along > 0) & (along < 1) & (side > 0)
    return np.where(on_side, side, distance), np.where(on_side, along, place)


def meet_sphere(rays: Array, from_center: Array, radius: float) -> Array:
    toward = dot(from_center, rays)
    with np.errstate(invalid="ignore"):
        distance = -toward - np.sqrt(toward**2 - float(from_center @ from_center) + radius**2)
    return np.where(distance > 0, distance, np.inf)


def light_at(points: Array, normals: Array, view: View) -> Array:
    """Light ``(3, size, size)`` that reaches surfaces, with the shadows of body and furniture."""
    lamp, parts = view.light.position, [part[:4] for part in parts_of(view) if part[-1]]
    direct = lamp_light(points, normals, view.light)
    way = points - column(lamp)
    distance = np.sqrt(dot(way, way))
    shadow = np.zeros(distance.shape, dtype=bool)
    openness = 1 - 0.35 * np.clip(1 - np.minimum(points, column(view.room.size) - points), 0, None) ** 4
    ambient = (0.85 + 0.15 * normals[2]) * openness.prod(axis=0)
    for start, end, start_radius, end_radius in parts:
        hit, _ = meet_round_cone(way / distance, lamp, start, end, start_radius, end_radius)
        shadow |= hit < distance - 0.03
        ambient *= contact(points, normals, start, end - start, (start_radius + end_radius) / 2)
    lifted = points + 0.01 * normals
    for corners in view.room.opaque:
        near, far = slabs(column(lamp) - lifted, lifted, corners[:3], corners[3:])
        enter, leave = near.max(axis=0), far.min(axis=0)
        shadow |= (enter < leave) & (leave > 1e-3) & (enter < 1 - 1e-3)
    direct = np.where(shadow, 0.2 * direct, direct)
    return column(view.light.direct) * direct + column(view.light.ambient) * ambient


def lamp_light(points: Array, normals: Array, light: Light) -> Array:
    way = column(light.position) - points
    distance2 = dot(way, way)
    return np.clip(dot(way, normals) / np.sqrt(distance2), 0, None) * 2 / (1 + distance2 / 6.25)


def contact(points: Array, normals: Array, start: Array, axis: Array, radius: float) -> Array:
    """Part of the ambient light that a near part of a body leaves."""
    offset = points - column(start)
    gap = np.clip(dot(axis, offset) / float(axis @ axis), 0, 1) * column(axis) - offset
    distance2 = dot(gap, gap) + 1e-6
    hidden = np.clip(np.minimum(radius**2 / distance2, 1) - 1 / 3.0**2, 0, None)
    return 1 - 0.75 * np.clip(dot(gap, normals) / np.sqrt(distance2), 0, None) * hidden


def reflectance(texture: Texture, u: Array, v: Array) -> Array:
    """Colors ``(3, ...)`` of a pattern at places on a surface in meters."""
    share = pattern_share(texture.pattern, u / texture.scale_m, v / texture.scale_m)
    first, second = np.array(texture.color), np.array(texture.second)
    return column(first) + share * column(second - first)


def pattern_share(pattern: str, u: Array, v: Array) -> Any:
    across, up = u % 1, v % 1
    if pattern == "tiles":
        return np.where((across < 0.05) | (up < 0.05), 1.0, 0.25 * noise(u, v))
    if pattern == "planks":
        shifted = u / 6 + 0.37 * np.floor(v)
        return np.where((up < 0.06) | (shifted % 1 < 0.006), 1.0, 0.6 * noise(shifted, v))
    edge = np.maximum(np.abs(across - 0.5), np.abs(up - 0.5))
    return {
        "plain": 0.0 * u,
        "stripes": across < 0.5,
        "checks": (np.floor(u) + np.floor(v)) % 2,
        "plaid": (across < 0.4) * 0.5 + (up < 0.4) * 0.5,
        "speckles": noise(u, v),
        "panels": (edge > 0.36) & (edge < 0.4),
    }[pattern]


def noise(u: Array, v: Array) -> Array:
    square = (np.floor(u).astype(np.int64) * 73856093) ^ (np.floor(v).astype(np.int64) * 19349663)
    return (((square ^ (square >> 13)) * 1274126177 >> 8) & 0xFF) / 256
