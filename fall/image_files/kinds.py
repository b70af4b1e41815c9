"""The kind of a file, from its first bytes and never from its name; needs no Pillow."""

from __future__ import annotations

import re
from pathlib import Path

from common.validation import open_regular_file

#: Kinds that are decoded.
ACCEPTED = ("PNG", "JPEG", "BMP", "WebP")
#: A file's first bytes that :func:`file_kind` and :func:`webp_size` need.
HEAD_BYTES = 32

_BEGINNINGS = (
    (rb"\x89PNG\r\n\x1a\n", "PNG"),
    (rb"\xff\xd8\xff", "JPEG"),
    (rb"RIFF....WEBP", "WebP"),
    # Text may begin with "BM", too, so the size of the second header is checked: a version of the format each.
    (rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", "BMP"),
    (rb"GIF8[79]a", "GIF"),
    (rb"II[*+]\0|MM\0[*+]", "TIFF"),
    (rb"....ftyp(heic|heix|heim|heis|hevc|hevx|mif1|msf1)", "HEIC"),
    (rb"....ftypavi[fs]", "AVIF"),
    (rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51", "JPEG 2000"),
    (rb"\0\0\0\x0cJXL |\xff\x0a", "JPEG XL"),
    (rb"II(U\0|RO|RS)|FUJIFILMCCD-RAW|....ftypcrx ", "camera raw"),
    (rb"P[1-7]\s+(\d|#|WIDTH)|Pf\s+\d|PF\s+\d", "Netpbm"),
    (rb"8BPS\0[\x01\x02]", "Photoshop"),
    (rb"\0\0[\x01\x02]\0[^\0]\0", "ICO"),
    (rb"\x0a[\0-\5]\x01[\x01\x02\x04\x08]", "PCX"),
    (rb"II\xbc[\0\x01]", "JPEG XR"),
    (rb"v/1\x01", "OpenEXR"),
    (rb"#\?RADIANCE", "Radiance HDR"),
    (rb"DDS ", "DDS"),
    (rb"qoif", "QOI"),
    (rb"....ftyp|....moov|RIFF....AVI |\x1a\x45\xdf\xa3|\0\0\x01[\xb3\xba]|FLV\x01|\x30\x26\xb2\x75", "video"),
)
_PATTERNS = tuple((re.compile(beginning, re.DOTALL), kind) for beginning, kind in _BEGINNINGS)


def kind_of_bytes(head: bytes) -> str | None:
    """The kind of an image or a video, from its first :data:`HEAD_BYTES`; None for anything else.

    Examples
    --------
    >>> kind_of_bytes(b"GIF89a..."), kind_of_bytes(b"walk,fall"), kind_of_bytes(b"")
    ('GIF', None, None)
    """
    return next((kind for pattern, kind in _PATTERNS if pattern.match(head)), None)


def kind_of_file(path: Path) -> str | None:
    """As :func:`kind_of_bytes`.

    Raises
    ------
    InvalidInputError
        If it is not a regular file, or cannot be opened.
    """
    with open_regular_file(path) as file:
        return kind_of_bytes(file.read(HEAD_BYTES))


def webp_size(head: bytes) -> tuple[int, int] | None:
    """Width and height that the header of a WebP file declares, or None if it has none of the three known forms."""
    form, payload = head[12:16], head[20:]
    if form == b"VP8X":
        return _little_endian(payload[4:7]) + 1, _little_endian(payload[7:10]) + 1
    if form == b"VP8L" and payload[:1] == b"\x2f":
        sides = _little_endian(payload[1:5])
        return (sides & 0x3FFF) + 1, (sides >> 14 & 0x3FFF) + 1
    if form == b"VP8 " and payload[3:6] == b"\x9d\x01\x2a":
        return _little_endian(payload[6:8]) & 0x3FFF, _little_endian(payload[8:10]) & 0x3FFF
    return None


def _little_endian(number: bytes) -> int:
    return int.from_bytes(number, "little")
