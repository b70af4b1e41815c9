"""Searches bytes for pictures: pixels of given pictures as they are, in Base64 or in hexadecimal digits, and files.

Pixels are remembered as hashes of blocks of 32 bytes. A hash that can be computed at every place of a long text by
five operations on whole arrays finds a block wherever it begins.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
_BLOCK = 32
_FACTOR = 0x9E3779B97F4A7C15
_LEAST_VALUES = 8  # of a block: what is all of one colour could be anything
_PART = 1 << 22
_BEGINNINGS = {
    "JPEG": b"\xff\xd8\xff",
    "PNG": b"\x89PNG\r\n",
    "GIF": b"GIF8",
    "WebP": b"WEBPVP8",
    "TIFF": b"II*\x00",
    "gzip": b"\x1f\x8b\x08",
    "JPEG in Base64": b"/9j/",
    "PNG in Base64": b"iVBORw0KGgo",
    "picture in an address": b"data:image",
}
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{64,}")
_DIGITS = re.compile(rb"(?:[0-9a-fA-F]{2}){40,}")


def blocks_of(picture: npt.NDArray[np.uint8]) -> Hashes:
    """Hashes of the blocks of a picture, in the order red, green, blue and in the other one."""
    found = []
    for pixels in (picture, picture[..., ::-1]):
        values = np.ascontiguousarray(pixels).ravel()
        values = values[: len(values) // _BLOCK * _BLOCK]
        ordered = np.sort(values.reshape(-1, _BLOCK), axis=1)
        n_values = 1 + (np.diff(ordered, axis=1) > 0).sum(axis=1)
        found.append(_hashes(values)[::_BLOCK][n_values >= _LEAST_VALUES])
    return np.concatenate(found)


def pictures_in(content: bytes, blocks: Hashes) -> list[str]:
    """What was found in these bytes, in words; ``blocks`` are sorted."""
    found = [f"the beginning of a {name}" for name, beginning in _BEGINNINGS.items() if beginning in content]
    for place, text in (("as they are", content), ("in another form", b"\n".join(_decoded(content)))):
        n_blocks = sum(_n_known(text[begin : begin + _PART + _BLOCK], blocks) for begin in range(0, len(text), _PART))
        if n_blocks:
            found.append(f"{n_blocks} blocks of pixels {place}")
    return found


def _n_known(content: bytes, blocks: Hashes) -> int:
    hashes = _hashes(np.frombuffer(content, np.uint8))
    if not len(hashes) or not len(blocks):
        return 0
    places = np.minimum(np.searchsorted(blocks, hashes), len(blocks) - 1)
    return int((blocks[places] == hashes).sum())


def _hashes(values: npt.NDArray[np.uint8]) -> Hashes:
    """The hash of the block that begins at each place: of twice the length from two neighbours, five times."""
    hashes = values.astype(np.uint64)
    factor, length = _FACTOR, 1
    while length < _BLOCK:
        hashes = hashes[:-length] * np.uint64(factor) + hashes[length:]
        factor, length = factor * factor % 2**64, 2 * length
    return hashes


def _decoded(content: bytes) -> Iterator[bytes]:
    """Long runs of Base64, from each of four places since their beginning may be cut off, and of digits."""
    for run in _BASE64.findall(content):
        for begin in range(4):
            text = run[begin:].replace(b"-", b"+").replace(b"_", b"/")
            yield base64.b64decode(text[: len(text) // 4 * 4])
    for run in _DIGITS.findall(content):
        yield binascii.unhexlify(run)
        yield binascii.unhexlify(run[1:-1])
