"""Simulated frames: what room cameras show of residents, cropped as after a person detector."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.simulation.detector import detect
from common.simulation.people.activities import perform
from common.simulation.people.body import Cones
from common.simulation.people.episode import Episode
from common.simulation.people.resident import Resident
from common.simulation.rooms.camera import PixelBox
from common.simulation.rooms.light import Light
from common.simulation.rooms.room import Room
from common.simulation.rooms.textures import Texture
from common.simulation.scenario import FrameScenario
from common.validation import FloatArray, check_integer

if TYPE_CHECKING:
    import pandas as pd

_ROOM_TRIES = 200

# Streams of random numbers: each resident, room, sequence and frame has its own, so that none disturbs another.
_RESIDENTS, _ROOMS, _SEQUENCES, _SENSOR = 1, 2, 3, 4


@dataclass(frozen=True)
class SimulatedFrames:
    """Pictures of simulated residents, and a table of what they show.

    Attributes
    ----------
    images : ndarray of uint8 (n, size, size, 3)
        The square around each person, RGB.
    table : pandas.DataFrame
        A row an image: ``label`` (1 = fallen, 0 = not, −1 = falling, only with ``keep_transitions``), ``subject``,
        ``room``, ``sequence``, ``activity``, ``time_s`` within the sequence, and the detector's box ``x``, ``y``,
        ``w``, ``h`` in pixels of the full frame of 640 × 480.
    """

    images: npt.NDArray[np.uint8]
    table: pd.DataFrame


@dataclass(frozen=True)
class CameraFrame:
    """One frame before it is drawn."""

    seed: int
    sequence: int
    moment: int
    time_s: float
    label: int
    activity: str
    subject: str
    room_name: str
    room: Room
    box: PixelBox
    cones: Cones
    outfit: Mapping[str, Texture]
    light: Light

    def draw(self, size: int = 96) -> npt.NDArray[np.uint8]:
        """The picture ``(size, size, 3)``; the same whenever it is drawn."""
        from common.simulation.drawing.rendering import draw

        rng = np.random.default_rng([self.seed, _SENSOR, self.sequence, self.moment])
        return draw(self.room, self.box.square(), self.cones, self.moment, self.outfit, self.light, rng, size=size)

    def row(self) -> dict[str, object]:
        """Its row in the table."""
        names = {"label": self.label, "subject": self.subject, "room": self.room_name, "sequence": self.sequence}
        box = {"x": self.box.x, "y": self.box.y, "w": self.box.w, "h": self.box.h}
        return {**names, "activity": self.activity, "time_s": self.time_s, **box}


@dataclass(frozen=True)
class CameraSequence:
    """One episode in front of a room camera; ``seed``, ``number`` and a frame's place fix that frame's noise."""

    seed: int
    number: int
    episode: Episode
    subject: str
    room_name: str
    room: Room
    outfit: Mapping[str, Texture]
    light: Light

    def frames(self, episode_s: FloatArray, clock_s: FloatArray, rng: np.random.Generator) -> Iterator[CameraFrame]:
        """The frames in which a detector finds the person, not yet drawn.

        Parameters
        ----------
        episode_s : ndarray of shape (n,)
            Times since the episode began, in seconds.
        clock_s : ndarray of shape (n,)
            The same moments on the camera's clock.
        rng : numpy.random.Generator
            Of the detector.
        """
        if len(episode_s) == 0:
            return
        labels, cones = self.episode.labels(episode_s), self.episode.resident.body.surface(self.episode.pose(episode_s))
        for moment, time_s in enumerate(clock_s):
            box = detect(self.room, cones, moment, rng)
            if box is not None:
                yield CameraFrame(
                    seed=self.seed,
                    sequence=self.number,
                    moment=moment,
                    time_s=float(time_s),
                    label=int(labels[moment]),
                    activity=self.episode.activity,
                    subject=self.subject,
                    room_name=self.room_name,
                    room=self.room,
                    box=box,
                    cones=cones,
                    outfit=self.outfit,
                    light=self.light,
                )


def simulate_frames(
    scenario: FrameScenario | None = None, *, seed: int, keep_transitions: bool = False
) -> SimulatedFrames:
    """Simulate what room cameras show of residents in their daily activities and falls.

    Parameters
    ----------
    scenario : FrameScenario, optional
        Who does what, and how many frames are taken of it.
    seed : int
        Residents, rooms and movements derive from it: the same seed gives the same bytes, and different seeds
        share neither residents nor rooms.
    keep_transitions : bool
        Keep the frames of the first second of a fall, labelled −1.

    Raises
    ------
    InvalidInputError
        If the seed is not an integer of at least 0, no room has space for an activity, or nobody is in view.

    Examples
    --------
    >>> frames = simulate_frames(FrameScenario(1, 2, ("Walk",), repetitions=1, rate_hz=0.5), seed=1)
    >>> frames.images.shape[1:], frames.images.dtype, set(frames.table.label)
    ((96, 96, 3), dtype('uint8'), {0})
    """
    import pandas as pd

    scenario = FrameScenario() if scenario is None else scenario
    frames = [frame for frame in frames_of_scenario(scenario, seed=seed) if keep_transitions or frame.label >= 0]
    if not frames:
        raise InvalidInputError("scenario shows nobody: raise rate_hz, repetitions, or n_rooms")
    return SimulatedFrames(
        images=np.stack([frame.draw(scenario.size) for frame in frames]),
        table=pd.DataFrame([frame.row() for frame in frames]),
    )


def frames_of_scenario(scenario: FrameScenario, *, seed: int) -> Iterator[CameraFrame]:
    """All frames of a scenario in order, not yet drawn."""
    seed = check_integer(seed, "seed", at_least=0)
    residents = [Resident.random(np.random.default_rng([seed, _RESIDENTS, i])) for i in range(scenario.n_residents)]
    rooms = [Room.random(np.random.default_rng([seed, _ROOMS, i])) for i in range(scenario.n_rooms)]
    number = 0
    for person, resident in enumerate(residents):
        for activity in scenario.activities:
            for _ in range(scenario.repetitions):
                rng = np.random.default_rng([seed, _SEQUENCES, number])
                place, episode = _find_place(activity, resident, rooms, rng)
                room = rooms[place]
                sequence = CameraSequence(
                    seed=seed,
                    number=number,
                    episode=episode,
                    subject=f"{seed}-{person}",
                    room_name=f"{seed}-{place}",
                    room=room,
                    outfit=resident.dress(rng),
                    light=Light.random(room.size, room.camera.position, rng),
                )
                # The camera's clock does not know when the episode began.
                times = np.arange(rng.uniform(0, 1 / scenario.rate_hz), episode.duration_s, 1 / scenario.rate_hz)
                yield from sequence.frames(times, times, rng)
                number += 1


def _find_place(activity: str, resident: Resident, rooms: list[Room], rng: np.random.Generator) -> tuple[int, Episode]:
    for _ in range(_ROOM_TRIES):
        place = int(rng.integers(len(rooms)))
        episode = perform(activity, resident, rooms[place], rng)
        if episode is not None:
            return place, episode
    raise InvalidInputError(f"scenario has no room with space for {activity!r}: raise n_rooms, or leave it out")
