"""The trained models of the fusion on disk: four bundles, and a manifest that says where they come from."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sklearn.pipeline import Pipeline

import common
import fall
from common import InertialSensor, InvalidInputError, ModelIntegrityError
from examples.fusion_trees import WindowTrees

SHIPPED = Path(__file__).resolve().parent / "models"
MANIFEST = "manifest.json"
_BUNDLES = ("wearable", "prototypes", "camera", "fusion")
_PACKAGES = ("har-fall", "numpy", "scipy", "scikit-learn", "tensorflow", "tf-keras", "ai-edge-litert")


@dataclass(frozen=True)
class MeasuredData:
    """A data set of measured people on which a model was trained."""

    name: str
    licence: str
    sha256: Mapping[str, str]  # of each file


@dataclass(frozen=True)
class Manifest:
    """Where models come from, and how they are to be used.

    Attributes
    ----------
    command : str
        That trains them again.
    settings : mapping of str to object
        Scenarios, seeds and sizes: the same settings give the same models.
    position, rate_hz : str, float
        Where the sensor is worn, and its samples a second.
    threshold : float
        Fused probability from which the alarm suspects a fall, chosen on the validation days.
    chosen : str
        How it was chosen, in words.
    calibration_error : float
        Of the fusion, out of fold on the validation days.
    data : tuple of MeasuredData
        Measured people; empty for models of simulated people alone.
    versions : mapping of str to str
    files : mapping of str to (int, str)
        Bytes and SHA-256 of every file.
    """

    command: str
    settings: Mapping[str, Any]
    position: str
    rate_hz: float
    threshold: float
    chosen: str
    calibration_error: float
    data: tuple[MeasuredData, ...]
    versions: Mapping[str, str]
    files: Mapping[str, tuple[int, str]]

    @property
    def sensor(self) -> InertialSensor:
        """The worn sensor for which the models are made."""
        return InertialSensor(self.position, rate_hz=self.rate_hz)


@dataclass(frozen=True, eq=False)
class Models:
    """The classifiers of both sensors, their fusion, and where they come from; prototypes are a rival of the trees."""

    wearable: WindowTrees
    prototypes: Pipeline
    camera: fall.CompressedModel
    fusion: common.FusionClassifier
    manifest: Manifest

    @property
    def classifiers(self) -> dict[str, Any]:
        """The sensors' classifiers by the sensor's name, and the prototypes."""
        return {"wearable": self.wearable, "prototypes": self.prototypes, "camera": self.camera}


def write_manifest(
    folder: Path,
    *,
    command: str,
    settings: Mapping[str, Any],
    sensor: InertialSensor,
    threshold: float,
    chosen: str,
    calibration_error: float,
    data: tuple[MeasuredData, ...],
) -> Manifest:
    """Describe the four bundles in a folder; this makes them complete."""
    manifest = Manifest(
        command,
        settings,
        sensor.position,
        sensor.rate_hz,
        threshold,
        chosen,
        calibration_error,
        data,
        versions(),
        {name: (path.stat().st_size, sha256(path)) for name, path in _files(folder).items()},
    )
    text = json.dumps(asdict(manifest), indent=1, allow_nan=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return manifest


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a folder; None if there is none.

    Raises
    ------
    ModelIntegrityError
        If it is not what :func:`write_manifest` wrote, or a file differs from it.
    """
    path = folder / MANIFEST
    if not path.exists():
        return None
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        data = tuple(MeasuredData(**part) for part in values.pop("data"))
        files = {name: (int(size), str(digest)) for name, (size, digest) in values.pop("files").items()}
        manifest = Manifest(data=data, files=files, **values)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelIntegrityError(f"{path} is no manifest of models: train them again ({error})") from error
    found = {name: (file.stat().st_size, sha256(file)) for name, file in _files(folder).items()}
    changed = sorted(name for name in {*found, *files} if found.get(name) != files.get(name))
    if changed:
        raise ModelIntegrityError(f"{folder}: {changed[0]} is not the file that the manifest names: train them again")
    return manifest


def load_models(folder: Path) -> Models:
    """The models of a folder, checked against its manifest.

    Raises
    ------
    InvalidInputError
        If the folder holds none.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise InvalidInputError(
            f"models: {folder} holds none; `python examples/train_models.py --out {folder}` makes them"
        )
    wearable, prototypes, camera, fusion = (common.load_bundle(folder / name) for name in _BUNDLES)
    return Models(wearable, prototypes, camera, fusion, manifest)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that shape a model."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _files(folder: Path) -> dict[str, Path]:
    """Every file of the bundles, by its path within the folder."""
    paths = sorted(path for name in _BUNDLES for path in (folder / name).rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in paths}
