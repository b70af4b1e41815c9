"""A recogniser from a bundle: the rate and the window of its training data."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

import common
import har
from common.errors import InvalidInputError
from har import StreamingRecognizer
from har.preprocessing import ScaleChannels
from tests.har.streams import content

RNG = np.random.default_rng(0)
WINDOWS = har.Windows(
    RNG.normal(size=(8, 20, 2)), np.array(["rest", "walk"] * 4), np.arange(8), 10.0, ["ax", "ay"], np.arange(8)
)
SAMPLES = RNG.normal(size=(60, 2))


@pytest.mark.parametrize(
    "model",
    [
        har.DTWKNeighborsClassifier(),
        har.DTWPrototypeClassifier(1, method="medoid"),
        make_pipeline(ScaleChannels(), har.DTWPrototypeClassifier(1, method="medoid")),
    ],
    ids=["neighbours", "prototypes", "pipeline"],
)
def test_rate_and_window_are_those_of_the_training_data(tmp_path: Path, model: Any) -> None:
    model.fit(WINDOWS.X, WINDOWS.y)
    common.save_bundle(model, tmp_path / "model", trained_on=WINDOWS)
    stream = StreamingRecognizer.from_bundle(tmp_path / "model", step_s=0.5, tolerance_s=0.2)
    assert (stream.rate_hz, stream.window_s, stream.step_s, stream.tolerance_s) == (10, 2, 0.5, 0.2)
    expected = StreamingRecognizer(model, rate_hz=10, window_s=2, step_s=0.5).push(SAMPLES)
    assert content(stream.push(SAMPLES)) == content(expected)


def test_a_rate_missing_from_the_bundle_must_be_passed(tmp_path: Path) -> None:
    common.save_bundle(har.DTWKNeighborsClassifier().fit(WINDOWS.X, WINDOWS.y), tmp_path / "model")
    with pytest.raises(InvalidInputError, match=r"does not state rate_hz: pass rate_hz=\.\.\., or save"):
        StreamingRecognizer.from_bundle(tmp_path / "model", step_s=1)
    stream = StreamingRecognizer.from_bundle(tmp_path / "model", step_s=1, rate_hz=25)
    assert (stream.rate_hz, stream.window_s) == (25, 0.8)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"rate_hz": 20}, "rate_hz is 20, but the classifier of .* was trained on 10"),
        ({"window_s": 1}, "window_s is 1, but the classifier of .* was trained on 2"),
        ({"rate_hz": -1}, "rate_hz is -1"),
    ],
)
def test_arguments_that_contradict_the_bundle_are_refused(tmp_path: Path, given: Any, message: str) -> None:
    model = har.DTWKNeighborsClassifier().fit(WINDOWS.X, WINDOWS.y)
    common.save_bundle(model, tmp_path / "model", trained_on=WINDOWS)
    with pytest.raises(InvalidInputError, match=message):
        StreamingRecognizer.from_bundle(tmp_path / "model", step_s=1, **given)
    assert StreamingRecognizer.from_bundle(tmp_path / "model", step_s=1, rate_hz=10, window_s=2).n_timesteps == 20


def test_a_saved_recogniser(tmp_path: Path) -> None:
    model = har.DTWKNeighborsClassifier().fit(WINDOWS.X, WINDOWS.y)
    saved = StreamingRecognizer(model, rate_hz=10, window_s=2, step_s=1, tolerance_s=0.3)
    common.save_bundle(saved, tmp_path / "model")
    assert common.load_bundle(tmp_path / "model").tolerance_s == 0.3
    stream = StreamingRecognizer.from_bundle(tmp_path / "model", step_s=0.5)
    assert (stream.rate_hz, stream.window_s, stream.step_s, stream.tolerance_s) == (10, 2, 0.5, 0)


def test_bundles_of_other_objects_are_refused(tmp_path: Path) -> None:
    common.save_bundle(ScaleChannels().fit(WINDOWS.X), tmp_path / "model", trained_on=WINDOWS)
    with pytest.raises(InvalidInputError, match="without n_features_in_ or predict_proba"):
        StreamingRecognizer.from_bundle(tmp_path / "model", step_s=1)
    with pytest.raises(InvalidInputError):
        StreamingRecognizer.from_bundle(tmp_path / "nothing", step_s=1)
