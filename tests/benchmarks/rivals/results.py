"""What is stored about a method on a set: decisions of all its seeds, and what they cost."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

import common
from tests.benchmarks.rivals.benchmark_sets import BenchmarkSet
from tests.benchmarks.rivals.choice import Choice, decided
from tests.benchmarks.rivals.measuring import Outcome
from tests.benchmarks.rivals.methods.method import Array, Method
from tests.benchmarks.rivals.running import NotStored, Runner


@dataclass(frozen=True, eq=False)
class MethodResult:
    """Decisions about every test window, once for each seed, and costs.

    Attributes
    ----------
    method : Method
    data : BenchmarkSet
    seeds : tuple of int
        Those of which all folds are stored.
    rows : ndarray of shape (n_test,)
        Row numbers of the test windows, fold after fold.
    predicted : ndarray of shape (n_seeds, n_test)
        Class indices.
    choices : tuple of Choice
        One for each fold.
    outcomes : tuple of Outcome
        One for each seed and fold.
    """

    method: Method
    data: BenchmarkSet
    seeds: tuple[int, ...]
    rows: Array
    predicted: Array
    choices: tuple[Choice, ...]
    outcomes: tuple[Outcome, ...]

    def evaluation(self, where: Array | None = None) -> common.Evaluation:
        """Measures over all seeds, of all test windows or of those among ``where`` (a mask of all windows)."""
        kept = np.full(len(self.rows), True) if where is None else where[self.rows]
        rows = np.tile(self.rows[kept], len(self.seeds))
        return common.evaluate(
            self.data.y[rows], self.predicted[:, kept].ravel(),
            groups=self.data.people[rows], positive=1 if self.data.has_falls else None,
        )  # fmt: skip

    def against(self, other: MethodResult) -> common.PairedDifference:
        """How much better this is, by person, over the seeds that both have."""
        n = min(len(self.seeds), len(other.seeds))
        rows = np.tile(self.rows, n)
        return common.paired_difference(
            self.data.y[rows], self.predicted[:n].ravel(), other.predicted[:n].ravel(), groups=self.data.people[rows]
        )

    def median(self, measure: Callable[[Outcome], float]) -> float:
        """Of all folds and seeds."""
        return statistics.median(map(measure, self.outcomes))

    @property
    def settings(self) -> str:
        """What was chosen, and in how many folds."""
        counts = Counter(str(choice.setting) for choice in self.choices)
        return "; ".join(f"{setting} ({n})" for setting, n in counts.most_common())


def stored_result(runner: Runner, data: BenchmarkSet, method: Method, seeds: Iterable[int]) -> MethodResult | None:
    """None unless all folds of the first seed are stored."""
    folds = range(len(data.folds))
    try:
        choices = tuple(runner.choice(data, method, fold) for fold in folds)
    except NotStored:
        return None
    complete: dict[int, list[Outcome]] = {}
    for seed in seeds:
        try:
            complete[seed] = [runner.test(data, method, choices[fold], fold, seed) for fold in folds]
        except NotStored:
            continue
    if not complete:
        return None
    predicted = [
        np.concatenate([decided(outcome.scores, choices[fold].threshold) for fold, outcome in enumerate(outcomes)])
        for outcomes in complete.values()
    ]
    return MethodResult(
        method, data, tuple(complete), np.concatenate([split.test for split in data.folds]), np.array(predicted),
        choices, tuple(outcome for outcomes in complete.values() for outcome in outcomes),
    )  # fmt: skip
