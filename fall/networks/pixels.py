"""Scale pixels as the networks expect them: float32 from −1 to 1, as for MobileNetV2."""

from __future__ import annotations

from typing import Any

import numpy as np


def scale_pixels(images: Any) -> Any:
    """Scale pixels as the networks expect them: x / 127.5 − 1 in float32.

    Parameters
    ----------
    images : ndarray or tensor of numbers from 0 to 255
        Any shape.

    Returns
    -------
    ndarray or tensor of float32
        From −1 to 1; an array for an array, a tensor for a tensor.

    Examples
    --------
    >>> scale_pixels(np.array([0, 255], np.uint8))
    array([-1.,  1.], dtype=float32)
    """
    if isinstance(images, np.ndarray):
        return images.astype(np.float32) / np.float32(127.5) - np.float32(1)
    from fall import backend

    return backend.tensorflow().cast(images, "float32") / 127.5 - 1.0
