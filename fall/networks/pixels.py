"""What the networks expect of an image: float32 from −1 to 1, as MobileNetV2 was trained."""

from __future__ import annotations

from typing import Any

import numpy as np


def scale_pixels(images: Any) -> Any:
    """uint8 pixels as the networks expect them: x / 127.5 − 1 in float32.

    Parameters
    ----------
    images : ndarray or tensor of numbers from 0 to 255
        Any shape.

    Returns
    -------
    ndarray or tensor of float32
        From −1 to 1, of the same kind.

    Examples
    --------
    >>> scale_pixels(np.array([0, 255], np.uint8))
    array([-1.,  1.], dtype=float32)
    """
    if isinstance(images, np.ndarray):
        return images.astype(np.float32) / np.float32(127.5) - np.float32(1)
    from fall import backend

    return backend.tensorflow().cast(images, "float32") / 127.5 - 1.0
