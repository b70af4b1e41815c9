"""Simulated frames: what room cameras show of residents, cropped as after a person detector."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.progress import Progress
from common.simulation.camera.detector import DetectorRates, PersonDetector
from common.simulation.camera.frame import View
from common.simulation.drawing.figure import Figure
from common.simulation.people.activities import perform
from common.simulation.people.episode import Episode
from common.simulation.people.resident import Resident
from common.simulation.rooms.camera import PixelBox
from common.simulation.rooms.light import Light
from common.simulation.rooms.room import Room
from common.simulation.scenario import FrameScenario
from common.validation import check_integer

if TYPE_CHECKING:
    import pandas as pd

_ROOM_TRIES = 200
_COUNTED = {"subject": "resident", "room": "room", "sequence": "sequence"}
_PEOPLE_ONLY = DetectorRates(false_share=0.0)  # whoever draws a labelled picture knows that it shows a person

# Streams of random numbers: each resident, room and sequence has its own, so that none disturbs another.
_RESIDENTS, _ROOMS, _SEQUENCES = 1, 2, 3


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

    Examples
    --------
    >>> frames = simulate_frames(FrameScenario(1, 1, ("Walk",), repetitions=1, rate_hz=0.5), seed=1)
    >>> len(frames.images) == len(frames.table), frames.table.columns[:4].tolist()
    (True, ['label', 'subject', 'room', 'sequence'])
    """

    images: npt.NDArray[np.uint8]
    table: pd.DataFrame

    def __repr__(self) -> str:
        n, height, width, _ = self.images.shape
        falls, table = int((self.table["label"] == 1).sum()), self.table
        counted = [(table[column].nunique(), name) for column, name in _COUNTED.items()]
        counts = [f"{number} {name}{'s' * (number != 1)}" for number, name in counted]
        return (
            f"SimulatedFrames({n:,} images of {height} × {width}, {falls:,} of them after a fall; {', '.join(counts)})"
        )


@dataclass(frozen=True)
class LabelledFrame:
    """A person whom the detector found, not yet drawn, and what this truly shows: for training and judging networks.

    ``label`` is 1 after a fall, −1 while falling, else 0; ``time_s`` counts within the sequence.
    """

    time_s: float
    box: PixelBox
    view: View
    label: int
    subject: str
    room_name: str
    sequence: int
    activity: str

    def draw(self, size: int = 96) -> npt.NDArray[np.uint8]:
        """The square around the person ``(size, size, 3)``; the same whenever it is drawn."""
        return self.view.crop(self.box, size)

    def row(self) -> dict[str, object]:
        """Its row in the table."""
        names = {"label": self.label, "subject": self.subject, "room": self.room_name, "sequence": self.sequence}
        box = {"x": self.box.x, "y": self.box.y, "w": self.box.w, "h": self.box.h}
        return {**names, "activity": self.activity, "time_s": self.time_s, **box}


def simulate_frames(
    scenario: FrameScenario | None = None, *, seed: int, keep_transitions: bool = False, verbose: int = 0
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
    verbose : int
        1 shows progress on standard error, sequence by sequence.

    Returns
    -------
    SimulatedFrames

    Raises
    ------
    InvalidInputError
        If the seed is not an integer of at least 0, no room has space for an activity, or nobody is in view.

    Examples
    --------
    >>> frames = simulate_frames(FrameScenario(1, 2, ("Walk",), repetitions=1, rate_hz=0.5), seed=1)
    >>> frames.images.shape[1:], frames.images.dtype, set(frames.table.label)
    ((96, 96, 3), dtype('uint8'), {0})
    >>> print(frames)
    SimulatedFrames(2 images of 96 × 96, 0 of them after a fall; 1 resident, 1 room, 1 sequence)
    """
    import pandas as pd

    scenario = FrameScenario() if scenario is None else scenario
    frames = [frame for frame in frames_of_scenario(scenario, seed=seed) if keep_transitions or frame.label >= 0]
    if not frames:
        raise InvalidInputError("scenario shows nobody: raise rate_hz, repetitions, or n_rooms")
    return SimulatedFrames(
        images=np.stack(_drawn(frames, scenario.size, verbose)),
        table=pd.DataFrame([frame.row() for frame in frames]),
    )


def _drawn(frames: list[LabelledFrame], size: int, verbose: int) -> list[npt.NDArray[np.uint8]]:
    """The picture of each frame; drawing takes most of the time."""
    sequences = [(name, list(parts)) for name, parts in groupby(frames, key=lambda frame: frame.sequence)]
    images = []
    with Progress("drawing", len(sequences), verbose=verbose, logger=__name__) as progress:
        for _, parts in sequences:
            images += [frame.draw(size) for frame in parts]
            progress.step(f"{parts[0].subject}: {parts[0].activity}, {len(parts)} frames")
    return images


def frames_of_scenario(scenario: FrameScenario, *, seed: int) -> Iterator[LabelledFrame]:
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
                sequence = _Sequence(seed, number, f"{seed}-{person}", f"{seed}-{place}", room, episode)
                yield from sequence.frames(scenario.rate_hz, rng)
                number += 1


@dataclass(frozen=True)
class _Sequence:
    """One episode of one resident, alone before a room's camera."""

    seed: int
    number: int
    subject: str
    room_name: str
    room: Room
    episode: Episode

    def frames(self, rate_hz: float, rng: np.random.Generator) -> Iterator[LabelledFrame]:
        """The frames in which the detector finds the person."""
        outfit = self.episode.resident.dress(rng)
        light = Light.random(self.room.size, self.room.camera.position, rng)
        # The camera's clock does not know when the episode began.
        times = np.arange(rng.uniform(0, 1 / rate_hz), self.episode.duration_s, 1 / rate_hz)
        if len(times) == 0:
            return
        detector = PersonDetector(self.room, rng, _PEOPLE_ONLY)
        labels = self.episode.labels(times)
        cones = self.episode.resident.body.surface(self.episode.pose(times))
        for moment, time_s in enumerate(times):
            figure = Figure.of(cones, moment, outfit)
            view = View(self.room, (figure,), light, (self.seed, self.number, moment))
            for box in detector.find(time_s, view.figures, light):
                yield LabelledFrame(
                    time_s=float(time_s),
                    box=box,
                    view=view,
                    label=int(labels[moment]),
                    subject=self.subject,
                    room_name=self.room_name,
                    sequence=self.number,
                    activity=self.episode.activity,
                )


def _find_place(activity: str, resident: Resident, rooms: list[Room], rng: np.random.Generator) -> tuple[int, Episode]:
    for _ in range(_ROOM_TRIES):
        place = int(rng.integers(len(rooms)))
        episode = perform(activity, resident, rooms[place], rng)
        if episode is not None:
            return place, episode
    raise InvalidInputError(f"scenario has no room with space for {activity!r}: raise n_rooms, or leave it out")
