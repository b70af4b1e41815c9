"""A small set of falls, and methods that are trained in an instant."""

import numpy as np
import pytest

from common.evaluation.splits import subject_folds
from tests.benchmarks.rivals.benchmark_sets import BenchmarkSet, Form
from tests.benchmarks.rivals.methods.method import Fitted, Method, Training
from tests.benchmarks.rivals.methods.registry import STATISTICS

SIZES = ("worse", "better")


@pytest.fixture(scope="session")
def falls() -> BenchmarkSet:
    """Twelve people with twenty windows each; a fall lifts the first channel."""
    rng = np.random.default_rng(0)
    people, y = np.repeat(np.arange(12), 20), np.tile([0, 0, 0, 1], 60)
    X = rng.normal(size=(240, 12, 6)).astype(np.float32)
    X[:, :, 0] += 1.5 * y[:, None]
    form = Form(X, ((0, 1, 2), (3, 4, 5)))
    activity = np.where(y == 1, np.tile(["F01", "F02"], 120), "D01")
    return BenchmarkSet(
        "made-up", "Made up", {"slow": form, "raw": form}, y, ("other", "fall"), people,
        subject_folds(people, n_folds=3, random_state=0), True, activity, people >= 9,
    )  # fmt: skip


def mean_of_channel(training: Training, size: str) -> Fitted:
    """The better size looks where falls are; the scores' scale differs, so that a threshold must be found."""
    channel = SIZES.index(size) == 0
    return Fitted(
        lambda X: np.stack([np.zeros(len(X)), X[:, :, int(channel)].mean(axis=1) + 5], axis=1), 40 + int(channel), 12
    )


@pytest.fixture
def method() -> Method:
    return Method("mean of a channel", "mean", STATISTICS, mean_of_channel, SIZES)
