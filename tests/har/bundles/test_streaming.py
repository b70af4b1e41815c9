"""A saved recogniser is its settings and its classifier: loaded, it is at the start of a stream."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

import common
import har
from common.bundles import files
from common.errors import InvalidInputError, ModelIntegrityError
from har.preprocessing import ScaleChannels
from tests.common.bundles.example import reforge

X = np.random.default_rng(0).normal(size=(8, 10, 2))
Y = ["rest", "walk"] * 4
SAMPLES = np.random.default_rng(1).normal(size=(45, 2))
CLASSIFIERS = [
    har.DTWKNeighborsClassifier(),
    har.DTWPrototypeClassifier(1, method="medoid"),
    make_pipeline(ScaleChannels(), har.DTWPrototypeClassifier(2, random_state=0)),
]


def recognizer(classifier: Any) -> har.StreamingRecognizer:
    return har.StreamingRecognizer(classifier.fit(X, Y), rate_hz=10, window_s=1, step_s=0.5)


@pytest.mark.parametrize("classifier", CLASSIFIERS, ids=repr)
def test_it_answers_as_a_fresh_one(tmp_path: Path, classifier: Any) -> None:
    saved = recognizer(classifier)
    saved.push(SAMPLES[:13])
    common.save_bundle(saved, tmp_path / "model")
    loaded = common.load_bundle(tmp_path / "model")
    saved.reset()
    answers = [[(r.time_s, r.label, r.probabilities.tobytes()) for r in one.push(SAMPLES)] for one in (saved, loaded)]
    assert len(answers[0]) == 8
    assert answers[0] == answers[1]


def test_the_manifest_knows_the_rate(tmp_path: Path) -> None:
    common.save_bundle(recognizer(CLASSIFIERS[0]), tmp_path / "model")
    known = common.describe_bundle(tmp_path / "model").trained_on
    assert (known.rate_hz, known.window_s, known.n_timesteps, known.n_channels) == (10, 1, 10, 2)
    assert known.classes == ("rest", "walk")


def test_windows_of_another_rate_contradict_it(tmp_path: Path) -> None:
    windows = har.Windows(X, Y, np.arange(8), 20, ["ax [g]", "ay [g]"], np.arange(8))
    with pytest.raises(InvalidInputError, match=r"rate_hz is 20\.0, but the model was fitted on 10\.0"):
        common.save_bundle(recognizer(CLASSIFIERS[0]), tmp_path / "model", trained_on=windows)


@pytest.mark.parametrize(
    "settings",
    [
        {"rate_hz": 10.0, "window_s": 1.0},
        {"rate_hz": 10.0, "window_s": 1.1, "step_s": 0.5},
        {"rate_hz": 1e5, "window_s": 1e8, "step_s": 0.5},
        {"rate_hz": -1, "window_s": 1.0, "step_s": 0.5},
        {"rate_hz": "10", "window_s": 1.0, "step_s": 0.5},
        {"rate_hz": 10.0, "window_s": 1.0, "step_s": 10**400},
        [],
    ],
)
def test_forged_settings(tmp_path: Path, settings: Any) -> None:
    common.save_bundle(recognizer(CLASSIFIERS[0]), tmp_path / "model")
    reforge(tmp_path / "model", "settings.json", files.encode("settings.json", settings))
    with pytest.raises(ModelIntegrityError):
        common.load_bundle(tmp_path / "model")


def test_windows_as_its_classifier(tmp_path: Path) -> None:
    common.save_bundle(recognizer(CLASSIFIERS[0]), tmp_path / "model")
    common.save_bundle(har.Windows(X, Y, np.arange(8), 20, ["a", "b"], np.arange(8)), tmp_path / "windows")
    for path in (tmp_path / "windows").glob("[!m]*"):
        reforge(tmp_path / "model", f"classifier.{path.name}", path.read_bytes(), parts={"classifier": "har.windows"})
    with pytest.raises(ModelIntegrityError):
        common.load_bundle(tmp_path / "model")
