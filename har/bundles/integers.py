"""Save and load prototypes that are kept as integers: a part of the bundle of their classifier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from common.errors import InvalidInputError
from common.validation import Float64Array, check_choice, check_integer, check_number
from har.embedded.quantization import MOST_8_BIT, MOST_16_BIT, IntegerPrototypes


def write_integers(kept: IntegerPrototypes, dtype: Any) -> dict[str, Any]:
    """The files of prototypes of a classifier whose windows were of type ``dtype``."""
    return {
        "prototypes.npy": kept.values,
        "centre.npy": kept.centre,
        "scale.npy": kept.scale,
        "integers.json": {"limit": kept.limit, "distance_scale": kept.distance_scale, "dtype": np.dtype(dtype).name},
    }


def read_integers(files: Mapping[str, Any], channel_weights: Float64Array) -> IntegerPrototypes:
    """The inverse of :func:`write_integers`.

    Raises
    ------
    InvalidInputError
        If the parts contradict each other.
    """
    values, centre, scale, about = (files[name] for name in _FILES)
    channels = np.flatnonzero(channel_weights > 0)
    if values.dtype not in (np.int8, np.int16) or values.ndim != 3 or not values.size:
        raise InvalidInputError(f"prototypes must be 8- or 16-bit integers of three dimensions, not {values.dtype}")
    if values.shape[2] != len(channels):
        raise InvalidInputError(f"prototypes has {values.shape[2]} channels but {len(channels)} have a weight above 0")
    most = MOST_8_BIT if values.dtype == np.int8 else MOST_16_BIT
    limit = check_integer(about["limit"], "limit", at_most=most)
    if values.min() < -limit or values.max() > limit:
        raise InvalidInputError(f"prototypes holds {values.min()} to {values.max()}, but the limit is {limit}")
    for name, numbers in (("centre", centre), ("scale", scale)):
        if numbers.dtype != np.float64 or numbers.shape != channels.shape or not np.isfinite(numbers).all():
            raise InvalidInputError(f"{name} must be {len(channels)} finite numbers")
    if not (scale > 0).all():
        raise InvalidInputError("scale must be above 0")
    factor = check_number(about["distance_scale"], "distance_scale", above=0)
    if not np.allclose(channel_weights[channels] * scale**2, factor, rtol=1e-6):
        raise InvalidInputError("distance_scale must be the square of each channel's scale, times its weight")
    return IntegerPrototypes(values, channels, centre, scale, limit, factor)


def holds_integers(files: Mapping[str, Any]) -> bool:
    """Whether there is any of the files that prototypes of floating-point numbers lack."""
    return any(name in files for name in _FILES if name != "prototypes.npy")


def integers_dtype(files: Mapping[str, Any]) -> str:
    """The type of the windows that the classifier was fitted on."""
    return check_choice(files["integers.json"]["dtype"], "dtype", ("float32", "float64"))


_FILES = ("prototypes.npy", "centre.npy", "scale.npy", "integers.json")
