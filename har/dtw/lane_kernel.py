"""The DTW recurrence on lanes: one series against a block of references, in a single pass over the band."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from common.compiled import compiled
from har.dtw.lanes import (
    LEAST_LOOPED,
    add,
    any_at_most,
    load,
    minimum,
    splat,
    square,
    square_add,
    store,
    subtract,
)
from har.dtw.points import samples, squared_distance_to

#: Of helpers that the compiler might call: their lanes would go through memory.
_inlined = numba.njit(nogil=True, forceinline=True)


@compiled
def fill_first_row(buffer: Any, radius: int, width: int) -> None:
    """Fill the buffer with the row above the first: infinity, except 0 at the virtual cell (-1, -1)."""
    for k in range((2 * radius + 3) * width):
        buffer[k] = np.inf
    for lane in range(width):
        buffer[(radius + 1) * width + lane] = 0


@compiled
def lane_dtw(x: Any, block: Any, n_channels: int, shape: Any, radius: int, cutoff: Any, buffer: Any, out: Any) -> bool:
    """Squared DTW of one series and each of a block of references of the same length.

    Parameters
    ----------
    x : 1-D array of n_timesteps · n_channels values
    block : 1-D array, the references packed as ``[timestep][channel][lane]``
    shape : see har.dtw.lanes
    cutoff : array with one value
    buffer : 1-D scratch of (2 · radius + 3) · width values
    out : 1-D array of width values, written if the result is True: the squared distance in lanes where it is at most
        the cutoff, some number above the cutoff in the others

    Returns
    -------
    bool
        False as soon as all lanes are certain to exceed the cutoff.
    """
    return bounded_lane_dtw(x, block, n_channels, shape, radius, cutoff, cutoff[:0], buffer, out)


@compiled
def bounded_lane_dtw(
    x: Any, block: Any, n_channels: int, shape: Any, radius: int, cutoff: Any, remaining: Any, buffer: Any, out: Any
) -> bool:
    """:func:`lane_dtw`, told what the rows still to come cost at least.

    Row i of the table is sample i of the references, which stays in registers along the row unless it has too many
    channels; the samples of x are the columns. Cell (i, j) is stored at ``k = j - i + r + 1`` of one buffer, as in
    :func:`har.dtw.kernels.squared_dtw_equal`.

    The band is trimmed at both ends where every lane exceeds its limit, which is the cutoff less what remains (Herrmann
    & Webb, Data Mining and Knowledge Discovery 35, 2021; Rakthanmanon et al., KDD 2012): no path through such a cell
    can end within the cutoff, since a path has a cell in each row and costs are not negative. The cells beside the ends
    are set to infinity, so that no later row takes an old value for a path: limits grow from row to row.

    Parameters
    ----------
    remaining : 1-D array of n_timesteps · width values, or an empty one
        For each row and lane, a lower bound of the cost of all later rows; :mod:`har.dtw.search.bounds` says how far it
        may be rounded.
    """
    width = len(shape[1])
    if len(shape[0]) < LEAST_LOOPED:  # the compiler knows this number, and then drops the loops over further channels
        n_channels = len(shape[0])
    n = len(x) // n_channels
    fill_first_row(buffer, radius, width)
    limit = splat(cutoff, 0, shape)
    infinite = load(buffer, 0, shape)
    # The first and the last cell of the previous row that are within the limit in some lane.
    first_within, last_within = 0, -1
    for i in range(n):
        first = max(first_within, i - radius)
        last = min(last_within + 1, i + radius, n - 1)
        origin = (radius + 1 - i) * width  # of column 0
        if len(remaining):
            limit = subtract(splat(cutoff, 0, shape), load(remaining, i * width, shape))
        point = samples(block, i * n_channels * width, shape)
        left, diagonal = infinite, load(buffer, origin + first * width, shape)
        column = first
        if len(point) == LEAST_LOOPED:
            while column + 3 <= last:
                for cost in _four_costs(block, i, x, column, n_channels, shape):
                    left, diagonal = _fill_cell(buffer, origin + column * width, diagonal, left, cost, shape)
                    column += 1
        for j in range(column, last + 1):
            cost = _cell_cost(block, i, point, x, j, n_channels, shape)
            left, diagonal = _fill_cell(buffer, origin + j * width, diagonal, left, cost, shape)
        # Further to the right, the left neighbour is the only one that can be within the limit.
        while last < min(i + radius, n - 1) and any_at_most(left, limit):
            last += 1
            left = add(left, _cell_cost(block, i, point, x, last, n_channels, shape))
            store(buffer, origin + last * width, left)

        last_within = last
        while last_within >= first and not any_at_most(load(buffer, origin + last_within * width, shape), limit):
            last_within -= 1
        if last_within < first:
            return False
        first_within = first
        while not any_at_most(load(buffer, origin + first_within * width, shape), limit):
            first_within += 1
        store(buffer, origin + (first_within - 1) * width, infinite)
        store(buffer, origin + (last_within + 1) * width, infinite)
    store(out, 0, load(buffer, (radius + 1) * width, shape))
    return last_within == n - 1


@_inlined
def _fill_cell(buffer: Any, at: int, diagonal: Any, left: Any, cost: Any, shape: Any) -> Any:
    """Write a cell; returns it and the one above: the left and the diagonal neighbour of the next."""
    above = load(buffer, at + len(shape[1]), shape)
    here = add(minimum(minimum(diagonal, above), left), cost)
    store(buffer, at, here)
    return here, above


@_inlined
def _cell_cost(block: Any, i: int, point: Any, x: Any, j: int, n_channels: int, shape: Any) -> Any:
    """Squared distances from sample i of each reference (few channels: ``point``) to sample j of ``x``."""
    if len(point) < LEAST_LOOPED:
        return squared_distance_to(point, x, j * n_channels)
    width = len(shape[1])
    at, to = i * n_channels * width, j * n_channels
    cost = square(subtract(load(block, at, shape), splat(x, to, shape)))
    for c in range(1, n_channels):
        cost = square_add(subtract(load(block, at + c * width, shape), splat(x, to + c, shape)), cost)
    return cost


@_inlined
def _four_costs(block: Any, i: int, x: Any, j: int, n_channels: int, shape: Any) -> Any:
    """The same for samples j to j + 3 of ``x``.

    Many channels do not fit in the registers, but four sums do: each channel is loaded once for four cells, and no sum
    waits for another.
    """
    width = len(shape[1])
    at, to = i * n_channels * width, j * n_channels
    value = load(block, at, shape)
    first = square(subtract(value, splat(x, to, shape)))
    second = square(subtract(value, splat(x, to + n_channels, shape)))
    third = square(subtract(value, splat(x, to + 2 * n_channels, shape)))
    fourth = square(subtract(value, splat(x, to + 3 * n_channels, shape)))
    for c in range(1, n_channels):
        value = load(block, at + c * width, shape)
        first = square_add(subtract(value, splat(x, to + c, shape)), first)
        second = square_add(subtract(value, splat(x, to + n_channels + c, shape)), second)
        third = square_add(subtract(value, splat(x, to + 2 * n_channels + c, shape)), third)
        fourth = square_add(subtract(value, splat(x, to + 3 * n_channels + c, shape)), fourth)
    return first, second, third, fourth
