"""Drawing: rays through the cells of a square of the frame, to the colors of what they meet."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from common.simulation.body import Cones
from common.simulation.camera import Camera
from common.simulation.light import SMALL, Light, contact_shadow, in_body_shadow
from common.simulation.rays import blocked, inverse, meet_box, meet_round_cone, meet_walls
from common.simulation.room import Room
from common.simulation.textures import Texture
from common.validation import FloatArray

# Two rays a pixel, on its diagonal: their mean smooths edges of all directions at half the price of four.
_DIAGONAL = (0.25, 0.75)
_LIGHT_IN_SHADOW = 0.2  # walls send some of the lamp's light into its shadows
_REACH = 3.5  # radii around a part of the body where its shadow of contact is seen

Window = tuple[slice, slice]  # rows and columns of the rays that an object may cover


class Picture:
    """A square of a frame while it is being drawn: what each ray has met so far.

    There are two rays a pixel, one below the other: vectors are ``(3, 2 size, size)``.
    """

    def __init__(self, camera: Camera, square: tuple[float, float, float], size: int) -> None:
        self.size, self.camera, self.square = size, camera, square
        self.origin = camera.position.astype(np.float32)
        left, top, side = square
        pixel = np.arange(size)[:, None] + _DIAGONAL
        x = np.tile(pixel.T, (size, 1))
        y = np.repeat(pixel.reshape(-1, 1), size, axis=1)
        self.rays = camera.rays(left + x * side / size, top + y * side / size)
        self.inverse = inverse(self.rays)
        self.depth = np.full(self.rays.shape[1:], np.inf, dtype=np.float32)
        self.normal, self.color = np.zeros_like(self.rays), np.zeros_like(self.rays)
        self.glow = np.zeros_like(self.depth)

    def add_walls(self, room: Room) -> None:
        """Draw floor, walls and ceiling."""
        self.depth, axis = meet_walls(self.inverse, self.camera.position, room.size)
        points = self.points()
        rising = self.rays[2] > 0
        for texture, mask, (u, v) in (
            (room.floor, (axis == 2) & ~rising, (0, 1)),
            (room.ceiling, (axis == 2) & rising, (0, 1)),
            (room.walls, axis == 0, (1, 2)),
            (room.walls, axis == 1, (0, 2)),
        ):
            if mask.any():
                self.color[:, mask] = texture.at(points[u][mask], points[v][mask])
        for direction in range(3):
            self.normal[direction] = np.where(axis == direction, -np.sign(self.rays[direction]), 0)

    def add_boxes(self, room: Room) -> None:
        """Draw furniture and fittings, each where it is nearer than what is there."""
        for box, window in zip(room.boxes, self._windows(room.box_bounds), strict=True):
            if _is_empty(window):
                continue
            low = np.array(box.low)
            distance, axis = meet_box(self.inverse[:, *window], self.camera.position, low, np.array(box.high))
            mask = distance < self.depth[window]
            if not mask.any():
                continue
            axis, rays, distance = axis[mask], self.rays[:, *window][:, mask], distance[mask]
            points = self.origin[:, None] + distance * rays - low.astype(np.float32)[:, None]
            # The pattern lies on the other two directions of the face.
            u, v = np.where(axis == 0, points[1], points[0]), np.where(axis == 2, points[1], points[2])
            normal = np.where(axis == np.arange(3)[:, None], -np.sign(rays), 0)
            self._put(window, mask, distance, normal, box.texture.at(u, v))
            self.glow[window][mask] = box.texture.glow

    def add_body(self, cones: Cones, moment: int, outfit: Mapping[str, Texture]) -> None:
        """Draw a dressed body."""
        ends = np.stack([cones.start[moment], cones.end[moment]], axis=1)
        bounds = self.camera.bounds(ends, np.maximum(cones.start_radius, cones.end_radius))
        for part, window in enumerate(self._windows(bounds)):
            if _is_empty(window):
                continue
            start, end = ends[part]
            radii = float(cones.start_radius[part]), float(cones.end_radius[part])
            distance, place = meet_round_cone(self.rays[:, *window], self.camera.position, start, end, *radii)
            mask = distance < self.depth[window]
            if not mask.any():
                continue
            distance, place = distance[mask], place[mask]
            axis = (end - start).astype(np.float32)
            from_start = (self.origin - start.astype(np.float32))[:, None] + distance * self.rays[:, *window][:, mask]
            normal = from_start - place * axis[:, None]
            normal /= np.linalg.norm(normal, axis=0)
            # Patterns run round a limb.
            along = place * np.linalg.norm(axis)
            texture = outfit[cones.garments[part]]
            self._put(window, mask, distance, normal, texture.at(along, np.float32(0.15) * normal[0]))
            self.glow[window][mask] = 0.0

    def points(self) -> FloatArray:
        """Where the rays end."""
        return self.origin[:, None, None] + self.depth * self.rays

    def lit(self, light: Light, room: Room, cones: Cones, moment: int) -> FloatArray:
        """Linear colors of all that was drawn, with shadows."""
        # Light changes slowly over a surface: one ray a pixel carries it.
        points, normals = self.points()[:, ::2], self.normal[:, ::2]
        direct, ambient = light.falling_on(points, normals)
        shadow = in_body_shadow(points.reshape(3, -1), light.position, cones, moment).reshape(direct.shape)
        shadow |= blocked(points + 0.01 * normals, light.position, *room.opaque)
        direct[shadow] *= _LIGHT_IN_SHADOW
        ambient *= _corner_occlusion(points, room.size)
        reach = _REACH * np.maximum(cones.start_radius, cones.end_radius)
        ends = np.stack([cones.start[moment], cones.end[moment]], axis=1)
        for part, (rows, columns) in enumerate(self._windows(self.camera.bounds(ends, reach))):
            if cones.garments[part] in SMALL:
                continue
            near = (slice((rows.start + 1) // 2, (rows.stop + 1) // 2), columns)
            ambient[near] *= contact_shadow(points[:, *near], normals[:, *near], *cones.part(moment, part))
        arriving = _column(light.direct) * direct + _column(light.ambient) * ambient
        return self.color * (arriving.repeat(2, axis=1) * (1 - self.glow) + self.glow)

    def _windows(self, bounds: FloatArray) -> list[Window]:
        """Rows and columns of the rays within bounds ``(m, 4)`` in pixels of the frame; empty if outside."""
        left, top, side = self.square
        pixels = (bounds - [left, top, left, top]) * self.size / side
        low, high = np.floor(pixels[:, :2]), np.ceil(pixels[:, 2:])
        edges = np.clip(np.concatenate([low, high], axis=1), 0, self.size).astype(int).tolist()
        return [(slice(2 * y0, 2 * y1), slice(x0, x1)) for x0, y0, x1, y1 in edges]

    def _put(
        self, window: Window, mask: npt.NDArray[np.bool_], distance: FloatArray, normal: FloatArray, color: FloatArray
    ) -> None:
        self.depth[window][mask] = distance
        self.normal[:, *window][:, mask] = normal
        self.color[:, *window][:, mask] = color


def _is_empty(window: Window) -> bool:
    return any(part.start >= part.stop for part in window)


def _column(vector: FloatArray) -> FloatArray:
    return vector.astype(np.float32)[:, None, None]


def _corner_occlusion(points: FloatArray, size: FloatArray) -> FloatArray:
    """Corners are darker: each wall takes its part of the light from all around."""
    gap = np.minimum(points, _column(size) - points)
    return np.prod(1 - np.float32(0.35) * np.exp(-gap / np.float32(0.25)), axis=0)


def draw(
    room: Room,
    square: tuple[float, float, float],
    cones: Cones,
    moment: int,
    outfit: Mapping[str, Texture],
    light: Light,
    rng: np.random.Generator,
    *,
    size: int,
) -> npt.NDArray[np.uint8]:
    """What the room's camera shows in a square of its frame at one moment, as ``(size, size, 3)``."""
    picture = Picture(room.camera, square, size)
    picture.add_walls(room)
    picture.add_boxes(room)
    picture.add_body(cones, moment, outfit)
    linear = picture.lit(light, room, cones, moment)
    pixels = linear.reshape(3, size, 2, size).mean(axis=2)
    return develop(np.moveaxis(pixels, 0, -1), light, rng)


def develop(linear: FloatArray, light: Light, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """A sensor's picture of linear light ``(height, width, 3)``: exposure, noise, gamma, 8 bits."""
    exposed = light.exposure * linear
    channels = 3
    if light.infrared:
        exposed, channels = exposed.mean(axis=-1, keepdims=True), 1
    noise = rng.standard_normal((*exposed.shape[:2], channels), dtype=np.float32)
    exposed = exposed + light.noise * (0.25 + np.sqrt(np.clip(exposed, 0, 1))) * noise
    # A shoulder instead of a cut, as cameras have: highlights keep some drawing.
    toned = 1 - np.exp(-1.35 * np.clip(exposed, 0, None))
    shown = np.round(255 * np.clip(toned, 0, 1) ** (1 / 2.2)).astype(np.uint8)
    return np.repeat(shown, 3, axis=-1) if light.infrared else shown
