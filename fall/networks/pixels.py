"""Scale pixels to the range that a network expects: float32, by default from −1 to 1, as for MobileNetV2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from common.errors import InvalidInputError
from common.validation import check_number

InputRange = tuple[float, float]
Scaling = Callable[[float], float]
DEFAULT_RANGE: InputRange = (-1.0, 1.0)
USUAL_RANGES: tuple[InputRange, ...] = ((0.0, 255.0), (0.0, 1.0), DEFAULT_RANGE)


def scale_pixels(images: Any, input_range: InputRange = DEFAULT_RANGE) -> Any:
    """Scale pixels to a network's range, in float32: black becomes its lower end, white its upper end.

    Parameters
    ----------
    images : ndarray or tensor of numbers from 0 to 255
        Any shape.
    input_range : tuple of float
        What the network expects for 0 and for 255. The networks of this library expect −1 and 1: x / 127.5 − 1.

    Returns
    -------
    ndarray or tensor of float32
        An array for an array, a tensor for a tensor.

    Examples
    --------
    >>> scale_pixels(np.array([0, 255], np.uint8))
    array([-1.,  1.], dtype=float32)
    >>> scale_pixels(np.array([0, 255], np.uint8), (0, 1))
    array([0., 1.], dtype=float32)
    """
    low, high = input_range
    divisor = 255 / (high - low)
    if isinstance(images, np.ndarray):
        return images.astype(np.float32) / np.float32(divisor) + np.float32(low)
    from fall import backend

    return backend.tensorflow().cast(images, "float32") / divisor + low


def check_input_range(value: Any, name: str = "input_range") -> InputRange:
    """A pair of finite numbers, the lower one first.

    Examples
    --------
    >>> check_input_range([0, 255])
    (0.0, 255.0)
    """
    try:
        low, high = value
    except (TypeError, ValueError) as error:
        raise InvalidInputError(
            f"{name} is {value!r}; pass what the network expects for black and for white, such as (0, 1)"
        ) from error
    low, high = check_number(low, name), check_number(high, name)
    if not low < high:
        raise InvalidInputError(f"{name} is {value!r}; its first number stands for black and must be the lower one")
    return low, high


def range_before(scaling: Scaling, stated: InputRange | None = None) -> InputRange:
    """The input range of a network that scales pixels itself before its first weights.

    A scaling is believed to bring pixels to 0..1 or −1..1; one that does so from no usual range, such as the
    subtraction of a mean, to numbers on both sides of zero.

    Parameters
    ----------
    scaling : callable
        What the network makes of an input value, before its first layer with weights.
    stated : tuple of float, optional
        The range to check; None finds the only usual one that fits.

    Raises
    ------
    InvalidInputError
        If the stated range does not fit, or it is not stated and not exactly one of (0, 255), (0, 1) and (-1, 1) fits.

    Examples
    --------
    >>> range_before(lambda value: value / 255)
    (0.0, 255.0)
    """
    fits = _is_usual if any(_is_usual(*map(scaling, usual)) for usual in USUAL_RANGES) else _is_around_zero
    expected = [usual for usual in USUAL_RANGES if fits(*map(scaling, usual))]
    if stated is None and len(expected) == 1:
        return expected[0]
    if stated is not None and (not expected or fits(*map(scaling, stated))):
        return stated
    assumed = stated or DEFAULT_RANGE
    low, high = map(scaling, assumed)
    wanted = " or ".join(f"input_range=({black:g}, {white:g})" for black, white in expected) or "its input_range="
    raise InvalidInputError(
        f"the network scales pixels itself, and would make {low:.3g} to {high:.3g} of the input range {assumed}: "
        f"pass {wanted}"
    )


def _is_usual(low: float, high: float) -> bool:
    return any(np.allclose(sorted((low, high)), usual, atol=0.03) for usual in ((0, 1), (-1, 1)))


def _is_around_zero(low: float, high: float) -> bool:
    low, high = sorted((low, high))
    return low <= 0 <= high and 0.1 <= high - low <= 600
