"""The lesson docs/own_sensor.md: its code runs, and a bad clock costs the classifier next to nothing."""

import re
from pathlib import Path

import numpy as np
import pytest

import common
import har
from common.errors import FrugalError

LESSON = Path(__file__).parents[3] / "docs" / "own_sensor.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```", LESSON.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
# What a bad clock may cost.
ONE_POINT = 0.01


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """The names of the lesson after its first two blocks: the file, and its recordings."""
    pytest.importorskip("seglearn", reason="the recordings come with seglearn")
    names = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("lesson"))
        for block in BLOCKS[:2]:
            exec(block, names)
    return names


def test_the_lesson_is_short():
    lines = [line for block in BLOCKS for line in block.splitlines() if line.strip() and not line.startswith("import")]
    assert len(BLOCKS) == 4
    assert len(lines) <= 35


def test_the_clock_is_restored(lesson):
    truth, recordings = har.datasets.load_smartwatch(mirror=True), lesson["recordings"]
    assert recordings.channels == truth.channels
    assert recordings.report.time_unit == "ms"
    assert recordings.report.n_bunched > 50
    assert recordings.report.n_without_time > 1000
    n_truth, n_read = (sum(map(len, those.signals)) for those in (truth, recordings))
    assert 0.97 * n_truth < n_read <= n_truth
    assert set(zip(recordings.y, recordings.groups, strict=True)) == set(zip(truth.y, truth.groups, strict=True))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:left out:common.errors.FrugalWarning")
def test_a_bad_clock_costs_less_than_a_point(lesson, capsys):
    names = dict(lesson)
    exec(BLOCKS[2], names)
    found = common.evaluate(names["windows"].y, names["predicted"], groups=names["windows"].groups)
    names["recordings"] = har.datasets.load_smartwatch(mirror=True)
    exec(BLOCKS[2], names)
    whole = common.evaluate(names["windows"].y, names["predicted"], groups=names["windows"].groups)
    with capsys.disabled():
        print(f"\naccuracy by person: as recorded {whole.accuracy:.4f}, from the file {found.accuracy:.4f}")
    assert found.accuracy >= whole.accuracy - ONE_POINT


@pytest.mark.filterwarnings("ignore:left out:common.errors.FrugalWarning")
def test_the_last_blocks_on_two_people(lesson, tmp_path, monkeypatch):
    """The last blocks unchanged, but on two people and two folds."""
    monkeypatch.chdir(tmp_path)
    names = dict(lesson)
    recordings = names["recordings"]
    few = recordings.subset(np.isin(recordings.groups, [1, 2]) & np.isin(recordings.y, ["PEN", "ROW"]))
    names["recordings"] = few
    exec(BLOCKS[2].replace("n_folds=5", "n_folds=2").replace("Classifier(8", "Classifier(1"), names)
    try:
        exec(BLOCKS[3], names)
    except FrugalError as error:
        pytest.skip(f"a pipeline cannot be saved yet: {error}")
    X = names["windows"].X
    np.testing.assert_array_equal(names["loaded"].predict(X), names["model"].predict(X))
