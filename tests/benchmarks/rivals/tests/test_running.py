"""Folds that never mix people, and a run that goes on where it was stopped."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from common.evaluation.splits import check_no_leakage
from tests.benchmarks.rivals.benchmark_sets import BenchmarkSet
from tests.benchmarks.rivals.methods.method import Fitted, Method, Training
from tests.benchmarks.rivals.other_environment import OtherEnvironment
from tests.benchmarks.rivals.running import NotStored, Runner, inner_folds, thinned


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path, OtherEnvironment(Path("no python is asked for")))


def test_inner_folds_hold_training_people_alone(falls: BenchmarkSet) -> None:
    for fold, split in enumerate(falls.folds):
        for inner in inner_folds(falls, fold):
            check_no_leakage(falls.people[inner.train], falls.people[inner.test])
            check_no_leakage(falls.people[np.concatenate(inner)], falls.people[split.test])


def test_thinning_keeps_whole_order() -> None:
    rows = np.arange(200)
    assert len(thinned(rows, 100)) == 100
    assert (np.diff(thinned(rows, 100)) > 0).all()
    assert thinned(rows[:9], 100).tolist() == rows[:9].tolist()
    assert thinned(rows, None).tolist() == rows.tolist()


def test_the_better_setting_and_its_threshold_are_found(runner: Runner, falls: BenchmarkSet, method: Method) -> None:
    choice = runner.choice(falls, method, 0)
    assert choice.setting.size == "better"
    assert choice.threshold is not None
    assert 5 < choice.threshold < 6.5


def test_nothing_is_trained_twice(runner: Runner, falls: BenchmarkSet, method: Method) -> None:
    assert method.fit is not None
    trainings: list[Training] = []
    fit = method.fit

    def counted(training: Training, size: str) -> Fitted:
        trainings.append(training)
        return fit(training, size)

    counting = replace(method, fit=counted)
    choice = runner.choice(falls, counting, 1)
    first = runner.test(falls, counting, choice, 1, 0)
    n = len(trainings)
    assert n == 5 * 3 + 1
    again = runner.test(falls, counting, runner.choice(falls, counting, 1), 1, 0)
    assert len(trainings) == n
    assert np.array_equal(first.scores, again.scores)
    runner.test(falls, replace(counting, revision=2), choice, 1, 0)
    assert len(trainings) == n + 1


def test_methods_may_share_what_is_stored(runner: Runner, falls: BenchmarkSet, method: Method) -> None:
    choice = runner.choice(falls, method, 0)
    sharing = replace(method, name="the better one alone", sizes=("better",), stored_as=method.name)
    assert Runner(runner.folder, None).choice(falls, sharing, 0) == choice


def test_copies_come_with_their_labels_and_people(runner: Runner, falls: BenchmarkSet, method: Method) -> None:
    sizes: list[tuple[int, int, int]] = []

    def seen(training: Training, size: str) -> Fitted:
        sizes.append((len(training.X), len(training.y), len(training.people)))
        return Fitted(lambda X: np.zeros((len(X), 2)), 1)

    runner.choice(falls, replace(method, fit=seen), 0)
    n = len(inner_folds(falls, 0)[0].train)
    assert (3 * n, 3 * n, 3 * n) in sizes


def test_a_stopped_run_leaves_no_half_file(runner: Runner, falls: BenchmarkSet, method: Method) -> None:
    def stopped(training: Training, size: str) -> Fitted:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runner.choice(falls, replace(method, fit=stopped), 0)
    assert not list(runner.folder.rglob("*.npz"))
    assert runner.choice(falls, method, 0).setting.size == "better"


def test_a_report_trains_nothing(tmp_path: Path, falls: BenchmarkSet, method: Method) -> None:
    with pytest.raises(NotStored):
        Runner(tmp_path, None).choice(falls, method, 0)
