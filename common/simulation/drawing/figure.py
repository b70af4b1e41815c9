"""What is drawn of somebody at one moment: round cones and their textures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from common.simulation.people.body import Cones
from common.simulation.rooms.textures import Texture
from common.validation import FloatArray

_SMALL = ("shoes", "hair")  # garments too small to cast a visible shadow


@dataclass(frozen=True, eq=False)
class Figure:
    """A person or an animal at one moment.

    Attributes
    ----------
    parts : ndarray of shape (n_parts, 8)
        Round cones in meters: start, end, and the radius at each.
    textures : tuple of Texture
        Of each part.
    casts_shadow : ndarray of bool (n_parts,)
        Whether a part is large enough for its shadow to be seen.
    likeness : float
        How much it looks like a person to a detector: 1 for people.
    """

    parts: FloatArray
    textures: tuple[Texture, ...]
    casts_shadow: npt.NDArray[np.bool_]
    likeness: float = 1.0

    @classmethod
    def of(cls, cones: Cones, moment: int, outfit: Mapping[str, Texture]) -> Figure:
        """One moment of a body, clothed."""
        textures = tuple(outfit[garment] for garment in cones.garments)
        return cls(cones.at(moment), textures, np.array([garment not in _SMALL for garment in cones.garments]))
