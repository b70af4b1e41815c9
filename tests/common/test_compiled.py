"""Damaged files of compiled code: a warning, and the program goes on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = "from har.dtw.distance import dtw_distance; print(dtw_distance([0, 4, 0], [0, 1, 0], band=1))"


def run(cache):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(cache), "PYTHONPATH": str(ROOT)}
    environment.pop("NUMBA_DISABLE_JIT", None)
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) == pytest.approx(3)
    return done.stderr


def truncate(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path):
    content = bytearray(path.read_bytes())
    content[-len(content) // 2] ^= 4
    path.write_bytes(content)


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cache")
    assert "damaged" not in run(folder)
    return folder


DAMAGES = [("nbi", truncate), ("nbc", truncate), ("nbc", flip)]


@pytest.mark.parametrize(("suffix", "damage"), DAMAGES)
def test_a_damaged_file_is_replaced_with_a_warning(cache, suffix, damage):
    for path in cache.rglob(f"*.{suffix}"):
        damage(path)
    assert "its file in the cache is damaged" in run(cache)
    assert "damaged" not in run(cache)


def test_a_folder_that_cannot_be_written_to_is_no_obstacle(tmp_path):
    (tmp_path / "file").write_text("where the folder should be")
    run(tmp_path / "file" / "folder")
