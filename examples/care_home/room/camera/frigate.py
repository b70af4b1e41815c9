"""Frigate as the detector of people: its boxes with the frames of a stream, or its boxes alone.

With frames, the network judges the picture in each box, as with any other detector. Without, the shape of the box has
to do: who is wider than tall may lie. That is a guess, on which nothing was trained; the room says so when it starts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import numpy as np
import paho.mqtt.client as paho

from common import InvalidInputError
from common.validation import FloatArray
from examples.care_home.mqtt.topics import Broker
from examples.care_home.room.camera.frigate_events import FrigatePeople, scaled
from examples.care_home.room.camera.pictures import Picture
from examples.care_home.room.camera.watching import WatchedCamera
from examples.care_home.room.readings import Frame

logger = logging.getLogger(__name__)

_EVENTS, _AVAILABLE = "frigate/events", "frigate/available"


class FrigateLink:
    """Hears Frigate's events of one camera.

    Parameters
    ----------
    broker : Broker
    camera : str
    name : str
        For the log.
    """

    def __init__(self, broker: Broker, camera: str, name: str) -> None:
        self.people = FrigatePeople(camera)
        self.is_online = False
        self._name, self._n_refused = name, 0
        self._client = broker.client(f"care-home-{name.replace(' ', '-').replace(':', '')}-{camera}"[:60])
        self._client.on_connect = lambda client, *_: client.subscribe([(_EVENTS, 1), (_AVAILABLE, 1)])
        self._client.on_disconnect = lambda *_: self._set_online(False, "the broker is gone")
        self._client.on_message = self._heard
        broker.connect(self._client)

    def close(self) -> None:
        """Leave the broker."""
        self._client.on_disconnect = None
        self._client.disconnect()
        self._client.loop_stop()

    def _heard(self, client: paho.Client, data: Any, message: paho.MQTTMessage) -> None:
        if message.topic == _AVAILABLE:
            self._set_online(message.payload == b"online", "Frigate is offline")
            return
        try:
            self.people.take(bytes(message.payload))
            self._set_online(True, "")
        except InvalidInputError as error:
            self._n_refused += 1
            if self._n_refused % 100 == 1:
                logger.warning("%s: %s (%d refused so far)", self._name, error, self._n_refused)

    def _set_online(self, is_online: bool, reason: str) -> None:
        if is_online != self.is_online:
            logger.warning("%s: %s", self._name, "Frigate is there" if is_online else f"{reason}; it counts as absent")
        self.is_online = is_online
        if not is_online:
            self.people.forget()


class FrigateBoxes:
    """A camera of which only Frigate's boxes are known."""

    def __init__(self, link: FrigateLink, camera: str) -> None:
        self.description = f"boxes of Frigate's camera {camera}, without pictures: posture by the shape of the box"
        self._link = link

    def until(self, time_s: float) -> tuple[tuple[Frame, ...], bool]:
        """Everybody's box at this time: Frigate tells changes, and not when nothing changes."""
        if not self._link.is_online:
            return (), False
        moved = self._link.people.has_changed()
        frames = [Frame(time_s, moved or not one.is_still, one.box, one.track, None) for one in self._link.people.now()]
        return tuple(frames) or (Frame(time_s, moved, None, 0, None),), True

    def close(self) -> None:
        """Leave the broker."""
        self._link.close()


class FrigateCamera:
    """Frames of a stream with the boxes of Frigate.

    Parameters
    ----------
    link : FrigateLink
    stream : str
        Its address, such as that of Frigate's restream.
    detected : (int, int), optional
        Width and height of the stream in which Frigate detects, if the frames have another size.
    now, name
        As for :class:`WatchedCamera`.
    """

    def __init__(
        self,
        link: FrigateLink,
        stream: str,
        now: Callable[[], float],
        name: str,
        *,
        detected: tuple[int, int] | None = None,
    ) -> None:
        self._link = link

        def frigate(picture: Picture) -> FloatArray:
            height, width = picture.shape[:2]
            rows = [scaled(person, detected, width, height) for person in link.people.now()]
            return np.array(rows).reshape(-1, 5)

        self._camera = WatchedCamera(stream, now, name, detector=frigate, turned=False)
        self.description = f"{self._camera.description} with the boxes of Frigate"

    def until(self, time_s: float) -> tuple[tuple[Frame, ...], bool]:
        """What was seen; without Frigate nobody would be found, which is not the same as that nobody is there."""
        frames, works = self._camera.until(time_s)
        return (frames, works) if self._link.is_online else ((), False)

    def close(self) -> None:
        """End both connections."""
        self._camera.close()
        self._link.close()
