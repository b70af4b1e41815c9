"""A room camera: its place, its projection to pixels, and the boxes of people in its frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from common.monitoring.boxes import Box, square_around
from common.validation import FloatArray

WIDTH, HEIGHT = 640, 480  # pixels of the full frame
CENTER = (WIDTH / 2, HEIGHT / 2)

_NEAREST_M = 1.2  # a nearer person fills the frame


class PixelBox(Box):
    """A bounding box in pixels of the full frame."""

    def square(self) -> tuple[float, float, float]:
        """Left edge, top edge and side of the square crop around it, see :mod:`common.monitoring.boxes`."""
        return square_around((self.x + self.w / 2, self.y + self.h / 2), max(self.w, self.h), (WIDTH, HEIGHT))


@dataclass(frozen=True)
class Camera:
    """A pinhole camera without distortion.

    Attributes
    ----------
    position : ndarray of shape (3,)
        In meters, in the room.
    axes : ndarray of shape (3, 3)
        Rows: the directions of the image's right, of its down, and of the view.
    focal_px : float
        Focal length in pixels of the full frame.
    """

    position: FloatArray
    axes: FloatArray
    focal_px: float

    @classmethod
    def looking(
        cls, position: FloatArray, target: FloatArray, *, view_degrees: float, roll_degrees: float = 0.0
    ) -> Camera:
        """A camera at ``position`` that looks at ``target``, with its horizontal angle of view."""
        view = (target - position) / np.linalg.norm(target - position)
        right = np.cross(view, [0.0, 0.0, 1.0])
        right /= np.linalg.norm(right)
        down = np.cross(view, right)
        cos, sin = np.cos(np.radians(roll_degrees)), np.sin(np.radians(roll_degrees))
        axes = np.stack([cos * right + sin * down, cos * down - sin * right, view])
        return cls(position, axes, float(WIDTH / 2 / np.tan(np.radians(view_degrees / 2))))

    def project(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Pixels ``(..., 2)`` and depths ``(...)`` in meters of points ``(..., 3)``.

        The pixel of a point behind the camera (depth below 0.05 m) has no meaning.
        """
        relative = (points - self.position) @ self.axes.T
        depth = relative[..., 2]
        pixels = self.focal_px * relative[..., :2] / np.maximum(depth, 0.05)[..., None]
        return pixels + np.array(CENTER), depth

    def sees(self, points: FloatArray) -> npt.NDArray[np.bool_]:
        """Which points ``(..., 3)`` lie in the frame and are not too near."""
        pixels, depth = self.project(points)
        return np.asarray(((pixels > 0) & (pixels < [WIDTH, HEIGHT])).all(axis=-1) & (depth > _NEAREST_M))

    def bounds(self, points: FloatArray, radii: FloatArray | float = 0.0) -> FloatArray:
        """Left, upper, right, lower edge ``(m, 4)`` in pixels around hulls of spheres.

        The spheres are at ``points`` ``(m, k, 3)``, with one radius for each hull. What is partly behind the
        camera may be anywhere: its bounds are infinite.
        """
        pixels, depth = self.project(points)
        radii = np.broadcast_to(radii, len(points))[:, None]
        # 1.2: towards the edges of a wide view, a sphere is seen as a longer ellipse. A pixel more for rounding.
        reach = (1.2 * self.focal_px * radii / np.maximum(depth, 0.05) + 1.0)[..., None]
        edges = np.concatenate([(pixels - reach).min(axis=1), (pixels + reach).max(axis=1)], axis=1)
        behind = (depth - radii).min(axis=1) < 0.1
        edges[behind] = [-np.inf, -np.inf, np.inf, np.inf]
        return edges
