"""Patterns of cloth, floors and walls: two colors mixed by a function of the place on the surface."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from common.validation import FloatArray

Color = tuple[float, float, float]  # linear reflectance of red, green, blue, 0 to 1


def _plain(u: FloatArray, v: FloatArray) -> Any:
    return np.float32(0.0)


def _stripes(u: FloatArray, v: FloatArray) -> Any:
    return (u % 1) < 0.5


def _checks(u: FloatArray, v: FloatArray) -> Any:
    return (np.floor(u) + np.floor(v)) % 2


def _plaid(u: FloatArray, v: FloatArray) -> Any:
    return ((u % 1) < 0.4) * np.float32(0.5) + ((v % 1) < 0.4) * np.float32(0.5)


def _tiles(u: FloatArray, v: FloatArray) -> Any:
    joint = ((u % 1) < 0.05) | ((v % 1) < 0.05)
    return np.where(joint, np.float32(1.0), np.float32(0.25) * _noise(u, v))


def _planks(u: FloatArray, v: FloatArray) -> Any:
    row = np.floor(v)
    joint = ((v % 1) < 0.06) | (((u / 6 + 0.37 * row) % 1) < 0.006)
    return np.where(joint, np.float32(1.0), np.float32(0.6) * _noise(u / 6 + np.float32(0.37) * row, v))


def _speckles(u: FloatArray, v: FloatArray) -> Any:
    return _noise(u, v)


def _panels(u: FloatArray, v: FloatArray) -> Any:
    """Recessed fields, as on doors and cupboards."""
    across, up = np.abs(u % 1 - 0.5), np.abs(v % 1 - 0.5)
    edge = np.maximum(across, up)
    return (edge > 0.36) & (edge < 0.4)


def _noise(u: FloatArray, v: FloatArray) -> FloatArray:
    """A number in [0, 1) for each unit square, the same for the same square: an integer hash, exact everywhere."""
    square = (np.floor(u).astype(np.int32) * 73856093) ^ (np.floor(v).astype(np.int32) * 19349663)
    square = (square ^ (square >> 13)) * 1274126177
    return ((square >> 8) & 0xFF).astype(np.float32) / np.float32(256)


_PATTERNS: dict[str, Callable[[FloatArray, FloatArray], Any]] = {
    "plain": _plain,
    "stripes": _stripes,
    "checks": _checks,
    "plaid": _plaid,
    "tiles": _tiles,
    "planks": _planks,
    "speckles": _speckles,
    "panels": _panels,
}


@dataclass(frozen=True)
class Texture:
    """A pattern of two colors.

    Attributes
    ----------
    color, second : tuple of float
        Linear reflectances; the pattern says how much of the second shows where.
    pattern : str
        One of plain, stripes, checks, plaid, tiles, planks, speckles, panels.
    scale_m : float
        Size of the pattern's unit.
    glow : float
        1 for what shines by itself, as a window; such surfaces are not shaded.
    """

    color: Color
    second: Color = (0.0, 0.0, 0.0)
    pattern: str = "plain"
    scale_m: float = 1.0
    glow: float = 0.0

    def at(self, u: FloatArray, v: FloatArray) -> FloatArray:
        """Reflectances ``(3, n)`` at the surface coordinates ``u``, ``v`` ``(n,)`` in meters."""
        first = np.array(self.color, dtype=np.float32)[:, None]
        change = np.array(self.second, dtype=np.float32)[:, None] - first
        scale = np.float32(1 / self.scale_m)
        share = np.asarray(_PATTERNS[self.pattern](u * scale, v * scale), dtype=np.float32)
        return first + np.broadcast_to(share, u.shape) * change


def shade(color: Color, factor: float) -> Color:
    """The same hue, darker (below 1) or lighter (above 1)."""
    red, green, blue = (min(0.95, part * factor) for part in color)
    return red, green, blue


def draw_color(rng: np.random.Generator, *, saturation: float, brightness: tuple[float, float]) -> Color:
    """A random color: hue anywhere, saturation up to ``saturation``, brightness in a range."""
    hue, grey = rng.uniform(0, 2 * np.pi), rng.uniform(*brightness)
    depth = rng.uniform(0, saturation)
    red, green, blue = (float(grey * (1 + depth * np.cos(hue + turn))) for turn in (0, -2.1, 2.1))
    return shade((red, green, blue), 1.0)
