"""A saved fusion says what it said, to the bit, whatever it pools by and however it is calibrated."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

import common
from common import FusionClassifier
from common.bundles import files
from common.errors import InvalidInputError, ModelIntegrityError
from common.fusion.classifier import METHODS
from tests.common.bundles.example import reforge

RNG = np.random.default_rng(0)
Y = np.arange(300) % 2
X = np.where(RNG.random((300, 3)) < 0.2, np.nan, 1 / (1 + np.exp(-RNG.normal((4 * Y - 2)[:, None], [1, 2, 3]))))


@pytest.mark.parametrize("calibration", [None, "sigmoid", "isotonic"])
@pytest.mark.parametrize("method", METHODS)
def test_it_says_the_same_to_the_bit(tmp_path: Path, method: str, calibration: str | None) -> None:
    fusion = FusionClassifier(method, calibration=calibration, min_pattern_rows=np.int64(10)).fit(X, Y)
    common.save_bundle(fusion, tmp_path / "model")
    loaded = common.load_bundle(tmp_path / "model")
    assert loaded.get_params() == fusion.get_params()
    assert vars(loaded).keys() == vars(fusion).keys()
    for ask in ("predict_proba", "decision_function", "contributions", "predict", "decide"):
        assert getattr(loaded, ask)(X).tobytes() == getattr(fusion, ask)(X).tobytes()
    assert loaded.fit(X, Y).predict_proba(X).tobytes() == fusion.predict_proba(X).tobytes()


def test_float32_and_names_of_sensors_and_labels(tmp_path: Path) -> None:
    frame = pd.DataFrame(X.astype(np.float32), columns=["wrist", "camera", "floor"])
    fusion = FusionClassifier().fit(frame, np.where(Y == 1, "☂ fall", "walk"))
    common.save_bundle(fusion, tmp_path / "model")
    loaded = common.load_bundle(tmp_path / "model")
    assert loaded.predict_proba(frame).tobytes() == fusion.predict_proba(frame).tobytes()
    assert loaded.predict(frame).tolist() == fusion.predict(frame).tolist()
    with pytest.raises(InvalidInputError, match="feature names should match"):
        loaded.predict(frame[["camera", "wrist", "floor"]])
    known = common.describe_bundle(tmp_path / "model").trained_on
    assert (known.feature_names, known.classes) == (("wrist", "camera", "floor"), ("walk", "☂ fall"))


def test_a_method_set_after_fit(tmp_path: Path) -> None:
    fusion = FusionClassifier("mean").fit(X, Y).set_params(method="logistic", calibration=None)
    common.save_bundle(fusion, tmp_path / "model")
    loaded = common.load_bundle(tmp_path / "model")
    assert loaded.get_params() == fusion.get_params()
    assert loaded.predict_proba(X).tobytes() == fusion.predict_proba(X).tobytes()


def test_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFittedError):
        common.save_bundle(FusionClassifier(), tmp_path / "model")
    with pytest.raises(InvalidInputError, match="n_folds is 1"):
        common.save_bundle(FusionClassifier().fit(X, Y).set_params(n_folds=1), tmp_path / "model")
    assert not list(tmp_path.iterdir())


FORGED: list[tuple[str, str | None, str, Any]] = [
    ("logistic", "sigmoid", "weights.npy", np.zeros((2, 3, 2))),
    ("logistic", "sigmoid", "weights.npy", None),
    ("logistic", "sigmoid", "intercepts.npy", np.array([["a"]])),
    ("logistic", "sigmoid", "patterns.npy", np.ones((7, 0), bool)),
    ("logistic", "sigmoid", "patterns.npy", np.ones((7, 3))),
    ("logistic", "sigmoid", "patterns.npy", np.ones((0, 3), bool)),
    ("logistic", "sigmoid", "classes.npy", np.array([1, 0])),
    ("logistic", "sigmoid", "classes.npy", np.array([1 + 1j, 2, 3])),
    ("logistic", "sigmoid", "classes.npy", np.zeros((2, 2))),
    ("logistic", "sigmoid", "slopes_and_offsets.npy", np.zeros((1, 2))),
    ("logistic", "sigmoid", "slopes_and_offsets.npy", "NaN"),
    ("mean", "isotonic", "thresholds.npy", "reversed"),
    ("mean", "isotonic", "thresholds.npy", "NaN"),
    ("mean", "isotonic", "thresholds.npy", np.zeros((3, 4))),
    ("mean", "isotonic", "n_thresholds.npy", "reversed"),
    ("mean", "isotonic", "n_thresholds.npy", np.full(8, 2**62)),
    ("mean", "isotonic", "n_thresholds.npy", np.full(8, -1)),
    ("dempster_shafer", None, "reliabilities.npy", np.full(3, 2.0)),
    ("dempster_shafer", None, "reliabilities.npy", np.full(3, np.nan)),
]


@pytest.mark.parametrize(("method", "calibration", "name", "content"), FORGED)
def test_forged_arrays(tmp_path: Path, method: str, calibration: str | None, name: str, content: Any) -> None:
    common.save_bundle(FusionClassifier(method, calibration=calibration).fit(X, Y), tmp_path / "model")
    before: Any = files.decode(name, (tmp_path / "model" / name).read_bytes())
    if isinstance(content, str):
        content = before * np.nan if content == "NaN" else before[..., ::-1] + (name == "n_thresholds.npy")
    reforge(tmp_path / "model", name, None if content is None else files.encode(name, content))
    with pytest.raises(ModelIntegrityError):
        common.load_bundle(tmp_path / "model")


@pytest.mark.parametrize(
    "changes",
    [
        {"base_rate": 0},
        {"base_rate": "half"},
        {"base_rate": 10**400},
        {"n_sensors": 4},
        {"n_sensors": "3"},
        {"pool": "eval"},
        {"pool": None},
        {"pool": ["mean"]},
        {"curves": "steps"},
        {"curves": 0},
        {"feature_names": ["a"]},
        {"parameters": {"method": "magic"}},
        {"parameters": {"C": -1}},
        {"parameters": {"pool_": 1}},
        {"parameters": 1},
    ],
)
def test_forged_settings(tmp_path: Path, changes: dict[str, Any]) -> None:
    common.save_bundle(FusionClassifier().fit(X, Y), tmp_path / "model")
    about: Any = files.decode("model.json", (tmp_path / "model" / "model.json").read_bytes())
    reforge(tmp_path / "model", "model.json", files.encode("model.json", {**about, **changes}))
    with pytest.raises(ModelIntegrityError):
        common.load_bundle(tmp_path / "model")


X_THRESHOLDS, Y_THRESHOLDS = [-2.0, 0.0, 2.0], [0.1, 0.5, 0.9]


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([-2.0, 0.0, 0.0], Y_THRESHOLDS),
        ([0.0, -2.0, 2.0], Y_THRESHOLDS),
        (X_THRESHOLDS, [0.1, 0.9, 0.5]),
        (X_THRESHOLDS, [-0.1, 0.5, 0.9]),
        (X_THRESHOLDS, [0.1, 0.5, 1.1]),
    ],
)
def test_a_forged_calibration_is_refused(tmp_path: Path, x: list[float], y: list[float]) -> None:
    """A curve that falls, or leaves [0, 1], would turn a surer sensor into a calmer decision."""
    common.save_bundle(FusionClassifier("mean", calibration="isotonic").fit(X, Y), tmp_path / "model")
    loaded = files.decode("thresholds.npy", (tmp_path / "model" / "thresholds.npy").read_bytes())
    lengths = files.decode("n_thresholds.npy", (tmp_path / "model" / "n_thresholds.npy").read_bytes())
    forged = np.concatenate([np.array([x, y])] * len(lengths), axis=1)
    assert forged.dtype == loaded.dtype
    reforge(tmp_path / "model", "n_thresholds.npy", files.encode("n_thresholds.npy", np.full_like(lengths, 3)))
    reforge(tmp_path / "model", "thresholds.npy", files.encode("thresholds.npy", forged))
    with pytest.raises(ModelIntegrityError, match="thresholds must increase"):
        common.load_bundle(tmp_path / "model")


def test_a_loaded_calibration_holds_between_its_first_thresholds(tmp_path: Path) -> None:
    fusion = FusionClassifier("mean", calibration="isotonic").fit(X, Y)
    common.save_bundle(fusion, tmp_path / "model")
    everywhere = np.repeat(np.linspace(0, 1, 501)[:, None], 3, axis=1)
    loaded = common.load_bundle(tmp_path / "model")
    assert loaded.predict_proba(everywhere).tobytes() == fusion.predict_proba(everywhere).tobytes()


@pytest.mark.parametrize(
    ("method", "calibration", "name"),
    [
        ("logistic", "sigmoid", "weights"),
        ("logistic", "sigmoid", "intercepts"),
        ("logistic", "sigmoid", "patterns"),
        ("logistic", "sigmoid", "slopes_and_offsets"),
        ("mean", "isotonic", "thresholds"),
        ("mean", "isotonic", "n_thresholds"),
        ("dempster_shafer", None, "reliabilities"),
    ],
)
def test_a_damaged_array_is_named(tmp_path: Path, method: str, calibration: str | None, name: str) -> None:
    common.save_bundle(FusionClassifier(method, calibration=calibration).fit(X, Y), tmp_path / "model")
    good: Any = files.decode(f"{name}.npy", (tmp_path / "model" / f"{name}.npy").read_bytes())
    of_another_length = np.zeros((99, *good.shape[1:]), good.dtype)
    for damaged in (np.full(good.shape, "a"), good[None], *([of_another_length] if name != "patterns" else [])):
        reforge(tmp_path / "model", f"{name}.npy", files.encode(f"{name}.npy", damaged))
        with pytest.raises(ModelIntegrityError, match=rf"\b{name} (must|has)\b|{name}\.npy"):
            common.load_bundle(tmp_path / "model")


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([0.0, 0.0], [0.2, 0.8]),
        ([1.0, 0.0], [0.2, 0.8]),
        ([0.0, 1.0], [0.8, 0.2]),
        ([0.0, 1.0], [-0.1, 0.8]),
        ([0.0, 1.0], [0.2, 1.1]),
    ],
)
def test_a_curve_that_is_no_rising_probability_is_refused(tmp_path: Path, x: list[float], y: list[float]) -> None:
    model = FusionClassifier("mean", calibration="isotonic", min_pattern_rows=1000).fit(X, Y)
    common.save_bundle(model, tmp_path / "model")
    for forged, is_good in ((np.array([x, y]), False), (np.array([[0.0, 1.0], [0.0, 1.0]]), True)):
        reforge(tmp_path / "model", "thresholds.npy", files.encode("thresholds.npy", forged))
        reforge(tmp_path / "model", "n_thresholds.npy", files.encode("n_thresholds.npy", np.array([2])))
        if is_good:
            assert common.load_bundle(tmp_path / "model").predict_proba(X).shape == (300, 2)
        else:
            with pytest.raises(ModelIntegrityError, match="thresholds must increase"):
                common.load_bundle(tmp_path / "model")


def test_sensors_that_never_err_or_never_help_are_saved(tmp_path: Path) -> None:
    """Reliabilities of 1 and of 0 are the ends of what is allowed."""
    readings = np.column_stack([Y.astype(float), 1.0 - Y])
    fusion = FusionClassifier("dempster_shafer", calibration=None).fit(readings, Y)
    assert fusion.pool_.rule.keywords["reliabilities"].tolist() == [1, 0]
    common.save_bundle(fusion, tmp_path / "model")
    np.testing.assert_array_equal(
        common.load_bundle(tmp_path / "model").predict_proba(readings), fusion.predict_proba(readings)
    )


@pytest.mark.parametrize("base_rate", [1, -0.1, None])
def test_a_base_rate_is_a_probability_between_its_ends(tmp_path: Path, base_rate: Any) -> None:
    common.save_bundle(FusionClassifier("mean", calibration=None).fit(X, Y), tmp_path / "model")
    about: Any = files.decode("model.json", (tmp_path / "model" / "model.json").read_bytes())
    reforge(tmp_path / "model", "model.json", files.encode("model.json", {**about, "base_rate": base_rate}))
    with pytest.raises(ModelIntegrityError, match="base_rate"):
        common.load_bundle(tmp_path / "model")
