"""What residents do out of the room, from the toilet to gymnastics, and what a carer does on a round.

Episodes follow one another; each begins where its own movement begins. No camera sees them. How long
things take, and how often they happen, is our own assumption.
"""

from __future__ import annotations

import numpy as np

from common.simulation.people.activities import IN_PLACE, OUT_OF_VIEW
from common.simulation.people.episode import Episode
from common.simulation.people.mishaps import get_up
from common.simulation.people.resident import Resident

# What is done at the seat, and for how many seconds, at the least and at the most.
_AT_SEAT: dict[str, tuple[tuple[str, float, float], ...]] = {
    "Toilet": (("Shift in seat", 10, 40), ("Busy hands", 40, 150)),
    "Meal": (("Busy hands", 30, 120), ("Eat", 500, 1000), ("Talk", 60, 300)),
    "Company": (("Talk", 120, 500), ("Clap", 8, 30), ("Busy hands", 120, 500), ("Shift in seat", 10, 20)),
    "Gymnastics": (("Exercise", 400, 900), ("Talk", 30, 90), ("Exercise", 400, 900)),
    "Bath": (("Be lifted", 25, 50), ("Be washed", 300, 600), ("Be dressed", 240, 480), ("Be lifted", 25, 50)),
}
_WAY_S = {"Toilet": (12.0, 30.0), "Bath": (30.0, 120.0)}
_LONGER_WAY_S = (40.0, 150.0)
_WHEELED = 0.15  # of the ways, in a wheelchair

OUTINGS = (*_AT_SEAT, "Corridor walk", "Wheelchair ride")


def outing(kind: str, resident: Resident, rng: np.random.Generator) -> list[Episode]:
    """Everything between leaving the room and coming back, for a name in :data:`OUTINGS`."""
    if kind == "Corridor walk":
        return _corridor_walk(resident, rng)
    if kind == "Wheelchair ride":
        return [_out("Ride wheelchair", resident, rng.uniform(480.0, 1500.0), rng)]
    way_s = rng.uniform(*_WAY_S.get(kind, _LONGER_WAY_S))
    way = "Ride wheelchair" if kind != "Toilet" and rng.random() < _WHEELED else "Stroll"
    seat = _out("Sit elsewhere", resident, 0.0, rng)
    sitting = [
        IN_PLACE[activity](activity, seat, rng.uniform(low, high), rng) for activity, low, high in _AT_SEAT[kind]
    ]
    episodes = [_out(way, resident, way_s, rng), seat, *sitting, get_up(seat)]
    if kind == "Toilet":
        episodes.insert(1, _out("Stand busy", resident, rng.uniform(8.0, 25.0), rng))
        episodes.append(_out("Stand busy", resident, rng.uniform(15.0, 60.0), rng))
    return [*episodes, _out(way, resident, way_s, rng)]


def care_round(carer: Resident, seconds: float, rng: np.random.Generator) -> list[Episode]:
    """What a carer does in so many seconds: walking, standing at beds and shelves."""
    episodes: list[Episode] = []
    left_s = seconds
    while left_s > 30.0:
        activity = str(rng.choice(["Stroll", "Stand busy"]))
        episodes.append(_out(activity, carer, min(rng.uniform(20.0, 120.0), left_s - 10.0), rng))
        left_s -= episodes[-1].duration_s + 3.0  # a pause before the next
    return episodes


def _corridor_walk(resident: Resident, rng: np.random.Generator) -> list[Episode]:
    episodes = [_out("Stroll", resident, rng.uniform(300.0, 900.0), rng)]
    if rng.random() < 0.25:
        episodes.append(_out("Climb stairs", resident, 15.0, rng))
    if rng.random() < 0.5:
        seat = _out("Sit elsewhere", resident, 0.0, rng)
        episodes += [seat, IN_PLACE["Talk"]("Talk", seat, rng.uniform(60.0, 300.0), rng), get_up(seat)]
    return [*episodes, _out("Stroll", resident, rng.uniform(120.0, 480.0), rng)]


def _out(activity: str, resident: Resident, seconds: float, rng: np.random.Generator) -> Episode:
    return OUT_OF_VIEW[activity](activity, resident, seconds, rng)
