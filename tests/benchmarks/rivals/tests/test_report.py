"""The report of what is stored, and sets that few people have."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks.rivals import report
from tests.benchmarks.rivals.benchmark_sets import BenchmarkSet, load_set
from tests.benchmarks.rivals.methods.method import Method
from tests.benchmarks.rivals.other_environment import OtherEnvironment
from tests.benchmarks.rivals.results import stored_result
from tests.benchmarks.rivals.running import Runner


def run(folder: Path, data: BenchmarkSet, method: Method, seeds: tuple[int, ...]) -> None:
    runner = Runner(folder, OtherEnvironment(Path("no python is asked for")))
    for seed in seeds:
        for fold in range(len(data.folds)):
            runner.test(data, method, runner.choice(data, method, fold), fold, seed)


def test_every_test_window_is_judged_once_for_each_seed(tmp_path: Path, falls: BenchmarkSet, method: Method) -> None:
    run(tmp_path, falls, method, (0, 1))
    result = stored_result(Runner(tmp_path, None), falls, method, (0, 1, 2))
    assert result is not None
    assert result.seeds == (0, 1)
    assert sorted(result.rows) == list(range(240))
    assert result.predicted.shape == (2, 240)
    expected = np.mean(result.predicted == falls.y[result.rows])
    assert result.evaluation().accuracy == pytest.approx(expected)
    assert result.evaluation().n_subjects == 12


def test_report(tmp_path: Path, falls: BenchmarkSet, method: Method, monkeypatch: pytest.MonkeyPatch) -> None:
    worse = replace(method, name="one channel | other", label="other", sizes=("worse",))
    absent = replace(method, name="never run", label="never")
    for stored in (method, worse):
        run(tmp_path / "stored", falls, stored, (0,))
    monkeypatch.setattr(report, "METHODS", (method, worse, absent))
    monkeypatch.setattr(report, "OURS", method.name)
    page, picture = report.write_report(Runner(tmp_path / "stored", None), [falls], (0,), tmp_path / "out")
    text = page.read_text(encoding="utf-8")
    assert picture.stat().st_size > 10_000
    assert "240 windows of 12 people" in text
    assert "Not run yet: never run." in text
    assert "specificity, old" in text
    assert "with less than 100 kB: none." in text
    assert text.index("| mean of a channel |") < text.index("| one channel \\| other |")


def table(values: np.ndarray, header: str = "") -> bytes:
    lines = [header] if header else []
    return ("\n".join([*lines, *(",".join(f"{value:.4f}" for value in row) for row in values)]) + "\n").encode()


def test_weda_fall_is_read_with_its_old_people(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for activity, people in (("F01", range(1, 6)), ("D01", (*range(1, 6), *range(21, 26)))):
        for person in people:
            for sensor in ("accel", "gyro"):
                file = tmp_path / f"weda-fall/dataset/25Hz/{activity}/U{person:02}_R01_{sensor}.csv"
                file.parent.mkdir(parents=True, exist_ok=True)
                rows = np.column_stack([np.arange(120) / 25, rng.normal(size=(120, 3))])
                file.write_bytes(table(rows, f"{sensor}_time_list,x,y,z"))
    data = load_set("weda-fall", tmp_path)
    assert data.has_falls
    assert len(data.folds) == 5
    assert (data.is_old.sum(), data.y.sum(), len(data.y)) == (5, 5, 15)
    assert data.forms["slow"].X.shape == (15, 40, 8)
    assert data.forms["raw"].triads == data.forms["slow"].triads == ((0, 1, 2), (3, 4, 5))
    assert all(data.is_old[split.test].any() for split in data.folds)


def test_uci_har_is_read_with_all_its_people(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    files = {"activity_labels.txt": "1 WALKING\n2 SITTING\n"}
    for part, people in (("train", (1, 3, 5)), ("test", (2, 4))):
        files[f"{part}/y_{part}.txt"] = "1\n2\n" * len(people)
        files[f"{part}/subject_{part}.txt"] = "".join(f"{person}\n{person}\n" for person in people)
        for signal in (f"{sensor}_{axis}" for sensor in ("total_acc", "body_acc", "body_gyro") for axis in "xyz"):
            rows = rng.normal(size=(2 * len(people), 128))
            lines = (" ".join(f"{value:.4f}" for value in row) for row in rows)
            files[f"{part}/Inertial Signals/{signal}_{part}.txt"] = "\n".join(lines) + "\n"
    for name, text in files.items():
        file = tmp_path / "uci-har" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    data = load_set("uci-har", tmp_path)
    assert (data.has_falls, data.classes, len(data.folds)) == (False, ("SITTING", "WALKING"), 5)
    assert data.forms["slow"].X.shape == (10, 32, 9)
    assert data.forms["raw"].triads == ((0, 1, 2), (3, 4, 5), (6, 7, 8))
