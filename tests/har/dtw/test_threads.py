"""How many threads, and what each of them does."""

import threading

import numba
import pytest

from common.errors import InvalidInputError
from har.dtw.threads import MIN_PARALLEL_WORK, in_threads, thread_count


@pytest.fixture
def four_cores(monkeypatch):
    monkeypatch.setattr(numba.config, "NUMBA_NUM_THREADS", 4)


@pytest.mark.parametrize(
    ("n_jobs", "n"), [(None, 1), (1, 1), (3, 3), (4, 4), (5, 4), (-1, 4), (-2, 3), (-4, 1), (-5, 1), (-99, 1)]
)
def test_counts_are_scikit_learn_s(four_cores, n_jobs, n):
    assert thread_count(n_jobs) == n


@pytest.mark.parametrize("n_jobs", [0, 1.5, "all", True])
def test_other_counts_are_refused(n_jobs):
    with pytest.raises(InvalidInputError, match=r"^n_jobs is"):
        thread_count(n_jobs)
    with pytest.raises(InvalidInputError, match=r"^n_jobs is"):
        in_threads(lambda start, stop: None, 10, n_jobs, work=0)


def parts(n, n_jobs, **work):
    called, names = [], set()

    def task(start, stop):
        called.append((start, stop))
        names.add(threading.current_thread())

    in_threads(task, n, n_jobs, **work)
    return sorted(called), names


@pytest.mark.parametrize("n", [2, 5, 16, 17, 100])
def test_parts_cover_the_range_once(four_cores, n):
    called, _ = parts(n, 4)
    assert len(called) == min(n, 16)
    assert [start for start, _ in called] == [0, *(stop for _, stop in called[:-1])]
    assert called[-1][1] == n
    sizes = {stop - start for start, stop in called}
    assert max(sizes) - min(sizes) <= 1


def test_one_thread_or_little_work_is_one_call_in_this_thread(four_cores):
    here = {threading.current_thread()}
    assert parts(10, 1) == parts(10, None) == ([(0, 10)], here)
    assert parts(10, 4, work=MIN_PARALLEL_WORK - 1) == ([(0, 10)], here)
    assert parts(1, 4) == ([(0, 1)], here)
    several, there = parts(10, 4, work=MIN_PARALLEL_WORK)
    assert len(several) == 10
    assert not there & here


def test_an_error_in_a_thread_is_not_lost(four_cores):
    def task(start, stop):
        if start:
            raise ValueError(f"at {start}")

    with pytest.raises(ValueError, match=r"at \d"):
        in_threads(task, 10, 4)
