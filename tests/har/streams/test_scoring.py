"""A pipeline without its checks gives the same probabilities to the bit."""

from typing import Any

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline

import har
from common.errors import InvalidInputError
from har.preprocessing import (
    GravityFrame,
    LowPass,
    Magnitude,
    NormalizeWindows,
    Resample,
    ScaleChannels,
    SeparateGravity,
    WindowStatistics,
)
from har.streams.scoring import window_scorer

RNG = np.random.default_rng(0)
X = RNG.normal(size=(30, 50, 3)).cumsum(axis=1) + 9.8
Y = np.array(["a", "b", "c"] * 10)

PIPELINES: dict[str, list[Any]] = {
    "scaled": [ScaleChannels(with_mean=True), har.DTWPrototypeClassifier(2, random_state=0)],
    "filtered": [LowPass(rate_hz=50), Resample(rate_hz=50, target_hz=20), har.DTWKNeighborsClassifier(3)],
    "gravity": [SeparateGravity(rate_hz=50), GravityFrame(), Magnitude(), har.DTWPrototypeClassifier(1)],
    "voting": [NormalizeWindows(), har.DTWPrototypeClassifier(2, method="medoid", n_neighbors=3)],
    "by distance": ["passthrough", NormalizeWindows(), har.DTWKNeighborsClassifier(3, weights="distance")],
    "statistics": [WindowStatistics(), KNeighborsClassifier(3)],
    "no transformer": [har.DTWKNeighborsClassifier(3)],
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", PIPELINES)
def test_the_same_to_the_bit(name: str, dtype: Any) -> None:
    pipeline = Pipeline([(str(i), step) for i, step in enumerate(PIPELINES[name])]).fit(X.astype(dtype), Y)
    score = window_scorer(pipeline)
    for window in X:
        assert score(window).tobytes() == pipeline.predict_proba(window[None])[0].tobytes()


class Doubled(ScaleChannels):
    """A user's own transformer."""

    def transform(self, X: Any) -> Any:
        return 2 * super().transform(X)


class Reversed(har.DTWKNeighborsClassifier):
    def predict_proba(self, X: Any) -> Any:
        return super().predict_proba(X)[:, ::-1]


@pytest.mark.parametrize(
    "steps",
    [
        [Doubled(), har.DTWKNeighborsClassifier()],
        [ScaleChannels(), Reversed()],
        [make_pipeline(NormalizeWindows(), ScaleChannels()), har.DTWKNeighborsClassifier()],
    ],
)
def test_other_pipelines_use_predict_proba(steps: list[Any]) -> None:
    pipeline = make_pipeline(*steps).fit(X, Y)
    score = window_scorer(pipeline)
    assert score(X[4] + 0.5).tolist() == pipeline.predict_proba(X[4:5] + 0.5)[0].tolist()


def test_overflow_is_still_refused_without_checks() -> None:
    pipeline = make_pipeline(ScaleChannels(), har.DTWKNeighborsClassifier()).fit(X / 1000, Y)
    with pytest.raises(InvalidInputError, match="too large for ScaleChannels"):
        window_scorer(pipeline)(np.full((50, 3), 1e308))
