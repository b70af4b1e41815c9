"""Lower bounds on DTW distances, each dearer and closer than the one before.

1. *Outlines of blocks.* The outline of each window lies in the interval that its block's outlines fill; the query's
   lies in its envelope. What separates the two intervals is a bound for all windows of the block.
2. *Outlines of windows*: the same for each window of a block, on lanes, both ways as in 3 and 4. By Jensen's
   inequality, how far means lie apart is at most the mean of how far the samples do (Zhu & Shasha, SIGMOD 2003).
3. *LB_Keogh*: how far the samples of a window lie outside the query's envelope (Keogh & Ratanamahatana, KAIS 7(3),
   2005; with several channels, each has its envelope: Rath & Manmatha 2003). As the envelope ends in the query's own
   samples, LB_Kim is part of it. What it says of the rows after each row is what
   :func:`har.dtw.lane_kernel.bounded_lane_dtw` abandons by.
4. The other way: how far the query's samples lie outside the envelope of a window (Rakthanmanon et al., KDD 2012). Only
   outlines are kept: on random walks and the smartwatch they leave little more than whole envelopes would, on
   MotionSense two and a half times as much.

All are computed in float32 from rounded windows, and still never pass the float64 distance by more than the search
allows for. Let d be the exact distance of the rounded windows and u = 2⁻²⁴.

- Each bound is at most d if computed exactly: minima and maxima are not rounded.
- Sums are rounded at most n + 16 · channels + 3 times. Terms are not negative and underflow is covered by the floor, so
  squared sums are off by a factor of 1 ± γ with the γ of :mod:`har.dtw.rounding`.
- Outlines are rounded themselves. With segments of length w, those of a window by at most u √w ‖sample‖, those of an
  envelope by at most u √(w · channels) ‖sample‖, as its channels may come from different samples. Over all segments
  this moves the distance by at most u √(n · channels) (norm of the query + norm of the window), part of *per_norm*.
- A limit is the cutoff less what remains, and a path is not to be abandoned if it ends within the cutoff in float32.
  Its cost up to row i plus its cost afterwards is at most cutoff · (1 + γ), and what remains is, as computed, at most
  (1 + 2γ) times its cost afterwards. The limit is therefore taken from cutoff · (1 + 4γ); windows of which more remains
  than that exceed the cutoff anyway.
"""

from __future__ import annotations

from typing import Any

from common.compiled import compiled
from har.dtw.lanes import add, load, make_shape, maximum, splat, square_add, store, subtract

#: Windows whose outlines are compared at a time.
BLOCK = 16
_SHAPE = make_shape(1, BLOCK)


@compiled
def interval_bounds(low: Any, high: Any, n_blocks: int, below: Any, above: Any, out: Any) -> None:
    """Write how far, squared, intervals are from the query's.

    Parameters
    ----------
    low, high : 1-D arrays, the intervals packed as ``[block][feature][lane]``
    below, above : 1-D arrays of n_features values, the outline of the query's envelope
    out : 1-D array of n_blocks · BLOCK values
    """
    for b in range(n_blocks):
        value = splat(below, 0, _SHAPE)
        zero = subtract(value, value)
        total = zero
        for f in range(len(below)):
            there = (b * len(below) + f) * BLOCK
            too_high = subtract(load(low, there, _SHAPE), splat(above, f, _SHAPE))
            too_low = subtract(splat(below, f, _SHAPE), load(high, there, _SHAPE))
            total = square_add(maximum(maximum(too_high, too_low), zero), total)
        store(out, b * BLOCK, total)


@compiled
def outline_bounds(windows: Any, below: Any, above: Any, b: int, outline: Any, low: Any, high: Any, out: Any) -> None:
    """Write how far, squared, the windows of block b are at least from the query, the larger one of both ways.

    Parameters
    ----------
    windows, below, above : 1-D arrays, outlines of windows and of their envelopes as ``[block][feature][lane]``
    outline, low, high : 1-D arrays of n_features values, those of the query and of its envelope
    out : 1-D array, written from b · BLOCK on
    """
    value = splat(outline, 0, _SHAPE)
    one_way = subtract(value, value)
    other_way = one_way
    for f in range(len(outline)):
        there = (b * len(outline) + f) * BLOCK
        value = load(windows, there, _SHAPE)
        one_way = square_add(_outside(value, splat(low, f, _SHAPE), splat(high, f, _SHAPE)), one_way)
        value = splat(outline, f, _SHAPE)
        other_way = square_add(_outside(value, load(below, there, _SHAPE), load(above, there, _SHAPE)), other_way)
    store(out, b * BLOCK, maximum(one_way, other_way))


@compiled
def write_remaining(
    block: Any, query: Any, below: Any, above: Any, n_channels: int, shape: Any, remaining: Any, straight: Any
) -> None:
    """Write what the rows after each row cost at least, and the squared Euclidean distances.

    Parameters
    ----------
    block : 1-D array, references packed as ``[timestep][channel][lane]``
    query, below, above : 1-D arrays, the flat query and its envelope
    remaining : 1-D array of n_timesteps · width values
    straight : 1-D array of width values
    """
    width = len(shape[1])
    value = load(block, 0, shape)
    zero = subtract(value, value)
    after, distance = zero, zero
    for i in range(len(remaining) // width - 1, -1, -1):
        store(remaining, i * width, after)
        row, row_distance = zero, zero
        for v in range(i * n_channels, (i + 1) * n_channels):
            value = load(block, v * width, shape)
            row = square_add(_outside(value, splat(below, v, shape), splat(above, v, shape)), row)
            row_distance = square_add(subtract(value, splat(query, v, shape)), row_distance)
        after, distance = add(after, row), add(distance, row_distance)
    store(straight, 0, distance)


@compiled
def _outside(value: Any, below: Any, above: Any) -> Any:
    """How far lanes lie outside their intervals."""
    return maximum(maximum(subtract(value, above), subtract(below, value)), subtract(value, value))
