"""k-means quantization: many weights share a few values, and a weight is stored as the number of its value.

*Deep Compression* (Han, Mao and Dally 2016, section 3). Computation stays in floating point; the code book can be
fine-tuned, see :func:`centroid_gradient`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import check_choice, check_integer, check_integers, check_tensor, random_generator
from fall.compression.storage.bits import bits_for, packed_bytes

INITIALIZATIONS = ("cube_root", "linear", "density", "random")
_MAX_ITERATIONS = 300


@dataclass(frozen=True, eq=False)
class CodeBook:
    """A tensor whose numbers are few.

    Attributes
    ----------
    centroids : ndarray of float32 of shape (n_clusters,)
        The shared values, ascending.
    indices : ndarray of int of the tensor's shape
        For each weight, its place among the centroids.
    """

    centroids: npt.NDArray[np.float32]
    indices: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        centroids = check_tensor(self.centroids, "centroids").astype(np.float32)
        if centroids.ndim != 1:
            raise InvalidInputError(f"centroids has the shape {centroids.shape}; it must have one dimension")
        object.__setattr__(self, "centroids", centroids)
        indices = check_integers(self.indices, "indices", at_least=0, at_most=len(centroids) - 1)
        object.__setattr__(self, "indices", indices)

    def reconstruct(self) -> npt.NDArray[np.float32]:
        """The tensor, each weight replaced by its centroid."""
        return self.centroids[self.indices]

    @property
    def index_bits(self) -> int:
        """Bits of an index."""
        return bits_for(len(self.centroids))

    @property
    def stored_bytes(self) -> int:
        """Packed indices and the code book; the lecture's 32/b less what the code book takes."""
        return packed_bytes(self.index_bits, self.indices.size) + self.centroids.nbytes


def kmeans_codebook(
    weights: npt.ArrayLike,
    n_clusters: int,
    *,
    initialization: str = "cube_root",
    keep_zeros: bool = False,
    random_state: Any = None,
) -> CodeBook:
    """Cluster the weights of a layer by k-means.

    Parameters
    ----------
    weights : array-like
        A tensor of any shape.
    n_clusters : int
        At most so many different values remain, 2^b for indices of b bits.
    initialization : {"cube_root", "linear", "density", "random"}
        Where the centroids start. "cube_root" spaces them by the cube root of the density, as they lie where the error
        is least (Panter and Dite 1951). The others are Han's: equally spaced from the least to the greatest weight,
        which keeps the rare large weights; equally spaced in the distribution function; at random weights. With 4 or
        16 clusters all end alike, with 256 the first has a quarter of the others' error.
    keep_zeros : bool
        Zeros, that is pruned weights, stay zero and have a centroid of their own.
    random_state : int, Generator or None
        For "random" alone.

    Returns
    -------
    CodeBook
        Centroids are the means of their weights. Where there are fewer different weights than clusters, the weights.

    Examples
    --------
    The lecture's 4 × 4 example:

    >>> weights = [[2.09, -0.98, 1.48, 0.09], [0.05, -0.14, -1.08, 2.12],
    ...            [-0.91, 1.92, 0, -1.03], [1.87, 0, 1.53, 1.49]]
    >>> book = kmeans_codebook(weights, 4)
    >>> book.centroids.round(2)
    array([-1. ,  0. ,  1.5,  2. ], dtype=float32)
    >>> book.indices[0], book.stored_bytes
    (array([3, 0, 2, 1]), 20)
    """
    tensor = check_tensor(weights, "weights").astype(np.float64)
    if np.abs(tensor).max() > np.finfo(np.float32).max:
        raise InvalidInputError("weights holds numbers beyond float32: scale them down")
    n_clusters = check_integer(n_clusters, "n_clusters", at_least=2 if keep_zeros else 1, at_most=65536)
    check_choice(initialization, "initialization", INITIALIZATIONS)
    free = np.sort(tensor[tensor != 0] if keep_zeros else tensor.ravel())
    fixed = [0.0] if len(free) < tensor.size else []
    centroids = _lloyd(free, n_clusters - len(fixed), initialization, random_state) if len(free) else np.empty(0)
    centroids = np.unique(np.append(centroids, fixed))
    indices = _nearest(centroids, tensor)
    if fixed:
        # A small weight may lie nearer to the fixed zero than to its own centroid: then it is pruned too.
        indices[tensor == 0] = np.searchsorted(centroids, 0.0)
    return CodeBook(centroids.astype(np.float32), indices)


def centroid_gradient(gradient: npt.ArrayLike, codebook: CodeBook) -> npt.NDArray[np.float64]:
    """The gradient of a loss with respect to the centroids: the sum over the weights that share each.

    With it the code book is fine-tuned while the indices stay (Han et al. 2016, figure 3).

    Parameters
    ----------
    gradient : array-like of the tensor's shape
        With respect to the reconstructed weights.
    codebook : CodeBook
        What they were reconstructed from.

    Examples
    --------
    >>> centroid_gradient([1.0, 2.0, 4.0], CodeBook([0.5, 1.5], [0, 1, 0]))
    array([5., 2.])
    """
    by_weight = check_tensor(gradient, "gradient")
    if by_weight.shape != codebook.indices.shape:
        raise InvalidInputError(
            f"gradient has the shape {by_weight.shape} and the tensor {codebook.indices.shape}; they must agree"
        )
    sums = np.bincount(codebook.indices.ravel(), by_weight.ravel(), len(codebook.centroids))
    return sums.astype(np.float64)


def _lloyd(
    ordered: npt.NDArray[np.float64], n_clusters: int, initialization: str, random_state: Any
) -> npt.NDArray[np.float64]:
    """Lloyd's algorithm on sorted numbers: clusters are intervals, and their sums differences of one running sum.

    That is 20 to 100 times faster than ``sklearn.cluster.KMeans``, which does not know that there is one dimension.
    """
    distinct: npt.NDArray[np.float64] = np.unique(ordered)
    if len(distinct) <= n_clusters:
        return distinct
    if initialization == "linear":
        centroids = np.linspace(ordered[0], ordered[-1], n_clusters)
    elif initialization == "density":
        centroids = np.unique(np.quantile(ordered, (np.arange(n_clusters) + 0.5) / n_clusters))
    elif initialization == "cube_root":
        centroids = np.unique(_cube_root_quantiles(ordered, n_clusters))
    else:
        centroids = np.sort(random_generator(random_state).choice(distinct, n_clusters, replace=False))
    sums = np.append(0.0, np.cumsum(ordered))
    for _ in range(_MAX_ITERATIONS):
        ends = np.searchsorted(ordered, (centroids[1:] + centroids[:-1]) / 2)
        borders = np.concatenate([[0], ends, [len(ordered)]])
        counts = np.diff(borders)
        moved = np.diff(sums[borders])[counts > 0] / counts[counts > 0]
        if len(moved) < n_clusters:
            moved = _refill(ordered, moved, n_clusters)
        if np.array_equal(moved, centroids):
            break
        centroids = moved
    return centroids


def _cube_root_quantiles(ordered: npt.NDArray[np.float64], n_clusters: int) -> npt.NDArray[np.float64]:
    """Numbers between which the density's cube root has equal integrals."""
    places = np.unique(np.linspace(0, len(ordered) - 1, 16 * n_clusters + 1).astype(int))
    thinned = ordered[places]
    # The density is one over the gap between neighbours: times the gap, its cube root is the gap to the power 2/3.
    integral = np.append(0.0, np.cumsum(np.diff(thinned) ** (2 / 3)))
    quantiles = np.interp((np.arange(n_clusters) + 0.5) / n_clusters * integral[-1], integral, thinned)
    return np.asarray(quantiles, dtype=np.float64)


def _refill(
    ordered: npt.NDArray[np.float64], centroids: npt.NDArray[np.float64], n_clusters: int
) -> npt.NDArray[np.float64]:
    """Put the centroids of empty clusters where the error is largest, as scikit-learn does."""
    errors = np.abs(ordered - centroids[_nearest(centroids, ordered)])
    farthest = np.argsort(errors, kind="stable")[len(centroids) - n_clusters :]
    return np.unique(np.append(centroids, ordered[farthest]))


def _nearest(centroids: npt.NDArray[np.float64], values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The place of each value's centroid; a value half way belongs to the upper one."""
    return np.searchsorted((centroids[1:] + centroids[:-1]) / 2, values, side="right").astype(np.int64)
