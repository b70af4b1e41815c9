"""Folders of compiled code into which others could put code are not used."""

import os
import subprocess
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace

import pytest

from common.compiled import folders
from common.errors import FrugalWarning

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes of folders")
ROOT = Path(__file__).parents[3]
UNSAFE_MODES = [0o775, 0o757, 0o777, 0o770, 0o1777, 0o2775]


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """A folder of sources in which ``__pycache__`` cannot be created, and the user's cache."""
    folder = tmp_path / "sources"
    folder.mkdir()
    monkeypatch.setattr(folders, "AppDirs", lambda *_, **__: SimpleNamespace(user_cache_dir=str(tmp_path / "user")))
    return folder


def choose(sources, configured=""):
    """The folder and the warnings."""
    folders.cache_folder.cache_clear()
    folders.warn_once.cache_clear()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        folder = folders.cache_folder(sources, str(configured))
    assert all(warning.category is FrugalWarning for warning in caught)
    return folder, [str(warning.message) for warning in caught]


def make(path, mode):
    path.mkdir()
    path.chmod(mode)  # whatever the umask
    return path


def give_away(path, monkeypatch):
    """Make a folder belong to another user."""
    if os.geteuid() == 0:
        os.chown(path, 12345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 12345)


# ----- the folder set by the user -------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o700, 0o755, 0o711])
def test_a_folder_of_the_user_is_used(sources, tmp_path, mode):
    configured = make(tmp_path / "cache", mode)
    folder, messages = choose(sources, configured)
    assert not messages
    assert folder.parent == configured.resolve()


@pytest.mark.parametrize("relative", ["cache", "./cache", "../cache", "~/cache"])
def test_a_relative_folder_is_refused(sources, tmp_path, monkeypatch, relative):
    monkeypatch.chdir(make(tmp_path / "here", 0o755))
    folder, messages = choose(sources, relative)
    assert folder is None
    assert len(messages) == 1
    assert "absolute" in messages[0]
    assert not list(Path().iterdir())


@pytest.mark.parametrize("mode", UNSAFE_MODES)
def test_a_folder_that_others_can_write_to_is_refused(sources, tmp_path, mode):
    configured = make(tmp_path / "cache", mode)
    folder, messages = choose(sources, configured)
    assert folder is None
    assert len(messages) == 1
    assert f"chmod go-w {configured}" in messages[0]
    assert not list(configured.iterdir())


@pytest.mark.parametrize("mode", UNSAFE_MODES)
def test_a_subfolder_that_others_can_write_to_is_refused(sources, tmp_path, mode):
    folder, _ = choose(sources, tmp_path / "cache")
    folder.chmod(mode)
    folder, messages = choose(sources, tmp_path / "cache")
    assert (folder, len(messages)) == (None, 1)


@pytest.mark.parametrize("which", ["", "cache", "cache/own"])
def test_what_belongs_to_another_user_is_refused(sources, tmp_path, monkeypatch, which):
    configured = tmp_path / "outer" / "cache" / "own"
    configured.mkdir(parents=True)
    give_away(tmp_path / "outer" / which, monkeypatch)
    folder, messages = choose(sources, configured)
    assert folder is None
    assert len(messages) == 1
    assert "another user" in messages[0]


@pytest.mark.parametrize("above", [1, 2, 3])
def test_a_parent_whose_entries_others_can_rename_is_refused(sources, tmp_path, above):
    configured = tmp_path / "a" / "b" / "cache"
    configured.mkdir(parents=True)
    parent = [configured, *configured.parents][above]
    before = parent.stat().st_mode
    parent.chmod(0o777)
    try:
        folder, messages = choose(sources, configured)
    finally:
        parent.chmod(before)
    assert (folder, len(messages)) == (None, 1)


@pytest.mark.parametrize("mode", [0o1777, 0o1775, 0o1757])
def test_a_parent_with_the_sticky_bit_is_safe(sources, tmp_path, mode):
    configured = make(make(tmp_path / "tmp", mode) / "cache", 0o700)
    folder, messages = choose(sources, configured)
    assert (folder.parent, messages) == (configured.resolve(), [])


@pytest.mark.parametrize("private", [True, False])
def test_a_parent_that_a_group_can_write_to_is_safe_if_the_user_is_the_group(sources, tmp_path, monkeypatch, private):
    monkeypatch.setattr(folders, "_is_private", lambda group: private)
    folder, messages = choose(sources, make(make(tmp_path / "project", 0o775) / "cache", 0o700))
    assert (folder is not None, len(messages)) == (private, 1 - private)


@pytest.mark.parametrize(
    ("name", "members", "private"),
    [("ann", [], True), ("ann", ["ann"], True), ("ann", ["bob"], False), ("staff", [], False)],
)
def test_a_private_group_has_the_name_of_its_only_member(monkeypatch, name, members, private):
    import grp
    import pwd

    monkeypatch.setattr(pwd, "getpwuid", lambda _: SimpleNamespace(pw_name="ann", pw_gid=7))
    monkeypatch.setattr(grp, "getgrgid", lambda _: SimpleNamespace(gr_name=name, gr_mem=members))
    assert folders._is_private(7) is private
    assert folders._is_private(8) is False


def test_a_link_counts_as_what_it_points_to(sources, tmp_path):
    (tmp_path / "good").symlink_to(make(tmp_path / "private", 0o700))
    (tmp_path / "bad").symlink_to(make(tmp_path / "open", 0o777))
    assert choose(sources, tmp_path / "good")[0].parent == (tmp_path / "private").resolve()
    assert choose(sources, tmp_path / "bad")[0] is None
    room = choose(sources, tmp_path / "other")[0]
    room.rmdir()
    room.symlink_to(tmp_path / "open")
    assert choose(sources, tmp_path / "other")[0] is None


@pytest.mark.parametrize("umask", [0o000, 0o002, 0o022, 0o077])
def test_a_missing_folder_is_created_for_the_user_alone(sources, tmp_path, umask):
    before = os.umask(umask)
    try:
        folder, messages = choose(sources, tmp_path / "not" / "there")
    finally:
        os.umask(before)
    assert not messages
    assert {path.stat().st_mode & 0o777 for path in (folder, *folder.parents[:2])} == {0o700}


# ----- no folder set --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [None, 0o755, 0o700])
def test_the_folder_beside_the_sources_is_used(sources, mode):
    if mode:
        make(sources / "__pycache__", mode)
    assert choose(sources) == (sources / "__pycache__", [])
    assert not (sources / "__pycache__").stat().st_mode & 0o022


@pytest.mark.parametrize("mode", UNSAFE_MODES)
def test_an_unsafe_one_is_skipped_for_the_users_cache(sources, tmp_path, mode):
    make(sources / "__pycache__", mode)
    folder, messages = choose(sources)
    assert not messages
    assert folder.parent == (tmp_path / "user").resolve()
    assert folder.stat().st_mode & 0o777 == 0o700


def test_one_that_belongs_to_another_user_is_skipped(sources, tmp_path, monkeypatch):
    make(sources / "__pycache__", 0o755)
    if os.geteuid() != 0:
        pytest.skip("everything here would be another user's")
    give_away(sources / "__pycache__", monkeypatch)
    assert choose(sources)[0].parent == (tmp_path / "user").resolve()


def test_the_users_cache_may_be_in_a_folder_created_by_numba(sources, tmp_path, monkeypatch):
    """With a umask of 002: writable by the user's own group."""
    monkeypatch.setattr(folders, "_is_private", lambda group: True)
    (sources / "__pycache__").write_text("in the way")
    make(tmp_path / "user", 0o775)
    folder, messages = choose(sources)
    assert (folder.parent, messages) == ((tmp_path / "user").resolve(), [])


@pytest.mark.parametrize("mode", UNSAFE_MODES)
def test_nothing_is_cached_if_that_is_unsafe_too(sources, mode):
    (sources / "__pycache__").write_text("in the way")
    choose(sources)[0].chmod(mode)
    folder, messages = choose(sources)
    assert (folder, len(messages)) == (None, 1)
    assert "NUMBA_CACHE_DIR" in messages[0]


@pytest.mark.parametrize("configured", ["", "in the way/cache"])
def test_nothing_is_cached_without_warning_where_nothing_can_be_written(sources, tmp_path, configured):
    (sources / "__pycache__").write_text("in the way")
    (tmp_path / "in the way").write_text("")
    (tmp_path / "user").write_text("in the way")
    assert choose(sources, configured and tmp_path / configured) == (None, [])


# ----- a whole program ------------------------------------------------------------------------------------------------

PROGRAM = """
from common.simulation import patterns, rays
print(patterns.share_of_second(1, 0.3, 1.2), rays.slab(0.5, 1.0, 2.0, 4.0))
"""


@pytest.mark.parametrize("configured", ["relative", "writable by all", "safe"])
def test_a_program_warns_once_that_a_folder_is_refused_and_continues(tmp_path, configured):
    folder = make(tmp_path / configured, 0o777 if configured == "writable by all" else 0o755)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("NUMBA_DISABLE_JIT", None)
    environment["NUMBA_CACHE_DIR"] = configured if configured == "relative" else str(folder)
    command = [sys.executable, "-W", "always", "-c", PROGRAM]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "1.0 (0.5, 1.5)\n", done.stderr
    assert done.stderr.count("FrugalWarning") == (configured != "safe")
    assert bool(list(folder.rglob("*.nbc"))) == (configured == "safe")
