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


@contextmanager
def numba_threads(n_jobs: int | None) -> Iterator[None]:
    """Run a block with that many Numba threads and restore the setting after it."""
    before = numba.get_num_threads()
    numba.set_num_threads(thread_count(n_jobs))
    try:
        yield
    finally:
        numba.set_num_threads(before)
