"""A camera that is watched in a thread of its own: two pictures a second, people found in them, and never given up.

At most a minute of people's pictures waits in memory for the room, which judges and forgets them; nothing is written.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fall
from common import Box
from common.errors import FrugalError, FrugalWarning
from examples.care_home.room.camera.pictures import Picture, PictureCheck
from examples.care_home.room.readings import Frame
from fall.people.sources import frames_of

logger = logging.getLogger(__name__)

FRAMES_PER_S = 2.0  # at which the classifier of pictures was trained and is asked
_MOST_PEOPLE = 4
_LOST_AFTER_S = 3.0  # without a usable picture
_AGAIN_AFTER_S = (1.0, 2.0, 5.0, 10.0)
_MOST_WAITING = 120  # people's pictures, a minute of one person
_STEP_WITHIN_S = 10.0


class WatchedCamera:
    """A file, a USB camera, or a stream.

    A live camera is read as fast as it sends, so that what is judged is now. A file goes at the pace of the room's
    clock.

    Parameters
    ----------
    source : Path, int or str
        A video file, the index of a camera, or an address.
    now : callable
        Seconds since the sensors were switched on.
    name : str
        For the log, such as ``"room 12: camera"``.
    detector : object
        As for :func:`fall.people_in`.
    turned : bool
        As for :func:`fall.people_in`.
    again_after_s : tuple of float
        Pauses before a lost camera is tried again; the last one holds on.
    timeout_s : float
        How long a stream may take for the next picture.
    """

    def __init__(
        self,
        source: Path | int | str,
        now: Callable[[], float],
        name: str,
        *,
        detector: Any = "motion",
        turned: bool = True,
        again_after_s: tuple[float, ...] = _AGAIN_AFTER_S,
        timeout_s: float = 10.0,
    ) -> None:
        self.description = f"camera {_shown(source)}"
        self._source, self._now, self._name = source, now, name
        self._detector, self._turned, self._timeout_s = detector, turned, timeout_s
        self._again_after_s = again_after_s
        self._is_file = isinstance(source, Path)
        self._frames: deque[Frame] = deque(maxlen=_MOST_WAITING)
        self._changed = threading.Condition()
        self._due_s, self._reached_s = 0.0, -1.0  # of a file: how far it may go, and has gone
        self._seen_s = -_LOST_AFTER_S  # when the latest usable picture was taken
        self._fault = ""
        self._is_ended = self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def until(self, time_s: float) -> tuple[tuple[Frame, ...], bool]:
        """What was seen up to this time, and whether there was a usable picture of late."""
        with self._changed:
            if self._is_file:
                self._due_s = time_s
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._is_ended or self._reached_s >= time_s, timeout=_STEP_WITHIN_S)
            given = []
            while self._frames and self._frames[0].time_s <= time_s:
                given.append(self._frames.popleft())
            return tuple(given), time_s - self._seen_s < _LOST_AFTER_S

    def close(self) -> None:
        """Stop watching."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()
        self._thread.join(timeout=5.0)

    def _run(self) -> None:
        n_failed = 0
        while not self._is_stopped:
            before_s = self._seen_s
            fault = self._watch()
            if self._is_stopped:
                return
            self._tell(fault)
            if self._is_file:
                with self._changed:
                    self._is_ended = True
                    self._changed.notify_all()
                return
            n_failed = 0 if self._seen_s > before_s else n_failed + 1
            self._pause(self._again_after_s[min(n_failed, len(self._again_after_s) - 1)])

    def _watch(self) -> str:
        """Watch until the camera is lost, and say why it is."""
        seen = _Seen(self._keep)
        try:
            people = fall.people_in(
                seen.noting(self._pictures()), detector=self._detector, turned=self._turned, max_people=_MOST_PEOPLE
            )
            for crop in people:
                seen.people.append(crop)
        except (FrugalError, FrugalWarning, OSError) as error:
            return str(error)
        except Exception as error:  # whatever a decoder or a detector raises: the camera is tried again
            logger.exception("%s: failed", self._name)
            return f"{type(error).__name__}: {error}"
        return "the file has ended" if self._is_file else "the stream has ended"

    def _pictures(self) -> Iterator[tuple[float, Picture]]:
        """Two usable pictures a second, with their times on the room's clock."""
        check = PictureCheck()
        last_s = -1.0
        for frame in frames_of(self._source, timeout_s=self._timeout_s):
            time_s = frame.time_s if self._is_file else self._now()
            if self._is_stopped or not self._wait_for(time_s):
                return
            if time_s - last_s < 1 / FRAMES_PER_S - 1e-3:
                continue
            last_s = time_s
            fault = check.fault(frame.image)
            self._tell(fault)
            if not fault:
                with self._changed:
                    self._seen_s = time_s
                yield time_s, frame.image

    def _wait_for(self, time_s: float) -> bool:
        """Let a file go on to this time only when the room has come there; whether to go on at all."""
        with self._changed:
            if self._is_file:
                self._reached_s = time_s - 1e-9  # everything before it has been seen
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._is_stopped or self._due_s >= time_s)
            return not self._is_stopped

    def _keep(self, frames: list[Frame]) -> None:
        with self._changed:
            self._frames.extend(frames)

    def _tell(self, fault: str) -> None:
        """A line of the log when something is wrong, and one when it is right again."""
        if fault != self._fault:
            if fault:
                logger.warning("%s: %s; it counts as absent", self._name, fault)
            else:
                logger.warning("%s: its pictures can be used again", self._name)
            self._fault = fault

    def _pause(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._is_stopped, timeout=seconds)


class _Seen:
    """Which people were seen in which picture: also that a picture was taken of an empty room."""

    def __init__(self, keep: Callable[[list[Frame]], None]) -> None:
        self.people: list[fall.PersonCrop] = []
        self._keep, self._check = keep, PictureCheck()
        self._now: tuple[float, bool] | None = None

    def noting(self, pictures: Iterator[tuple[float, Picture]]) -> Iterator[tuple[float, Picture]]:
        """Hand pictures on to whoever looks for people, and who has found all of one when asking for the next."""
        for time_s, picture in pictures:
            self._now = time_s, self._check.moved(picture)
            yield time_s, picture
            self.finish()

    def finish(self) -> None:
        """Keep what was found in the latest picture."""
        assert self._now is not None
        time_s, moved = self._now
        people = [Frame(time_s, moved, _box(one), one.track, one.image) for one in self.people]
        self._keep(people or [Frame(time_s, moved, None, 0, None)])
        self.people, self._now = [], None


def _box(crop: fall.PersonCrop) -> Box:
    return Box(float(crop.box.x), float(crop.box.y), float(crop.box.w), float(crop.box.h))


def _shown(source: Path | int | str) -> str:
    """Without the password that an address may hold."""
    scheme, mark, rest = str(source).partition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}" if mark else str(source)
