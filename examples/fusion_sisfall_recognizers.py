"""What recognises falls in SisFall's streams: prototypes under DTW, and what they are compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import SplineTransformer, StandardScaler

import har
from common.validation import FloatArray
from examples.fusion_sisfall_windows import ACCELERATION, PEAK, RATE_HZ, TURNING, VERTICAL, Indices
from har.preprocessing import ScaleChannels, WindowStatistics

N_PROTOTYPES = 8  # of each class
# A fit on random windows, then one more with those that it mistakes most readily for falls.
_RANDOM_NEGATIVES, _HARD_NEGATIVES = 5000, 3500
# Learning prototypes takes time in proportion to the windows.
_PROTOTYPE_SHARE = 0.4


class Stateless(TransformerMixin, BaseEstimator):
    """A transformer of windows that learns nothing but their shape, which a stream asks for."""

    def fit(self, X: FloatArray, y: Any = None) -> Self:
        """Remember the shape."""
        self.n_features_in_ = int(np.prod(X.shape[1:]))
        return self


class PeakAcceleration(Stateless):
    """The logarithm of the greatest acceleration of a window."""

    def transform(self, X: FloatArray) -> FloatArray:
        """One feature ``(n, 1)``."""
        return np.log(np.maximum(X[:, :, PEAK].max(axis=1, keepdims=True), 0.1))


class SlowChannels(Stateless):
    """Four channels at 10 Hz, for DTW: along the body, both magnitudes, and the greatest acceleration."""

    def transform(self, X: FloatArray) -> FloatArray:
        """Windows ``(n, n_timesteps / 2, 4)``."""
        pairs = X[:, : X.shape[1] // 2 * 2].reshape(len(X), -1, 2, X.shape[2])
        means = pairs[..., [VERTICAL, ACCELERATION, TURNING]].mean(axis=2)
        return np.concatenate([means, pairs[..., PEAK].max(axis=2)[..., None]], axis=2)


class MotionStatistics(Stateless):
    """Statistics of a window and of each of its seconds, and how far the sensor turns from second to second.

    The last seconds tell whether somebody lies still in another posture than before.
    """

    def transform(self, X: FloatArray) -> FloatArray:
        """Features ``(n, n_features)``."""
        windows = X.astype(np.float64)
        seconds = [windows[:, first : first + RATE_HZ] for first in range(0, windows.shape[1] - RATE_HZ + 1, RATE_HZ)]
        means = [second.mean(axis=1) for second in seconds]
        directions = [mean[:, :3] / np.maximum(np.linalg.norm(mean[:, :3], axis=1), 1e-6)[:, None] for mean in means]
        turned = [
            np.sum(before * after, axis=1, keepdims=True)
            for before, after in [
                *((directions[0], direction) for direction in directions[1:]),
                *pairwise(directions[1:]),
            ]
        ]
        spread = [second.std(axis=1) for second in seconds]
        peaks = [second[:, :, PEAK].max(axis=1, keepdims=True) for second in seconds]
        whole = WindowStatistics().fit_transform(windows)
        return np.concatenate([whole, *means, *spread, *peaks, *turned], axis=1)


# The input of each, which learns nothing, and the classifier, by a seed.
RECOGNIZERS: Mapping[str, tuple[Stateless, Callable[[int], Any]]] = {
    "peak acceleration": (PeakAcceleration(), lambda seed: LogisticRegression()),
    "prototypes": (
        SlowChannels(),
        lambda seed: make_pipeline(ScaleChannels(), har.DTWPrototypeClassifier(N_PROTOTYPES, random_state=seed)),
    ),
    "additive logistic": (
        MotionStatistics(),
        lambda seed: make_pipeline(
            StandardScaler(), SplineTransformer(4, degree=2), LogisticRegression(C=0.03, max_iter=300)
        ),
    ),
    "extra trees": (
        MotionStatistics(),
        lambda seed: ExtraTreesClassifier(50, min_samples_leaf=2, random_state=seed),
    ),
}


def fit(name: str, features: FloatArray, y: Indices, seed: int) -> Any:
    """Fit a classifier to the features of windows; of daily activities, to a sample that holds the hardest."""
    rng = np.random.default_rng(seed)
    share = _PROTOTYPE_SHARE if name == "prototypes" else 1.0
    falls = _sample(np.flatnonzero(y == 1), len(y), share, rng)
    others = np.flatnonzero(y == 0)
    sampled = _sample(others, _RANDOM_NEGATIVES, share, rng)
    first = _fitted(name, features, y, np.concatenate([falls, sampled]), seed)
    probability = first.predict_proba(features[others])[:, 1]
    hard = others[np.argsort(-probability, kind="stable")[: round(share * _HARD_NEGATIVES)]]
    return _fitted(name, features, y, np.concatenate([falls, np.union1d(sampled, hard)]), seed)


def _sample(rows: Indices, most: int, share: float, rng: np.random.Generator) -> Indices:
    return rng.choice(rows, round(share * min(most, len(rows))), replace=False)


def _fitted(name: str, features: FloatArray, y: Indices, rows: Indices, seed: int) -> Any:
    _, classifier = RECOGNIZERS[name]
    return classifier(seed).fit(features[rows], y[rows])


def for_stream(name: str, classifier: Any, n_timesteps: int, n_channels: int) -> Pipeline:
    """The classifier behind its input, as a stream needs it."""
    inputs, _ = RECOGNIZERS[name]
    inputs = type(inputs)().fit(np.empty((1, n_timesteps, n_channels)))
    return Pipeline([("inputs", inputs), ("classifier", classifier)])
