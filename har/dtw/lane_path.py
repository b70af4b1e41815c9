"""Optimal paths on lanes: the alignments of one series with each of a block of references, in one pass."""

from __future__ import annotations

from typing import Any

from common.compiled import compiled
from har.dtw.lane_kernel import fill_first_row
from har.dtw.lanes import LEAST_LOOPED, add, at_most, load, minimum, splat, square_add, store, subtract
from har.dtw.points import sample, squared_distance


@compiled
def lane_steps(x: Any, block: Any, n_channels: int, shape: Any, radius: int, buffer: Any, steps: Any, out: Any) -> None:
    """The recurrence over the whole band for one series and a block of references, recording each cell's predecessor.

    The recurrence and the arguments are those of :func:`har.dtw.lane_kernel.lane_dtw` without the cutoff, since a path
    may lead through any cell.

    Parameters
    ----------
    steps : int64 array of shape (n_timesteps, 2 · radius + 1)
        Output. The entry of cell (i, j), at ``[i, j - i + radius]``, has one bit per lane in each half: a bit of the
        lower 32 says that the best predecessor is the diagonal one, a bit of the upper 32 that, if not, it is the left
        one.
    """
    width = len(shape[1])
    if len(shape[0]) < LEAST_LOOPED:  # the compiler knows this number, and then drops the loops over further channels
        n_channels = len(shape[0])
    n = len(x) // n_channels
    fill_first_row(buffer, radius, width)
    infinite = load(buffer, 0, shape)
    for i in range(n):
        first = max(0, i - radius)
        origin = (radius + 1 - i) * width  # of column 0
        point = sample(x, i * n_channels, shape)
        left = infinite
        diagonal = load(buffer, origin + first * width, shape)
        for j in range(first, min(i + radius, n - 1) + 1):
            at = origin + j * width
            above = load(buffer, at + width, shape)
            not_diagonal = minimum(above, left)
            steps[i, j - i + radius] = at_most(diagonal, not_diagonal) | at_most(left, above) << 32
            cost = _cell_cost(x, i, point, block, j, n_channels, shape)
            left = add(minimum(diagonal, not_diagonal), cost)
            store(buffer, at, left)
            diagonal = above
    store(out, 0, load(buffer, (radius + 1) * width, shape))


@compiled
def _cell_cost(x: Any, i: int, point: Any, block: Any, j: int, n_channels: int, shape: Any) -> Any:
    """Squared distances from sample i of ``x`` (unrolled channels: ``point``) to sample j of each reference."""
    width = len(shape[1])
    cost = squared_distance(point, block, j * n_channels * width)
    for c in range(len(point), n_channels):
        there = (j * n_channels + c) * width
        cost = square_add(subtract(splat(x, i * n_channels + c, shape), load(block, there, shape)), cost)
    return cost


@compiled
def trace_path(steps: Any, lane: int, path: Any) -> int:
    """Write one lane's path to the end of ``path`` (2 · n_timesteps - 1, 2); returns where it begins.

    Among equally good predecessors the diagonal is taken first, then the left one.
    """
    radius = steps.shape[1] // 2
    i = j = len(steps) - 1
    begin = len(path) - 1
    path[begin, 0], path[begin, 1] = i, j
    while i > 0 or j > 0:
        # On the edges of the table only one step is possible, whatever the comparison of infinite costs gave.
        came_from = steps[i, j - i + radius]
        if i > 0 and j > 0 and came_from >> lane & 1:
            i -= 1
            j -= 1
        elif i == 0 or (j > 0 and came_from >> (lane + 32) & 1):
            j -= 1
        else:
            i -= 1
        begin -= 1
        path[begin, 0], path[begin, 1] = i, j
    return begin
