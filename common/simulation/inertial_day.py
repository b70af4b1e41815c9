"""A worn inertial sensor over a whole day, streamed in chunks of up to a minute."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from common.simulation.day_motion import DayMotion, ticks
from common.simulation.inertial import InertialSensor, inertial_signal
from common.simulation.inertial_drop import SensorDrop
from common.simulation.inertial_rest import rest_signal
from common.simulation.scenes import Scene
from common.validation import FloatArray

_CHUNK_S = 60.0
_MOVEMENT_AFTER_FALL_S = 10.0


class InertialChunk(NamedTuple):
    """Consecutive samples: the time of the first in seconds, and ``(n, 6)`` samples."""

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
    n_sent = 0
    for signal in _ideal_signals(motion, sensor, motion.rng(f"{name} rest")):
        if len(signal):
            yield InertialChunk(n_sent / sensor.rate_hz, attached.measure(signal, noise))
            n_sent += len(signal)


def _ideal_signals(motion: DayMotion, sensor: InertialSensor, rng: np.random.Generator) -> Iterator[FloatArray]:
    """Signals without measurement error: rest, scene, rest, and so on."""
    position, rate = sensor.position, sensor.rate_hz
    force = np.array([0.0, 0.0, 1.0])
    now_s = 0.0
    for event in _events_of_sensor(motion):
        times = ticks(event.start_s, event.end_s, rate) - event.start_s
        if isinstance(event, SensorDrop):
            movement = event.inertial_signal(force, times)
        else:
            movement = inertial_signal(event.episode, position, times)
        yield from _rest_signals(force, movement[0, :3], now_s, event.start_s, rate, rng)
        yield movement
        force, now_s = movement[-1, :3], event.end_s
        if isinstance(event, Scene) and event.lies_s:
            # Somebody who has fallen may go on moving for a while.
            stop_s = event.end_s + min(event.lies_s, _MOVEMENT_AFTER_FALL_S)
            times = ticks(event.end_s, stop_s, rate) - event.start_s
            yield (movement := inertial_signal(event.episode, position, times))
            force, now_s = movement[-1, :3], stop_s
    yield from _rest_signals(force, force, now_s, motion.duration_s, rate, rng)


def _events_of_sensor(motion: DayMotion) -> list[Scene | SensorDrop]:
    """What moves the sensor, in order of time; while it lies on the floor, its owner does not."""
    drops = motion.routine.drops
    worn = [
        scene
        for scene in motion.scenes_of("resident")
        if not any(drop.start_s < scene.end_s and scene.start_s < drop.end_s for drop in drops)
    ]
    return sorted([*worn, *drops], key=lambda event: event.start_s)


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
