"""AdaRound: round the weights of a layer up or down so that the error of its outputs is small.

Rounding to the nearest integer has the smallest error for each weight, but a layer sums weighted inputs, in which
errors can cancel. AdaRound (Nagel et al. 2020, *Up or Down? Adaptive Rounding for Post-Training Quantization*) learns
from the layer's inputs which weights to round up and which down. The result has the same type and scales, so it is as
fast.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from common.errors import InvalidInputError
from common.learning.adam import Adam
from common.validation import check_integer, check_number, check_tensor
from fall.compression.arithmetic.linear import LinearQuantization

Matrix = npt.NDArray[np.float64]

# The paper's constants: the range of the stretched sigmoid, which is clipped to 0 and 1, and the regularization.
_LOW, _HIGH = -0.1, 1.1
_WARM_UP = 0.2  # fraction of the steps without regularization
_BETAS = 20.0, 2.0  # exponent of the regularization, at the beginning and at the end


def output_error(kernel: npt.ArrayLike, rounded: npt.ArrayLike, inputs: npt.ArrayLike) -> Matrix:
    """Mean square error of each output of a layer after its weights are replaced.

    Parameters
    ----------
    kernel, rounded : array-like of shape (..., n_outputs)
        The weights, and those that replace them.
    inputs : array-like of shape (n_samples, n_inputs)
        The layer's inputs; for a convolution, the patches of :func:`convolution_patches`.

    Returns
    -------
    ndarray of shape (n_outputs,)
    """
    matrix, samples = _check_layer(kernel, inputs)
    replaced = _check_layer(rounded, inputs)[0]
    if replaced.shape != matrix.shape:
        raise InvalidInputError(
            f"rounded has the shape {np.shape(rounded)} and kernel {np.shape(kernel)}; they must agree"
        )
    return np.asarray(((samples @ (replaced - matrix)) ** 2).mean(axis=0))


def adaround(
    kernel: npt.ArrayLike,
    inputs: npt.ArrayLike,
    quantization: LinearQuantization,
    *,
    n_steps: int = 1000,
    learning_rate: float = 0.02,
    regularization: float = 10.0,
) -> npt.NDArray[Any]:
    """Quantize the weights of a dense layer or convolution so that the error of its outputs is small.

    Parameters
    ----------
    kernel : array-like of shape (n_inputs, n_outputs) or (height, width, channels, filters)
        The weights.
    inputs : array-like of shape (n_samples, n_inputs)
        The layer's inputs for a calibration set; for a convolution, the patches of :func:`convolution_patches`.
    quantization : LinearQuantization
        Scales and zero points for ``kernel``; rounding matters if it has few bits.
    n_steps : int
        Number of steps of Adam; a thousand take under a second for 64 × 16 weights and about a minute for 7056 × 32.
    learning_rate : float
        Learning rate of Adam.
    regularization : float
        Weight of the term that drives the result to integers, relative to the error of the nearest integers.

    Returns
    -------
    ndarray of int, of the shape of ``kernel``
        Each is the integer below or above the weight, as in ``quantization.quantize``. No output has a larger error
        for ``inputs`` than with the nearest integers, which are kept where learning finds nothing better.

    Raises
    ------
    InvalidInputError
        If the shapes do not fit, values are not finite, or a setting is out of its range.

    References
    ----------
    Nagel et al.: Up or down? Adaptive rounding for post-training quantization. ICML 2020.
    https://arxiv.org/abs/2004.10568

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> inputs = rng.normal(size=(200, 4)) @ rng.normal(size=(4, 16))
    >>> kernel = rng.normal(size=(16, 3))
    >>> linear = LinearQuantization.from_range(kernel.min(), kernel.max(), bits=3)
    >>> nearest = output_error(kernel, linear.fake_quantize(kernel), inputs)
    >>> learned = output_error(kernel, linear.dequantize(adaround(kernel, inputs, linear)), inputs)
    >>> bool((learned < nearest / 2).all())
    True
    """
    matrix, samples = _check_layer(kernel, inputs)
    check_integer(n_steps, "n_steps", at_least=1)
    check_number(learning_rate, "learning_rate", above=0)
    check_number(regularization, "regularization", at_least=0)
    samples = _shortest_equivalent(samples)
    scaled = quantization.scaled(kernel).reshape(matrix.shape)
    scale = quantization.steps(np.shape(kernel)).reshape(matrix.shape)
    nearest = quantization.quantize(kernel).reshape(matrix.shape).astype(np.float64)

    def errors(integers: Matrix) -> Matrix:
        return np.asarray(((samples @ (scale * (integers - scaled))) ** 2).sum(axis=0))

    nearest_errors = np.where(errors(nearest) > 0, errors(nearest), 1.0)
    below = np.floor(scaled)
    variable = logit((scaled - below - _LOW) / (_HIGH - _LOW))
    adam = Adam(variable)
    for step in range(n_steps):
        rise, slope = _rectified_sigmoid(variable)
        soft = np.clip(below + rise, quantization.q_min, quantization.q_max)
        gradient = 2 * scale * (samples.T @ (samples @ (scale * (soft - scaled)))) / nearest_errors
        gradient[soft != below + rise] = 0  # clipped
        gradient += regularization / len(matrix) * _regularization_gradient(rise, step / n_steps)
        adam.step(gradient * slope, learning_rate)

    up = _rectified_sigmoid(variable)[0] >= 0.5
    learned = np.clip(below + up, quantization.q_min, quantization.q_max)
    chosen = np.where(errors(learned) < errors(nearest), learned, nearest)
    return chosen.reshape(np.shape(kernel)).astype(quantization.dtype)


def convolution_patches(images: npt.ArrayLike, kernel_size: int, *, stride: int = 1) -> Matrix:
    """The inputs of a convolution without padding as a matrix, with a row for each position in each image.

    Parameters
    ----------
    images : array-like of shape (n_images, height, width, channels)
        The layer's inputs.
    kernel_size : int
        Side of the kernel.
    stride : int
        Stride of the convolution.

    Returns
    -------
    ndarray of shape (n_patches, kernel_size · kernel_size · channels)
        ``patches @ kernel.reshape(-1, filters)`` is the convolution.

    Raises
    ------
    InvalidInputError
        If ``images`` has not four dimensions, or the kernel does not fit into them.

    Examples
    --------
    >>> import numpy as np
    >>> image = np.arange(9.0).reshape(1, 3, 3, 1)
    >>> convolution_patches(image, 2).astype(int).tolist()
    [[0, 1, 3, 4], [1, 2, 4, 5], [3, 4, 6, 7], [4, 5, 7, 8]]
    """
    batch = check_tensor(images, "images")
    if batch.ndim != 4:
        raise InvalidInputError(f"images has the shape {batch.shape}; it must be (n_images, height, width, channels)")
    side = check_integer(kernel_size, "kernel_size", at_least=1, at_most=min(batch.shape[1:3]), why="to fit the images")
    stride = check_integer(stride, "stride", at_least=1)
    windows = np.lib.stride_tricks.sliding_window_view(batch, (side, side), axis=(1, 2))[:, ::stride, ::stride]
    return windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, side * side * batch.shape[3]).astype(np.float64)


def _rectified_sigmoid(variable: Matrix) -> tuple[Matrix, Matrix]:
    """How far each weight is rounded up, from 0 to 1, and its derivative (the paper's equation 23)."""
    sigmoid = expit(variable)
    stretched = sigmoid * (_HIGH - _LOW) + _LOW
    slope = np.where((stretched > 0) & (stretched < 1), sigmoid * (1 - sigmoid) * (_HIGH - _LOW), 0.0)
    return np.clip(stretched, 0, 1), slope


def _regularization_gradient(rise: Matrix, progress: float) -> Matrix:
    """The derivative of 1 − |2h − 1|^β, which drives h to 0 or 1, first where it is close to them (equation 24)."""
    if progress < _WARM_UP:
        return np.zeros_like(rise)
    annealed = (1 + np.cos(np.pi * (progress - _WARM_UP) / (1 - _WARM_UP))) / 2
    beta = _BETAS[1] + (_BETAS[0] - _BETAS[1]) * annealed
    centered = 2 * rise - 1
    return np.asarray(-2 * beta * np.sign(centered) * np.abs(centered) ** (beta - 1))


def _shortest_equivalent(samples: Matrix) -> Matrix:
    """The smallest number of samples with the same errors, which depend only on samplesᵀ samples / n."""
    scaled = samples / np.sqrt(len(samples))
    return np.asarray(np.linalg.qr(scaled, mode="r")) if len(scaled) > scaled.shape[1] else scaled


def _check_layer(kernel: npt.ArrayLike, inputs: npt.ArrayLike) -> tuple[Matrix, Matrix]:
    """The kernel as a matrix with a column for each output, and the inputs, after checking that they fit."""
    weights = check_tensor(kernel, "kernel").astype(np.float64)
    samples = check_tensor(inputs, "inputs").astype(np.float64)
    if weights.ndim < 2:
        raise InvalidInputError(f"kernel has the shape {weights.shape}; it must be (n_inputs, n_outputs) or 4-D")
    matrix = weights.reshape(-1, weights.shape[-1])
    if samples.ndim != 2 or samples.shape[1] != len(matrix):
        raise InvalidInputError(
            f"inputs has the shape {samples.shape}; it must be (n_samples, {len(matrix)}) for a kernel of shape "
            f"{weights.shape}. For a convolution pass convolution_patches of its images"
        )
    return matrix, samples
