"""Recordings through the whole system, in counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from examples.care_home.__main__ import app


@pytest.mark.slow
def test_simulated_falls_reach_staff_once() -> None:
    done = CliRunner().invoke(app, ["replay", "--residents", "1", "--hours", "0.25", "--falls", "1"])
    assert done.exit_code == 0, done.output
    output = " ".join(done.output.split())
    assert "staff told of 1 of 1 falls within a minute" in output
    assert "unbroken" in output
    assert " 0 of them twice" in output


@pytest.mark.slow
@pytest.mark.real_data
def test_sequences_of_urfd_pass_through_by_the_camera_alone(real_data: Path, capfd: pytest.CaptureFixture[str]) -> None:
    done = CliRunner().invoke(app, ["replay", "--urfd", str(real_data / "urfd")])
    assert done.exit_code == 0, done.output
    output = " ".join(done.output.split())
    assert "of 18 sequences of fall alarm" in output
    assert " 0 of them twice" in output


@pytest.mark.parametrize("command", ["home", "hub", "room", "replay", "load", "account", "check"])
def test_every_command_explains_itself(command: str) -> None:
    done = CliRunner().invoke(app, [command, "--help"])
    assert done.exit_code == 0
    assert "--" in done.output


def test_an_account_and_a_check_from_the_terminal(tmp_path: Path) -> None:
    runner, state = CliRunner(), ["--state", str(tmp_path)]
    made = runner.invoke(app, ["account", "Kim", "--role", "carer", "--password", "correct horse", *state])
    assert made.exit_code == 0, made.output
    wrong = runner.invoke(app, ["account", "Kim", "--role", "doctor", "--password", "correct horse", *state])
    assert wrong.exit_code == 2
    short = runner.invoke(app, ["account", "Kim", "--password", "short", *state])
    assert short.exit_code == 2
    assert runner.invoke(app, ["check", *state]).exit_code == 0
