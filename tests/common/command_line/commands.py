"""Run `har` and `fall` as a shell does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]


def command(package: str, *arguments: Any) -> list[str]:
    """The words of the command, with the interpreter of this test."""
    return [sys.executable, "-m", package, *map(str, arguments)]


def environment(**more: str) -> dict[str, str]:
    """That of this test, with the checkout on the path and a terminal of 80 columns."""
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONIOENCODING": "utf-8"}
    return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", **quiet, **more}


def run(package: str, *arguments: Any, cwd: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """The finished command, with what it wrote."""
    return subprocess.run(
        command(package, *arguments), cwd=cwd, env=environment(), capture_output=True, encoding="utf-8", **options
    )


def refusal(package: str, *arguments: Any, cwd: Path, status: int = 1, **options: Any) -> str:
    """The message of a command that is refused: one line, and no traceback."""
    done = run(package, *arguments, cwd=cwd, **options)
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    return done.stderr


def check_help(text: str) -> None:
    """Help fits 80 columns, and breaks no name or word."""
    assert max(map(len, text.splitlines())) <= 80, text
    words = set(re.findall(r"[a-z]{3,}", text))
    assert not re.search(r"[│╭╰]", text), "a table would break the names in it"
    assert "help" in words
