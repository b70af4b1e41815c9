"""Resize arrays of images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from common.optional import require
from fall.frames import ImageArray

if TYPE_CHECKING:
    from fall.training import Frames

_CHUNK_SIZE = 1024  # images in memory at once


def resize_images(images: Frames, size: int) -> ImageArray:
    """Resize square images, as the readers of :mod:`fall` do.

    Parameters
    ----------
    images : ndarray of uint8 (n, old, old, 3), in grey (n, old, old, 1) or (n, old, old), or decoded frames on disk
        The images to resize.
    size : int
        The new side in pixels.

    Returns
    -------
    ndarray of uint8 (n, size, size, ...)
        12 kB for each image at 64 × 64.

    Raises
    ------
    MissingDependencyError
        If Pillow is not installed.

    Examples
    --------
    >>> resize_images(np.full((2, 96, 96, 3), 7, np.uint8), 64).shape
    (2, 64, 64, 3)
    """
    if images.shape[1] == size:
        return images[np.arange(len(images))]
    require("PIL", extra="edge", purpose="resizing images")
    from PIL import Image

    resized = np.empty((len(images), size, size, *images.shape[3:]), np.uint8)
    for first in range(0, len(images), _CHUNK_SIZE):
        rows = np.arange(first, min(first + _CHUNK_SIZE, len(images)))
        for row, image in zip(rows, images[rows], strict=True):
            # Pillow knows grey images of two dimensions only.
            picture = Image.fromarray(image[..., 0] if image.shape[2:] == (1,) else image)
            smaller = np.asarray(picture.resize((size, size), Image.Resampling.BILINEAR))
            resized[row] = smaller.reshape(resized.shape[1:])
    return resized
