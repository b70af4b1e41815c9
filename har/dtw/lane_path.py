"""Optimal paths on lanes: the alignments of one series with each of a block of references, in one pass."""

from typing import Any

from common.compiled import compiled
from har.dtw.lane_kernel import begin_band, cell_cost
from har.dtw.lanes import MOST_UNROLLED, add, at_most, load, minimum, sample, store


@compiled
def lane_steps(x: Any, block: Any, n_channels: int, shape: Any, radius: int, buffer: Any, steps: Any, out: Any) -> None:
    """The whole band of one series and each of a block of references, and where each cell was reached from.

    The recurrence and the arguments are those of :func:`har.dtw.lane_kernel.lane_dtw`, without a cutoff: a path needs
    every cell behind it.

    Parameters
    ----------
    steps : int64 array of shape (n_timesteps, 2 · radius + 1)
        Written: for cell (i, j), at ``[i, j - i + radius]``, in which lanes the best predecessor is the diagonal one
        (the lower 32 bits, one a lane), and in which of the others it is the left one (the upper 32).
    """
    width = len(shape[1])
    if len(shape[0]) < MOST_UNROLLED:  # known to the compiler, which then leaves the loops over further channels out
        n_channels = len(shape[0])
    n = len(x) // n_channels
    begin_band(buffer, radius, width)
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
            straight = minimum(above, left)
            steps[i, j - i + radius] = at_most(diagonal, straight) | at_most(left, above) << 32
            cost = cell_cost(x, i, point, block, j, n_channels, shape)
            left = add(minimum(diagonal, straight), cost)
            store(buffer, at, left)
            diagonal = above
    store(out, 0, load(buffer, (radius + 1) * width, shape))


@compiled
def follow(steps: Any, lane: int, path: Any) -> int:
    """Write one lane's path to the end of ``path`` (2 · n_timesteps - 1, 2); returns where it begins.

    Among equally good predecessors the diagonal is taken first, then the left one.
    """
    radius = steps.shape[1] // 2
    i = j = len(steps) - 1
    begin = len(path) - 1
    path[begin, 0], path[begin, 1] = i, j
    while i > 0 or j > 0:
        # Along the edges there is one way only, whatever infinite costs compare to.
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
