"""What surrounds every command: exit codes, messages, notes; and how it starts."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import warnings
from importlib import import_module
from pathlib import Path

import pytest
import typer

from common.command_line.options import check_writable, people_folds
from common.command_line.running import WrongUsageError, explained
from common.errors import FrugalWarning, InvalidInputError, ModelIntegrityError
from tests.common.command_line.commands import ROOT


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (InvalidInputError("channels is empty"), 1, "Not possible: channels is empty\n"),
        (ModelIntegrityError("damaged"), 1, "Not possible: damaged\n"),
        (WrongUsageError("--subject is missing"), 2, "Not possible: --subject is missing\n"),
        (PermissionError(13, "Permission denied", "model"), 1, "Not possible: model: permission denied\n"),
    ],
)
def test_what_is_refused_is_one_message(
    error: Exception, status: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as stopped, explained():
        raise error
    assert stopped.value.exit_code == status
    assert capsys.readouterr() == ("", message)


def test_mistakes_of_this_library_keep_their_traceback() -> None:
    with pytest.raises(ZeroDivisionError), explained():
        _ = 1 / 0


def test_warnings_of_this_library_are_notes(capsys: pytest.CaptureFixture[str]) -> None:
    before = warnings.showwarning
    with explained():
        warnings.warn("left out 2 windows", FrugalWarning, stacklevel=1)
    assert capsys.readouterr() == ("", "Note: left out 2 windows\n")
    assert warnings.showwarning is before


def test_both_commands_are_installed() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert set(scripts) == {"har", "fall"}
    for target in scripts.values():
        module, _, function = target.partition(":")
        assert callable(getattr(import_module(module), function))


def test_without_typer_the_extra_is_named() -> None:
    program = "import sys; sys.modules['typer'] = None; from har.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("Not possible: The command har needs typer: pip install 'har-fall[cli]'")


def test_a_folder_for_the_model_is_checked_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert check_writable(tmp_path / "new" / "model") == tmp_path / "new" / "model"
    for place in (tmp_path / "file", tmp_path / "file" / "model"):
        with pytest.raises(InvalidInputError, match="file"):
            check_writable(place)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_each_fold_has_a_person() -> None:
    assert [people_folds(n, 5, source="--subject") for n in (2, 5, 9)] == [2, 5, 5]
    with pytest.raises(InvalidInputError, match="--subject tells of one person"):
        people_folds(1, 5, source="--subject")
