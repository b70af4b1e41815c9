"""Patterns on surfaces, compiled: how much of its second color a surface shows at a place.

The names stand in :data:`common.simulation.rooms.textures.PATTERNS`; the order of the branches is theirs.
"""

import math

from common.compiled import compiled
from common.simulation.rooms.textures import PATTERNS

_STRIPES, _CHECKS, _PLAID, _TILES, _PLANKS, _SPECKLES, _PANELS = (
    PATTERNS.index(name) for name in ("stripes", "checks", "plaid", "tiles", "planks", "speckles", "panels")
)


@compiled
def share_of_second(pattern: int, u: float, v: float) -> float:
    """The part of the second color, 0 to 1, at surface coordinates in units of the pattern's scale."""
    across, up = u - math.floor(u), v - math.floor(v)
    if pattern == _STRIPES:
        return 1.0 if across < 0.5 else 0.0
    if pattern == _CHECKS:
        return (math.floor(u) + math.floor(v)) % 2
    if pattern == _PLAID:
        return (0.5 if across < 0.4 else 0.0) + (0.5 if up < 0.4 else 0.0)
    if pattern == _TILES:
        return 1.0 if across < 0.05 or up < 0.05 else 0.25 * _noise(u, v)
    if pattern == _PLANKS:
        shifted = u / 6 + 0.37 * math.floor(v)
        joint = up < 0.06 or shifted - math.floor(shifted) < 0.006
        return 1.0 if joint else 0.6 * _noise(shifted, v)
    if pattern == _SPECKLES:
        return float(_noise(u, v))
    if pattern == _PANELS:
        # Recessed fields, as on doors and cupboards.
        return 1.0 if 0.36 < max(abs(across - 0.5), abs(up - 0.5)) < 0.4 else 0.0
    return 0.0


@compiled
def _noise(u: float, v: float) -> float:
    """A number in [0, 1) for each unit square, the same for the same square: an integer hash, exact everywhere."""
    square = (math.floor(u) * 73856093) ^ (math.floor(v) * 19349663)
    square = ((square ^ (square >> 13)) * 1274126177) & 0xFFFFFFFF
    return ((square >> 8) & 0xFF) / 256
