"""Threads for the compiled loops: scikit-learn's ``n_jobs`` on Numba's pool."""

from collections.abc import Iterator
from contextlib import contextmanager

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


@contextmanager
def numba_threads(n_jobs: int | None, *, work: int = WORTH_THREADS) -> Iterator[None]:
    """Run a block with that many Numba threads, or with one if it is short, and restore the setting after it.

    ``work`` is the number of multiply-adds, about.
    """
    before = numba.get_num_threads()
    numba.set_num_threads(thread_count(n_jobs) if work >= WORTH_THREADS else 1)
    try:
        yield
    finally:
        numba.set_num_threads(before)
