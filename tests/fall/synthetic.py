"""Images that small networks learn within seconds."""

from typing import Any

import numpy as np

SIZE = 32


def lying_and_standing(n: int = 60, subjects: int = 6, seed: int = 0) -> tuple[Any, Any, Any]:
    """Dark rectangles on a bright ground, wide ones are falls: images, labels, subjects."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 2
    images = rng.integers(150, 230, (n, SIZE, SIZE, 3), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        top, left = rng.integers(4, 8, 2)
        height, width = (8, 20) if label else (20, 8)
        image[top : top + height, left : left + width] = rng.integers(0, 80)
    return images, labels, np.arange(n) * subjects // n


def bright_below(n: int = 96) -> tuple[Any, Any]:
    """Noise, whose lower half is bright in falls: images, labels."""
    rng = np.random.default_rng(0)
    labels = np.arange(n) % 2
    images = rng.integers(0, 120, (n, SIZE, SIZE, 3)).astype(np.uint8)
    images[labels == 1, SIZE // 2 :] += 100
    return images, labels
