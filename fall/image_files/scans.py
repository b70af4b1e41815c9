"""The scans of a JPEG: how often its decoder goes through the whole image."""

from __future__ import annotations

import re

# A marker is 255 and a byte other than 0 and 255; in pixels, 255 is followed by 0. Restarts (D0 to D7), the start of
# the image (D8) and TEM (01) have no content and are passed over; all others but the end begin with their length.
_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9


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
        position += int.from_bytes(jpeg[position : position + 2])
    return n_scans
