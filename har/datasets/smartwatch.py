"""Shoulder exercises recorded with a smartwatch: the recordings that the package seglearn ships."""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np

from common.errors import MissingDependencyError, ModelIntegrityError
from common.validation import DatasetSource, read_file_bytes
from har.datasets.catalog import WearableDataset
from har.recordings import Recordings

_SOURCE = DatasetSource(
    name="Smartwatch",
    page="https://pypi.org/project/seglearn/1.2.5",
    paper="Burns et al., Shoulder physiotherapy exercise recognition, Physiological Measurement 39(7), 075007, 2018, "
    "https://arxiv.org/abs/1802.01489",
    layout="watch_dataset.npy, a file of the installed package seglearn",
)

# Of watch_dataset.npy in seglearn 1.2.5 from PyPI. The file is a pickle, which could run any code: only a file with
# this digest is loaded, and it may call only the functions that rebuild arrays.
_SHA256 = "eb122f23cdf06ef6bd6c6c5312958ec5cf9d038e2e6d457b8081662c75a42537"
_REBUILD_ARRAYS = {
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("_codecs", "encode"),
}

_CHANNELS = ("ax [g]", "ay [g]", "az [g]", "wx [rad/s]", "wy [rad/s]", "wz [rad/s]")

# Reflection at the plane x = 0. Angular velocity is a pseudovector: its components within the plane change sign.
_MIRROR = np.array([-1.0, 1.0, 1.0, 1.0, -1.0, -1.0])


def load_smartwatch(*, mirror: bool = False) -> Recordings:
    """Read seven shoulder exercises of ten people, recorded with a smartwatch at 50 Hz.

    Nothing is downloaded: the recordings are part of the installed package ``seglearn``, which is not imported.

    Parameters
    ----------
    mirror : bool
        Reflect the recordings of the right arm, as if every watch were worn on the left. This uses no label: a wearer
        knows which arm the watch is on.

    Returns
    -------
    Recordings
        140 recordings, channels ``ax``, ``ay``, ``az`` in g and ``wx``, ``wy``, ``wz`` in rad/s. ``y``: PEN (pendulum),
        ABD (abduction), FEL (forward elevation), IR and ER (internal and external rotation with a band), TRAP
        (trapezius extension), ROW (upright row). ``groups``: 1–10.

    Raises
    ------
    MissingDependencyError
        If seglearn is not installed.
    InvalidInputError
        If its file cannot be read.
    ModelIntegrityError
        If the file differs from the published one; being a pickle, it is then not loaded.

    References
    ----------
    Burns et al.: Shoulder physiotherapy exercise recognition: machine learning the inertial signals from a smartwatch.
    Physiological Measurement 39(7), 075007, 2018. https://arxiv.org/abs/1802.01489. The package is under a BSD license.

    Examples
    --------
    >>> load_smartwatch()  # doctest: +SKIP
    Recordings(140 of 10 subjects, 7 activities, 81 min at 50 Hz,
               channels ax [g], ay [g], az [g], wx [rad/s], wy [rad/s], wz [rad/s])
    """
    file = _watch_file()
    content = read_file_bytes(file)
    found = hashlib.sha256(content).hexdigest()
    if found != _SHA256:
        raise ModelIntegrityError(
            f"{file} has SHA-256 {found}, expected {_SHA256}: it is a pickle and was not loaded. "
            "Install the published file again: pip install --force-reinstall 'seglearn==1.2.5'"
        )
    data = _unpickle_arrays(content)
    on_right_arm = np.asarray(data["side"]) == 1
    signals = [
        signal * _MIRROR if mirror and right else signal for signal, right in zip(data["X"], on_right_arm, strict=True)
    ]
    return Recordings(signals, np.array(data["y_labels"])[data["y"]], data["subject"], 50, _CHANNELS)


class _ArrayUnpickler(pickle.Unpickler):
    """Refuses to call anything that rebuilding an array does not need."""

    def find_class(self, module: str, name: str) -> Any:
        module = module.replace("numpy.core", "numpy._core")  # its name until NumPy 2
        if (module, name) not in _REBUILD_ARRAYS:
            raise ModelIntegrityError(f"the pickle asks for {module}.{name}, which no array needs: it was not loaded")
        return super().find_class(module, name)


def _unpickle_arrays(content: bytes) -> dict[str, Any]:
    """The dictionary of arrays in the ``.npy`` file, which is a header followed by a pickled object."""
    stream = io.BytesIO(content)
    np.lib.format.read_magic(stream)
    np.lib.format.read_array_header_1_0(stream)
    recordings: dict[str, Any] = _ArrayUnpickler(stream).load().item()
    return recordings


def _watch_file() -> Path:
    """The path of watch_dataset.npy in the installed package."""
    try:
        files = importlib.metadata.files("seglearn") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        path = Path(str(file.locate()))
        if path.name == "watch_dataset.npy" and path.is_file():
            return path
    raise MissingDependencyError("load_smartwatch needs seglearn, whose wheel holds it: pip install 'har-fall[data]'")


DATASET = WearableDataset("smartwatch", _SOURCE, load_smartwatch, needs_root=False)
