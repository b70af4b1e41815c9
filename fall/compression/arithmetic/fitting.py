"""Choose a linear quantization for given values: by clipping and granularity, or as TFLite does."""

from __future__ import annotations

from collections.abc import Iterable

import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import check_choice, check_tensor
from fall.compression.arithmetic.clipping import Range, kl_range, min_max_range, moving_average_range, mse_range
from fall.compression.arithmetic.granularity import PER_TENSOR, Granularity, per_channel
from fall.compression.arithmetic.linear import LinearQuantization

CLIPPINGS = ("min_max", "mse", "kl")


def fit_linear(
    values: npt.ArrayLike,
    *,
    bits: int = 8,
    symmetric: bool = False,
    narrow: bool = False,
    granularity: Granularity = PER_TENSOR,
    clipping: str = "min_max",
) -> LinearQuantization:
    """Fit a linear quantization to a tensor.

    Parameters
    ----------
    values : array-like of any shape
        Weights, or the activations of a calibration set.
    bits, symmetric, narrow, granularity
        As for :meth:`~fall.compression.arithmetic.linear.LinearQuantization.from_range`.
    clipping : {"min_max", "mse", "kl"}
        How the range is chosen, see :mod:`fall.compression.arithmetic.clipping`; "kl" is for whole tensors only.

    Returns
    -------
    LinearQuantization

    Raises
    ------
    InvalidInputError
        If ``values`` is empty or not finite, there is no such clipping, or it does not go with the granularity.

    Examples
    --------
    Two channels of different magnitude: with a scale for each, the small one is not lost.

    >>> import numpy as np
    >>> kernel = np.array([[0.01, 1.0], [-0.02, -2.0], [0.015, 1.5]])
    >>> fit_linear(kernel, bits=4, symmetric=True).fake_quantize(kernel)[:, 0]
    array([0., 0., 0.])
    >>> linear = fit_linear(kernel, bits=4, symmetric=True, granularity=per_channel())
    >>> linear.fake_quantize(kernel)[:, 0].round(3)
    array([ 0.011, -0.02 ,  0.014])
    """
    check_choice(clipping, "clipping", CLIPPINGS)
    if clipping == "kl" and granularity.kind != "tensor":
        raise InvalidInputError("clipping 'kl' needs the histogram of a whole tensor: use PER_TENSOR, or 'mse'")
    reals = check_tensor(values, "values")
    if clipping == "kl":
        chosen: Range = kl_range(reals, bits=bits)
    elif clipping == "mse":
        chosen = mse_range(reals, bits=bits, symmetric=symmetric, narrow=narrow, granularity=granularity)
    else:
        chosen = min_max_range(reals, granularity=granularity)
    return LinearQuantization.from_range(
        chosen.low, chosen.high, bits=bits, symmetric=symmetric, narrow=narrow, granularity=granularity
    )


def tflite_weights(kernel: npt.ArrayLike, *, axis: int = -1) -> LinearQuantization:
    """TFLite's quantization of weights: int8, symmetric, [−127, 127], a scale for each channel on ``axis``.

    Source: TensorFlow Lite 8-bit quantization specification.

    Parameters
    ----------
    kernel : array-like
        Weights of any shape.
    axis : int
        The axis of the channels.

    Returns
    -------
    LinearQuantization

    Examples
    --------
    >>> linear = tflite_weights([[1.27, -25.4], [-0.1, 12.7]])
    >>> linear.scale.round(3), linear.zero_point
    (array([0.01, 0.2 ]), array([0, 0]))
    """
    return fit_linear(kernel, symmetric=True, narrow=True, granularity=per_channel(axis))


def tflite_activations(batches: Iterable[npt.ArrayLike], *, momentum: float = 0.9) -> LinearQuantization:
    """TFLite's quantization of activations: int8, asymmetric, [−128, 127], one scale; averaged over batches.

    Parameters
    ----------
    batches : iterable of array-like
        Activations of one layer, batch by batch.
    momentum : float
        Weight of the previous average, in [0, 1).

    Returns
    -------
    LinearQuantization

    Examples
    --------
    After a ReLU nothing is negative, so that all 256 steps serve the positive numbers:

    >>> linear = tflite_activations([[0.0, 2.55], [0.0, 2.55]])
    >>> linear.scale.round(3), linear.zero_point
    (array([0.01]), array([-128]))
    """
    average = moving_average_range(batches, momentum=momentum)
    return LinearQuantization.from_range(average.low, average.high)
