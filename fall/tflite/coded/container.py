"""The files of a model in one coded file, with a checksum.

The format, with integers as :func:`fall.compression.storage.byte_reader.varint` writes them::

    "HFCM" 1, number of files
    each file: bytes of the name, name; bytes of the coded file, the coded file as `encode_bytes` writes it
    CRC-32 of everything before
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from common.errors import ModelIntegrityError
from fall.compression.storage.byte_reader import ByteReader, varint
from fall.compression.storage.segments import decode_bytes, encode_bytes
from fall.tflite.coded.constants import constant_segments
from fall.tflite.file import Graph

_MAGIC = b"HFCM"
_VERSION = 1
_MAX_FILES, _MAX_NAME_BYTES = 64, 255

#: The file that holds the network; its constants are coded as numbers.
NETWORK = "model.tflite"


def encode_files(graph: Graph, files: Mapping[str, bytes]) -> bytes:
    """One coded file that holds a network and the files beside it."""
    parts = [_part(NETWORK, encode_bytes(graph.content, constant_segments(graph)))]
    parts += [_part(name, encode_bytes(content)) for name, content in files.items()]
    body = _MAGIC + bytes([_VERSION]) + varint(len(parts)) + b"".join(parts)
    return body + _checksum(body)


def decode_files(data: bytes, *, max_bytes: int) -> dict[str, bytes]:
    """The files that :func:`encode_files` encoded, by name.

    Parameters
    ----------
    data : bytes
        The coded file; it need not come from a trusted source.
    max_bytes : int
        Files that are larger together are refused before memory is allocated.

    Raises
    ------
    ModelIntegrityError
        If the data are damaged, cut off, of another kind or version, or too large.
    """
    if not data.startswith(_MAGIC):
        raise ModelIntegrityError(f"it begins with {data[:4]!r}; coded models begin with {_MAGIC!r}")
    body = data[:-4]
    if _checksum(body) != data[-4:]:
        raise ModelIntegrityError("its checksum is wrong: it is damaged or cut off")
    reader = ByteReader(body[len(_MAGIC) :])
    version = reader.take(1)[0]
    if version != _VERSION:
        raise ModelIntegrityError(f"it has the format {version}, this library reads {_VERSION}: upgrade har-fall")
    files: dict[str, bytes] = {}
    for _ in range(reader.varint(at_most=_MAX_FILES, of="files")):
        name = _name(reader.take(reader.varint(at_most=_MAX_NAME_BYTES, of="bytes of a name")))
        if name in files:
            raise ModelIntegrityError(f"it holds {name} twice: it is damaged")
        coded = reader.take(reader.varint(at_most=len(data), of="bytes of a file"))
        files[name] = decode_bytes(coded, max_bytes=max_bytes)
        max_bytes -= len(files[name])
    if reader.rest():
        raise ModelIntegrityError("bytes are left after its last file: it is damaged")
    return files


def _part(name: str, coded: bytes) -> bytes:
    title = name.encode("ascii")
    return varint(len(title)) + title + varint(len(coded)) + coded


def _name(title: bytes) -> str:
    try:
        return title.decode("ascii")
    except UnicodeDecodeError:
        raise ModelIntegrityError("the name of a file is not text: it is damaged") from None


def _checksum(body: bytes) -> bytes:
    return zlib.crc32(body).to_bytes(4, "little")
