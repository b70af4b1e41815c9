"""Patterns of cloth, floors and walls: two colors, mixed by a function of the place on the surface."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Color = tuple[float, float, float]  # linear reflectance of red, green, blue, 0 to 1


# Compiled code knows a pattern by its place here: see patterns.py.
PATTERNS = ("plain", "stripes", "checks", "plaid", "tiles", "planks", "speckles", "panels")

_SURFACE = np.dtype([("color", "f8", 3), ("second", "f8", 3), ("pattern", "i8"), ("scale_m", "f8"), ("glow", "f8")])


@dataclass(frozen=True)
class Texture:
    """A pattern of two colors.

    Attributes
    ----------
    color, second : tuple of float
        Linear reflectances; the pattern says how much of the second shows where.
    pattern : str
        One of :data:`PATTERNS`.
    scale_m : float
        Size of the pattern's unit.
    glow : float
        1 for a surface that emits light, such as a window, and is not shaded.
    """

    color: Color
    second: Color = (0.0, 0.0, 0.0)
    pattern: str = "plain"
    scale_m: float = 1.0
    glow: float = 0.0


def table(textures: Sequence[Texture]) -> npt.NDArray[np.void]:
    """Textures as a structured array ``(n,)``, as compiled code reads them."""
    rows = [(t.color, t.second, PATTERNS.index(t.pattern), t.scale_m, t.glow) for t in textures]
    return np.array(rows, dtype=_SURFACE)


def shade(color: Color, factor: float) -> Color:
    """The same hue, darker (below 1) or lighter (above 1)."""
    red, green, blue = (min(0.95, part * factor) for part in color)
    return red, green, blue


def random_color(rng: np.random.Generator, *, saturation: float, brightness: tuple[float, float]) -> Color:
    """A random color: hue anywhere, saturation up to ``saturation``, brightness in a range."""
    hue, grey = rng.uniform(0, 2 * np.pi), rng.uniform(*brightness)
    depth = rng.uniform(0, saturation)
    red, green, blue = (float(grey * (1 + depth * np.cos(hue + turn))) for turn in (0, -2.1, 2.1))
    return shade((red, green, blue), 1.0)
