"""Small pictures of a figure that stands or lies, in folders as people have them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image


def write_pictures(root: Path, *, people: int = 4, each: int = 12, side: int = 48) -> Path:
    """``root/Sturz/ann0/0.png`` and so on; the figure lies after a fall."""
    rng = np.random.default_rng(0)
    for person in range(people):
        for folder, (height, width) in (("Sturz", (9, 27)), ("Alltag", (27, 9))):
            place = root / folder / f"ann{person}"
            place.mkdir(parents=True)
            for number in range(each):
                picture = rng.integers(170, 230, (side, side, 3)).astype(np.uint8)
                left = int(rng.integers(3, side - width - 3))
                picture[side - 6 - height : side - 6, left : left + width] = 40 + 10 * person
                Image.fromarray(picture).save(place / f"{number}.png")
    return root
