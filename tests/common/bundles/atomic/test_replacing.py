"""Readers find the old or the new bundle despite failures and concurrent saves; deleted bundles do not reappear."""

import errno
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import common
from common.bundles.atomic import durable, leftovers, swap
from common.errors import InvalidInputError
from tests.common.bundles.example import Model, assert_same

NEWER = Model(np.zeros(3), {}, b"newer")
HIDDEN = ".model.0123456789abcdef."


@pytest.fixture(params=["exchange", "two renames"], autouse=True)
def system(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """With the system call that exchanges folders, if it is available, and without."""
    if request.param == "two renames":
        monkeypatch.setattr(swap, "exchange", lambda first, second: False)
        return "two renames"
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    if not swap.exchange(first, second):
        pytest.skip("this system cannot exchange two folders")
    first.rmdir()
    second.rmdir()
    return "exchange"


def assert_alone(saved: Path, model: Model) -> None:
    assert_same(common.load_bundle(saved), model)
    assert [path.name for path in saved.parent.iterdir()] == ["model"]


def test_the_old_bundle_is_replaced(saved: Path) -> None:
    common.save_bundle(NEWER, saved)
    assert_alone(saved, NEWER)


# ----- failures ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nth", range(5))
def test_a_full_disk_leaves_the_old_bundle(
    saved: Path, model: Model, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    written, write = iter(range(100)), durable.write_file

    def until_full(path: Path, content: bytes, older: Any) -> int:
        if next(written) == nth:
            path.write_bytes(content[: len(content) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, content, older)

    monkeypatch.setattr(durable, "write_file", until_full)
    with pytest.raises(OSError, match="No space left"):
        common.save_bundle(NEWER, saved)
    assert_alone(saved, model)


@pytest.mark.parametrize("nth", range(3))
def test_a_failing_rename_leaves_the_old_or_the_new_bundle(
    saved: Path, model: Model, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    renames, rename = iter(range(100)), Path.rename

    def fail_once(path: Path, target: Path) -> Path:
        if next(renames) == nth:
            raise PermissionError(errno.EACCES, "not yours", str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail_once)
    try:
        common.save_bundle(NEWER, saved)
        found = NEWER
    except InvalidInputError:
        found = model
    assert_alone(saved, found)


@pytest.mark.parametrize("nth", range(9))
def test_a_failing_flush_leaves_the_old_bundle(
    saved: Path, model: Model, monkeypatch: pytest.MonkeyPatch, system: str, nth: int
) -> None:
    """Flushed are five files, their folder, and its parent: before, between, and after the two renames."""
    if nth == 8 and system == "exchange":
        pytest.skip("an exchange flushes once less than two renames")
    flushes = iter(range(100))

    def fail_once(descriptor: int) -> None:
        if next(flushes) == nth:
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail_once)
    with pytest.raises(OSError, match="Input/output"):
        common.save_bundle(NEWER, saved)
    assert_alone(saved, model)


# ----- what killed savers left ---------------------------------------------------------------------------------------


def interrupt_replacement(saved: Path) -> None:
    """Leave what a saver leaves that is killed between its two renames."""
    common.save_bundle(NEWER, saved.parent / "other")
    (saved.parent / "other").rename(saved.parent / f"{HIDDEN}new")
    saved.rename(saved.parent / f"{HIDDEN}old")


def test_between_the_renames_the_new_bundle_is_read(saved: Path) -> None:
    interrupt_replacement(saved)
    assert_same(common.load_bundle(saved), NEWER)


def test_the_next_save_finishes_an_interrupted_one(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupt_replacement(saved)
    monkeypatch.setattr(durable, "write_file", lambda *_: pytest.fail("the disk is full"))
    with pytest.raises(pytest.fail.Exception):
        common.save_bundle(NEWER, saved)
    assert_alone(saved, NEWER)


@pytest.mark.parametrize("ends", [["old"], ["new"], ["waste"], ["new", "waste"], ["old", "waste"]])
def test_a_deleted_bundle_does_not_reappear(saved: Path, ends: list[str]) -> None:
    for end in ends:
        shutil.copytree(saved, saved.parent / f"{HIDDEN}{end}")
    shutil.rmtree(saved)
    with pytest.raises(InvalidInputError, match="not a folder"):
        common.load_bundle(saved)


def test_the_next_save_removes_leftovers(saved: Path, model: Model) -> None:
    for end in ("old", "new", "waste"):
        shutil.copytree(saved, saved.parent / f"{HIDDEN}{end}")
    (saved.parent / f"{HIDDEN}lock").touch()
    common.save_bundle(model, saved)
    assert_alone(saved, model)


def test_leftovers_without_a_lock_are_removed_once_they_are_old(saved: Path, model: Model) -> None:
    """Version 0.1 used no locks: its recent folders may still be in use."""
    (saved.parent / f"{HIDDEN}new").mkdir()
    common.save_bundle(model, saved)
    assert (saved.parent / f"{HIDDEN}new").exists()
    os.utime(saved.parent / f"{HIDDEN}new", (time.time() - 4000,) * 2)
    common.save_bundle(model, saved)
    assert_alone(saved, model)


def test_a_read_only_old_folder_is_deleted_too(saved: Path) -> None:
    saved.chmod(0o500)
    common.save_bundle(NEWER, saved)
    assert saved.stat().st_mode & 0o777 == 0o500
    assert_alone(saved, NEWER)


@pytest.mark.parametrize(
    "name", [".model.notes.new", f".other{HIDDEN}new", f"{HIDDEN}new.txt", ".model.0123456789ABCDEF.old"]
)
def test_nothing_else_beside_it_is_touched(saved: Path, model: Model, name: str) -> None:
    (saved.parent / name).mkdir()
    os.utime(saved.parent / name, (0, 0))
    common.save_bundle(model, saved)
    assert (saved.parent / name).exists()


def test_a_link_with_such_a_name_is_not_followed(saved: Path, model: Model) -> None:
    precious = saved.parent / "precious"
    precious.mkdir(mode=0o755)
    (precious / "thesis.txt").touch()
    (saved.parent / f"{HIDDEN}new").symlink_to(precious)
    (saved.parent / f"{HIDDEN}lock").touch()
    common.save_bundle(model, saved)
    assert (precious / "thesis.txt").exists()
    assert precious.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EBADF, errno.ENOTSUP])
def test_a_file_system_without_locks(saved: Path, model: Model, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Then age decides what is in use."""

    def refuse(*_: Any) -> None:
        raise OSError(number, "no locks")

    monkeypatch.setattr(leftovers, "flock", refuse)
    (saved.parent / f"{HIDDEN}new").mkdir()
    (saved.parent / f"{HIDDEN}lock").touch()
    common.save_bundle(NEWER, saved)
    assert_same(common.load_bundle(saved), NEWER)
    assert (saved.parent / f"{HIDDEN}new").exists()
    for end in ("new", "lock"):
        os.utime(saved.parent / f"{HIDDEN}{end}", (0, 0))
    common.save_bundle(model, saved)
    assert_alone(saved, model)


# ----- several at once -----------------------------------------------------------------------------------------------


def test_files_of_a_running_saver_are_kept(saved: Path, model: Model) -> None:
    with leftovers.claimed(saved) as names:
        names.new.mkdir()
        os.utime(names.new, (0, 0))
        os.utime(names.lock, (0, 0))
        common.save_bundle(NEWER, saved)
        assert names.new.is_dir()
    assert_alone(saved, NEWER)


def test_savers_and_readers_at_the_same_time(saved: Path) -> None:
    """The last saver wins, and no reader ever finds a mixed bundle or none."""
    models = [Model(np.full(1000, number), {"i": number}) for number in range(3)]
    common.save_bundle(models[0], saved)

    def save(model: Model) -> None:
        for _ in range(20):
            common.save_bundle(model, saved)

    def load(model: Model) -> None:
        for _ in range(40):
            loaded = common.load_bundle(saved)
            assert_same(loaded, models[loaded.settings["i"]])

    with ThreadPoolExecutor(6) as pool:
        jobs = [pool.submit(job, model) for model in models for job in (save, load)]
    assert [done.exception() for done in jobs] == [None] * 6
    assert_alone(saved, models[common.load_bundle(saved).settings["i"]])
