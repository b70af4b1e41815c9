"""Saves that are killed: before the first call of the system, before each one after it, and at random moments."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot fork")


def killed(folder: Path, *arguments: str) -> int:
    """How many saves were killed; what each of them left was checked."""
    command = [sys.executable, "-m", "tests.common.bundles.atomic.killing", str(folder), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.parametrize("how", ["exchange", "renames"])
def test_before_each_call_of_the_system(tmp_path: Path, how: str) -> None:
    assert killed(tmp_path, how, "every_step", "0", "0") > 40


@pytest.mark.parametrize("how", ["exchange", "renames"])
def test_at_random_moments(tmp_path: Path, how: str) -> None:
    assert killed(tmp_path, how, "random", "20", "0") == 20


@pytest.mark.slow
@pytest.mark.parametrize("how", ["exchange", "renames"])
def test_four_hundred_at_random_moments(tmp_path: Path, how: str) -> None:
    assert killed(tmp_path, how, "random", "400", "1", "flushed") == 400
