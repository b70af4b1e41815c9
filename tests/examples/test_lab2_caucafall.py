"""The whole of Lab 2 on a made CAUCAFall, by the lecture's split: eight people to train on, the last two to test on."""

import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import fall
from common.errors import FrugalWarning
from fall.datasets import lab_split, load_caucafall
from tests.fall.datasets.made_caucafall import PREFIXES, WITHOUT_ANNOTATION, MadeCaucafall, write_caucafall

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:2 of .* have no annotation")]
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeCaucafall:
    return write_caucafall(tmp_path_factory.mktemp("caucafall"))


def test_it_has_the_published_layout(made: MadeCaucafall) -> None:
    folders = [folder for folder in made.root.glob("*/*/*/*") if folder.is_dir()]
    assert len(folders) == 100
    assert {folder.name for folder in folders} == set(PREFIXES)
    assert {folder.parent.name for folder in folders} == {f"Subject.{number}" for number in range(1, 11)}


def test_it_has_the_published_quirks(made: MadeCaucafall) -> None:
    names = {path.name for path in made.root.rglob("*.*")}
    stems = {Path(name).stem for name in names}
    assert len([name for name in names if name.endswith("- copia.png")]) == 1
    assert len([stem for stem in stems if stem[-1] in "aw" and stem[-2].isdecimal()]) == 3
    assert any(stem.startswith("cfs1-0") for stem in stems)
    assert (made.truth["label"] < 0).sum() == 2
    assert (made.truth.groupby(["subject", "activity"])["frame"].diff() > 1).any()


def test_every_quirk_is_read_right(made: MadeCaucafall) -> None:
    with pytest.warns(FrugalWarning, match=f"{len(WITHOUT_ANNOTATION)} of {len(made.truth)} frames have no annotation"):
        table = load_caucafall(made.root)
    columns = ["subject", "activity", "frame", "label", "x", "y", "w", "h"]
    expected = made.truth[made.truth["label"] >= 0].set_index("path")[columns]
    found = table.set_index("path")[columns].loc[expected.index]
    assert len(found) == len(table)
    # Annotations have six decimals, of frames at most 240 pixels wide.
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, atol=2e-3, rtol=0)
    assert table.attrs["clipped"] == []


def test_labels_by_activity(made: MadeCaucafall) -> None:
    table = load_caucafall(made.root, label_by="activity")
    assert (table["label"] == table["activity"].str.startswith("Fall")).all()
    assert len(load_caucafall(made.root, keep_excluded=True)) == len(made.truth)


def test_the_crops_show_the_person(made: MadeCaucafall) -> None:
    train, test = lab_split(load_caucafall(made.root))
    assert (train["subject"].nunique(), test["subject"].unique().tolist()) == (8, [9, 10])
    images = fall.read_images(test)
    background = (images == 96).all(axis=-1).mean(axis=(1, 2))
    assert background.mean() < 0.1


@pytest.mark.parametrize("label_by", ["frame", "activity"])
def test_the_lab_runs_to_its_end(made: MadeCaucafall, label_by: str, tmp_path: Path) -> None:
    command = [sys.executable, "examples/lab2_fall_detection.py", "--data", "caucafall", "--root", str(made.root)]
    command += ["--label-by", label_by, "--epochs", "12", "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    output = re.sub(r"\s+", " ", done.stdout)
    assert "8 subjects" in output
    assert "Tested on subjects 9 and 10" in output
    results = pd.read_csv(tmp_path / "results.csv")
    assert set(results["file"]) == {"float32", "int8"}
    assert results["accuracy"].max() > 0.75
    assert (tmp_path / "camera").is_dir()
