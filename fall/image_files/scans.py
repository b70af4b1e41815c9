"""The scans of a JPEG: how often its decoder goes through the whole image."""

from __future__ import annotations

import re

# A marker is a byte other than 0 and 255 after one or more bytes of 255. In pixels, 255 is followed by 0.
_MARKER = re.compile(rb"\xff+([^\x00\xff])")
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
# Restarts, the start of the image and TEM have no content; all others begin with its length.
_WITHOUT_LENGTH = {0x01, 0xD8, *range(0xD0, 0xD8)}


def count_scans(jpeg: bytes) -> int:
    """The scans up to the end of the first image, found as decoders find them.

    What lies inside a segment is not counted, such as a thumbnail, nor what follows the image, such as a second image
    or the film of a "motion photo".

    Source: ITU-T T.81, annex B.

    Examples
    --------
    >>> scan = b"\\xff\\xda\\0\\2" + b"pixels \\xff\\0 and more"
    >>> count_scans(b"\\xff\\xd8" + scan + scan + b"\\xff\\xd9" + scan)
    2
    """
    position = n_scans = 0
    while (match := _MARKER.search(jpeg, position)) is not None:
        marker, position = match[1][0], match.end()
        if marker == _END_OF_IMAGE:
            break
        n_scans += marker == _START_OF_SCAN
        if marker not in _WITHOUT_LENGTH:
            position += int.from_bytes(jpeg[position : position + 2])
    return n_scans
