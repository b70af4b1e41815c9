"""The index: training windows, prepared for one of the two ways of searching."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from common.validation import Float64Array, FloatArray, IntArray
from har.dtw.integers import largest_integer, pair_up
from har.dtw.lanes import LEAST_LOOPED, Shape, make_shape
from har.dtw.packing import pack, shape_for, width_for
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
#: Bounds are used if they leave at most this share of the windows. Each of these takes two to four times as long as one
#: in blocks of float32 or of integers: one channel took as long both ways with 0.5 left, three with 0.42, six with 0.27
#: (random walks with noise). Bounds were 1.2 times faster with 0.54 left (one channel, phases), 1.8 times with 0.26 (24
#: channels, walks), and 2.4 times slower with 0.36 (six channels, MotionSense).
_MOST_LEFT, _MOST_LEFT_OF_INTEGERS = 0.55, 0.3
#: Windows are rounded to integers from so many channels on: with fewer, that is no faster.
_LEAST_CHANNELS = 3
#: ... if a window's largest value is at least this many steps (half of them in half of the windows): distances of less
#: than about a hundredth of the usual ones are not told apart, and left to float64.
_LEAST_STEPS = 256
#: By how much the norms of queries may exceed those of the windows.
_HEADROOM = 1.25
#: Queries converted to contiguous float64 at a time.
_QUERIES_AT_ONCE = 256


@dataclass(frozen=True, eq=False)
class NeighborIndex:
    """Training windows prepared for :meth:`nearest` at one band.

    Besides the windows themselves, a copy is kept: with bounds in float32, together with three outlines of each window,
    48 values a channel; without bounds in 16-bit integers where these are fine enough, else in float32.
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
        space = _space(centre, scale, radius, n_timesteps)

        singles = np.zeros((n, padded_length(windows.shape[1])), dtype=np.float32)
        norms = np.array([standardise(windows[a], centre, scale, singles[a, : windows.shape[1]]) for a in range(n)])
        if bounds is None:
            step = -(-n // _SAMPLE)
            trial = cls._with_bounds(windows[::step], singles[::step], norms[::step], space)
            has_integers = _steps_per_unit(norms, n_channels) is not None
            bounds = trial._share_left() <= (_MOST_LEFT_OF_INTEGERS if has_integers else _MOST_LEFT)
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
        factor = _steps_per_unit(norms, n_channels)
        if factor is not None:
            singles *= np.float32(factor)
            norms = norms * factor
            space = _space(space.centre, space.scale * factor, space.radius, n_timesteps, integers=True)
        shape = shape_for(np.float32, n_channels, n) if factor is None else shape_for(np.int32, -(-n_channels // 2), n)
        width = len(shape[1])
        outlines = outlines_of(singles, n_timesteps, n_channels)
        order = group_similar(principal_components(outlines), width)
        in_lanes = np.full((-(-n // width), width), -1)
        in_lanes.flat[:n] = order
        blocks = [order[start : start + width] for start in range(0, n, width)]
        ordered = singles[order, : windows.shape[1]].reshape(n, n_timesteps, n_channels)
        stored = Blocks(
            pack(ordered if factor is None else pair_up(np.rint(ordered).astype(np.int16))).blocks,
            None if factor is None else float(largest_integer(n_channels)),
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
            queries, self.windows, self.stored, self.space, self.shape, exact_shape(len(self.space.centre)),
            distances, indices,
        )  # fmt: skip
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
        verifying = exact_shape(len(self.space.centre))
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


def _space(centre: Float64Array, scale: float, radius: int, n_timesteps: int, *, integers: bool = False) -> Space:
    rounding = Rounding.of(n_timesteps, len(centre), scale, integers=integers)
    return Space(centre, scale, radius, Precision(rounding.relative, rounding.per_norm, rounding.floor))


def _steps_per_unit(norms: Float64Array, n_channels: int) -> float | None:
    """The power of two times which windows are rounded to integers; None if they are not.

    One unit is about the largest value of a usual window, see :func:`har.dtw.rounding.centre_and_scale`.
    """
    largest = float(norms.max()) * _HEADROOM
    if n_channels < _LEAST_CHANNELS or not 0 < largest * _LEAST_STEPS <= largest_integer(n_channels):
        return None
    return float(2.0 ** np.floor(np.log2(largest_integer(n_channels) / largest)))
