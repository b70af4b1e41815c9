"""Simulated frames: what room cameras show of residents, cropped as after a person detector."""

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
    """Pictures of simulated residents and what is known about them.

    Attributes
    ----------
    images : ndarray of uint8 (n, size, size, 3)
        The square round each person, RGB.
    table : pandas.DataFrame
        A row an image: ``label`` (1 = fallen, 0 = not, −1 = falling, only with ``keep_transitions``), ``subject``,
        ``room``, ``sequence``, ``activity``, ``time_s`` within the sequence, and the detector's box ``x``, ``y``,
        ``w``, ``h`` in pixels of the full frame of 640 × 480.
    """

    images: npt.NDArray[np.uint8]
    table: "pd.DataFrame"


@dataclass(frozen=True)
class Shot:
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


def simulate_frames(
    scenario: FrameScenario | None = None, *, seed: int, keep_transitions: bool = False
) -> SimulatedFrames:
    """Let simulated residents live, and fall, before room cameras.

    Parameters
    ----------
    scenario : FrameScenario, optional
        Who does what, and how often it is looked at.
    seed : int
        Residents, rooms and movements derive from it: the same seed gives the same bytes, and different seeds
        share neither residents nor rooms.
    keep_transitions : bool
        Keep the frames on the way down, labelled −1.

    Raises
    ------
    InvalidInputError
        If the seed is no integer of at least 0, no room has space for an activity, or nobody is seen.

    Examples
    --------
    >>> frames = simulate_frames(FrameScenario(1, 2, ("Walk",), repetitions=1, rate_hz=0.5), seed=1)
    >>> frames.images.shape[1:], frames.images.dtype, set(frames.table.label)
    ((96, 96, 3), dtype('uint8'), {0})
    """
    import pandas as pd

    scenario = FrameScenario() if scenario is None else scenario
    shots = [shot for shot in shots_of(scenario, seed=seed) if keep_transitions or shot.label >= 0]
    if not shots:
        raise InvalidInputError("scenario shows nobody: raise rate_hz, repetitions, or n_rooms")
    return SimulatedFrames(
        images=np.stack([shot.draw(scenario.size) for shot in shots]),
        table=pd.DataFrame([shot.row() for shot in shots]),
    )


def shots_of(scenario: FrameScenario, *, seed: int) -> Iterator[Shot]:
    """Every frame of a scenario in order, to be drawn when wanted."""
    seed = check_integer(seed, "seed", at_least=0)
    residents = [Resident.draw(np.random.default_rng([seed, _RESIDENTS, i])) for i in range(scenario.n_residents)]
    rooms = [Room.draw(np.random.default_rng([seed, _ROOMS, i])) for i in range(scenario.n_rooms)]
    number = 0
    for who, resident in enumerate(residents):
        for activity in scenario.activities:
            for _ in range(scenario.repetitions):
                rng = np.random.default_rng([seed, _SEQUENCES, number])
                where, episode = _find_place(activity, resident, rooms, rng)
                names = (f"{seed}-{who}", f"{seed}-{where}")
                yield from _observe(episode, rooms[where], names, scenario.rate_hz, (seed, number), rng)
                number += 1


def _find_place(activity: str, resident: Resident, rooms: list[Room], rng: np.random.Generator) -> tuple[int, Episode]:
    for _ in range(_ROOM_TRIES):
        where = int(rng.integers(len(rooms)))
        episode = perform(activity, resident, rooms[where], rng)
        if episode is not None:
            return where, episode
    raise InvalidInputError(f"scenario has no room with space for {activity!r}: raise n_rooms, or leave it out")


def _observe(
    episode: Episode,
    room: Room,
    names: tuple[str, str],
    rate_hz: float,
    key: tuple[int, int],
    rng: np.random.Generator,
) -> Iterator[Shot]:
    """The frames of one episode, by the camera's clock that does not know when it began."""
    outfit = episode.resident.dress(rng)
    light = Light.draw(room.size, room.camera.position, rng)
    times = np.arange(rng.uniform(0, 1 / rate_hz), episode.duration_s, 1 / rate_hz)
    yield from film(episode, room, names, times, key, rng, outfit=outfit, light=light, clock_s=times)


def film(
    episode: Episode,
    room: Room,
    names: tuple[str, str],
    times: FloatArray,
    key: tuple[int, int],
    rng: np.random.Generator,
    *,
    outfit: Mapping[str, Texture],
    light: Light,
    clock_s: FloatArray,
) -> Iterator[Shot]:
    """The frames at ``times`` of an episode in which a detector finds the person; ``clock_s`` is what they note.

    ``names`` are those of person and room, ``key`` is the seed and the number of the sequence.
    """
    if len(times) == 0:
        return
    labels, cones = episode.labels(times), episode.resident.body.surface(episode.pose(times))
    for moment, time_s in enumerate(clock_s):
        box = detect(room, cones, moment, rng)
        if box is not None:
            yield Shot(
                seed=key[0],
                sequence=key[1],
                moment=moment,
                time_s=float(time_s),
                label=int(labels[moment]),
                activity=episode.activity,
                subject=names[0],
                room_name=names[1],
                room=room,
                box=box,
                cones=cones,
                outfit=outfit,
                light=light,
            )
