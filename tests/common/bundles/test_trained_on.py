"""What a bundle says of the data that its model was trained on, and of itself."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

import common
import har
from common import TrainingData
from common.errors import FrugalWarning, InvalidInputError, ModelIntegrityError, UnsafeInputError
from har.preprocessing import LowPass, Resample, ScaleChannels, SeparateGravity
from tests.common.bundles.example import forge, reforge

X = np.random.default_rng(0).normal(size=(12, 50, 2))
WINDOWS = har.Windows(X, ["walk", "rest"] * 6, np.arange(12) // 4, 25, ["ax [g]", "ay [g]"], np.arange(12))


def described(model: Any, path: Path, **options: Any) -> TrainingData:
    common.save_bundle(model, path / "model", **options)
    return common.describe_bundle(path / "model").trained_on


def test_what_a_model_knows_is_written_unasked(tmp_path: Path) -> None:
    model = har.DTWKNeighborsClassifier().fit(X, WINDOWS.y)
    known = described(model, tmp_path)
    assert known == TrainingData(n_timesteps=50, n_channels=2, classes=("rest", "walk"))


@pytest.mark.parametrize(
    ("steps", "rate_hz"),
    [
        ([Resample(rate_hz=25, target_hz=10)], 25),
        ([ScaleChannels(), Resample(rate_hz=25, target_hz=10), LowPass(rate_hz=10, cutoff_hz=2)], 25),
        ([SeparateGravity(rate_hz=np.float64(25))], 25),
        ([SeparateGravity(method="mean")], None),  # does not use its rate
        (["passthrough", ScaleChannels()], None),
        ([make_pipeline(LowPass(rate_hz=25, cutoff_hz=2))], 25),
    ],
)
def test_a_pipeline_knows_its_input_its_rate_and_its_classes(tmp_path: Path, steps: Any, rate_hz: Any) -> None:
    model = make_pipeline(*steps, har.DTWKNeighborsClassifier()).fit(X, WINDOWS.y)
    known = described(model, tmp_path)
    assert (known.rate_hz, known.n_timesteps, known.classes) == (rate_hz, 50, ("rest", "walk"))


def test_windows_tell_the_rest(tmp_path: Path) -> None:
    model = make_pipeline(Resample(rate_hz=25, target_hz=10), har.DTWKNeighborsClassifier()).fit(X, WINDOWS.y)
    known = described(model, tmp_path, trained_on=WINDOWS)
    assert known == TrainingData(
        channels=("ax [g]", "ay [g]"),
        units=("g", "g"),
        rate_hz=25,
        window_s=2,
        n_timesteps=50,
        n_channels=2,
        classes=("rest", "walk"),
        n_subjects=3,
    )
    assert str(known) == (
        "channels 'ax [g]', 'ay [g]'; 25 Hz; windows of 2 s, 50 samples; classes 'rest', 'walk'; 3 people"
    )


def test_windows_as_a_bundle_tell_it_too(tmp_path: Path) -> None:
    assert described(WINDOWS, tmp_path).n_subjects == 3


def test_what_a_person_knows(tmp_path: Path) -> None:
    model = har.DTWKNeighborsClassifier().fit(X, WINDOWS.y)
    known = described(model, tmp_path, trained_on=TrainingData(rate_hz=25, channels=["ax", "ay"], n_subjects=1))
    assert (known.channels, known.window_s, known.classes) == (("ax", "ay"), 2, ("rest", "walk"))
    assert str(known).endswith("1 person")


@pytest.mark.parametrize(
    ("trained_on", "message"),
    [
        (TrainingData(rate_hz=50), r"rate_hz is 50.*fitted on 25"),
        (TrainingData(n_timesteps=51), "n_timesteps is 51.*fitted on 50"),
        (TrainingData(channels=["a"]), "n_channels is 1.*fitted on 2"),
        (TrainingData(classes=["fall", "walk"]), "classes is"),
        (WINDOWS.select(["ax [g]"]), "n_channels is 1"),
        (WINDOWS.subset([0, 2]), "classes is"),
        ({"rate_hz": 50}, "trained_on is a dict"),
        (X, "trained_on is a ndarray"),
    ],
)
def test_contradictions_are_refused(tmp_path: Path, trained_on: Any, message: str) -> None:
    model = make_pipeline(Resample(rate_hz=25, target_hz=10), har.DTWKNeighborsClassifier()).fit(X, WINDOWS.y)
    with pytest.raises(InvalidInputError, match=message):
        common.save_bundle(model, tmp_path / "model", trained_on=trained_on)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "fields",
    [
        {"channels": "ax"},
        {"channels": []},
        {"channels": ["ax", 2]},
        {"channels": ["ax"], "units": ["g", "g"]},
        {"classes": [None]},
        {"rate_hz": 0},
        {"rate_hz": np.nan},
        {"rate_hz": "50"},
        {"n_subjects": 2.0},
        {"rate_hz": 50, "n_timesteps": 128, "window_s": 2.5},
    ],
)
def test_what_training_data_cannot_be(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError):
        TrainingData(**fields)


@pytest.mark.parametrize("classes", [np.array([b"rest", b"walk"]), np.arange(1001), np.zeros((2, 2)), None])
def test_labels_that_a_manifest_does_not_hold_are_left_out(classes: Any) -> None:
    assert TrainingData.of_estimator(SimpleNamespace(classes_=classes)).classes is None


def test_text_from_a_stranger_cannot_write_on_the_screen(tmp_path: Path) -> None:
    forge(tmp_path / "model", {}, trained_on={"channels": ["\x1b[2J\ud800"], "classes": ["\n"]})
    text = str(common.describe_bundle(tmp_path / "model"))
    assert text.isascii()
    assert "\x1b" not in text


# ----- the description -----------------------------------------------------------------------------------------------


def test_a_description(tmp_path: Path) -> None:
    model = make_pipeline(ScaleChannels(), har.DTWKNeighborsClassifier()).fit(X, WINDOWS.y)
    common.save_bundle(model, tmp_path / "model", trained_on=WINDOWS)
    found = common.describe_bundle(tmp_path / "model")
    assert found.kind == "common.pipeline"
    assert found.parts == (("step_1", "har.scale_channels"), ("step_2", "har.neighbors"))
    assert found.library == common.__version__
    assert found.types == ()
    sizes = [path.stat().st_size for path in (tmp_path / "model").iterdir() if not path.name.startswith("manifest")]
    assert found.n_bytes == sum(sizes)
    assert str(found).splitlines() == [
        f"common.pipeline, {sum(sizes):,} bytes, saved by har-fall {common.__version__}",
        "  step_1: har.scale_channels",
        "  step_2: har.neighbors",
        f"trained on: {found.trained_on}",
    ]


def test_it_reads_no_model_but_checks_the_manifest(saved: Path) -> None:
    (saved / "weights.npy").write_bytes(b"")
    assert common.describe_bundle(saved).kind == "tests.model"
    (saved / "weights.npy").unlink()
    with pytest.raises(ModelIntegrityError, match="lacks weights"):
        common.describe_bundle(saved)
    (saved / "weights.npy").symlink_to("/etc/passwd")
    with pytest.raises(UnsafeInputError):
        common.describe_bundle(saved)
    with pytest.raises(InvalidInputError, match="no folder"):
        common.describe_bundle(saved / "nothing")


# ----- other versions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["0.2.1", "0.3.0rc1", "1.0", "10.0.0"])
def test_a_newer_library_is_told_once_and_read(saved: Path, version: str) -> None:
    reforge(saved, "", None, library=version)
    with pytest.warns(FrugalWarning, match=f"saved by har-fall {version}, this is {common.__version__}") as caught:
        common.load_bundle(saved)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert common.describe_bundle(saved).library == version


@pytest.mark.parametrize("version", ["0.0.9", "0.1.0.dev1", "0.1", "0.2.0rc1", "unknown"])
def test_an_older_or_unknown_one_is_not(saved: Path, version: str) -> None:
    reforge(saved, "", None, library=version)
    common.load_bundle(saved)


def test_format_1_says_nothing_of_its_data(saved: Path) -> None:
    manifest = json.loads((saved / "manifest.json").read_text())
    kept = {key: manifest[key] for key in ("kind", "library", "files")}
    from tests.common.bundles.example import forge_manifest

    forge_manifest(saved, json.dumps({"format": 1, **kept}).encode(), {})
    assert common.load_bundle(saved).blob == b"TFL3"
    assert str(common.describe_bundle(saved).trained_on) == "unknown"
