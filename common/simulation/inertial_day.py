"""A worn inertial sensor over a whole day, streamed in chunks of up to a minute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from common.simulation.day_motion import DayMotion, ticks
from common.simulation.inertial import InertialSensor, inertial_signal
from common.simulation.inertial_rest import rest_signal
from common.simulation.outings import care_round
from common.simulation.scenes import Scene
from common.simulation.wearing.attachment import Attachment
from common.simulation.wearing.drop import SensorDrop
from common.simulation.wearing.faults import WearPeriod
from common.simulation.wearing.laid_aside import LaidAside
from common.validation import FloatArray

_CHUNK_S = 60.0
_MOVEMENT_AFTER_FALL_S = 10.0

Event = Scene | SensorDrop | LaidAside


class InertialChunk(NamedTuple):
    """Consecutive samples: the time of the first in seconds, and ``(n, 6)`` samples, NaN while the sensor charges."""

    start_s: float
    samples: FloatArray


def inertial_chunks(motion: DayMotion, sensor: InertialSensor, *, name: str = "inertial") -> Iterator[InertialChunk]:
    """What a sensor worn by the resident measures, without gaps from 0 to the end of the day.

    Parameters
    ----------
    motion : DayMotion
    sensor : InertialSensor
    name : str
        Names the sensor's streams of random numbers: a second worn sensor needs another name.
    """
    attached = sensor.attach(motion.rng(f"{name} attachment"))
    noise = motion.rng(f"{name} noise")
    attachment = Attachment(motion.routine.wear, sensor.rate_hz, motion.rng(f"{name} wear"))
    n_sent = 0
    for signal in _ideal_signals(motion, sensor, name):
        if len(signal):
            times = (n_sent + np.arange(len(signal))) / sensor.rate_hz
            changed = attachment.change(signal, times)
            yield InertialChunk(n_sent / sensor.rate_hz, attached.measure(changed, noise))
            n_sent += len(signal)


def _ideal_signals(motion: DayMotion, sensor: InertialSensor, name: str) -> Iterator[FloatArray]:
    """Signals without measurement error: rest, scene, rest, and so on."""
    rng = motion.rng(f"{name} rest")
    position, rate = sensor.position, sensor.rate_hz
    force = np.array([0.0, 0.0, 1.0])
    now_s = 0.0
    for event in _events_of_sensor(motion, name):
        movements = _movements(event, force, position, rate)
        first = next(movements)
        yield from _rest_signals(force, first[0, :3], now_s, event.start_s, rate, rng)
        force, now_s = first[-1, :3], _moves_until(event)
        yield first
        for movement in movements:
            # While the sensor charges nothing is measured; it is put on as it was worn before.
            force = movement[-1, :3] if len(movement) else force
            yield movement
    yield from _rest_signals(force, force, now_s, motion.duration_s, rate, rng)


def _movements(event: Event, force: FloatArray, position: str, rate_hz: float) -> Iterator[FloatArray]:
    """The signal of one event, up to a minute at a time; ``force`` in g was measured when it began."""
    chunk_s, stop_s = event.start_s, _moves_until(event)
    while chunk_s < stop_s:
        next_s = min(chunk_s + _CHUNK_S, stop_s)
        times = ticks(chunk_s, next_s, rate_hz) - event.start_s
        if isinstance(event, Scene):
            if len(times):
                yield inertial_signal(event.episode, position, times)
        elif len(times):
            yield event.inertial_signal(force, times)
        chunk_s = next_s


def _moves_until(event: Event) -> float:
    """When an event's movement ends; somebody who has fallen may go on moving for a while."""
    if isinstance(event, Scene) and event.lies_s:
        return event.end_s + min(event.lies_s, _MOVEMENT_AFTER_FALL_S)
    return event.end_s


def _events_of_sensor(motion: DayMotion, name: str) -> list[Event]:
    """What moves the sensor, in order of time; what its owner does without it does not."""
    routine = motion.routine
    unworn = [period for period in routine.wear if not period.is_worn]
    worn = [scene for scene in motion.scenes_of("resident") if not _meets_any(scene, [*routine.drops, *unworn])]
    drops = [drop for drop in routine.drops if not _meets_any(drop, unworn)]
    others: list[Event] = []
    for number, period in enumerate(unworn):
        rng = motion.rng(f"{name} off", number)
        if period.kind == "on a carer":
            others += _scenes_of_carer(motion, period, rng)
        else:
            is_charging = period.kind == "charging"
            others.append(LaidAside.random(period.start_s, period.end_s, rng, is_charging=is_charging))
    return sorted([*worn, *drops, *others], key=lambda event: event.start_s)


def _meets_any(event: Scene | SensorDrop, periods: Sequence[SensorDrop | WearPeriod]) -> bool:
    return any(period.start_s < event.end_s and event.start_s < period.end_s for period in periods)


def _scenes_of_carer(motion: DayMotion, period: WearPeriod, rng: np.random.Generator) -> list[Event]:
    """What a carer does who wears the resident's sensor."""
    scenes: list[Event] = []
    now_s = np.ceil(period.start_s) + 3.0
    for episode in care_round(motion.people["visitor"], period.end_s - now_s - 5.0, rng):
        scenes.append(Scene(now_s, episode, "carer", in_view=False))
        now_s = np.ceil(now_s + episode.duration_s) + 2.0
    return scenes


def _rest_signals(
    before: FloatArray, after: FloatArray, start_s: float, stop_s: float, rate_hz: float, rng: np.random.Generator
) -> Iterator[FloatArray]:
    """A rest from ``start_s`` to ``stop_s``, a minute at a time."""
    chunk_s = start_s
    while chunk_s < stop_s:
        next_s = min(chunk_s + _CHUNK_S, stop_s)
        times = ticks(chunk_s, next_s, rate_hz)
        if len(times):
            yield rest_signal(before, after, times - start_s, stop_s - start_s, rng)
        chunk_s = next_s
