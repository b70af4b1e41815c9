"""A bundle with any changed bit, missing or extra file, or wrong size is not loaded."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import common
from common.bundles import loading
from common.errors import InvalidInputError, ModelIntegrityError, UnsafeInputError


@pytest.mark.promise("A bundle in which one bit is wrong is refused")
def test_flipped_bits_are_found(saved: Path) -> None:
    """At least 800 positions over all files; steps of 7 reach every bit of a byte."""
    tried = 0
    for path in sorted(saved.iterdir()):
        content = path.read_bytes()
        for bit in range(0, 8 * len(content), 7):
            damaged = bytearray(content)
            damaged[bit // 8] ^= 1 << bit % 8
            path.write_bytes(damaged)
            with pytest.raises(ModelIntegrityError):
                common.load_bundle(saved)
            tried += 1
        path.write_bytes(content)
    assert tried >= 800
    common.load_bundle(saved)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(data=st.data())
def test_truncated_extended_or_overwritten_files_are_found(saved: Path, data: st.DataObject) -> None:
    path = saved / data.draw(st.sampled_from(sorted(p.name for p in saved.iterdir())))
    content = path.read_bytes()
    start = data.draw(st.integers(0, len(content)))
    stop = data.draw(st.integers(start, len(content)))
    damaged = content[:start] + data.draw(st.binary(max_size=20)) + content[stop:]
    path.write_bytes(damaged)
    try:
        if damaged == content:
            common.load_bundle(saved)
        else:
            with pytest.raises(ModelIntegrityError):
                common.load_bundle(saved)
    finally:
        path.write_bytes(content)


def test_all_files_are_verified_before_any_is_parsed(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "decode", lambda *_: pytest.fail("parsed too early"))
    (saved / "weights.npy").write_bytes(b"\x93NUMPY but not as saved")
    with pytest.raises(ModelIntegrityError, match=r"weights\.npy"):
        common.load_bundle(saved)


@pytest.mark.parametrize("name", ["weights.npy", "manifest.json", "manifest.sha256"])
def test_a_missing_file(saved: Path, name: str) -> None:
    (saved / name).unlink()
    with pytest.raises(ModelIntegrityError, match=name):
        common.load_bundle(saved)


def test_an_extra_file(saved: Path) -> None:
    (saved / "notes.txt").write_text("mine")
    with pytest.raises(ModelIntegrityError, match=r"contains notes\.txt, which its manifest does not list"):
        common.load_bundle(saved)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("/etc/passwd")])
def test_links_pipes_and_folders(saved: Path, make: Any) -> None:
    (saved / "model.tflite").unlink()
    make(saved / "model.tflite")
    with pytest.raises(UnsafeInputError, match="is not a plain file"):
        common.load_bundle(saved)


def test_what_is_not_a_bundle(tmp_path: Path, saved: Path) -> None:
    for path in (tmp_path / "nothing", saved / "model.tflite"):
        with pytest.raises(InvalidInputError, match="not a folder"):
            common.load_bundle(path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelIntegrityError, match=r"has no manifest\.json"):
        common.load_bundle(tmp_path / "empty")
    for value in (None, 3, "a\0b"):
        with pytest.raises(InvalidInputError, match=r"^directory is"):
            common.load_bundle(value)


def test_too_large(saved: Path) -> None:
    with pytest.raises(UnsafeInputError, match="pass max_bytes="):
        common.load_bundle(saved, max_bytes=10)
