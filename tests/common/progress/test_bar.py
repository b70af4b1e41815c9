"""Progress goes to standard error or nowhere, and always to the logger."""

import logging

import pytest

from common.progress import Progress


def test_without_a_terminal_each_step_is_a_line_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress("folds", 2, verbose=1, logger="har") as progress:
        progress.note("two of them [one after the other]")
        progress.step("accuracy 0.9", "1 s left")
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.splitlines() == ["two of them [one after the other]", "folds: 1 of 2  accuracy 0.9  1 s left"]


def test_a_terminal_shows_a_bar(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes it for a terminal
    with Progress("folds", 1, verbose=1, logger="har") as progress:
        progress.step("[0.9]")
    written = capsys.readouterr()
    assert written.out == ""
    assert "folds  [0.9]" in written.err
    assert "━" in written.err


def test_silent_progress_is_still_logged(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "har"), Progress("folds", 1, verbose=0, logger="har.selection") as progress:
        progress.note("one fold")
        progress.step("accuracy 0.9")
    assert [record.levelname for record in caplog.records] == ["INFO", "DEBUG"]
    assert caplog.messages == ["folds: one fold", "folds: 1 of 1  accuracy 0.9"]
    assert capsys.readouterr() == ("", "")


def test_the_library_configures_no_handler() -> None:
    assert not any(logging.getLogger(name).handlers for name in ("har", "fall", "common"))
