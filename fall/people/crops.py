"""From a video to one square picture of each person in each frame, cut as the crops of the data sets are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from common.errors import InvalidInputError
from common.monitoring.boxes import MARGIN, Box
from common.optional import require
from common.validation import check_integer, check_number
from fall.people.detection import Image
from fall.people.finding import PeopleFinder
from fall.people.sources import TimedFrame, frames_of
from fall.people.tracking import Tracker

Region = tuple[int, int, int, int]  # x, y, w, h in pixels


@dataclass(frozen=True, eq=False)
class PersonCrop:
    """A person in a frame.

    Attributes
    ----------
    time_s : float
        Seconds since the first frame of the video.
    frame : int
        Number of the frame, counted from 0.
    track : int
        The person: the same number in all frames, counted from 1.
    box : Box
        In pixels of the whole frame.
    image : ndarray of uint8, shape (size, size, 3)
        RGB; the square around the box as :func:`fall.images.crop_square` cuts it.
    score : float
        The detector's, from 0 to 1, when the person was last detected.
    is_detected : bool
        False where the detector missed the person, and the box is that of the last time.

    Examples
    --------
    >>> def frames():  # a white bar that enters a black picture
    ...     for number in range(12):
    ...         frame = np.zeros((120, 160, 3), np.uint8)
    ...         frame[40:80, max(0, 10 * number - 20) : 10 * number] = 255
    ...         yield number / 10, frame
    >>> crop = list(people_in(frames(), detector="motion", size=32))[-1]
    >>> crop.frame, crop.time_s, crop.track, crop.is_detected
    (11, 1.1, 1, True)
    """

    time_s: float
    frame: int
    track: int
    box: Box
    image: Image
    score: float
    is_detected: bool


def people_in(
    source: Any,
    *,
    detector: Any = None,
    size: int = 96,
    region: Sequence[int] | None = None,
    every: int = 1,
    max_people: int | None = None,
    keep_lost_s: float = 1.0,
    margin: float = MARGIN,
    turned: bool = True,
    timeout_s: float = 10.0,
) -> Iterator[PersonCrop]:
    """Find and follow people in a video, and cut a square around each.

    Parameters
    ----------
    source : str, path-like, int or iterable
        A video file, an address (``"rtsp://…"``, ``"http://…"`` also of MJPEG), the index of a camera, or an iterable
        of ``(time_s, frame)`` with frames of uint8 ``(height, width, 3)`` RGB.
    detector : {"motion", "pose"}, callable, or a list of them, optional
        ``"motion"`` subtracts the background and needs a camera that stands still; ``"pose"`` is a published network,
        see :func:`fall.people.fetch_pose_models`; a callable takes a frame and returns
        :class:`fall.people.Detection` or rows ``(x, y, w, h, score)``. By default ``["pose", "motion"]``. A score of
        0.75 begins a track, one of 0.5 if it is repeated twice; any score continues one.
    size : int
        Side of the squares in pixels.
    region : (x, y, w, h), optional
        Look at this part of the frame only, in pixels.
    every : int
        Look at every so many frames.
    max_people : int, optional
        Follow no more people at once.
    keep_lost_s : float
        How long to go on with somebody who is not detected any more. Where nothing has changed since, as when somebody
        lies still, there is no limit. 0 gives only people who are detected.
    margin : float
        Empty space on each side of a square, as a part of the longer side of the box.
    turned : bool
        Also show the detector (not ``"motion"``) turned pictures where somebody was: people who lie are found better,
        for up to four more calls of it a person and frame.
    timeout_s : float
        How long a stream may take to answer or to send the next frame.

    Returns
    -------
    iterator of PersonCrop
        In the order of the frames. Arguments are checked and the source is opened before this function returns.

    Raises
    ------
    InvalidInputError
        If an argument is wrong, the source cannot be opened, or the detector's network is not there.
    UnsafeInputError
        If frames are too large.
    ModelIntegrityError
        If the detector's network is another file.
    MissingDependencyError
        If PyAV, OpenCV or LiteRT is not installed: ``pip install 'har-fall[video]'``.

    Warns
    -----
    FrugalWarning
        If the video is truncated or damaged; what could be read was returned.

    Examples
    --------
    A white bar that enters a black picture is found by its motion:

    >>> def frames():
    ...     for number in range(12):
    ...         frame = np.zeros((120, 160, 3), np.uint8)
    ...         frame[40:80, max(0, 10 * number - 20) : 10 * number] = 255
    ...         yield number / 10, frame
    >>> crops = list(people_in(frames(), detector="motion", size=32))
    >>> crops[-1].image.shape, {crop.track for crop in crops}
    ((32, 32, 3), {1})
    """
    size = check_integer(size, "size", at_least=8, at_most=1024)
    every = check_integer(every, "every")
    if max_people is not None:
        max_people = check_integer(max_people, "max_people")
    keep_lost_s = check_number(keep_lost_s, "keep_lost_s", at_least=0)
    margin = check_number(margin, "margin", at_least=0, below=1)
    timeout_s = check_number(timeout_s, "timeout_s", above=0)
    part = None if region is None else _check_region(region)
    require("PIL", extra="video", purpose="cutting people out of video")
    finder = PeopleFinder(detector, turned=turned)
    tracker = Tracker(keep_lost_s=keep_lost_s, max_people=max_people, still_score=finder.still_score)
    frames = frames_of(source, timeout_s=timeout_s)
    return _crops(frames, finder, tracker, part, every=every, size=size, margin=margin)


def _crops(
    frames: Iterator[TimedFrame],
    finder: PeopleFinder,
    tracker: Tracker,
    region: Region | None,
    *,
    every: int,
    size: int,
    margin: float,
) -> Iterator[PersonCrop]:
    from PIL import Image as Picture

    from fall.images import crop_square

    for frame in frames:
        if frame.number % every:
            continue
        x, y, image = _part(frame.image, region)
        tracks = tracker.update(image, frame.time_s, finder(image, tracker.boxes))
        finder.learn(image, tracker.boxes)
        picture = Picture.fromarray(image)
        for track in tracks:
            square = np.asarray(crop_square(picture, track.box, size=size, margin=margin))
            box = Box(track.box.x + x, track.box.y + y, track.box.w, track.box.h)
            yield PersonCrop(frame.time_s, frame.number, track.number, box, square, track.score, track.is_detected)


def _check_region(region: Sequence[int]) -> Region:
    if isinstance(region, (str, bytes)) or len(region) != 4:
        raise InvalidInputError(f"region is {region!r}; give x, y, w, h in pixels")
    x, y = (check_integer(value, f"region[{axis}]", at_least=0) for axis, value in enumerate(region[:2]))
    w, h = (check_integer(value, f"region[{axis}]", at_least=8) for axis, value in enumerate(region[2:], start=2))
    return x, y, w, h


def _part(image: Image, region: Region | None) -> tuple[int, int, Image]:
    """Left and top edge of the region, and what it shows."""
    if region is None:
        return 0, 0, image
    x, y, w, h = region
    if x + w > image.shape[1] or y + h > image.shape[0]:
        raise InvalidInputError(
            f"region x={x}, y={y}, w={w}, h={h} passes the frame of {image.shape[1]} x {image.shape[0]} pixels"
        )
    return x, y, np.ascontiguousarray(image[y : y + h, x : x + w])
