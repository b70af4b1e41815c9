"""Pipelines of this library's steps, as in the README, load bit for bit, also in another process."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline

import common
import har
from common.bundles import files
from common.errors import FrugalWarning, InvalidInputError, ModelIntegrityError
from har.preprocessing import GravityFrame, Magnitude, Resample, ScaleChannels, SeparateGravity
from tests.common.bundles.example import reforge

ROOT = Path(__file__).parents[3]
X = np.random.default_rng(0).normal(size=(24, 40, 6)) + np.arange(24)[:, None, None] % 2
Y = np.array(["walk", "rest"] * 12)


def readme() -> Pipeline:
    return make_pipeline(
        SeparateGravity(), GravityFrame(), Resample(target_hz=12.5), ScaleChannels(),
        har.DTWPrototypeClassifier(2, random_state=0),
    )  # fmt: skip


PIPELINES = {
    "readme": readme(),
    "neighbors": make_pipeline(ScaleChannels(), har.DTWKNeighborsClassifier(3, weights="distance")),
    "nested": make_pipeline(make_pipeline(Resample(), ScaleChannels()), make_pipeline(har.DTWKNeighborsClassifier())),
    "left out": Pipeline([("a", "passthrough"), ("b", None), ("c", har.DTWKNeighborsClassifier())], verbose=True),
    "deep": make_pipeline(make_pipeline(make_pipeline(make_pipeline(har.DTWKNeighborsClassifier())))),
}


@pytest.mark.promise("A loaded pipeline answers as the saved one, to the bit")
@pytest.mark.parametrize("precision", [np.float32, np.float64])
@pytest.mark.parametrize("name", PIPELINES)
def test_pipelines_load_bit_for_bit(tmp_path: Path, name: str, precision: Any) -> None:
    windows = X.astype(precision)
    pipeline = PIPELINES[name].fit(windows, Y)
    common.save_bundle(pipeline, tmp_path / "model")
    loaded = common.load_bundle(tmp_path / "model")
    assert str(loaded.get_params()) == str(pipeline.get_params())
    assert loaded.predict_proba(windows).tobytes() == pipeline.predict_proba(windows).tobytes()
    assert loaded.predict(windows).tolist() == pipeline.predict(windows).tolist()


def test_transformers_alone(tmp_path: Path) -> None:
    chain = make_pipeline(Resample(), ScaleChannels()).fit(X)
    common.save_bundle(chain, tmp_path / "model")
    assert common.load_bundle(tmp_path / "model").transform(X).tobytes() == chain.transform(X).tobytes()


@pytest.mark.parametrize("searched", [False, True])
def test_in_another_process(tmp_path: Path, searched: bool) -> None:
    """The other process imports only ``common``."""
    pipeline: Any = readme()
    if searched:
        search = GridSearchCV(pipeline, {"resample__target_hz": [12.5, 25], "scalechannels__with_mean": [True]}, cv=2)
        pipeline = search.fit(X, Y).best_estimator_
    pipeline.fit(X, Y)
    common.save_bundle(pipeline, tmp_path / "model")
    np.save(tmp_path / "X.npy", X)
    program = (
        "import sys, numpy as np, common\n"
        "print(common.load_bundle(sys.argv[1]).predict_proba(np.load(sys.argv[2])).tobytes().hex())"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "model"), str(tmp_path / "X.npy")]
    assert subprocess.check_output(command, cwd=ROOT, text=True).strip() == pipeline.predict_proba(X).tobytes().hex()


def test_the_folder_is_flat_and_file_names_start_with_their_part(tmp_path: Path) -> None:
    common.save_bundle(PIPELINES["nested"].fit(X, Y), tmp_path / "model")
    assert all(path.is_file() for path in (tmp_path / "model").iterdir())
    assert (tmp_path / "model" / "step_1.step_2.scale.npy").exists()
    parts = json.loads((tmp_path / "model" / "manifest.json").read_text())["parts"]
    assert parts["step_1.step_2"] == "har.scale_channels"
    assert parts["step_2"] == "common.pipeline"


def test_names_of_features(tmp_path: Path) -> None:
    frame = pd.DataFrame(X[:, :, 0], columns=[f"t{i}" for i in range(40)])
    pipeline = make_pipeline(Magnitude(), har.DTWKNeighborsClassifier()).fit(frame, Y)
    common.save_bundle(pipeline, tmp_path / "model")
    loaded = common.load_bundle(tmp_path / "model")
    assert loaded.feature_names_in_.tolist() == frame.columns.tolist()
    with pytest.raises(InvalidInputError, match="feature names should match"):
        loaded.predict(frame[frame.columns[::-1]])


def test_a_cache_is_left_out_with_a_warning(tmp_path: Path) -> None:
    pipeline = make_pipeline(ScaleChannels(), har.DTWKNeighborsClassifier(), memory=str(tmp_path / "cache")).fit(X, Y)
    with pytest.warns(FrugalWarning, match="memory, a cache of this machine, is saved as None"):
        common.save_bundle(pipeline, tmp_path / "model")
    assert common.load_bundle(tmp_path / "model").memory is None


# ----- refused -------------------------------------------------------------------------------------------------------


def test_what_is_not_fitted_is_not_saved(tmp_path: Path) -> None:
    half = make_pipeline(ScaleChannels(), har.DTWKNeighborsClassifier().fit(X, Y))
    for pipeline in (readme(), half):
        with pytest.raises(NotFittedError):
            common.save_bundle(pipeline, tmp_path / "model")
    assert not list(tmp_path.iterdir())


def test_a_search_is_refused_with_a_hint(tmp_path: Path) -> None:
    search = GridSearchCV(readme(), {"resample__target_hz": [12.5]}, cv=2)
    for model in (search, search.fit(X, Y)):
        with pytest.raises(InvalidInputError, match=r"is a search, not a model: save its \.best_estimator_"):
            common.save_bundle(model, tmp_path / "model")


def test_too_deep(tmp_path: Path) -> None:
    pipeline: Any = har.DTWKNeighborsClassifier()
    for _ in range(10):
        pipeline = make_pipeline(pipeline)
    with pytest.raises(InvalidInputError, match="more than 8 levels deep"):
        common.save_bundle(pipeline.fit(X, Y), tmp_path / "model")


def test_within_itself(tmp_path: Path) -> None:
    pipeline = make_pipeline(ScaleChannels(), har.DTWKNeighborsClassifier()).fit(X, Y)
    pipeline.steps[0] = ("scalechannels", pipeline)
    with pytest.raises(InvalidInputError, match="levels deep"):
        common.save_bundle(pipeline, tmp_path / "model")


def test_too_many_parts(tmp_path: Path) -> None:
    pipeline = Pipeline([(f"s{i}", ScaleChannels()) for i in range(100)]).fit(X)
    with pytest.raises(InvalidInputError, match="101 parts, more than 100"):
        common.save_bundle(pipeline, tmp_path / "model")


@pytest.mark.parametrize(
    "wrapped",
    [
        VotingClassifier([("a", har.DTWKNeighborsClassifier())]),
        CalibratedClassifierCV(make_pipeline(ScaleChannels(), har.DTWPrototypeClassifier(1, method="medoid")), cv=2),
        OneVsRestClassifier(har.DTWKNeighborsClassifier()),
        FeatureUnion([("a", ScaleChannels())]),
    ],
    ids=lambda wrapped: type(wrapped).__name__,
)
def test_inside_an_estimator_of_another_library(tmp_path: Path, wrapped: Any) -> None:
    pytest.importorskip("skops")
    wrapped.fit(X[:, :, 0], Y)
    for model in (wrapped, make_pipeline(ScaleChannels(), wrapped).fit(X[:, :, 0], Y)):
        with pytest.raises(
            InvalidInputError, match=rf"contains a har\..* cannot be saved inside a {type(wrapped).__name__}"
        ):
            common.save_bundle(model, tmp_path / "model")


STEPS = [["scalechannels", "step_1"], ["classifier", "step_2"]]


@pytest.mark.parametrize(
    "changes",
    [
        {"steps": []},
        {"steps": "step_1"},
        {"steps": [["a", "step_1"]]},  # a part that is not a step
        {"steps": [["a", "step_1"], ["a", "step_2"]]},
        {"steps": [["a", "step_1"], [1, "step_2"]]},
        {"steps": [["a", "step_1"], ["", "step_2"]]},
        {"steps": [["a", "step_1"], ["b", "step_3"]]},
        {"steps": [["a", "step_1"], ["b", "pipeline.json"]]},
        {"steps": [["a", "step_1"], ["b", ["step_2"]]]},
        {"steps": [["a", "step_2"], ["b", "step_1"]]},  # the classifier first
        {"steps": [["a", "step_1", "b"], ["b", "step_2"]]},
        {"steps": {"a": "step_1"}},
        {"verbose": "yes"},
        {"verbose": None},
        {"transform_input": [1]},
        {"transform_input": 1},
    ],
)
def test_forged_steps(tmp_path: Path, changes: dict[str, Any]) -> None:
    common.save_bundle(make_pipeline(ScaleChannels(), har.DTWKNeighborsClassifier()).fit(X, Y), tmp_path / "model")
    about = {"steps": STEPS, "verbose": False, "transform_input": None, **changes}
    reforge(tmp_path / "model", "pipeline.json", files.encode("pipeline.json", about))
    with pytest.raises(ModelIntegrityError):
        common.load_bundle(tmp_path / "model")


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"step_1": "har.scale_channels"},
        {"step_1": "har.scale_channels", "step_2": "har.scale_channels"},
        {"step_1": "common.pipeline", "step_2": "har.neighbors"},
        {"step_1": "har.scale_channels", "step_2": "har.neighbors", "step_3": "har.neighbors"},
        {"step_1": "har.scale_channels", "step_2": "common.skops"},
    ],
)
def test_forged_parts(tmp_path: Path, parts: dict[str, str]) -> None:
    common.save_bundle(make_pipeline(ScaleChannels(), har.DTWKNeighborsClassifier()).fit(X, Y), tmp_path / "model")
    reforge(tmp_path / "model", "", None, parts=parts)
    with pytest.raises(ModelIntegrityError):
        common.load_bundle(tmp_path / "model")
