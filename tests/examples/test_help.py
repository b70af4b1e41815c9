"""The help of every example fits a terminal of 80 columns, and breaks no name."""

import importlib
import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from examples.terminal import command_line

EXAMPLES = Path(__file__).parents[2] / "examples"
SCRIPTS = sorted(path.stem for path in EXAMPLES.glob("*.py") if "\n    run(main)\n" in path.read_text(encoding="utf-8"))


def check(text: str) -> None:
    assert max(map(len, text.splitlines())) <= 80, text
    assert not re.search("[│╭]", text), "a table breaks the names in it"
    assert str(Path.home()) not in text
    assert str(EXAMPLES.parent) not in text, "the default is a path of this machine"


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "COLUMNS", "80")


def test_there_are_scripts() -> None:
    assert {"lab1_activity_recognition", "lab2_fall_detection", "fusion", "report"} <= set(SCRIPTS)


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_help_of_a_script(name: str) -> None:
    script = importlib.import_module(f"examples.{name}")
    result = CliRunner().invoke(command_line(script.main), ["--help"])
    assert result.exit_code == 0
    check(result.stdout)


@pytest.mark.parametrize("module", ["care_home.__main__", "scale_out"])
def test_the_help_of_commands(module: str) -> None:
    app = importlib.import_module(f"examples.{module}").app
    commands = [command.name or command.callback.__name__ for command in app.registered_commands]
    for words in ([], *([name] for name in commands)):
        result = CliRunner().invoke(app, [*words, "--help"])
        assert result.exit_code == 0, result.output
        check(result.stdout)
