"""A day in a care home: when one resident sleeps, sits, walks, has a visitor, and falls.

How often a resident does what are round figures of our own, on the busy side. Falls are far more frequent than in any
home (1.5 a bed and year: Rubenstein, Josephson & Robbins, Annals of Internal Medicine 121, 1994), so that they can be
counted.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from common.simulation.people.resident import Resident
from common.simulation.planner import DayPlanner
from common.simulation.rooms.room import Room
from common.simulation.scenes import Routine

HOUR_S = 3600.0
WAKING_HOURS = 15.0

# Mean number of times in a waking day.
_HABITS = {
    "Walk": 8.0,
    "Out": 5.0,
    "Pick up object": 4.0,
    "Flop down": 2.0,
    "Lie down": 1.5,
    "Stumble": 1.5,
    "Kneel": 1.0,
    "Sit on floor": 0.6,
    "Drop": 0.6,
    "Hop": 0.4,
    "Visit": 2.0,
}
_AT_NIGHT = {"Turn over": 0.8, "Out": 0.2}  # mean number of times in an hour in bed


def plan(
    room: Room,
    people: tuple[Resident, Resident],
    *,
    start_hour: float,
    hours: float,
    n_falls: int,
    rng: np.random.Generator,
) -> Routine:
    """The day of the first of two people; the second is the visitor."""
    end = hours * HOUR_S
    wakes, sleeps = ((rng.normal(hour, 0.5) - start_hour) * HOUR_S for hour in (7.0, 22.0))
    awake = (min(max(wakes, 0.0), end), min(max(sleeps, 0.0), end))
    day = DayPlanner(room, *people, rng)
    in_bed = awake[0] > 0
    day.rest("Lie down" if in_bed else "Sit down")
    for due_s, activity in sorted(_schedule(awake, end, n_falls, rng), key=lambda entry: entry[0]):
        is_night = not awake[0] <= due_s < awake[1]
        if in_bed != is_night:
            day.wait_until(awake[1] if is_night else awake[0])
            day.rest("Lie down" if is_night else "Sit down")
            in_bed = is_night
        day.wait_until(due_s)
        day.add(activity)
    scenes = (scene for scene in day.scenes if scene.end_s + scene.lies_s < end)
    drops = (drop for drop in day.drops if drop.end_s < end)
    return Routine(tuple(sorted(scenes, key=lambda scene: scene.start_s)), tuple(drops), tuple(day.away))


def _schedule(
    awake: tuple[float, float], end: float, n_falls: int, rng: np.random.Generator
) -> Iterator[tuple[float, str]]:
    """When what is due, in no order: habits as a Poisson process, ``n_falls`` falls, evenly spread."""
    part_of_day = max(awake[1] - awake[0], 0.0) / HOUR_S / WAKING_HOURS
    for activity, per_day in _HABITS.items():
        for _ in range(rng.poisson(per_day * part_of_day)):
            yield float(rng.uniform(*awake)), activity
    for part in (np.arange(n_falls) + rng.uniform(0.1, 0.9, n_falls)) / max(n_falls, 1):
        yield float(awake[0] + part * (awake[1] - awake[0])), "Fall"
    for first, last in ((0.0, awake[0]), (awake[1], end)):
        for activity, per_hour in _AT_NIGHT.items():
            for _ in range(rng.poisson(per_hour * max(last - first, 0.0) / HOUR_S)):
                yield float(rng.uniform(first, last)), activity
