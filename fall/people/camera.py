"""Frames of a camera at this computer, by OpenCV."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from common.errors import InvalidInputError
from common.optional import require
from fall.people.sources import TimedFrame


def camera_frames(index: int) -> Iterator[TimedFrame]:
    """The frames of camera ``index``, timed as they arrive, until it is unplugged."""
    cv2 = require("cv2", extra="video", purpose="reading a camera")
    if index < 0:
        raise InvalidInputError(f"source is camera {index}; cameras are counted from 0")
    # OpenCV would print its own messages about a camera that is not there.
    level = cv2.getLogLevel() if hasattr(cv2, "getLogLevel") else None
    try:
        if level is not None:
            cv2.setLogLevel(0)
        capture = cv2.VideoCapture(index)
    finally:
        if level is not None:
            cv2.setLogLevel(level)
    if not capture.isOpened():
        capture.release()
        raise InvalidInputError(
            f"source is camera {index}, which is absent or used by another program: connect it, or try another index"
        )
    return _read(cv2, capture, index)


def _read(cv2: Any, capture: Any, index: int) -> Iterator[TimedFrame]:
    start, number = None, 0
    try:
        while True:
            is_there, image = capture.read()
            now = time.monotonic()
            if not is_there:
                break
            start = now if start is None else start
            yield TimedFrame(number, now - start, cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
            number += 1
    finally:
        capture.release()
    if number == 0:
        raise InvalidInputError(f"source is camera {index}, which gives no pictures: check its cable and permissions")
