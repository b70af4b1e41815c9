"""Choose the weights to prune, by magnitude, at the lecture's granularities: from single weights to kernels.

A kernel has the shape ``(inputs, units)`` in a dense layer and ``(height, width, channels, filters)`` in a
convolution. Masks are True where a weight is kept. A group's importance is an Lp norm of its weights.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import check_choice, check_number

GRANULARITIES = ("weight", "row", "kernel", "block", "2:4")
_BLOCK = 4
Mask = npt.NDArray[np.bool_]


def magnitude_mask(weights: npt.ArrayLike, sparsity: float, *, granularity: str = "weight", norm: float = 1.0) -> Mask:
    """Keep the weights, or groups of weights, with the largest magnitudes.

    Parameters
    ----------
    weights : array-like of shape (inputs, units) or (height, width, channels, filters)
        A layer's kernel.
    sparsity : float
        Fraction of the groups to prune, in [0, 1). Ignored by "2:4", which always prunes half.
    granularity : str
        "weight"
            Single weights: the finest and least regular granularity.
        "row"
            All weights of one input of a dense layer, or of one row of one kernel of a convolution.
        "kernel"
            The k × k weights between one channel and one filter; in a dense layer the same as "weight".
        "block"
            Blocks of 4 × 4 in the kernel as a matrix of inputs and outputs; blocks at the edges may be smaller.
        "2:4"
            Keep the two largest of every four consecutive inputs or channels, as sparse tensor cores require.
    norm : float
        The p of a group's Lp norm.

    Returns
    -------
    ndarray of bool, of the shape of ``weights``
        True where a weight is kept. Of equal magnitudes, the first are pruned.

    Raises
    ------
    InvalidInputError
        If the weights are no kernel or not finite, or a setting is out of its range.

    Examples
    --------
    The lecture's neuron ReLU(10 x₀ − 8 x₁ + 0.1 x₂) without a third of its weights:

    >>> magnitude_mask([[10.0], [-8.0], [0.1]], 1 / 3).ravel()
    array([ True,  True, False])
    """
    kernel = np.asarray(weights, dtype=np.float64)
    check_choice(granularity, "granularity", GRANULARITIES)
    check_number(sparsity, "sparsity", at_least=0, below=1)
    check_number(norm, "norm", above=0)
    if kernel.ndim not in (2, 4) or kernel.size == 0:
        raise InvalidInputError(f"weights has the shape {kernel.shape}; it must be a dense or a convolution kernel")
    if not np.isfinite(kernel).all():
        raise InvalidInputError("weights holds NaN or infinity: train again, at a lower learning rate")
    if granularity == "2:4":
        return _two_of_four(kernel)
    groups = _groups(kernel.shape, granularity)
    sizes = np.bincount(groups.ravel())
    importance = (np.bincount(groups.ravel(), np.abs(kernel).ravel() ** norm) / sizes) ** (1 / norm)
    pruned = np.argsort(importance, kind="stable")[: round(sparsity * len(importance))]
    return ~np.isin(groups, pruned)


def _groups(shape: tuple[int, ...], granularity: str) -> npt.NDArray[np.intp]:
    """The group number of each weight."""
    if granularity == "weight":
        return np.arange(np.prod(shape)).reshape(shape)
    if granularity == "block":
        matrix = (int(np.prod(shape[:-1])), shape[-1])
        row, column = (np.arange(side) // _BLOCK for side in matrix)
        return np.asarray(row[:, None] * (column[-1] + 1) + column).reshape(shape)
    # The axes that a group spans.
    group_axes = (1,) if granularity == "row" else (0, 1) if len(shape) == 4 else ()
    n_groups = [1 if axis in group_axes else side for axis, side in enumerate(shape)]
    return np.broadcast_to(np.arange(np.prod(n_groups)).reshape(n_groups), shape)


def _two_of_four(kernel: npt.NDArray[np.float64]) -> Mask:
    """Keep the two largest of every four inputs; a last group of fewer than four keeps two as well."""
    mask = np.zeros(kernel.shape, dtype=bool)
    for first in range(0, kernel.shape[-2], 4):
        group = slice(first, first + 4)
        kept = np.argsort(-np.abs(kernel[..., group, :]), axis=-2, kind="stable")[..., :2, :]
        np.put_along_axis(mask[..., group, :], kept, True, axis=-2)
    return mask
