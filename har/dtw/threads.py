"""Threads for the compiled loops, which release Python's lock: scikit-learn's ``n_jobs``."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import numba

from common.errors import InvalidInputError
from common.validation import check_integer


def thread_count(n_jobs: int | None) -> int:
    """The number of threads for ``n_jobs``: None means one, -1 all, -2 all but one; never more than there are."""
    if n_jobs is None:
        return 1
    available = int(numba.config.NUMBA_NUM_THREADS)
    n_threads = check_integer(n_jobs, "n_jobs", at_least=-(2**31))
    if n_threads == 0:
        raise InvalidInputError("n_jobs is 0; use None or 1 for one thread, -1 for all")
    return max(1, available + 1 + n_threads) if n_threads < 0 else min(n_threads, available)


#: Multiply-adds that one core does in about a millisecond. For less work, starting threads costs more than it saves,
#: several times more where other programs keep the cores busy and the threads have to wait for each other.
MIN_PARALLEL_WORK = 10_000_000


def in_threads(
    task: Callable[[int, int], None],
    n: int,
    n_jobs: int | None,
    *,
    work: int = MIN_PARALLEL_WORK,
    pool: ThreadPoolExecutor | None = None,
) -> None:
    """Call ``task(start, stop)`` for parts of ``range(n)``, on several threads if there is enough work.

    ``work`` is the approximate number of multiply-adds. A ``pool`` of :func:`thread_count` threads saves starting some
    in each of many calls. The threads are Python's because Numba's may abort the program if a process
    forks or several threads predict at once.
    """
    n_threads = min(thread_count(n_jobs), n)
    if n_threads <= 1 or work < MIN_PARALLEL_WORK:
        task(0, n)
        return
    # More parts than threads, since some parts may take longer than others.
    n_parts = min(n, 4 * n_threads)
    edges = [n * part // n_parts for part in range(n_parts + 1)]
    with nullcontext(pool) if pool is not None else ThreadPoolExecutor(n_threads) as threads:
        list(threads.map(task, edges, edges[1:]))
