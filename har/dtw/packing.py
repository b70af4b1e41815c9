"""Windows packed for the lanes, and matrices of distances to them.

All windows have the same length. References are packed once as ``[block][timestep][channel][lane]``: a block holds as
many references as there are lanes, and one pass over the band gives the distances to all of them. The last block is
padded with copies, whose results are dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import config
from numba.core.codegen import get_host_cpu_features

from common.compiled import compiled
from common.validation import FloatArray
from har.dtw.kernels import squared_dtw_matrix
from har.dtw.lane_kernel import lane_dtw
from har.dtw.lanes import LEAST_LOOPED, Shape, make_shape
from har.dtw.threads import in_threads

#: Of floating-point numbers, or of int32 that are pairs of integers.
LaneArray = npt.NDArray[Any]
#: Lanes of each precision: two AVX-512 registers. While one of them waits for the cell before, the other one is busy.
WIDTH = {np.dtype(np.float32): 32, np.dtype(np.float64): 16, np.dtype(np.int32): 32}
#: Whether there is AVX-512: 32 registers of 64 bytes. Those of AVX2 and NEON hold a quarter of that.
_HAS_WIDE_REGISTERS = "+avx512f" in (config.CPU_FEATURES or get_host_cpu_features())
#: Queries packed at a time where queries, not references, fill the lanes.
_QUERIES_AT_ONCE = 1_024


def width_for(dtype: Any, n_channels: int) -> int:
    """The number of lanes, unless there are few references.

    A sample of each reference has to fit in the registers: where it does not, there are half as many lanes.
    """
    width = WIDTH[np.dtype(dtype)]
    return width if n_channels <= 2 or _HAS_WIDE_REGISTERS else width // 2


def shape_for(dtype: Any, n_channels: int, n_references: int) -> Shape:
    """The shape for blocks of references.

    Few references are given half as many lanes if else half of the last block would be empty, and a quarter if one
    block of these holds all of them: a block of a quarter takes almost as long as one of a half.
    """
    width, least = width_for(dtype, n_channels), WIDTH[np.dtype(dtype)] // 4
    if n_references <= 4 * width and -(-n_references // (width // 2)) % 2:
        width //= 2
    if n_references <= width // 2 >= least:
        width //= 2
    return make_shape(min(n_channels, LEAST_LOOPED), width)


@dataclass(frozen=True, eq=False)
class PackedReferences:
    """References in the order in which the lanes read them."""

    blocks: LaneArray  # (n_blocks, n_timesteps * n_channels * width)
    n_references: int
    n_timesteps: int
    n_channels: int
    shape: Shape

    @property
    def distances_dtype(self) -> npt.DTypeLike:
        """That of distances to them: paths of integers are added up in float32."""
        return np.float32 if self.blocks.dtype == np.int32 else self.blocks.dtype

    @property
    def width(self) -> int:
        """References per block."""
        return len(self.shape[1])

    def unpack(self) -> LaneArray:
        """The windows that were packed."""
        lanes = self.blocks.reshape(len(self.blocks), -1, self.width).transpose(0, 2, 1)
        windows = lanes.reshape(-1, self.n_timesteps, self.n_channels)
        return np.ascontiguousarray(windows[: self.n_references])


def pack(references: LaneArray) -> PackedReferences:
    """Pack windows ``(n, n_timesteps, n_channels)``; the dtype is kept.

    Windows of int32 are pairs of 16-bit integers (:mod:`har.dtw.integers`), and ``n_channels`` is the number of pairs.
    """
    n, n_timesteps, n_channels = references.shape
    shape = shape_for(references.dtype, n_channels, n)
    width = len(shape[1])
    flat = references.reshape(n, -1)
    blocks = np.empty((-(-n // width), flat.shape[1], width), dtype=flat.dtype)
    for b in range(len(blocks)):
        blocks[b] = flat[np.minimum(np.arange(b * width, (b + 1) * width), n - 1)].T
    return PackedReferences(blocks.reshape(len(blocks), -1), n, n_timesteps, n_channels, shape)


def squared_distances(
    packed: PackedReferences, X: LaneArray, radius: int, *, n_jobs: int | None = None, symmetric: bool = False
) -> FloatArray:
    """Squared DTW of each window of X to each reference: ``(len(X), n_references)``.

    X is converted to the dtype of the references, except that pairs of integers are expected as such.

    ``symmetric`` says that the references are X itself; each pair is then computed only once.
    """
    n_lanes = len(packed.blocks) * packed.width
    if 2 * packed.n_references <= n_lanes and len(X) >= n_lanes:
        return _from_packed_queries(packed, X, radius, n_jobs)
    queries = np.require(X.reshape(len(X), -1), packed.blocks.dtype, ["C", "W"])
    out = np.empty((len(X), n_lanes), dtype=packed.distances_dtype)

    def rows(start: int, stop: int) -> None:
        _fill_matrix(queries, start, stop, packed.n_channels, packed.blocks, packed.shape, radius, symmetric, out)

    in_threads(rows, len(X), n_jobs, work=count_multiply_adds(len(X), packed, radius))
    out = out[:, : packed.n_references]
    if symmetric:
        for a in range(1, len(out)):
            out[a, :a] = out[:a, a]
    return out


def _from_packed_queries(packed: PackedReferences, X: LaneArray, radius: int, n_jobs: int | None) -> FloatArray:
    """:func:`squared_distances` where references would leave most lanes empty: the windows of X fill them instead."""
    references = packed.unpack()
    out = np.empty((len(X), packed.n_references), dtype=packed.distances_dtype)
    for start in range(0, len(X), _QUERIES_AT_ONCE):
        part = np.asarray(X[start : start + _QUERIES_AT_ONCE], dtype=packed.blocks.dtype)
        out[start : start + len(part)] = squared_distances(pack(part), references, radius, n_jobs=n_jobs).T
    return out


def count_multiply_adds(n_queries: int, packed: PackedReferences, radius: int) -> int:
    """The approximate number of multiply-adds of a matrix of distances."""
    return n_queries * packed.n_references * packed.n_timesteps * (2 * radius + 1) * packed.n_channels


@compiled
def _fill_matrix(
    queries: Any,
    start: int,
    stop: int,
    n_channels: int,
    blocks: Any,
    shape: Any,
    radius: int,
    symmetric: bool,
    out: Any,
) -> None:
    width = len(shape[1])
    buffer = np.empty((2 * radius + 3) * width, dtype=out.dtype)
    unlimited = np.full(1, np.inf, dtype=out.dtype)
    # Blocks outside, queries inside: a block stays in the processor's cache for all queries.
    for b in range(len(blocks)):
        # Blocks on the diagonal are computed completely; the caller copies what lies below them.
        for a in range(start, min(stop, (b + 1) * width) if symmetric else stop):
            lanes = out[a, b * width : (b + 1) * width]
            lane_dtw(queries[a], blocks[b], n_channels, shape, radius, unlimited, buffer, lanes)


def unequal_distances(X: FloatArray, Y: FloatArray, radius: int, *, n_jobs: int | None = None) -> FloatArray:
    """Squared DTW between two batches of windows of different lengths, pair by pair."""
    out = np.empty((len(X), len(Y)), dtype=X.dtype)

    def rows(start: int, stop: int) -> None:
        squared_dtw_matrix(X[start:stop], Y, radius, out[start:stop])

    in_threads(rows, len(X), n_jobs)
    return out
