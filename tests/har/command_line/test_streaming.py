"""`har stream`: a line a decision, as soon as it can be made."""

from __future__ import annotations

import csv
import json
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

import har
from common.errors import InvalidInputError
from har.command_line.samples import samples
from tests.common.command_line.commands import command, environment, refusal, run
from tests.har.command_line.conftest import Trained

OPTIONS = ("--time", "ms", "--time-unit", "ms", "--units", "m/s²")


def test_decisions_are_those_of_the_library(trained: Trained) -> None:
    done = run("har", "stream", trained.model, trained.data, *OPTIONS, "--json", cwd=trained.folder)
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    recognizer = har.StreamingRecognizer.from_bundle(trained.model, step_s=1.0)
    rows = list(csv.DictReader(trained.data.open(encoding="utf-8")))
    expected = []
    for row in rows:
        expected += recognizer.push([[float(row["ax"]), float(row["ay"])]], [float(row["ms"]) / 1000])
    assert [line["label"] for line in told] == [recognition.label for recognition in expected]
    assert [line["time_s"] for line in told] == [recognition.time_s for recognition in expected]
    assert {line["label"] for line in told} == {"slow", "fast", None}


def test_a_pipe_gets_each_decision_at_once(trained: Trained) -> None:
    """While the sensor goes on: nothing waits for a full buffer."""
    lines = trained.data.read_text(encoding="utf-8").splitlines(keepends=True)
    words = command("har", "stream", trained.model, *OPTIONS)
    with subprocess.Popen(
        words,
        cwd=trained.folder,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "time_s,label,probability\n"
        process.stdin.writelines(lines[: 1 + 52])
        process.stdin.flush()
        assert process.stdout.readline().startswith("2.500,slow,")
        process.stdin.close()
        assert process.stdout.read() == ""
    assert process.returncode == 0


def test_a_reader_that_has_had_enough_ends_the_command_quietly(trained: Trained) -> None:
    words = command("har", "stream", trained.model, trained.data, *OPTIONS, "--step-s", 0.05)
    with subprocess.Popen(
        words, cwd=trained.folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read()
    assert (process.returncode, told) == (0, "")


def test_a_model_or_a_file_that_is_not_there(trained: Trained, tmp_path: Path) -> None:
    assert "no_model" in refusal("har", "stream", "no_model", trained.data, cwd=tmp_path)
    told = refusal("har", "stream", trained.model, "no_data.csv", "--json", cwd=tmp_path)
    assert told == "Not possible: no_data.csv: no such file or directory\n"


def test_time_that_goes_back_is_refused(trained: Trained, tmp_path: Path) -> None:
    rows = "ms,ax,ay\n50,1,2\n0,1,2\n"
    assert "times_s" in refusal("har", "stream", trained.model, *OPTIONS, "--json", cwd=tmp_path, input=rows)


def read(text: str, channels: list[str], **options: object) -> list[tuple[list[float], float | None]]:
    asked = {"time": None, "time_unit": None, "units": None, **options}
    found = samples(text.splitlines(), channels, **asked)  # type: ignore[arg-type]
    return [(sample.values, sample.time_s) for sample in found]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "no line"),
        ("ms,ax\n0,1\n", {}, "'ay"),
        ("ms,ax,ay\n0,1,2\n50,one,2\n", {}, "line 3 holds 'one'"),
        ("ms,ax,ay\n0,1\n", {}, "line 2 has 2 columns"),
        ("ms,ax,ay\n0,1,2\n", {"units": None}, "--units"),
        ("ms,ax,ay\nnow,1,2\n", {}, "line 2 has the time 'now'"),
        ("ms,ax,ay\n0,1,2\n", {"time": "s"}, "--time is 's'"),
        ("ms,ax,ay\n0,1,2\n", {"time_unit": "h"}, "--time-unit"),
        ("ax [mg],ax (g),ay\n1,2,3\n", {"time": None}, "several"),
    ],
)
def test_lines_that_do_not_fit_are_refused(text: str, options: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidInputError, match=re.escape(message)):
        read(text, ["ax [m/s²]", "ay [m/s²]"], **{"time": "ms", "units": "m/s²", **options})


def test_columns_are_found_by_name_and_converted() -> None:
    text = "# a comment\nt;ay [mg];ax [mg]\n0,5;1000;-500,5\n\n1,5;250;0\n"
    (first, begin), (second, end) = read(text, ["ax [g]", "ay [g]"], time="t", units=("mg", "g"))
    assert (begin, end) == (0.5, 1.5)
    assert first == pytest.approx([-0.5005, 1.0])
    assert second == pytest.approx([0.0, 0.25])


def test_what_was_not_measured_is_missing() -> None:
    assert np.isnan(read("a,b\n,1\nnan,1\n", ["a"])[0][0]).all()


def test_time_may_be_a_date() -> None:
    (_, first), (_, second) = read("when,a\n2026-01-01T10:00:00Z,1\n2026-01-01T10:00:00.5Z,2\n", ["a"], time="when")
    assert first is not None
    assert second == first + 0.5
