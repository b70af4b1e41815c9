"""`har train` and `har evaluate`: figures for people never met, and a model that is there whole or not at all."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import common
from har.selection import LITTLE_CHANGE
from tests.common.command_line.commands import command, environment, refusal, run
from tests.har.command_line.conftest import TRAIN, Trained, write_samples


def test_the_model_is_judged_by_people_and_remembers_its_sensor(trained: Trained) -> None:
    judged = trained.document["on_people_never_met"]
    assert judged["people"] == 3
    assert judged["interval"] == "95% by person"
    assert judged["accuracy"]["value"] > 0.9
    assert judged["accuracy"]["low"] <= judged["accuracy"]["value"] <= judged["accuracy"]["high"]
    known = common.describe_bundle(trained.model).trained_on
    assert known.channels == ("ax [m/s²]", "ay [m/s²]")
    assert (known.rate_hz, known.n_subjects, known.window_s) == (20.0, 3, 2.55)


def test_messages_go_to_standard_error(trained: Trained) -> None:
    assert "people left out: 3 of 3" in trained.messages
    assert "rows read" in trained.messages


def test_a_model_is_judged_on_others_only_if_it_is_said_that_they_are(trained: Trained, tmp_path: Path) -> None:
    asked = ("evaluate", trained.data, *TRAIN, "--model", trained.model)
    assert "Say --unseen" in refusal("har", *asked, cwd=tmp_path, status=2)
    done = run("har", *asked, "--unseen", "--json", "--positive", "fast", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    judged = json.loads(done.stdout)
    assert judged["sensitivity"]["value"] > 0.9
    assert judged["labels"] == ["fast", "slow"]


def test_prototypes_and_readout_learn_together_from_changed_windows(trained: Trained, tmp_path: Path) -> None:
    learned = ("--prototypes", 1, "--readout", "joint", "--augment", "little", "--folds", 0)
    done = run("har", "train", trained.data, *TRAIN, *learned, "--out", tmp_path / "model", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    classifier = common.load_bundle(tmp_path / "model")[-1]
    assert (classifier.readout, classifier.readout_) == ("joint", "linear")
    assert classifier.augmentation == LITTLE_CHANGE


def test_the_jerk_is_taken_at_the_recorded_rate_and_in_the_unit_of_the_acceleration(
    trained: Trained, tmp_path: Path
) -> None:
    learned = ("--jerk-of", "ay, ax", "--target-hz", 10, "--prototypes", 1, "--folds", 0)
    done = run("har", "train", trained.data, *TRAIN, *learned, "--out", tmp_path / "model", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    model = common.load_bundle(tmp_path / "model")
    jerk, resample = model[0], model[1]
    assert (jerk.rate_hz, list(jerk.channels)) == (20.0, [1, 0])
    assert jerk.floor == pytest.approx(0.2 * 9.80665)  # LogJerk's floor, 0.2 g/s, in m/s³
    assert (resample.rate_hz, resample.target_hz) == (20.0, 10.0)
    exported = run("har", "export-c", tmp_path / "model", "c", "--counts-per-unit", 200, "--json", cwd=tmp_path)
    assert exported.returncode == 0, exported.stderr


def test_the_jerk_of_something_else_is_refused(trained: Trained, tmp_path: Path) -> None:
    options = ("rad/s" if option == "m/s²" else option for option in TRAIN)
    told = refusal("har", "train", trained.data, *options, "--jerk-of", "ax", "--out", "model", cwd=tmp_path)
    assert "ax [rad/s] are no accelerations in one unit. Say it by --units, such as --units ax=g" in told


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        (("--channels", "ax,az"), 1, "az"),
        (("--jerk-of", "ax,az"), 1, "--jerk-of names 'az', which is none of ax, ay"),
        (("--jerk-of", ","), 1, "--jerk-of names no column"),
        (("--label", "is"), 1, "'is'"),
        (("--folds", "many"), 2, "--folds"),
        (("--prototypes", "0"), 2, "--prototypes"),
        (("--augment", "very much"), 2, "--augment"),
        (("--out", "gänge.csv/model"), 1, "is a file"),
        (("--out", "/proc/model"), 1, "/proc"),
        (("--positive", "falls"), 1, "fast, slow"),
        (("--unknown",), 2, "--unknown"),
    ],
)
def test_what_is_wrong_is_said_in_one_message(
    trained: Trained, change: tuple[str, ...], status: int, message: str
) -> None:
    told = refusal("har", "train", trained.data, *TRAIN, "--out", "model", *change, cwd=trained.folder, status=status)
    assert message in told


def test_a_missing_an_empty_and_a_binary_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "binary.csv").write_bytes(bytes(range(256)) * 4)
    for name in ("missing.csv", "empty.csv", "binary.csv"):
        assert name in refusal("har", "train", name, *TRAIN, "--out", "model", cwd=tmp_path)
    assert not (tmp_path / "model").exists()


def test_without_people_a_model_is_made_only_without_a_figure(trained: Trained, tmp_path: Path) -> None:
    alone = ("train", trained.data, "--time", "ms", "--channels", "ax", "--label", "does", "--out", "model")
    assert "--folds 0" in refusal("har", *alone, cwd=tmp_path, status=2)
    done = run("har", *alone, "--folds", 0, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Saved in model" in done.stdout
    assert "accuracy" not in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_killed_training_leaves_no_model(tmp_path: Path, number: int, status: int) -> None:
    data = write_samples(tmp_path / "long.csv", people=12, seconds=40)
    words = command("har", "train", data, *TRAIN, "--folds", 12, "--prototypes", 64, "--out", "model")
    with subprocess.Popen(words, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stderr is not None
        told = ""
        for line in process.stderr:  # until it is in the middle of its work
            told += line
            if "people left out" in line:
                process.send_signal(number)
                break
        rest = process.stderr.read()
    assert process.returncode == status, rest
    assert "Traceback" not in rest
    assert sorted(path.name for path in tmp_path.iterdir()) == ["long.csv"]
