"""The chunks of a PNG that say which way up it is, found without its pixels.

Pillow reads what follows the pixels only after decoding them. Here, the file is walked from chunk to chunk, and what
tells the orientation is put into a PNG of a single pixel, which Pillow opens at once.
"""

from __future__ import annotations

import io
import itertools
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from common.errors import UnsafeInputError
from fall.image_files.limits import MAX_CHUNKS

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_KEYWORDS = (b"Raw profile type exif", b"XML:com.adobe.xmp", b"exif")
_LONGEST_KEYWORD = 79


def check_chunks(file: BinaryIO) -> None:
    """Refuse a PNG of more than :data:`~fall.image_files.limits.MAX_CHUNKS` chunks.

    Raises
    ------
    UnsafeInputError
    """
    if sum(1 for _ in itertools.islice(_chunks(file), MAX_CHUNKS + 1)) > MAX_CHUNKS:
        raise UnsafeInputError(f"it has more than {MAX_CHUNKS:,} chunks, which no encoder writes: save it again")


def metadata_of_png(file: BinaryIO) -> bytes:
    """A PNG of one pixel with the chunks of ``file`` that tell its orientation, wherever they stand."""
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixel = _chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"".join((_SIGNATURE, header, *_orientation_chunks(file), pixel, _chunk(b"IEND", b"")))


def bit_depth(png: bytes) -> int:
    """Bits of a sample, from the header."""
    return png[24]


def _orientation_chunks(file: BinaryIO) -> Iterator[bytes]:
    for position, length, kind in _chunks(file):
        if kind == b"eXIf" or (kind in _TEXTS and _keyword(file) in _KEYWORDS):
            file.seek(position)
            yield file.read(12 + length)


def _chunks(file: BinaryIO) -> Iterator[tuple[int, int, bytes]]:
    """Position, length and kind of each chunk up to the end of the image; ``file`` stands at its content."""
    end = file.seek(0, io.SEEK_END)
    position = file.seek(len(_SIGNATURE))
    while True:
        length, kind = int.from_bytes(file.read(4)), file.read(4)
        following = position + 12 + length
        if len(kind) < 4 or kind == b"IEND" or following > end:
            return
        yield position, length, kind
        position = file.seek(following)


def _keyword(file: BinaryIO) -> bytes:
    return file.read(_LONGEST_KEYWORD + 1).partition(b"\0")[0]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
