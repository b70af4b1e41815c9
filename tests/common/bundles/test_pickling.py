"""Pickle, deepcopy and joblib: whatever users send to another process answers there as here."""

import copy
import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline

import common
import har
from har.preprocessing import (
    GravityFrame,
    LowPass,
    Magnitude,
    NormalizeWindows,
    Resample,
    ScaleChannels,
    SeparateGravity,
)

X = np.random.default_rng(0).normal(size=(12, 20, 3)) + np.arange(12)[:, None, None] % 2
Y = np.array(["walk", "rest"] * 6)
SCORES = np.clip(0.5 + 0.3 * (Y == "walk")[:, None] + 0.2 * np.random.default_rng(1).normal(size=(12, 2)), 0, 1)
SAMPLES = X.reshape(-1, 3)


def mapped(thing: Any, folder: Path) -> Any:
    """Arrays stay on the disk, and cannot be written to."""
    path = folder / f"dumped_{len(list(folder.iterdir()))}"  # another one is still mapped
    joblib.dump(thing, path)
    return joblib.load(path, mmap_mode="r")


def joined(thing: Any, folder: Path) -> Any:
    stream = io.BytesIO()
    joblib.dump(thing, stream, compress=3)
    stream.seek(0)
    return joblib.load(stream)


COPIES: dict[str, Callable[[Any, Path], Any]] = {
    "pickle": lambda thing, _: pickle.loads(pickle.dumps(thing)),
    "pickle, protocol 2": lambda thing, _: pickle.loads(pickle.dumps(thing, protocol=2)),
    "deepcopy": lambda thing, _: copy.deepcopy(thing),
    "joblib": joined,
    "joblib, mapped": mapped,
}

TRANSFORMERS = [
    GravityFrame(), LowPass(), Magnitude(), NormalizeWindows(), Resample(), ScaleChannels(), SeparateGravity()
]  # fmt: skip
CLASSIFIERS = [
    har.DTWKNeighborsClassifier(2),
    har.DTWPrototypeClassifier(1, method="medoid"),
    har.DTWPrototypeClassifier(2, random_state=0),
    har.DTWPrototypeClassifier(3, method="barycenter", n_neighbors=2),
    make_pipeline(ScaleChannels(), har.DTWPrototypeClassifier(2, random_state=0)),
]
FUSIONS = [
    common.FusionClassifier(method, calibration=calibration)
    for method in ("logistic", "max", "dempster_shafer")
    for calibration in (None, "sigmoid", "isotonic")
]


def recognizer(classifier: Any) -> har.StreamingRecognizer:
    """In the middle of a stream, with a gap that may yet be bridged."""
    started = har.StreamingRecognizer(classifier.fit(X, Y), rate_hz=20, window_s=1, step_s=0.25)
    started.push(SAMPLES[:31])
    started.push(np.full((2, 3), np.nan))
    return started


def answers(stream: har.StreamingRecognizer) -> list[Any]:
    return [(r.time_s, r.label, r.available, r.probabilities.tobytes()) for r in stream.push(SAMPLES[33:])]


# What it is, and what to ask it; asked twice, the copy first.
THINGS: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    **{repr(t): (lambda t=t: t.fit(X), lambda t: t.transform(X).tobytes()) for t in TRANSFORMERS},
    **{repr(c): (lambda c=c: c.fit(X, Y), lambda c: c.predict_proba(X).tobytes()) for c in CLASSIFIERS},
    **{repr(f): (lambda f=f: f.fit(SCORES, Y), lambda f: f.predict_proba(SCORES).tobytes()) for f in FUSIONS},
    **{f"stream of {c!r}": (lambda c=c: recognizer(c), answers) for c in CLASSIFIERS},
    "recordings": (
        lambda: har.Recordings([X[0], X[1][:7]], ["walk", "rest"], [1, 2], 20, ["x", "y", "z"]),
        lambda r: (repr(r), [s.tobytes() for s in r.signals], r.y.tolist(), r.groups.tolist(), r.rate_hz, r.channels),
    ),
    "windows": (
        lambda: har.Windows(X, Y, np.arange(12), 20, ["x", "y", "z"], np.arange(12)),
        lambda w: (repr(w), w.X.tobytes(), w.y.tolist(), w.groups.tolist(), w.recording.tolist()),
    ),
    "evaluation": (lambda: common.evaluate(Y, Y[::-1], groups=np.arange(12) // 3), str),
    "cost": (lambda: common.dtw_cost(128, 1, band=12), lambda cost: cost),
    "ledger": (lambda: common.Ledger({"a": common.Cost(macs=1)}), lambda ledger: (ledger, str(ledger))),
    "training data": (lambda: common.TrainingData(rate_hz=20), lambda known: known),
}


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("name", THINGS)
def test_a_copy_answers_alike(tmp_path: Path, name: str, way: str) -> None:
    make, ask = THINGS[name]
    thing = make()
    copied = COPIES[way](thing, tmp_path)
    assert type(copied) is type(thing)
    assert ask(copied) == ask(thing)


@pytest.mark.parametrize("way", COPIES)
def test_a_stream_and_its_copy_go_separate_ways(tmp_path: Path, way: str) -> None:
    stream = recognizer(CLASSIFIERS[0])
    copied = COPIES[way](stream, tmp_path)
    copied.push(SAMPLES[:20])
    expected = answers(recognizer(CLASSIFIERS[0]))
    assert answers(stream) == expected


@pytest.mark.parametrize("way", COPIES)
def test_compressed_networks(tmp_path: Path, way: str) -> None:
    pytest.importorskip("ai_edge_litert")
    import fall

    saved = Path(__file__).parent / "saved_by_0_1"
    images = np.load(saved / "expected.npz")["images"]
    model = common.load_bundle(saved / "fall.compressed")
    copied = COPIES[way](model, tmp_path)
    assert copied.tflite == model.tflite
    assert str(copied) == str(model)
    if model.history is not None:
        pd.testing.assert_frame_equal(copied.history, model.history)
    classifier = fall.TFLiteFallClassifier(model)
    expected = classifier.predict_proba(images)
    for one in (fall.TFLiteFallClassifier(copied), COPIES[way](classifier, tmp_path)):
        assert one.predict_proba(images).tobytes() == expected.tobytes()
        assert one.predict(images).tolist() == classifier.predict(images).tolist()
