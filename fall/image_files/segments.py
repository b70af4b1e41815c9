"""The segments before the pixels of a JPEG: so few that reading its header takes no time."""

from __future__ import annotations

import io
from typing import BinaryIO

from common.errors import UnsafeInputError
from fall.image_files.limits import MAX_SEGMENTS

_START_OF_SCAN = 0xDA
# TEM, JPG, restarts, the start and the end of an image, and JPG0 to JPG13: Pillow reads nothing after these.
_WITHOUT_CONTENT = frozenset((0x00, 0x01, 0xC8, *range(0xD0, 0xDA), *range(0xF0, 0xFE)))


def check_segments(file: BinaryIO) -> None:
    """Refuse a JPEG with too many segments before its first scan; bytes between them count, too.

    Pillow reads such bytes one by one, and copies all EXIF data again for each segment of it, which takes minutes for
    ten megabytes.

    Source: ITU-T T.81, annex B.

    Raises
    ------
    UnsafeInputError
        If there are more than :data:`~fall.image_files.limits.MAX_SEGMENTS`.
    """
    file.seek(2)
    for _ in range(MAX_SEGMENTS):
        marker = file.read(2)
        if len(marker) < 2 or marker == bytes((0xFF, _START_OF_SCAN)):
            return
        if marker[0] != 0xFF or marker[1] == 0xFF:  # a byte that belongs to nothing, or one that fills up
            file.seek(-1, io.SEEK_CUR)
        elif marker[1] not in _WITHOUT_CONTENT:
            length = int.from_bytes(file.read(2))  # of itself, too
            file.seek(max(length - 2, 0), io.SEEK_CUR)
    raise UnsafeInputError(f"it has more than {MAX_SEGMENTS:,} segments before its pixels: save it again")
