"""Saves that are killed before each system call, and at random moments."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot fork")


def killed(folder: Path, *arguments: str) -> int:
    """How many saves were killed; the child process checks what each of them left."""
    command = [sys.executable, "-m", "tests.common.bundles.atomic.killing", str(folder), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.promise("A saver killed at any system call leaves the old bundle or the new one, whole")
@pytest.mark.parametrize("how", ["exchange", "renames"])
def test_before_each_system_call(tmp_path: Path, how: str) -> None:
    assert killed(tmp_path, how, "every_step", "0", "0") > 40


@pytest.mark.parametrize("how", ["exchange", "renames"])
def test_at_random_moments(tmp_path: Path, how: str) -> None:
    assert killed(tmp_path, how, "random", "20", "0") == 20


@pytest.mark.slow
@pytest.mark.parametrize("how", ["exchange", "renames"])
def test_four_hundred_at_random_moments(tmp_path: Path, how: str) -> None:
    assert killed(tmp_path, how, "random", "400", "1", "flushed") == 400
