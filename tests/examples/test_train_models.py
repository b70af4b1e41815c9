"""The models of the fusion: trained on little from end to end, described by a manifest, refused if changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from common import DayScenario, FrameScenario, InertialSensor, InvalidInputError, ModelIntegrityError
from examples import fusion_simulated, fusion_worn_training, train_models
from examples.fusion_models import MANIFEST, Models, load_models, read_manifest
from examples.fusion_simulated import Days
from examples.train_camera import Pictures

PICTURES = Pictures(
    FrameScenario(1, 2, ("Walk", "Fall forward", "Fall left"), repetitions=1, rate_hz=0.5), (131,), (131,), epochs=1
)


def short_days(sensor: InertialSensor) -> Days:
    half_an_hour = DayScenario(hours=0.5, start_hour=9, n_falls=3, sensor=sensor, camera_hz=0.5)
    return Days(half_an_hour, half_an_hour, train=(801,), validation=(811, 812), test=(821, 822))


@pytest.fixture(scope="module", autouse=True)
def _even_quicker() -> Iterator[None]:
    """Every step of ``--quick``, with fewer days, pictures, trees and prototypes."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Days, "short", short_days)
        patched.setattr(Pictures, "quick", lambda: PICTURES)
        patched.setattr(fusion_worn_training, "N_TREES", 20)
        patched.setattr(fusion_worn_training, "N_PROTOTYPES", 1)
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models of a few simulated hours, and the cache of their training beside them."""
    root = tmp_path_factory.mktemp("training")
    options = {"position": "waist", "network": "separable_cnn", "motionsense": None, "gmdcsa24": None}
    train_models.main(root / "models", root / "cache", quick=True, jobs=1, **options)
    return root / "models"


@pytest.fixture(scope="module")
def models(folder: Path) -> Models:
    return load_models(folder)


def test_the_manifest_says_how_the_models_were_made(folder: Path, models: Models) -> None:
    manifest = models.manifest
    assert manifest.command == "python examples/train_models.py --position waist --network separable_cnn --quick"
    assert manifest.sensor == InertialSensor("waist", rate_hz=25.0)
    assert manifest.settings["validation days"]
    assert 0 < manifest.threshold <= 1
    assert sum(size for size, _ in manifest.files.values()) <= 120_000
    assert str(Path.home()) not in (folder / MANIFEST).read_text(encoding="utf-8")


def test_the_same_settings_are_not_trained_again(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train_models, "print_duration", lambda *_, **__: pytest.fail("it trains again"))
    options = {"position": "waist", "network": "separable_cnn", "motionsense": None, "gmdcsa24": None}
    train_models.main(folder, folder.parent / "cache", quick=True, jobs=1, **options)
    assert "already" in capsys.readouterr().out


def test_an_interrupted_training_goes_on_with_the_same_models(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_models, "print_duration", lambda *_, **__: None)
    again = folder.parent / "again"
    options = {"position": "waist", "network": "separable_cnn", "motionsense": None, "gmdcsa24": None}
    train_models.main(again, folder.parent / "cache", quick=True, jobs=1, **options)
    assert read_manifest(again) == read_manifest(folder)


def test_two_days_are_shown_in_counts(models: Models, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    days = short_days(models.manifest.sensor)
    fusion_simulated.show(tmp_path, models, days, jobs=1)
    assert {path.name for path in tmp_path.glob("*.png")} == {"days.png", "timeline.png"}
    assert "These are counts, not rates" in " ".join(capsys.readouterr().out.split())


def test_a_changed_file_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    (tmp_path / "models" / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ModelIntegrityError, match="is not the file that the manifest names"):
        read_manifest(tmp_path / "models")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"data": [], "files": {}}'])
def test_what_is_no_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(ModelIntegrityError, match="is no manifest of models"):
        read_manifest(tmp_path)


def test_a_folder_without_models_says_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"train_models\.py"):
        load_models(tmp_path)


def test_data_that_are_not_there_are_refused(tmp_path: Path) -> None:
    options = {"position": "waist", "network": "separable_cnn", "gmdcsa24": None}
    with pytest.raises(typer.Exit):
        train_models.main(tmp_path / "m", tmp_path, motionsense=tmp_path, quick=True, jobs=1, **options)
