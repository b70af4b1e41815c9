"""Neighbours found on a cluster beside those of one process: equality, times, and what a larger set would take."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

import common
import har
from har.distributed import DaskDTWKNeighborsClassifier
from har.preprocessing import ScaleChannels

#: What a home of 200 residents with a window a second collects in six days.
LARGE = 100_000_000


def search_problem(
    windows: har.Windows, copies: int, n_queries: int, seed: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[Any], npt.NDArray[np.float32]]:
    """Training windows in noisy copies, their labels, and queries that are none of them."""
    rng = np.random.default_rng(seed)
    X = ScaleChannels().fit_transform(windows.X).astype(np.float32)
    order = rng.permutation(len(X))
    asked, kept = order[:n_queries], order[n_queries:]
    if not len(kept):
        raise common.InvalidInputError(
            f"--queries {n_queries} leaves none of {len(X)} windows to search: ask for fewer"
        )
    rows = np.tile(kept, copies)
    noisy = X[rows] + rng.normal(scale=0.1, size=(len(rows), *X.shape[1:])).astype(np.float32)
    return noisy, windows.y[rows], X[asked]


@dataclass(frozen=True)
class Searches:
    """Seconds of one process with one thread, and of the cluster; printed with an estimate for a larger set."""

    n_windows: int
    n_queries: int
    window_bytes: int
    n_partitions: int
    fit_s: tuple[float, float]
    search_s: tuple[float, float]

    def __str__(self) -> str:
        alone, spread = self.search_s
        each = alone / self.n_queries * LARGE / self.n_windows
        terabytes = 3 * LARGE * self.window_bytes / 1e12
        return (
            "                  fit     search\n"
            f"one process  {self.fit_s[0]:6.2f} s  {alone:7.3f} s\n"
            f"cluster      {self.fit_s[1]:6.2f} s  {spread:7.3f} s   {self.n_partitions} partitions\n"
            f"The same neighbours to the bit, {alone / spread:.2f} times as fast.\n"
            f"At this rate {LARGE:,} windows need about {terabytes:.2g} TB in all workers,\n"
            f"and a query {each:.2g} s of one core: {each / 64:.2g} s on 64, and a round trip."
        )


def compare_searches(X: Any, y: Any, queries: Any) -> Searches:
    """Fit and search both ways.

    Raises
    ------
    common.ModelIntegrityError
        If they do not find the same.
    """
    alone, alone_fit_s = _timed(lambda: har.DTWKNeighborsClassifier(3).fit(X, y))
    spread, spread_fit_s = _timed(
        lambda: DaskDTWKNeighborsClassifier(3, partition_size=max(1, -(-len(X) // 8))).fit(X, y)
    )
    # All that they need is compiled before the measurement, on the workers, too.
    alone.kneighbors(queries[:1])
    spread.kneighbors(queries[:1])
    expected, alone_s = _timed(lambda: alone.kneighbors(queries))
    found, spread_s = _timed(lambda: spread.kneighbors(queries))
    if not all(np.array_equal(ours, theirs) for ours, theirs in zip(found, expected, strict=True)):
        raise common.ModelIntegrityError("the cluster found other neighbours: are all versions on the workers equal?")
    return Searches(
        len(X), len(queries), X[0].nbytes, spread.n_partitions_, (alone_fit_s, spread_fit_s), (alone_s, spread_s)
    )


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began
