"""Train, score and time one model on one thread."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.benchmarks.rivals.methods.method import Array, Fitted

_ALONE = 25  # windows that are scored one by one


@dataclass(frozen=True, eq=False)
class Outcome:
    """Scores of the test windows, and what they cost.

    Attributes
    ----------
    scores : ndarray of shape (n_test, n_classes)
    kept_bytes, operations : int
        As in :class:`~tests.benchmarks.rivals.methods.method.Fitted`.
    training_s : float
        CPU seconds.
    alone_us, batch_us : float
        CPU microseconds of a decision: for one window at a time (median), and as a share of all windows at once.
    """

    scores: Array
    kept_bytes: int
    operations: int
    training_s: float
    alone_us: float
    batch_us: float


def measured(train: Callable[[], Fitted], X: Array) -> Outcome:
    """The outcome of training, and of scoring the windows ``X``."""
    began = time.process_time()
    fitted = train()
    training_s = time.process_time() - began
    fitted.scores(X[:2])  # all that it needs is compiled before the measurement
    began = time.process_time()
    scores = np.asarray(fitted.scores(X), dtype=np.float32)
    batch_us = 1e6 * (time.process_time() - began) / len(X)
    fitted.scores(X[:1])
    alone = []
    for number in range(min(_ALONE, len(X))):
        began = time.process_time()
        fitted.scores(X[number : number + 1])
        alone.append(time.process_time() - began)
    return Outcome(scores, fitted.kept_bytes, fitted.operations, training_s, 1e6 * statistics.median(alone), batch_us)
