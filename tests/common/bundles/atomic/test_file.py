"""A single file is replaced completely or not at all, and what a killed saver left is cleared."""

import os
import stat

import pytest

from common.bundles.atomic.file import replace_file
from common.bundles.atomic.leftovers import Names

TOKEN = "0123456789abcdef"


@pytest.mark.parametrize("older", [None, b"", b"older"])
def test_the_file_is_there_and_nothing_else(tmp_path, older):
    path = tmp_path / "folder" / "file"
    if older is not None:
        path.parent.mkdir()
        path.write_bytes(older)
    replace_file(path, b"newer")
    assert path.read_bytes() == b"newer"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444])
def test_permissions_are_kept(tmp_path, mode):
    path = tmp_path / "file"
    path.write_bytes(b"older")
    path.chmod(mode)
    replace_file(path, b"newer")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"newer", mode)


@pytest.mark.parametrize("call", ["fsync", "fdopen", "replace"])
def test_a_failure_leaves_the_older_file(tmp_path, monkeypatch, call):
    path = tmp_path / "file"
    path.write_bytes(b"older")

    def fails(*arguments, **options):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        if call == "replace":
            patched.setattr(type(path), call, fails)
        else:
            patched.setattr(os, call, fails)
        with pytest.raises(OSError, match="No space left"):
            replace_file(path, b"newer")
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("left", [("new", "lock"), ("new",), ("lock",), ("waste", "lock")])
def test_what_a_killed_saver_left_is_cleared(tmp_path, left):
    path = tmp_path / "file"
    names = Names.of(path, TOKEN)
    for part in left:
        getattr(names, part).write_bytes(b"cut off")
        os.utime(getattr(names, part), (0, 0))
    replace_file(path, b"newer")
    assert list(tmp_path.iterdir()) == [path]
