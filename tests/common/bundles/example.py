"""A small model of the tests' own, and bundles of it made by hand."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass
class Model:
    weights: npt.NDArray[Any]
    settings: Any
    blob: bytes = b"TFL3"


def write(model: Model) -> dict[str, Any]:
    return {"weights.npy": model.weights, "settings.json": model.settings, "model.tflite": model.blob}


def read(files: Any) -> Model:
    return Model(files["weights.npy"], files["settings.json"], files["model.tflite"])


def assert_same(first: Model, second: Model) -> None:
    np.testing.assert_array_equal(first.weights, second.weights)
    assert first.weights.dtype == second.weights.dtype
    assert (first.settings, first.blob) == (second.settings, second.blob)


def forge(directory: Path, files: dict[str, bytes], /, **changes: Any) -> Path:
    """A bundle by somebody who knows the format: every hash is right."""
    entries = {name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()}
    content = {"format": 2, "kind": "tests.model", "library": "0.1.0", "files": entries}
    content |= {"parts": {}, "types": [], "trained_on": {}, **changes}
    return forge_manifest(directory, json.dumps(content).encode(), files)


def forge_manifest(directory: Path, manifest: bytes, files: dict[str, bytes]) -> Path:
    directory.mkdir(exist_ok=True)
    for name, data in files.items():
        (directory / name).write_bytes(data)
    (directory / "manifest.json").write_bytes(manifest)
    (directory / "manifest.sha256").write_text(f"{hashlib.sha256(manifest).hexdigest()}  manifest.json\n")
    return directory


def reforge(directory: Path, name: str, data: bytes | None, **changes: Any) -> None:
    """Change a file of a bundle, or take it away, or change entries of its manifest; all hashes are right again."""
    manifest = json.loads((directory / "manifest.json").read_text())
    files = {file: (directory / file).read_bytes() for file in manifest["files"]}
    if name:
        files.pop(name, None)
        (directory / name).unlink(missing_ok=True)
    if data is not None:
        files[name] = data
    kept = {key: manifest[key] for key in ("kind", "library", "parts", "types", "trained_on")}
    forge(directory, files, **{**kept, **changes})


def header(text: str, data: bytes = b"") -> bytes:
    """A .npy file with this text as its header."""
    text = text.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode("latin-1") + data
