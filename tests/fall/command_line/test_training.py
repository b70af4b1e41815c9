"""`fall train` and `fall compress`: from folders of pictures to a small file, with figures for people never met."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import common
import fall
from tests.common.command_line.commands import refusal, run
from tests.fall.command_line.pictures import write_pictures

LABELS = ("--labels", "Sturz=1,Alltag=0")
QUICK = (*LABELS, "--epochs", 1, "--folds", 2)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pictures(tmp_path_factory.mktemp("Bilder von Täler 走") / "Stürze", each=5)


@pytest.mark.slow
def test_from_pictures_to_a_small_file(pictures: Path) -> None:
    done = run(
        "fall", "train", pictures, *QUICK, "--input-size", 32, "--out", "détecteur", "--json", cwd=pictures.parent
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    judged = document["on_people_never_met"]
    assert (judged["decisions"], judged["people"], judged["interval"]) == (40, 4, "95% by person")
    assert "people left out: 2 of 2" in done.stderr
    model = common.load_bundle(pictures.parent / "détecteur")
    assert isinstance(model, fall.CompressedModel)
    assert (model.positive, model.input_size, len(model.tflite)) == (1, 32, document["bytes"])

    words = ("compress", "détecteur", pictures, *QUICK, "--recipes", "int8", "--tolerance", 1, "--out", "klein")
    done = run("fall", *words, "--json", cwd=pictures.parent)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["chosen"] == "int8"
    assert [row["recipe"] for row in document["recipes"]] == ["float32", "int8"]
    assert all(0 <= row["accuracy"] <= 1 for row in document["recipes"])
    small = common.load_bundle(pictures.parent / "klein")
    assert isinstance(small, fall.CompressedModel)
    assert len(small.tflite) < len(model.tflite) / 2


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        (("--labels", "Sturz=2"), 2, "Sturz=1,Alltag=0"),
        (("--layout", "nothing"), 2, "gmdcsa24"),
        (("--layout", "urfd"), 2, "--labels is for folders of your own"),
        (("--folds", "x"), 2, "--folds"),
        (("--out", "/proc/detector"), 1, "/proc"),
    ],
)
def test_what_is_wrong_is_said_in_one_message(
    pictures: Path, change: tuple[str, ...], status: int, message: str
) -> None:
    told = refusal("fall", "train", pictures, *LABELS, "--out", "detector", *change, cwd=pictures.parent, status=status)
    assert message in told


def test_folders_without_images_or_labels_are_refused(pictures: Path, tmp_path: Path) -> None:
    assert "Sturz" in refusal("fall", "train", pictures, "--out", "detector", cwd=tmp_path)
    assert "missing" in refusal("fall", "train", tmp_path / "missing", "--out", "detector", cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_recipe_that_is_not_known_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    words = ("compress", "no_model", "no_images", "--recipes", "int9", "--out", "small")
    assert "channels_int8" in refusal("fall", *words, cwd=tmp_path, status=2)
