"""What the tests of streams share: a classifier that keeps its windows, and pushes of any size."""

from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, ClassifierMixin

from har import Recognition, StreamingRecognizer

#: Where to cut a stream into pushes.
CUTS = st.lists(st.integers(0, 10_000), max_size=30)


class Spy(ClassifierMixin, BaseEstimator):
    """Gives the same probabilities to every window, and keeps a copy of each."""

    def fit(self, X: Any, y: Any = None) -> "Spy":
        self.classes_ = np.array(["rest", "walk"])
        self.n_features_in_ = X.shape[1] * X.shape[2]
        self.seen: list[Any] = []
        return self

    def predict_proba(self, X: Any) -> Any:
        self.seen.append(X[0].copy())
        return np.tile([0.25, 0.75], (len(X), 1))


def spied(
    rate_hz: float, n_timesteps: int, step: int, n_channels: int = 2, tolerance_s: float = 0.0
) -> tuple[StreamingRecognizer, list[Any]]:
    """A recogniser, and the list that its windows will be added to."""
    spy = Spy().fit(np.zeros((1, n_timesteps, n_channels)))
    recognizer = StreamingRecognizer(
        spy, rate_hz=rate_hz, window_s=n_timesteps / rate_hz, step_s=step / rate_hz, tolerance_s=tolerance_s
    )
    spy.seen.clear()
    return recognizer, spy.seen


def in_pieces(recognizer: StreamingRecognizer, samples: Any, cuts: list[int], times: Any = None) -> list[Recognition]:
    recognitions: list[Recognition] = []
    for begin, end in pairwise([0, *sorted(cut % (len(samples) + 1) for cut in cuts), len(samples)]):
        recognitions += recognizer.push(samples[begin:end], None if times is None else times[begin:end])
    return recognitions


def content(recognitions: list[Recognition]) -> list[tuple[Any, ...]]:
    """All but how long it took, comparable to the bit."""
    return [(r.time_s, r.label, r.available, r.probabilities.tobytes()) for r in recognitions]
