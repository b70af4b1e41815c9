"""Lower bounds on DTW distances, on lanes (placeholder)."""

from __future__ import annotations

from typing import Any

from common.compiled import compiled
from har.dtw.lanes import add, load, make_shape, maximum, splat, square_add, store, subtract
from har.dtw.search.envelopes import ROW

BLOCK = 16
_ROW_SHAPE = make_shape(1, ROW)
_BLOCK_SHAPE = make_shape(1, BLOCK)


@compiled
def outside(value: Any, below: Any, above: Any) -> Any:
    """How far lanes lie outside an interval; zero inside."""
    return maximum(maximum(subtract(value, above), subtract(below, value)), subtract(value, value))


@compiled
def outline_bounds(low: Any, high: Any, below: Any, above: Any, out: Any) -> None:
    """Squared distances of the query's outline ``[below, above]`` to those of a block, ``[low, high]``."""
    first = splat(below, 0, _BLOCK_SHAPE)
    zero = subtract(first, first)
    total = zero
    for f in range(len(below)):
        up = subtract(load(low, f * BLOCK, _BLOCK_SHAPE), splat(above, f, _BLOCK_SHAPE))
        down = subtract(splat(below, f, _BLOCK_SHAPE), load(high, f * BLOCK, _BLOCK_SHAPE))
        total = square_add(maximum(maximum(up, down), zero), total)
    store(out, 0, total)


@compiled
def keogh(window: Any, below: Any, above: Any, partial: Any) -> Any:
    """The squared distance of a flat window to an envelope: LB_Keogh."""
    first = load(window, 0, _ROW_SHAPE)
    total = subtract(first, first)
    for at in range(0, len(window), ROW):
        value = load(window, at, _ROW_SHAPE)
        total = square_add(
            outside(value, load(below, at, _ROW_SHAPE), load(above, at, _ROW_SHAPE)), total
        )
    store(partial, 0, total)
    result = partial[0]
    for lane in range(1, ROW):
        result += partial[lane]
    return result


@compiled
def remaining_bounds(block: Any, query: Any, below: Any, above: Any, n_channels: int, shape: Any, remaining: Any, euclidean: Any) -> None:
    """For each row, what the rows after it cost at least; and the squared Euclidean distance."""
    width = len(shape[1])
    n = len(block) // (n_channels * width)
    first = load(block, 0, shape)
    zero = subtract(first, first)
    after = zero
    diagonal = zero
    for i in range(n - 1, -1, -1):
        store(remaining, i * width, after)
        row = zero
        straight = zero
        for c in range(n_channels):
            at = i * n_channels + c
            value = load(block, at * width, shape)
            row = square_add(outside(value, splat(below, at, shape), splat(above, at, shape)), row)
            straight = square_add(subtract(value, splat(query, at, shape)), straight)
        after = add(after, row)
        diagonal = add(diagonal, straight)
    store(euclidean, 0, diagonal)
