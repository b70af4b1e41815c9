"""A new version of a bundle keeps the permissions of the old one, and is never readable by others meanwhile."""

import os
import stat
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import common
from common.bundles.atomic import durable
from common.errors import InvalidInputError
from tests.common.bundles.example import Model

NEWER = Model(np.zeros(3), {}, b"newer")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o022, 0o077, 0o027, 0o002])
def umask(request: pytest.FixtureRequest) -> Any:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.mark.parametrize(("folder", "file"), [(0o700, 0o600), (0o750, 0o640), (0o755, 0o644), (0o2770, 0o660)])
def test_a_new_version_keeps_the_permissions(saved: Path, umask: int, folder: int, file: int) -> None:
    for path in saved.iterdir():
        path.chmod(file)
    saved.chmod(folder)
    common.save_bundle(NEWER, saved)
    assert mode(saved) == folder
    assert {mode(path) for path in saved.iterdir()} == {file}


def test_each_file_keeps_its_permissions(saved: Path) -> None:
    (saved / "weights.npy").chmod(0o600)
    common.save_bundle(NEWER, saved)
    assert (mode(saved / "weights.npy"), mode(saved / "settings.json")) == (0o600, 0o644)


def test_an_added_file_gets_the_permissions_of_the_manifest(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import har

    for path in saved.iterdir():
        path.chmod(0o640)
    common.save_bundle(har.Windows(np.zeros((2, 5, 1)), ["a", "b"], [1, 2], 50, ("ax",), [0, 1]), saved)
    assert {mode(path) for path in saved.iterdir()} == {0o640}


def test_a_first_version_gets_default_permissions(tmp_path: Path, umask: int) -> None:
    common.save_bundle(NEWER, tmp_path / "model")
    assert mode(tmp_path / "model") == 0o777 & ~umask
    assert {mode(path) for path in (tmp_path / "model").iterdir()} == {0o666 & ~umask}


def test_an_empty_private_folder_stays_private(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir(mode=0o700)
    common.save_bundle(NEWER, tmp_path / "model")
    assert mode(tmp_path / "model") == 0o700


def test_nobody_else_may_enter_while_it_is_written(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write, seen = durable.write_file, []

    def watched(path: Path, content: bytes, older: Any) -> int:
        seen.append(mode(path.parent))
        return write(path, content, older)

    monkeypatch.setattr(durable, "write_file", watched)
    common.save_bundle(NEWER, saved)
    assert seen == [0o700] * 5


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
def test_root_keeps_the_owner_of_a_bundle(saved: Path) -> None:
    for path in (saved, *saved.iterdir()):
        os.chown(path, 12345, 23456)
    common.save_bundle(NEWER, saved)
    assert {(path.stat().st_uid, path.stat().st_gid) for path in (saved, *saved.iterdir())} == {(12345, 23456)}


def test_a_group_that_cannot_be_kept_loses_its_permissions(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() == 0:
        os.chown(saved, -1, 23456)
    else:
        pytest.skip("only root may give a folder to another group")

    def refuse(*_: Any) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "chown", refuse)
    saved.chmod(0o770)
    common.save_bundle(NEWER, saved)
    assert mode(saved) == 0o700


# ----- what this user may not read or write --------------------------------------------------------------------------


@pytest.fixture
def ordinary_user() -> Any:
    """Root can read everything, so switch to another user for the test."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


@pytest.mark.parametrize("closed", [".", "..", "manifest.json", "manifest.sha256", "weights.npy"])
def test_what_may_not_be_read(saved: Path, request: pytest.FixtureRequest, closed: str) -> None:
    target = saved / closed
    before = mode(target)
    for path in (*saved.parents, saved, *saved.iterdir()):
        if path.is_relative_to(saved.parent):
            path.chmod(mode(path) | 0o755)
    target.chmod(0)
    if not _open_to_all(saved.parent.parent):
        target.chmod(before)
        pytest.skip("the folder of tests is closed to other users")
    request.getfixturevalue("ordinary_user")
    try:
        for attempt in (common.load_bundle, common.describe_bundle):
            if attempt is common.describe_bundle and closed == "weights.npy":
                continue  # only the manifest is read
            with pytest.raises(InvalidInputError, match=r"permission to use '.*' is denied"):
                attempt(saved)
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
        target.chmod(before)


def test_where_nothing_may_be_written(saved: Path, model: Model, request: pytest.FixtureRequest) -> None:
    saved.parent.chmod(0o555)
    if not _open_to_all(saved.parent.parent):
        pytest.skip("the folder of tests is closed to other users")
    request.getfixturevalue("ordinary_user")
    try:
        for path in (saved, saved.parent / "other", saved.parent / "further" / "below"):
            with pytest.raises(InvalidInputError, match=r"permission to use '.*' is denied"):
                common.save_bundle(model, path)
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
        saved.parent.chmod(0o755)
    assert [path.name for path in saved.parent.iterdir()] == ["model"]


def _open_to_all(folder: Path) -> bool:
    """Whether other users may enter the folder and its parents; as root, the test allows it."""
    if os.geteuid() == 0:
        for parent in (folder, *folder.parents):
            if parent.stat().st_uid == 0 and "pytest-of-" in str(parent):
                parent.chmod(parent.stat().st_mode | 0o055)
    return os.geteuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in (folder, *folder.parents))
