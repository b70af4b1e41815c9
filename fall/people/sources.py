"""Where frames come from: a video file, a camera, a stream, or any iterable of times and frames."""

from __future__ import annotations

import math
import numbers
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from common.errors import InvalidInputError
from fall.people.detection import Image


@dataclass(frozen=True, eq=False)
class TimedFrame:
    """A picture of a video.

    Attributes
    ----------
    number : int
        Counted from 0, including frames that the caller skips.
    time_s : float
        Seconds since the first frame, from the video's own time stamps.
    image : ndarray of uint8, shape (height, width, 3)
        RGB, upright; pixels that are not square stay as they are stored.

    Examples
    --------
    >>> TimedFrame(number=0, time_s=0.0, image=np.zeros((48, 64, 3), np.uint8)).image.shape
    (48, 64, 3)
    """

    number: int
    time_s: float
    image: Image


def frames_of(source: Any, *, timeout_s: float = 10.0) -> Iterator[TimedFrame]:
    """The frames of a video file, a camera, a stream, or an iterable.

    Parameters
    ----------
    source : str, path-like, int or iterable
        A path; the index of a camera; an address such as ``"rtsp://…"`` or ``"http://…"`` (also MJPEG); or an iterable
        of ``(time_s, frame)`` with frames of uint8, ``(height, width, 3)`` RGB or ``(height, width)`` grey.
    timeout_s : float
        How long a stream may take to answer or to send the next frame.

    Returns
    -------
    iterator of TimedFrame
        The source is opened, and its errors are raised, before this function returns.

    Raises
    ------
    InvalidInputError
        If there is no such file, camera or stream, or it holds no video.
    UnsafeInputError
        If its frames are too large.
    MissingDependencyError
        If PyAV or OpenCV is not installed.

    Warns
    -----
    FrugalWarning
        If a video is truncated or damaged; its readable frames are returned.

    Examples
    --------
    >>> frames = [(0.0, np.zeros((48, 64, 3), np.uint8)), (0.04, np.zeros((48, 64), np.uint8))]
    >>> [(frame.number, frame.time_s, frame.image.shape) for frame in frames_of(frames)]
    [(0, 0.0, (48, 64, 3)), (1, 0.04, (48, 64, 3))]
    """
    if isinstance(source, (int, np.integer)) and not isinstance(source, bool):
        from fall.people.camera import camera_frames

        return camera_frames(int(source))
    if isinstance(source, (str, os.PathLike)):
        from fall.people.video import stream_frames, video_frames

        address = os.fspath(source)
        if isinstance(source, str) and "://" in address:
            return stream_frames(address, timeout_s=timeout_s)
        if isinstance(address, str) and address:
            return video_frames(Path(address))
    elif isinstance(source, Iterable) and not isinstance(source, (bytes, np.ndarray, dict)):
        return _checked(source)
    raise InvalidInputError(
        f"source is {type(source).__name__} {str(source)[:40]!r}; pass the path of a video, the index of a camera, an "
        "address such as 'rtsp://…', or an iterable of (time_s, frame)"
    )


def _checked(pairs: Iterable[Any]) -> Iterator[TimedFrame]:
    latest = -math.inf
    for number, pair in enumerate(pairs):
        try:
            time_s, frame = pair
        except (TypeError, ValueError) as error:
            raise InvalidInputError(
                f"source item {number} is a {type(pair).__name__}; pass pairs (time_s, frame)"
            ) from error
        if not isinstance(time_s, numbers.Real) or not latest < float(time_s) < math.inf:
            raise InvalidInputError(
                f"source item {number} has the time {time_s!r} after {latest:g} s; times must be finite and increase"
            )
        latest = float(time_s)
        yield TimedFrame(number, latest, _as_rgb(frame, number))


def _as_rgb(frame: Any, number: int) -> Image:
    image = np.asarray(frame)
    if image.ndim == 2:
        image = np.repeat(image[..., None], 3, axis=2)
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or min(image.shape) < 1:
        raise InvalidInputError(
            f"source item {number} is an array of {image.dtype} with the shape {image.shape}; frames must be uint8, "
            "(height, width, 3) RGB or (height, width) grey"
        )
    return np.ascontiguousarray(image)
