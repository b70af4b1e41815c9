"""`fall measure`, `fall predict`, `fall recipes`, and the help of all commands."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

import common
import fall
from tests.common.command_line.commands import ROOT, check_help, refusal, run
from tests.fall.command_line.pictures import write_pictures

SHIPPED = ROOT / "examples" / "models" / "camera"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pictures(tmp_path_factory.mktemp("Bilder 走"), people=1, each=2)


def test_costs_are_those_of_the_file(tmp_path: Path) -> None:
    document = json.loads(run("fall", "measure", SHIPPED, "--json", cwd=tmp_path).stdout)
    model = common.load_bundle(SHIPPED)
    assert isinstance(model, fall.CompressedModel)
    assert document["bytes"] == len(model.tflite)
    assert document["cost"] == model.cost.counts()
    assert sum(operator["macs"] for operator in document["operators"]) == model.cost.macs
    text = run("fall", "measure", SHIPPED / "model.tflite", cwd=tmp_path).stdout
    assert max(map(len, text.splitlines())) <= 80
    assert f"{model.cost.macs:,}" in text
    assert "e+" not in text


def test_decisions_are_those_of_the_library(pictures: Path) -> None:
    done = run("fall", "predict", SHIPPED, pictures, cwd=pictures)
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(done.stdout.splitlines()))
    detector = fall.TFLiteFallClassifier(SHIPPED)
    paths = [row["image"] for row in rows]
    assert [Path(path).relative_to(pictures).parts[0] for path in paths] == ["Alltag"] * 2 + ["Sturz"] * 2
    assert [row["label"] for row in rows] == [str(label) for label in detector.predict(paths)]
    expected = detector.predict_proba(paths)[:, detector.classes_.tolist().index(detector.positive_)]
    assert [float(row["fall_probability"]) for row in rows] == pytest.approx(expected, abs=5e-4)


def test_a_file_of_somebody_else_says_what_its_outputs_mean(pictures: Path) -> None:
    theirs = ("predict", SHIPPED / "model.tflite", pictures / "Sturz", "--classes", "up,down", "--positive", "down")
    document = json.loads(run("fall", *theirs, "--threshold", 0, "--json", cwd=pictures).stdout)
    assert [image["label"] for image in document["images"]] == ["down", "down"]
    assert "'sideways'" in refusal("fall", *theirs[:-1], "sideways", cwd=pictures)


@pytest.mark.slow
def test_what_cannot_be_read_is_refused(pictures: Path, tmp_path: Path) -> None:
    (tmp_path / "text.tflite").write_text("no network")
    (tmp_path / "text.png").write_text("no picture")
    assert "no_file" in refusal("fall", "measure", "no_file", cwd=tmp_path)
    refusal("fall", "measure", "text.tflite", cwd=tmp_path)
    assert "holds no image" in refusal("fall", "predict", SHIPPED, SHIPPED, cwd=tmp_path)
    assert "text.png" in refusal("fall", "predict", SHIPPED, "text.png", "--json", cwd=tmp_path)


def test_every_recipe_is_listed(tmp_path: Path) -> None:
    document = json.loads(run("fall", "recipes", "--json", cwd=tmp_path).stdout)
    assert list(document["recipes"]) == list(fall.compression.RECIPES)
    text = run("fall", "recipes", cwd=tmp_path).stdout
    assert max(map(len, text.splitlines())) <= 80
    assert all(name in text for name in document["recipes"])


def test_help_is_plain_and_whole(tmp_path: Path) -> None:
    for words in ((), ("train",), ("compress",), ("measure",), ("predict",), ("recipes",)):
        done = run("fall", *words, "--help", cwd=tmp_path)
        assert done.returncode == 0
        check_help(done.stdout)
        assert "..." not in done.stdout.partition("Commands:")[2]


def test_help_needs_neither_tensorflow_nor_scikit_learn() -> None:
    names = "{'tensorflow', 'tf_keras', 'sklearn', 'numba', 'pandas'}"
    program = f"import sys, fall.command_line.app, har.command_line.app; print(*{names} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, text=True).strip() == ""
