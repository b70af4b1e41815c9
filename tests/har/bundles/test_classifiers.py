"""Saved classifiers and windows load bit for bit; damaged ones are refused."""

import json
import subprocess
import sys
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

import common
import har
import har.bundles
from common.errors import FrugalError, FrugalWarning, InvalidInputError, ModelIntegrityError
from har.preprocessing import Augmentation, ScaleChannels
from tests.common.bundles.example import reforge

ROOT = Path(__file__).parents[3]
MODELS: list[Any] = [
    har.DTWKNeighborsClassifier(),
    har.DTWKNeighborsClassifier(3, band=None, weights="distance", n_jobs=2),
    har.DTWPrototypeClassifier(2, random_state=0),
    har.DTWPrototypeClassifier(1, random_state=0, validation_fraction=0.2),
    har.DTWPrototypeClassifier(3, method="medoid", band=2, n_neighbors=3, random_state=1),
    har.DTWPrototypeClassifier(1, method="barycenter", band=None),
    har.DTWPrototypeClassifier(2, bits=16, random_state=0),
    har.DTWPrototypeClassifier(3, method="medoid", bits=8, n_neighbors=2, random_state=0),
    har.DTWPrototypeClassifier(1, method="medoid", readout="linear", random_state=0),
    har.DTWPrototypeClassifier(1, method="medoid", readout="linear", bits=8, random_state=0),
]
LABELS: dict[str, Any] = {
    "text": ["walk", "sit ☂", "upstairs, then down"],
    "int": [7, -2, 2**40],
    "int8": np.array([3, 1, 2], np.int8),
    "float": [0.0, 1.0, 2.0],
    "bool": [False, True, True],
}


def same(one: Any, other: Any) -> bool:
    """Equal bit for bit, including type and NaN."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        equal = one.tolist() == other.tolist() if one.dtype == object else one.tobytes() == other.tobytes()
        return (one.dtype, one.shape) == (other.dtype, other.shape) and equal
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if is_dataclass(one) and is_dataclass(other):
        return same({**vars(one)}, {**vars(other)})
    return bool(one == other or (one != one and other != other))


def assert_same_classifier(loaded: Any, model: Any, X: Any) -> None:
    assert type(loaded) is type(model)
    assert vars(loaded).keys() == vars(model).keys()
    different = [name for name in vars(model) if not same(getattr(loaded, name), getattr(model, name))]
    assert not different
    assert loaded.predict_proba(X).tobytes() == model.predict_proba(X).tobytes()
    assert same(loaded.predict(X), model.predict(X))


@pytest.mark.parametrize("precision", [np.float32, np.float64])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: repr(model)[:60])
def test_classifiers_load_bit_for_bit(tmp_path: Path, model: Any, precision: Any, windows: Any) -> None:
    X = windows.astype(precision)
    model = model.fit(X[:30], np.array(["walk", "sit", "run"])[np.arange(30) % 3])
    common.save_bundle(model, tmp_path / "model")
    assert_same_classifier(common.load_bundle(tmp_path / "model"), model, X[30:])


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("model", [MODELS[0], MODELS[4]], ids=["neighbors", "prototypes"])
def test_labels_of_any_type(tmp_path: Path, model: Any, labels: Any, windows: Any) -> None:
    model = model.fit(windows, np.asarray(labels)[np.arange(45) % 3])
    common.save_bundle(model, tmp_path / "model")
    assert_same_classifier(common.load_bundle(tmp_path / "model"), model, windows)


@pytest.mark.parametrize("model", [MODELS[0], MODELS[4]], ids=["neighbors", "prototypes"])
def test_names_of_features(tmp_path: Path, model: Any, windows: Any) -> None:
    frame = pd.DataFrame(windows[:, :, 0], columns=[f"t{i}" for i in range(14)])
    model = model.fit(frame, np.arange(45) % 3)
    common.save_bundle(model, tmp_path / "model")
    loaded = common.load_bundle(tmp_path / "model")
    assert_same_classifier(loaded, model, frame)
    with pytest.raises(InvalidInputError, match="feature names should match"):
        loaded.predict(frame.rename(columns={"t3": "other"}))


def test_channels_that_learning_switched_off(tmp_path: Path) -> None:
    X = np.random.default_rng(0).normal(size=(900, 14, 4))
    y = np.arange(900) % 3
    X[:, :, 2] += y[:, None]
    X[:, :, [0, 1, 3]] *= 5
    model = har.DTWPrototypeClassifier(1, random_state=0).fit(X, y)
    assert model.channel_weights_.min() == 0
    common.save_bundle(model, tmp_path / "model")
    assert_same_classifier(common.load_bundle(tmp_path / "model"), model, X[:50])
    # The compiled search of a stream skips the same channels.
    recognizer = har.StreamingRecognizer(model, rate_hz=14, window_s=1, step_s=1)
    recognitions = recognizer.push(X[:50].reshape(-1, 4))
    np.testing.assert_allclose([r.probabilities for r in recognitions], model.predict_proba(X[:50]), rtol=1e-12)


@pytest.mark.parametrize("model", [MODELS[0], MODELS[4]], ids=["neighbors", "prototypes"])
def test_parameters_set_after_fit(tmp_path: Path, model: Any, windows: Any) -> None:
    model = model.fit(windows, np.arange(45) % 3).set_params(band=0.5, n_neighbors=np.int64(5))
    common.save_bundle(model, tmp_path / "model")
    loaded = common.load_bundle(tmp_path / "model")
    assert loaded.get_params() == model.get_params()
    assert same(loaded.predict_proba(windows), model.predict_proba(windows))
    loaded.fit(windows, np.arange(45) % 3)
    assert loaded._radius == 7


def test_prototypes_of_before_there_were_readouts_and_integers(tmp_path: Path, windows: Any) -> None:
    model = MODELS[2].fit(windows, np.arange(45) % 3)
    common.save_bundle(model, tmp_path / "model")
    about = json.loads((tmp_path / "model" / "model.json").read_text())
    del about["parameters"]["readout"], about["parameters"]["bits"]
    reforge(tmp_path / "model", "model.json", json.dumps(about).encode())
    assert_same_classifier(common.load_bundle(tmp_path / "model"), model, windows)


def test_a_readout_inside_a_pipeline_inside_a_stream(tmp_path: Path, windows: Any) -> None:
    model = make_pipeline(ScaleChannels(), har.DTWPrototypeClassifier(1, readout="linear", random_state=0))
    model.fit(windows, np.arange(45) % 3)
    recognizer = har.StreamingRecognizer(model, rate_hz=14, window_s=1, step_s=1)
    common.save_bundle(recognizer, tmp_path / "model")
    recognitions = common.load_bundle(tmp_path / "model").push(windows.reshape(-1, 3))
    np.testing.assert_allclose([r.probabilities for r in recognitions], model.predict_proba(windows), rtol=1e-9)


@pytest.mark.parametrize("bits", [None, 8])
def test_joint_learning_and_its_augmentation(tmp_path: Path, windows: Any, bits: int | None) -> None:
    augmentation = Augmentation(triads=((0, 1, 2),), shift=0.2)
    model = har.DTWPrototypeClassifier(1, readout="joint", augmentation=augmentation, bits=bits, random_state=0)
    model.fit(windows, np.arange(45) % 3)
    common.save_bundle(model, tmp_path / "model")
    loaded = common.load_bundle(tmp_path / "model")
    assert_same_classifier(loaded, model, windows)
    assert loaded.augmentation == augmentation
    assert model.augmentation is augmentation  # saving leaves the model as it was


@pytest.mark.parametrize(
    ("augmentation", "message"),
    [
        ({"shift": 2}, "shift is 2; it must be below 1"),
        ({"system": 1}, "unexpected keyword"),
        (7, "has no attribute"),
    ],
)
def test_a_forged_augmentation(tmp_path: Path, windows: Any, augmentation: Any, message: str) -> None:
    common.save_bundle(MODELS[2].fit(windows, np.arange(45) % 3), tmp_path / "model")
    about = json.loads((tmp_path / "model" / "model.json").read_text())
    about["augmentation"] = augmentation
    reforge(tmp_path / "model", "model.json", json.dumps(about).encode())
    with pytest.raises(ModelIntegrityError, match=message):
        common.load_bundle(tmp_path / "model")


def test_a_generator_is_left_out_with_a_warning(tmp_path: Path, windows: Any) -> None:
    model = har.DTWPrototypeClassifier(1, method="medoid", random_state=np.random.default_rng(0))
    model.fit(windows, np.arange(45) % 3)
    with pytest.warns(FrugalWarning, match="random_state is a generator: saved as None"):
        common.save_bundle(model, tmp_path / "model")
    loaded = common.load_bundle(tmp_path / "model")
    assert loaded.random_state is None
    assert same(loaded.predict_proba(windows), model.predict_proba(windows))


def test_a_loaded_classifier_recognises_in_a_stream(tmp_path: Path, windows: Any) -> None:
    model = MODELS[4].fit(windows, np.arange(45) % 3)
    common.save_bundle(model, tmp_path / "model")
    answers = [
        [(r.label, r.probabilities.tobytes()) for r in recognizer.push(windows.reshape(-1, 3))]
        for recognizer in (
            har.StreamingRecognizer(one, rate_hz=14, window_s=1, step_s=0.5)
            for one in (model, common.load_bundle(tmp_path / "model"))
        )
    ]
    assert len(answers[0]) == 89
    assert answers[0] == answers[1]


def test_windows_load_bit_for_bit(tmp_path: Path, windows: Any) -> None:
    saved = har.Windows(
        windows.astype(np.float32),
        np.array(["walk", "sit", "run"])[np.arange(45) % 3],
        np.arange(45) // 5,
        50 / 3,
        ["ax [g]", "ay [g]", "az [g]"],
        np.arange(45) // 2,
    )
    common.save_bundle(saved, tmp_path / "windows")
    assert same(common.load_bundle(tmp_path / "windows"), saved)


def test_another_process_loads_it_without_importing_names_in_it(tmp_path: Path, windows: Any) -> None:
    model = MODELS[2].fit(windows, np.arange(45) % 3)
    common.save_bundle(model, tmp_path / "model")
    manifest = json.loads((tmp_path / "model" / "manifest.json").read_text())
    assert manifest["kind"] == "har.prototypes"
    assert "DTWPrototypeClassifier" not in "".join(
        path.read_text() for path in (tmp_path / "model").iterdir() if path.suffix == ".json"
    )
    np.save(tmp_path / "X.npy", windows)
    program = (
        "import sys, numpy as np, common\n"
        "print(common.load_bundle(sys.argv[1]).predict_proba(np.load(sys.argv[2])).tobytes().hex())"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "model"), str(tmp_path / "X.npy")]
    assert subprocess.check_output(command, cwd=ROOT, text=True).strip() == model.predict_proba(windows).tobytes().hex()


# ----- refused -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [MODELS[0], MODELS[2]], ids=["neighbors", "prototypes"])
def test_what_is_not_fitted_is_not_saved(tmp_path: Path, model: Any) -> None:
    with pytest.raises(NotFittedError):
        common.save_bundle(type(model)(), tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_what_could_not_be_loaded_is_not_saved(tmp_path: Path, windows: Any) -> None:
    model = har.DTWKNeighborsClassifier().fit(windows, np.arange(45) % 3).set_params(n_neighbors=46)
    with pytest.raises(InvalidInputError, match="n_neighbors is 46; it must be at least 1 and at most 45"):
        common.save_bundle(model, tmp_path / "model")
    dates = har.DTWKNeighborsClassifier().fit(windows, np.arange(45) % 3 + np.datetime64("2020"))
    with pytest.raises(InvalidInputError, match=r"classes.npy has dtype datetime64"):
        common.save_bundle(dates, tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_a_flipped_bit_anywhere(tmp_path: Path, windows: Any) -> None:
    model = har.DTWPrototypeClassifier(1, method="medoid").fit(windows, ["a", "b", "c"] * 15)
    common.save_bundle(model, tmp_path / "model")
    rng = np.random.default_rng(0)
    for path in sorted((tmp_path / "model").iterdir()):
        whole = path.read_bytes()
        for place in rng.integers(len(whole), size=30):
            damaged = bytearray(whole)
            damaged[place] ^= 1 << int(rng.integers(8))
            path.write_bytes(damaged)
            with pytest.raises(FrugalError):
                common.load_bundle(tmp_path / "model")
        path.write_bytes(whole)
    assert asdict(common.load_bundle(tmp_path / "model").cost_) == asdict(model.cost_)
