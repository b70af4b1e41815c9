"""A resident: body, appearance, pace, and random clothes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from common.simulation.people.body import Body
from common.simulation.rooms.textures import Color, Texture, random_color, shade

# Linear reflectances from pale to dark.
_SKINS: tuple[Color, ...] = (
    (0.62, 0.42, 0.33),
    (0.52, 0.33, 0.24),
    (0.4, 0.23, 0.15),
    (0.26, 0.14, 0.09),
    (0.12, 0.065, 0.04),
)
_HAIRS: tuple[Color, ...] = (
    (0.6, 0.6, 0.6),
    (0.35, 0.35, 0.36),
    (0.3, 0.2, 0.09),
    (0.1, 0.055, 0.03),
    (0.02, 0.018, 0.016),
)


@dataclass(frozen=True)
class Resident:
    """Somebody who lives in the home.

    Attributes
    ----------
    body : Body
        Proportions.
    skin, hair : tuple of float
        Linear reflectances.
    pace : float
        Speed of all voluntary movements, 1 for average.
    stoop : float
        How far the back is bent when standing, in radians.
    """

    body: Body
    skin: Color
    hair: Color
    pace: float
    stoop: float

    @classmethod
    def random(cls, rng: np.random.Generator) -> Resident:
        """A random adult from 20 to 95 years."""
        skin = shade(_SKINS[rng.integers(len(_SKINS))], rng.uniform(0.85, 1.15))
        bald = rng.random() < 0.12
        hair = skin if bald else shade(_HAIRS[rng.integers(len(_HAIRS))], rng.uniform(0.8, 1.2))
        return cls(Body.random(rng), skin, hair, rng.uniform(0.7, 1.25), rng.uniform(0.0, 0.5))

    def dress(self, rng: np.random.Generator) -> Mapping[str, Texture]:
        """A random texture for every garment of :data:`~common.simulation.people.anatomy.PARTS`."""
        top, trousers = _cloth(rng), _cloth(rng, plain=0.92)
        skin = Texture(self.skin)
        return {
            "skin": skin,
            "hair": Texture(self.hair),
            "top": top,
            "sleeve": skin if rng.random() < 0.12 else top,
            "forearm": skin if rng.random() < 0.5 else top,
            "trousers": trousers,
            "shank": skin if rng.random() < 0.2 else trousers,
            "shoes": skin if rng.random() < 0.2 else Texture(random_color(rng, saturation=0.5, brightness=(0.02, 0.5))),
        }


def _cloth(rng: np.random.Generator, *, plain: float = 0.65) -> Texture:
    bright = float(rng.choice([0.02, 0.06, 0.15, 0.3, 0.65]))
    color = random_color(rng, saturation=rng.choice([0.15, 0.4, 0.9]), brightness=(bright, 1.4 * bright))
    second = random_color(rng, saturation=0.6, brightness=(0.03, 0.7))
    pattern = "plain" if rng.random() < plain else str(rng.choice(["stripes", "checks", "plaid", "speckles"]))
    return Texture(color, second, pattern, rng.uniform(0.04, 0.12))
