"""The index: training windows, prepared for one of the two ways of searching."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from common.validation import Float64Array, FloatArray, IntArray
from har.dtw.lanes import LEAST_LOOPED, Shape, make_shape, shape_for, width_for
from har.dtw.packing import pack
from har.dtw.rounding import Rounding, centre_and_scale, standardise
from har.dtw.search.bounds import BLOCK
from har.dtw.search.candidates import Precision, Space
from har.dtw.search.cascade import Positions, search_by_bounds
from har.dtw.search.envelopes import padded_length
from har.dtw.search.exhaustive import Blocks, search_all
from har.dtw.search.grouping import group_similar, principal_components
from har.dtw.search.outlines import envelope_outlines_of, outlines_of, pack_outlines
from har.dtw.search.verification import exact_shape
from har.dtw.threads import in_threads

#: Windows from which centre and scale are estimated, and among which bounds are tried.
_SAMPLE = 1_000
#: Windows that are looked for among the others to try the bounds.
_TRIAL_QUERIES = 16
#: Bounds are used if they leave at most this share of the windows. Chosen on the problems of tests/benchmarks and not
#: well defined: with 0.39 left both ways took as long (MotionSense), with 0.43 bounds were faster (one channel), with
#: 0.63 slower.
_MOST_LEFT = 0.35
#: Queries converted to contiguous float64 at a time.
_QUERIES_AT_ONCE = 256


@dataclass(frozen=True, eq=False)
class NeighborIndex:
    """Training windows prepared for :meth:`nearest` at one band.

    Besides the windows themselves, a copy in float32 is kept; with bounds, also three outlines of each window: 48
    values a channel.
    """

    windows: FloatArray  # (n, n_timesteps * n_channels), unchanged, for the verification
    space: Space
    stored: Positions | Blocks
    shape: Shape

    @classmethod
    def build(cls, X: FloatArray, radius: int, *, bounds: bool | None = None) -> NeighborIndex:
        """Prepare copies of windows ``(n, n_timesteps, n_channels)``.

        ``bounds`` says whether to use them; None: if they rule out enough in a search for some of the windows.
        """
        n, n_timesteps, n_channels = X.shape
        windows = np.array(X, order="C").reshape(n, -1)
        centre, scale = centre_and_scale(X[:: -(-n // _SAMPLE)])
        rounding = Rounding.of(n_timesteps, n_channels, scale)
        space = Space(centre, scale, radius, Precision(rounding.relative, rounding.per_norm, rounding.floor))

        singles = np.zeros((n, padded_length(windows.shape[1])), dtype=np.float32)
        norms = np.array([standardise(windows[a], centre, scale, singles[a, : windows.shape[1]]) for a in range(n)])
        if bounds is None:
            step = -(-n // _SAMPLE)
            trial = cls._with_bounds(windows[::step], singles[::step], norms[::step], space)
            bounds = trial._share_left() <= _MOST_LEFT
            if bounds and step == 1:
                return trial
        return (cls._with_bounds if bounds else cls._without_bounds)(windows, singles, norms, space)

    @classmethod
    def _with_bounds(
        cls, windows: FloatArray, singles: npt.NDArray[np.float32], norms: Float64Array, space: Space
    ) -> NeighborIndex:
        n_channels = len(space.centre)
        n_timesteps = windows.shape[1] // n_channels
        outlines = outlines_of(singles, n_timesteps, n_channels)
        order = group_similar(outlines, BLOCK)
        singles, norms = singles[order], norms[order]
        sides = envelope_outlines_of(singles, n_timesteps, n_channels, space.radius)
        stored = Positions(order, singles.ravel(), norms, pack_outlines(outlines[order], *sides, norms))
        shape = make_shape(min(n_channels, LEAST_LOOPED), width_for(np.float32, n_channels))
        return cls(windows, space, stored, shape)

    @classmethod
    def _without_bounds(
        cls, windows: FloatArray, singles: npt.NDArray[np.float32], norms: Float64Array, space: Space
    ) -> NeighborIndex:
        n, n_channels = len(windows), len(space.centre)
        n_timesteps = windows.shape[1] // n_channels
        shape = shape_for(np.float32, n_channels, n)
        width = len(shape[1])
        outlines = outlines_of(singles, n_timesteps, n_channels)
        order = group_similar(principal_components(outlines), width)
        in_lanes = np.full((-(-n // width), width), -1)
        in_lanes.flat[:n] = order
        blocks = [order[start : start + width] for start in range(0, n, width)]
        stored = Blocks(
            pack(singles[order, : windows.shape[1]].reshape(n, n_timesteps, n_channels)).blocks,
            in_lanes,
            np.array([norms[block].max() for block in blocks]),
            np.array([outlines[block].mean(axis=0, dtype=np.float64) for block in blocks]),
        )
        return cls(windows, space, stored, shape)

    def _share_left(self) -> float:
        """The share of windows that bounds leave, if some windows are looked for among all others."""
        step = -(-len(self.windows) // _TRIAL_QUERIES)
        queries = np.require(self.windows[::step], np.float64, ["C", "W"])
        k = min(2, len(self.windows))  # the nearest one is the query itself
        distances, indices = np.empty((len(queries), k)), np.empty((len(queries), k), dtype=np.int64)
        left = search_by_bounds(
            queries, self.windows, self.stored, self.space, self.shape, exact_shape(self.shape), distances, indices
        )
        return float(left) / (len(queries) * len(self.windows))

    def nearest(self, X: FloatArray, k: int, *, n_jobs: int | None = None) -> tuple[FloatArray, IntArray]:
        """The k windows nearest to each window of X, nearest first; ties go to the lowest index.

        Returns
        -------
        distances : ndarray of shape (len(X), k), float64
        indices : ndarray of shape (len(X), k)
        """
        distances = np.empty((len(X), k))
        indices = np.empty((len(X), k), dtype=np.int64)
        verifying = exact_shape(self.shape)
        search_part = search_by_bounds if isinstance(self.stored, Positions) else search_all

        def search(start: int, stop: int) -> None:
            for first in range(start, stop, _QUERIES_AT_ONCE):
                part = slice(first, min(first + _QUERIES_AT_ONCE, stop))
                queries = np.require(X[part].reshape(part.stop - part.start, -1), np.float64, ["C", "W"])
                search_part(
                    queries, self.windows, self.stored, self.space, self.shape, verifying, distances[part],
                    indices[part],
                )  # fmt: skip

        work = len(X) * self.windows.size * (2 * self.space.radius + 1)
        in_threads(search, len(X), n_jobs, work=work)
        return distances, indices
