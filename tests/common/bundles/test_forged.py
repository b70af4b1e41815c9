"""Forged bundles, with correct hashes and wrong content, are refused."""

import hashlib
import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

import common
from common.bundles import files, reading
from common.errors import FrugalError, InvalidInputError, ModelIntegrityError, UnsafeInputError
from tests.common.bundles.example import forge, forge_manifest, header


@pytest.mark.parametrize(
    "name",
    [
        "../evil.npy",
        "a/b.npy",
        "a\\b.npy",
        "..",
        ".hidden",
        "a..npy",
        "",
        "a b",
        "a\n",
        "é",
        "manifest.json",
        "C:x",
        "nul.npy",
        "COM1",
        "a\0b",
        "x" * 101,
    ],
)
def test_names(tmp_path: Path, name: str) -> None:
    entry = {"bytes": 1, "sha256": hashlib.sha256(b"x").hexdigest()}
    path = forge(tmp_path / "model", {}, files={name: entry})
    with pytest.raises(ModelIntegrityError, match=r"file name|lacks"):
        common.load_bundle(path)


@pytest.mark.promise("A forged bundle is refused, and nothing in it is executed")
@pytest.mark.parametrize(
    "changes",
    [
        {"files": []},
        {"files": {"a.npy": {}}},
        {"files": {"a.npy": {"bytes": True, "sha256": "0" * 64}}},
        {"files": {"a.npy": {"bytes": -1, "sha256": "0" * 64}}},
        {"files": {"a.npy": {"bytes": 1.0, "sha256": "0" * 64}}},
        {"files": {"a.npy": {"bytes": 1, "sha256": "A" * 64}}},
        {"files": {f"a{i}": {"bytes": 0, "sha256": "0" * 64} for i in range(1001)}},
        {"kind": "os"},
        {"kind": "../model"},
        {"kind": None},
        {"library": 1},
        {"format": "1"},
        {"format": True},
        {"format": None},
        {"format": 1},  # with the entries of format 2
        {"format": -1},
        {"extra": 1},
        {"files": {"a.npy": {"bytes": 2**63, "sha256": "0" * 64}}},
        {"files": {"a.npy": {"bytes": 10**400, "sha256": "0" * 64}}},
        {"files": {"a.npy": {"bytes": 1, "sha256": None}}},
        {"library": "\x1b[2J"},
        {"library": "9" * 5000},
        {"parts": []},
        {"parts": {"a": {}}},
        {"parts": {"a": "os"}},
        {"parts": {"a.b": "tests.model"}},  # inside a part that does not exist
        {"parts": {"../a": "tests.model"}},
        {"parts": {"A": "tests.model"}},
        {"parts": {f"a{i}": "tests.model" for i in range(100)}},
        {"parts": {".".join("a" * n): "tests.model" for n in range(1, 11)}},  # ten levels
        {"types": "os.system"},
        {"types": [["os.system"]]},
        {"types": ["os.system; print()"]},
        {"types": [f"a.b{i}" for i in range(1001)]},
        {"trained_on": []},
        {"trained_on": {"colour": "red"}},
        {"trained_on": {"rate_hz": "fast"}},
        {"trained_on": {"rate_hz": 10**400}},
        {"trained_on": {"rate_hz": 50, "n_timesteps": 100, "window_s": 3}},
        {"trained_on": {"n_timesteps": 2.5}},
        {"trained_on": {"channels": "ax"}},
        {"trained_on": {"channels": [1]}},
        {"trained_on": {"channels": ["ax"], "units": ["g", "g"]}},
        {"trained_on": {"classes": [[1]]}},
    ],
)
def test_manifests(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(ModelIntegrityError):
        common.load_bundle(forge(tmp_path / "model", {}, **changes))


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"format": 1, "format": 1}',
        b'{"format": NaN}',
        b"[" * 100_000,
        b'{"format": ' + b"9" * 10_000 + b"}",
        b" " * 1_000_001,
    ],
)
def test_manifest_bytes(tmp_path: Path, manifest: bytes) -> None:
    with pytest.raises((ModelIntegrityError, InvalidInputError)):
        common.load_bundle(forge_manifest(tmp_path / "model", manifest, {}))


def test_a_newer_format(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"format 3, this har-fall .* reads up to 2: upgrade har-fall"):
        common.load_bundle(forge(tmp_path / "model", {}, format=3))


def test_sizes_that_add_up_beyond_the_limit(tmp_path: Path) -> None:
    entries = {f"a{i}": {"bytes": 2**29, "sha256": "0" * 64} for i in range(3)}
    path = forge(tmp_path / "model", {}, files=entries)
    for name in entries:
        (path / name).touch()
    with pytest.raises(UnsafeInputError):
        common.load_bundle(path)


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_a_file_replaced_by_a_pipe_after_listing(saved: Path, make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading must not block on the pipe."""

    def listed(directory: Path) -> set[str]:
        found = names(directory)
        (saved / "model.tflite").unlink()
        make(saved / "model.tflite")
        return found

    names = reading._names
    monkeypatch.setattr(reading, "_names", listed)
    with pytest.raises(FrugalError):
        common.load_bundle(saved)


def test_a_claimed_size_allocates_no_memory(saved: Path) -> None:
    entries = json.loads((saved / "manifest.json").read_text())["files"]
    entries["model.tflite"]["bytes"] = 2**62
    forge(saved, {}, files=entries)
    with pytest.raises(ModelIntegrityError, match=r"model\.tflite does not match"):
        common.load_bundle(saved, max_bytes=2**63)


@pytest.mark.parametrize(
    "text",
    [
        "{'descr': '<f8', 'shape': (4, 10, 2",  # never closes
        "{'descr': '<f8', 'fortran_order': False, 'shape': (4, 10L), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (4, 1é), }",
        "{'descr': '<f8', 'fortran_order': 0, 'shape': (4,), }",
        "{'descr': '<M8[s]', 'fortran_order': False, 'shape': (0,), }",
        "{'descr': '|V8', 'fortran_order': False, 'shape': (0,), }",
        "{'descr': '<U99999999999', 'fortran_order': False, 'shape': (0,), }",
        "{'descr': '<U4294967296', 'fortran_order': False, 'shape': (0,), }",
        "{'descr': '<f3', 'fortran_order': False, 'shape': (0,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (" + "1, " * 70 + "), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (" + "(" * 100,
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1, -1), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 10000000000000000000000), }",
        "{'descr': '<U0', 'fortran_order': False, 'shape': (1000000000000,), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (), }",
        "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (0,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (True,), }",
        "{'descr': 'no such type', 'fortran_order': False, 'shape': (0,), }",
        "__import__('os').abort()",
        "",
    ],
)
def test_arrays(text: str) -> None:
    with pytest.raises(ModelIntegrityError, match=r"a\.npy is not a plain array"):
        files.decode("a.npy", header(text))


def test_text_that_is_not_unicode() -> None:
    text = header("{'descr': '<U1', 'fortran_order': False, 'shape': (1,), }", b"\xff" * 4)
    with pytest.raises(ModelIntegrityError, match="not valid Unicode"):
        files.decode("a.npy", text)


def test_pickled_arrays() -> None:
    stream = io.BytesIO()
    np.save(stream, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ModelIntegrityError, match="not a plain array"):
        files.decode("a.npy", stream.getvalue())


@given(st.binary(max_size=300))
def test_noise(data: bytes) -> None:
    plain = header("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }")
    for name, start in (("a.npy", b"\x93NUMPY\x01\x00"), ("a.npy", plain), ("a.json", b"")):
        try:
            files.decode(name, start + data)
        except ModelIntegrityError:
            continue


@pytest.mark.parametrize("text", ["NaN", "-Infinity", "1e999", '{"a": 1, "a": 2}', "[" * 102 + "]" * 102, "1 2"])
def test_json(text: str) -> None:
    with pytest.raises(ModelIntegrityError, match=r"a\.json is not strict JSON"):
        files.decode("a.json", text.encode())


def test_json_that_is_too_large() -> None:
    with pytest.raises(ModelIntegrityError, match="at most 16777216"):
        files.decode("a.json", b"[" + b"0," * 2**23 + b"0]")


def test_content_that_the_reader_cannot_use(tmp_path: Path) -> None:
    path = forge(tmp_path / "model", {"weights.npy": files.encode("weights.npy", np.zeros(2))})
    with pytest.raises(ModelIntegrityError, match=r"does not contain what a tests\.model needs .*settings\.json"):
        common.load_bundle(path)
