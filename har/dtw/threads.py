"""Threads for the compiled loops, which let other Python threads run: scikit-learn's ``n_jobs``."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numba

from common.errors import InvalidInputError
from common.validation import check_integer


def thread_count(n_jobs: int | None) -> int:
    """Threads that ``n_jobs`` asks for: None is one, -1 all, -2 all but one; never more than there are."""
    if n_jobs is None:
        return 1
    available = int(numba.config.NUMBA_NUM_THREADS)
    if n_jobs == 0:
        raise InvalidInputError("n_jobs is 0; use None or 1 for one thread, -1 for all")
    if isinstance(n_jobs, int) and n_jobs < 0:
        return max(1, available + 1 + n_jobs)
    return min(check_integer(n_jobs, "n_jobs"), available)


#: Multiply-adds that one core does in about a millisecond. Waking threads for less costs more than it
#: saves, and several times more on a machine whose cores are busy: the threads wait for each other.
WORTH_THREADS = 10_000_000


def in_threads(
    task: Callable[[int, int], None],
    n: int,
    n_jobs: int | None,
    *,
    work: int = WORTH_THREADS,
) -> None:
    """Call ``task(start, stop)`` for parts of ``range(n)``, on several threads if there is enough work.

    ``work`` is the number of multiply-adds, about.

    Python's threads and not Numba's: Numba's may end the program where processes fork or several threads predict.
    """
    n_threads = min(thread_count(n_jobs), n) if work >= WORTH_THREADS else 1
    if n_threads == 1:
        task(0, n)
        return
    # Parts smaller than a thread's share, for one may take longer than another.
    n_parts = min(n, 4 * n_threads)
    edges = [n * part // n_parts for part in range(n_parts + 1)]
    with ThreadPoolExecutor(n_threads) as pool:
        list(pool.map(task, edges, edges[1:]))
