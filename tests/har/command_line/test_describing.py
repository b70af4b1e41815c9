"""`har describe`, `har export-c`, and the help of all commands."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from common.version import __version__
from tests.common.command_line.commands import check_help, command, environment, refusal, run
from tests.har.command_line.conftest import Trained


def test_a_bundle_is_described(trained: Trained) -> None:
    document = json.loads(run("har", "describe", trained.model, "--json", cwd=trained.folder).stdout)
    assert document["kind"] == "common.pipeline"
    assert document["trained_on"]["rate_hz"] == 20
    assert document["trained_on"]["n_subjects"] == 3
    assert document["cost"] == trained.document["cost"]


def test_a_model_becomes_c(trained: Trained, tmp_path: Path) -> None:
    done = run("har", "export-c", trained.model, "é c", "--counts-per-unit", "100", "--bits", 8, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert (tmp_path / document["header"]).exists()
    assert document["flash_bytes"] == sum(document["flash_parts"].values())
    small = ("--counts-per-unit", "100", "--max-ram-bytes", 9)
    assert "max_ram_bytes" in refusal("har", "export-c", trained.model, "c", *small, cwd=tmp_path)


def test_help_is_plain_and_whole(tmp_path: Path) -> None:
    for words in ((), ("train",), ("evaluate",), ("stream",), ("export-c",), ("describe",)):
        done = run("har", *words, "--help", cwd=tmp_path)
        assert done.returncode == 0
        check_help(done.stdout)
        assert "..." not in done.stdout.partition("Commands:")[2]
    assert run("har", "--version", cwd=tmp_path).stdout == f"{__version__}\n"
    assert run("har", cwd=tmp_path).returncode == 2


def test_completion_is_offered(tmp_path: Path) -> None:
    # As bash asks for it: `--show-completion` would look for the shell that started the tests, which may be any.
    asked = environment(_HAR_COMPLETE="complete_bash", COMP_WORDS="har tr", COMP_CWORD="1")
    done = subprocess.run(command("har"), cwd=tmp_path, env=asked, capture_output=True, encoding="utf-8")
    assert done.stdout.split() == ["train"]


@pytest.mark.parametrize("words", [["nothing"], ["describe"], ["describe", "a", "b"]])
def test_wrong_usage_is_status_2(tmp_path: Path, words: list[str]) -> None:
    refusal("har", *words, cwd=tmp_path, status=2)
