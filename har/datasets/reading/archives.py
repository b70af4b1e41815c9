"""Arrays of an ``.npz`` file; the archive's directory is checked before anything is unpacked."""

from __future__ import annotations

import io
import math
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import IntArray, read_file_bytes

#: The largest published file unpacks to 51 MB.
_MAX_BYTES = 256 * 2**20
#: Measured signals hardly compress; a member beyond this size and ratio holds no measurements.
_MAX_RATIO, _SMALL_BYTES = 100, 2**20
_MAX_MEMBERS = 1000
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1


def read_arrays(file: Path, names: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
    """The arrays with these names in an ``.npz`` file; none is empty, and none holds pickled objects.

    Raises
    ------
    InvalidInputError
        If the file is damaged, or unpacks to more than a data set could; the message names it.
    """
    content = read_file_bytes(file, max_bytes=_MAX_BYTES)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = _checked_members(archive, names)
            return {name: _array(archive, member) for name, member in members.items()}
    # Damaged bytes reach zipfile, zlib, struct and the parser of NumPy's headers, which raise different errors.
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise InvalidInputError(
            f"{file} cannot be read as arrays named {', '.join(names)} ({reason}): it is truncated or damaged, "
            "copy it again"
        ) from error


def _checked_members(archive: zipfile.ZipFile, names: Sequence[str]) -> dict[str, zipfile.ZipInfo]:
    """The members with these arrays, if the directory's entries are plausible for a data set."""
    directory = archive.infolist()
    if len(directory) > _MAX_MEMBERS:
        raise ValueError(f"it holds {len(directory)} members")
    twice = [name for name, count in Counter(member.filename for member in directory).items() if count > 1]
    if twice:
        raise ValueError(f"it holds {twice[0]!r} twice")
    by_name = {member.filename: member for member in directory}
    missing = [name for name in names if f"{name}.npy" not in by_name]
    if missing:
        raise ValueError(f"it does not hold {missing[0]!r}")
    members = {name: by_name[f"{name}.npy"] for name in names}
    for name, member in members.items():
        if member.flag_bits & _ENCRYPTED:
            raise ValueError(f"{name!r} is encrypted")
        if member.compress_type not in _METHODS:
            raise ValueError(f"{name!r} is compressed by method {member.compress_type}")
        if member.file_size > max(_SMALL_BYTES, _MAX_RATIO * member.compress_size):
            raise ValueError(f"{name!r} unpacks {member.compress_size:,} bytes to {member.file_size:,}")
    total = sum(member.file_size for member in members.values())
    if total > _MAX_BYTES:
        raise ValueError(f"it unpacks to {total:,} bytes, more than {_MAX_BYTES:,}")
    return members


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> npt.NDArray[Any]:
    """An array, if its shape needs exactly the bytes that follow its header."""
    with archive.open(member) as packed:
        # One byte more than declared shows any excess; at the end, zipfile compares the checksum.
        data = packed.read(member.file_size + 1)
    if len(data) != member.file_size:
        raise ValueError(f"{member.filename!r} has {len(data)} bytes instead of {member.file_size}")
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    read_header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    if version not in read_header:
        raise ValueError(f"{member.filename!r} has the unknown format {version}")
    shape, in_columns, dtype = read_header[version](stream)
    if dtype.hasobject:
        raise ValueError(f"{member.filename!r} holds Python objects")
    size = math.prod(shape) * dtype.itemsize
    if min(shape, default=1) <= 0 or size != len(data) - stream.tell() or not size:
        raise ValueError(f"{member.filename!r} does not have the size of an array of shape {shape} and type {dtype}")
    array: npt.NDArray[Any] = np.frombuffer(data, dtype, offset=stream.tell())
    return array.reshape(shape, order="F" if in_columns else "C")


def check_lengths(arrays: dict[str, npt.NDArray[Any]], names: Sequence[str]) -> int:
    """The number of recordings: each of these arrays has one entry per recording."""
    shapes = {name: arrays[name].shape for name in names}
    if len(set(shapes.values())) > 1 or any(len(shape) != 1 for shape in shapes.values()):
        raise ValueError(", ".join(f"{name} has shape {shape}" for name, shape in shapes.items()))
    return len(arrays[names[0]])


def named(names: npt.NDArray[Any], codes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The name of each code; codes count from 0."""
    if codes.dtype.kind not in "iu" or names.ndim != 1 or names.dtype.kind != "U":
        raise ValueError(f"codes are {codes.dtype} and names are {names.dtype}")
    if codes.min() < 0 or codes.max() >= len(names):
        raise ValueError(f"codes go from {codes.min()} to {codes.max()}, but there are {len(names)} names")
    return np.asarray(names[codes])


def checked_offsets(offsets: npt.NDArray[Any], *, n_recordings: int, n_samples: int) -> IntArray:
    """Where each recording begins, and the end of the last."""
    if offsets.dtype.kind not in "iu" or offsets.shape != (n_recordings + 1,):
        raise ValueError(f"offsets are {offsets.shape} of {offsets.dtype}, for {n_recordings} recordings")
    places = offsets.astype(np.int64)
    if places[0] != 0 or places[-1] != n_samples or (np.diff(places) < 0).any():
        raise ValueError(f"offsets run from {places[0]} to {places[-1]}, but there are {n_samples} samples")
    return places


def scaled(values: npt.NDArray[Any], scale: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Stored integers in their unit: one factor per channel."""
    if values.dtype.kind not in "iuf" or scale.dtype.kind != "f" or values.ndim != 2 or scale.shape != values.shape[1:]:
        raise ValueError(f"values are {values.shape} of {values.dtype}, their scale is {scale.shape} of {scale.dtype}")
    return np.asarray(values * scale, dtype=np.float64)
