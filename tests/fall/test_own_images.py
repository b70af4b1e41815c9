"""The lesson docs/own_images.md: its code runs, block by block, and what it says about the results is so."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from common.errors import FrugalWarning, InvalidInputError
from fall import TFLiteFallClassifier

LESSON = Path(__file__).parents[2] / "docs" / "own_images.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```", LESSON.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
READING = 1  # the block that reads the pictures


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The names of the lesson after all its blocks, and the folder that they ran in."""
    for needed in ("tf_keras", "ai_edge_litert", "av", "cv2"):
        pytest.importorskip(needed)
    names: dict[str, Any] = {"ran_in": tmp_path_factory.mktemp("lesson")}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(names["ran_in"])
        for number, block in enumerate(BLOCKS):
            if number == READING:
                with pytest.warns(FrugalWarning, match="loop.gif.*0.jpg"):
                    exec(block, names)
            else:
                exec(block, names)
    return names


def test_the_lesson_is_short() -> None:
    lines = [line for block in BLOCKS for line in block.splitlines() if line.strip() and not line.startswith("import")]
    assert len(BLOCKS) == 10
    assert len(lines) <= 90


def test_what_does_not_belong_is_left_out_with_a_reason(lesson: dict[str, Any]) -> None:
    table = lesson["table"]
    assert table["label"].tolist() == [0] * 72 + [1] * 71
    reasons = {Path(path).name: reason for path, reason in table.attrs["left_out"].items()}
    assert list(reasons) == ["unklar", "loop.gif", "notes.txt", "0.jpg"]


def test_the_network_learns_and_int8_decides_alike(lesson: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(lesson["ran_in"])
    test, classifier = lesson["test"], lesson["classifier"]
    assert set(test["subject"]).isdisjoint(lesson["train"]["subject"])
    decided = classifier.predict(test)
    assert np.mean(decided == test["activity"]) > 0.9
    assert np.mean(lesson["camera"].predict(test) == decided) > 0.9
    words = lesson["train"]["activity"]
    with pytest.raises(InvalidInputError, match="which one is the fall"):
        classifier.set_params(positive=None).fit(lesson["train"], words)


def test_the_network_of_others_and_its_files_agree(lesson: dict[str, Any]) -> None:
    theirs, images = lesson["theirs"], lesson["images"]
    expected = lesson["network"].predict(images / np.float32(255), verbose=0)
    np.testing.assert_allclose(theirs.predict_proba(images), expected, atol=1e-5)
    np.testing.assert_allclose(lesson["file"].predict_proba(images), expected, atol=1e-5)
    assert np.abs(TFLiteFallClassifier(lesson["theirs_small"]).predict_proba(images) - expected).max() < 0.05
    # 16 x 16 outputs of 8 filters, each of 27 weights, and a dense layer.
    assert lesson["theirs_small"].cost.macs == 16 * 16 * 8 * 27 + 8 * 3
    assert lesson["layers"].table["snr_db"].min() > 20


def test_a_range_that_contradicts_the_file_is_refused(lesson: dict[str, Any]) -> None:
    options = {"classes": lesson["classes"], "positive": "lying"}
    with pytest.raises(InvalidInputError, match="input_range"):
        TFLiteFallClassifier(lesson["theirs_small"].tflite, **options, input_range=(-1, 1))


def test_the_figure_is_found_in_the_video(lesson: dict[str, Any]) -> None:
    crops, frames = lesson["crops"], lesson["frames"]
    assert {crop.track for crop in crops} == {1}
    assert len(crops) > 25
    for crop in crops[5:]:
        centre = crop.box.x + crop.box.w / 2
        assert abs(centre - (4 * crop.frame + 18)) < 12
    assert {"path", "label", "subject", "time_s"} <= set(frames)
    assert set(frames["frame"] % 5) == {0}


def test_what_is_exported_is_there(lesson: dict[str, Any]) -> None:
    exported = lesson["exported"]
    for file in (exported.header, exported.source, exported.cmake, exported.example):
        assert (lesson["ran_in"] / file).is_file()
