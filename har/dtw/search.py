"""Distances and nearest neighbours of batches: references packed in lanes, queries over threads.

All windows of one search have one length. References are packed once, at fit, as
``[block][timestep][channel][lane]``: a block holds as many references as a vector has lanes, and one
pass over the band serves them all. The last block is padded with copies whose results are dropped.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit, prange

from common.validation import FloatArray, IntArray
from har.dtw.kernels import lane_dtw, squared_dtw_matrix
from har.dtw.lanes import WIDTH
from har.dtw.threads import numba_threads


@dataclass(frozen=True)
class PackedReferences:
    """References in the order the lanes read them."""

    blocks: FloatArray  # (n_blocks, n_timesteps * n_channels * width)
    n_references: int
    n_timesteps: int
    n_channels: int

    @property
    def width(self) -> int:
        """References in a block."""
        return WIDTH[self.blocks.dtype]


def pack(references: FloatArray) -> PackedReferences:
    """Pack windows ``(n, n_timesteps, n_channels)``; the dtype is kept."""
    n, n_timesteps, n_channels = references.shape
    width = WIDTH[references.dtype]
    n_blocks = -(-n // width)
    padded = np.concatenate([references, np.repeat(references[-1:], n_blocks * width - n, axis=0)])
    lanes = padded.reshape(n_blocks, width, n_timesteps * n_channels).transpose(0, 2, 1)
    return PackedReferences(np.ascontiguousarray(lanes).reshape(n_blocks, -1), n, n_timesteps, n_channels)


def squared_distances(
    packed: PackedReferences, X: FloatArray, radius: int, *, n_jobs: int | None = None, symmetric: bool = False
) -> FloatArray:
    """Squared DTW of each window of X to each reference: ``(len(X), n_references)``.

    With ``symmetric`` the references are X itself, and each pair is computed once.
    """
    queries = _queries(packed, X)
    out = np.empty((len(X), len(packed.blocks) * packed.width), dtype=packed.blocks.dtype)
    with numba_threads(n_jobs, work=_work(packed, X, radius)):
        _matrix(queries, packed.n_channels, packed.blocks, radius, symmetric, out)
    out = out[:, : packed.n_references]
    if symmetric:
        below = np.tril_indices(len(out), -1)
        out[below] = out.T[below]
    return out


def nearest(
    packed: PackedReferences, X: FloatArray, k: int, radius: int, *, n_jobs: int | None = None
) -> tuple[FloatArray, IntArray]:
    """The k nearest references of each window, nearest first, ties to the lowest index.

    Returns
    -------
    squared : ndarray of shape (len(X), k)
    indices : ndarray of shape (len(X), k)
    """
    queries = _queries(packed, X)
    squared = np.empty((len(X), k), dtype=packed.blocks.dtype)
    indices = np.empty((len(X), k), dtype=np.int64)
    with numba_threads(n_jobs, work=_work(packed, X, radius)):
        _nearest(queries, packed.n_channels, packed.blocks, packed.n_references, radius, squared, indices)
    return squared, indices


def _work(packed: PackedReferences, X: FloatArray, radius: int) -> int:
    return len(X) * packed.n_references * packed.n_timesteps * (2 * radius + 1) * packed.n_channels


def _queries(packed: PackedReferences, X: FloatArray) -> FloatArray:
    return np.require(X.reshape(len(X), -1), packed.blocks.dtype, ["C", "W"])


@njit(cache=True, parallel=True)
def _matrix(queries: Any, n_channels: int, blocks: Any, radius: int, symmetric: bool, out: Any) -> None:
    width = out.shape[1] // blocks.shape[0]
    for a in prange(queries.shape[0]):
        buffer = np.empty((2 * radius + 3) * width, dtype=queries.dtype)
        unlimited = np.full(1, np.inf, dtype=queries.dtype)
        # The diagonal's own block is computed whole; what lies left of it is copied by the caller.
        for b in range(a // width if symmetric else 0, blocks.shape[0]):
            lanes = out[a, b * width : (b + 1) * width]
            lane_dtw(queries[a], n_channels, blocks[b], radius, unlimited, buffer, lanes)


@njit(cache=True, parallel=True)
def _nearest(
    queries: Any, n_channels: int, blocks: Any, n_references: int, radius: int, squared: Any, indices: Any
) -> None:
    width = -(-blocks.shape[1] // queries.shape[1])
    k = squared.shape[1]
    for a in prange(queries.shape[0]):
        buffer = np.empty((2 * radius + 3) * width, dtype=queries.dtype)
        lanes = np.empty(width, dtype=queries.dtype)
        cutoff = np.full(1, np.inf, dtype=queries.dtype)
        found = 0
        for b in range(blocks.shape[0]):
            if not lane_dtw(queries[a], n_channels, blocks[b], radius, cutoff, buffer, lanes):
                continue
            for lane in range(min(width, n_references - b * width)):
                # References come in the order of their indices, so an equal distance never displaces.
                if found == k and not lanes[lane] < squared[a, k - 1]:
                    continue
                found = min(found + 1, k)
                place = found - 1
                while place > 0 and lanes[lane] < squared[a, place - 1]:
                    squared[a, place] = squared[a, place - 1]
                    indices[a, place] = indices[a, place - 1]
                    place -= 1
                squared[a, place] = lanes[lane]
                indices[a, place] = b * width + lane
            if found == k:
                cutoff[0] = squared[a, k - 1]


def unequal_distances(X: FloatArray, Y: FloatArray, radius: int, *, n_jobs: int | None = None) -> npt.NDArray[Any]:
    """Squared DTW between batches of two different lengths (no lanes)."""
    out = np.empty((len(X), len(Y)), dtype=X.dtype)
    with numba_threads(n_jobs):
        squared_dtw_matrix(X, Y, radius, out)
    return out
