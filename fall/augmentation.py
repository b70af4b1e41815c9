"""Augmentation for fall detection: variants that differ as cameras, rooms and people do, but keep up and down.

Mirroring, small shifts, other light and partial occlusion do not change whether a person has fallen. Rotation by 90° or
more would, so images are never rotated.
"""

from __future__ import annotations

from typing import Any

from fall import backend

MAX_SHIFT = 8  # pixels
LIGHT = 0.2  # largest offset of all pixels, in fractions of the range of values
CONTRAST = 0.25  # factors from 1 − this to 1 + this
SATURATION = 0.5  # likewise
TINT = 0.1  # likewise, for each color separately
NOISE = 0.03  # largest standard deviation, in fractions of the range of values
OCCLUDED = 0.4  # longest side of the hidden rectangle, in fractions of the image's side

# Uniform random numbers drawn for each image, named after what they determine.
_DRAWS = ("flip", "down", "right", "light", "contrast", "saturation", "red", "green", "blue", "noise",
          "top", "left", "height", "width", "grey")  # fmt: skip


def augment(images: Any, seed: Any) -> Any:
    """A random variant of each image: mirrored, shifted, in other light and colors, noisy, partly hidden.

    Parameters
    ----------
    images : tensor of uint8 or float32, shape (n, height, width, 3), or 1 for grey images
        Pixels from 0 to 255.
    seed : pair of int
        The same seed gives the same variants.

    Returns
    -------
    tensor of float32, of the same shape
        Pixels from 0 to 255.

    Examples
    --------
    >>> import numpy as np
    >>> image = np.full((1, 32, 32, 3), 128, np.uint8)
    >>> first, again, other = (augment(image, (seed, 0)).numpy() for seed in (1, 1, 2))
    >>> first.shape, bool((first == again).all()), bool((first == other).all())
    ((1, 32, 32, 3), True, False)
    """
    tf = backend.tensorflow()
    seed = tf.convert_to_tensor(seed)
    n = tf.shape(images)[0]
    draws = tf.random.stateless_uniform((len(_DRAWS), n), seed)
    u = dict(zip(_DRAWS, tf.unstack(draws, len(_DRAWS)), strict=True))
    images = tf.cast(_mirror_and_shift(images, u), tf.float32)
    images = _change_colors(images, u)
    noise = tf.random.stateless_normal(tf.shape(images), seed + 1)
    images += 255 * NOISE * _per_image(u["noise"]) * noise
    return tf.clip_by_value(_occlude(images, u), 0, 255)


def _mirror_and_shift(images: Any, u: dict[str, Any]) -> Any:
    """Mirror and shift by choosing the row and column that each pixel is taken from; edges are repeated."""
    tf = backend.tensorflow()
    height, width = images.shape[1:3]
    rows = tf.range(height)[None] + _symmetric_int(u["down"], MAX_SHIFT)[:, None]
    columns = tf.range(width)[None] + _symmetric_int(u["right"], MAX_SHIFT)[:, None]
    rows, columns = tf.clip_by_value(rows, 0, height - 1), tf.clip_by_value(columns, 0, width - 1)
    columns = tf.where(u["flip"][:, None] < 0.5, columns, width - 1 - columns)
    return tf.gather(tf.gather(images, rows, axis=1, batch_dims=1), columns, axis=2, batch_dims=1)


def _change_colors(images: Any, u: dict[str, Any]) -> Any:
    tf = backend.tensorflow()
    if images.shape[3] == 3:
        grey = tf.reduce_mean(images, axis=3, keepdims=True)
        images = grey + (images - grey) * _per_image(_factor(u["saturation"], SATURATION))
        tint = tf.stack([_factor(u[color], TINT) for color in ("red", "green", "blue")], axis=1)
        images *= tint[:, None, None, :]
    middle = tf.reduce_mean(images, axis=(1, 2, 3), keepdims=True)
    images = middle + (images - middle) * _per_image(_factor(u["contrast"], CONTRAST))
    return images + 255 * LIGHT * _per_image(2 * u["light"] - 1)


def _occlude(images: Any, u: dict[str, Any]) -> Any:
    """Cover a rectangle with one grey, like furniture in front of the person; it may be empty."""
    tf = backend.tensorflow()
    inside = []
    for start, length, side in (("top", "height", images.shape[1]), ("left", "width", images.shape[2])):
        place = (tf.range(side, dtype=tf.float32)[None] + 0.5) / side
        extent = OCCLUDED * u[length][:, None]
        first = u[start][:, None] * (1 - extent)
        inside.append((place >= first) & (place < first + extent))
    hidden = inside[0][:, :, None] & inside[1][:, None, :]
    return tf.where(hidden[..., None], 255 * _per_image(u["grey"]), images)


def _per_image(values: Any) -> Any:
    return values[:, None, None, None]


def _factor(uniform: Any, spread: float) -> Any:
    return 1 + spread * (2 * uniform - 1)


def _symmetric_int(uniform: Any, limit: int) -> Any:
    tf = backend.tensorflow()
    return tf.cast(uniform * (2 * limit + 1), tf.int32) - limit
