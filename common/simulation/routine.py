"""A day in a care home: when one resident sleeps, sits, eats, is dressed and washed, goes out, and falls.

The day is a stress test, far busier than a resident's: at least three hours of movement, where residents sit for 77% of
their waking time and walk 1,007 ± 806 steps (Auerswald, Meyer, von Holdt & Voelcker-Rehage, "Application of activity
trackers among nursing home residents", International Journal of Environmental Research and Public Health 17(18), 6683,
2020). How often things happen is our own assumption. Falls are far more frequent than in any home (1.5 a bed and
year: Rubenstein, Josephson & Robbins, Annals of Internal Medicine 121, 1994), so that they can be counted.
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
    # Out of the room.
    "Corridor walk": 16.0,
    "Toilet": 7.0,
    "Wheelchair ride": 1.5,
    "Company": 1.5,
    "Bath": 0.7,
    # In the room.
    "Potter": 20.0,
    "Walk": 10.0,
    "Be lifted": 4.0,
    "Talk": 1.5,
    "Busy hands": 2.0,
    "Eat": 2.0,
    "Exercise": 4.0,
    "Visit": 2.0,
    # What a detector may mistake for a fall.
    "Pick up object": 4.0,
    "Shift in seat": 8.0,
    "Cough": 5.0,
    "Beat cushion": 1.5,
    "Clap": 1.0,
    "Flop down": 2.0,
    "Lie down": 1.5,
    "Stumble": 1.5,
    "Kneel": 1.0,
    "Sit on floor": 0.6,
    "Drop": 0.6,
    "Hop": 0.4,
}
_AT_NIGHT = {"Turn over": 0.8, "Stir": 0.4, "Cough": 0.3, "Toilet": 0.2}  # mean number of times in an hour in bed
# Once a day: hours from when to when it may begin.
_AT_HOURS = {"Meal": ((7.8, 8.5), (11.8, 12.5), (17.3, 18.2)), "Gymnastics": ((9.5, 11.0), (14.5, 16.0))}
_REGULAR = 2.0  # times a day
_LATEST_S = 1200.0  # what is due is left out when something else takes so long
_BEFORE_FALL_S = 60.0
_DRESSES_S = (120.0, 600.0)  # after waking, and before sleeping


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
    falls = _fall_times(awake, n_falls, rng)
    due = sorted([*_schedule(awake, end, start_hour, rng), *((fall_s, "Fall") for fall_s in falls)])
    day = DayPlanner(room, *people, rng, end)
    day.usual_rest = "Lie down" if awake[0] > 0 else "Sit down"
    day.rest(day.usual_rest)
    for due_s, activity in due:
        if activity != "Fall" and day.clock > due_s + _LATEST_S:
            continue
        usual_rest = "Sit down" if awake[0] <= due_s < awake[1] else "Lie down"
        if day.usual_rest != usual_rest:
            day.usual_rest = usual_rest
            day.wait_until(awake[1] if usual_rest == "Lie down" else awake[0])
            day.rest(usual_rest)
        day.wait_until(due_s)
        next_fall_s = min((fall_s for fall_s in falls if fall_s > due_s), default=end)
        day.add(activity, next_fall_s - day.clock - _BEFORE_FALL_S)
    scenes = (scene for scene in day.scenes if scene.end_s + scene.lies_s < end)
    drops = (drop for drop in day.drops if drop.end_s < end)
    night = tuple(span for span in ((0.0, awake[0]), (awake[1], end)) if span[1] > span[0])
    in_order = tuple(sorted(scenes, key=lambda scene: scene.start_s))
    return Routine(in_order, tuple(drops), tuple(day.away), night=night)


def _fall_times(awake: tuple[float, float], n_falls: int, rng: np.random.Generator) -> list[float]:
    """Evenly spread over the waking hours."""
    parts = (np.arange(n_falls) + rng.uniform(0.1, 0.9, n_falls)) / max(n_falls, 1)
    return [float(awake[0] + part * (awake[1] - awake[0])) for part in parts]


def _schedule(
    awake: tuple[float, float], end: float, start_hour: float, rng: np.random.Generator
) -> Iterator[tuple[float, str]]:
    """When what is due, in no order: habits at random times, meals and care at their hours."""
    part_of_day = max(awake[1] - awake[0], 0.0) / HOUR_S / WAKING_HOURS
    for activity, per_day in _HABITS.items():
        mean = per_day * part_of_day
        # Frequent activities are habits, as many on one day as on another; the others come at random.
        for _ in range(int(mean + rng.random()) if per_day >= _REGULAR else rng.poisson(mean)):
            yield float(rng.uniform(*awake)), activity
    for activity, spans in _AT_HOURS.items():
        for low, high in spans:
            due_s = (rng.uniform(low, high) - start_hour) * HOUR_S
            if awake[0] < due_s < awake[1]:
                yield float(due_s), activity
    if awake[0] > 0:
        yield max(awake[0] - rng.uniform(900.0, 1500.0), 0.0), "Be washed"
        yield awake[0] + rng.uniform(*_DRESSES_S), "Be dressed"
    if awake[1] < end:
        yield awake[1] - 900.0 - rng.uniform(*_DRESSES_S), "Be dressed"
    for first, last in ((0.0, awake[0]), (awake[1], end)):
        for activity, per_hour in _AT_NIGHT.items():
            for _ in range(rng.poisson(per_hour * max(last - first, 0.0) / HOUR_S)):
                yield float(rng.uniform(first, last)), activity
