"""Movements of whole days: stumbling, flopping down, turning over, getting up."""

from __future__ import annotations

import numpy as np

from common.simulation.people.anatomy import INDEX
from common.simulation.people.daily import breathing, choose_furniture
from common.simulation.people.episode import Episode
from common.simulation.people.motion import KeyPostures, Motion, Steps, TimeReversed, posture
from common.simulation.people.postures import sit, stand, stand_before_seat
from common.simulation.people.resident import Resident
from common.simulation.rooms.room import Room


def stumble(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode:
    """Walking, then a lurch forward or to a side, caught by a step: no fall."""
    speed = rng.uniform(0.5, 1.1) * resident.pace
    trip_s = rng.uniform(1.2, 2.2)
    x, y, heading = room.free_path(speed * trip_s + 0.6, rng)
    upright = stand(resident, x, y, heading, rng)
    lurch = posture(
        upright,
        tilt_forward=rng.uniform(0.15, 0.4),
        tilt_left=rng.uniform(-0.2, 0.2),
        waist_flexion=rng.uniform(0.2, 0.6),
        both_shoulder_abduction=rng.uniform(0.4, 1.2),
        left_hip_flexion=rng.uniform(0.4, 0.8),
        left_knee_flexion=rng.uniform(0.4, 0.9),
        right_knee_flexion=rng.uniform(0.2, 0.6),
    )
    keys = KeyPostures(upright).hold(trip_s).move(rng.uniform(0.25, 0.4), lurch).hold(rng.uniform(0.0, 0.2))
    keys.move(rng.uniform(0.6, 1.0), upright).hold(rng.uniform(1.0, 2.5))
    steps = Steps(heading, speed, rng.uniform(0.8, 1.2), 0.1, trip_s + 0.3)
    return Episode(activity, resident, Motion((keys, steps, breathing())), keys.end_s)


def flop_down(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode | None:
    """Dropping onto a seat: an impact without a fall."""
    seat = choose_furniture(room, ("bed", "sofa", "sofa", "chair"), rng)
    if seat is None:
        return None
    seated = sit(resident, seat, rng)
    keys = KeyPostures(stand_before_seat(resident, seated, rng)).hold(0.6)
    keys.move(rng.uniform(0.32, 0.5), seated)
    # The seat gives way and springs back.
    keys.change(0.12, support=rng.uniform(0.01, 0.03)).change(0.15, support=0.0).hold(rng.uniform(2.0, 4.0))
    return Episode(activity, resident, Motion((keys, breathing())), keys.end_s, place=seat)


def turn_over(lying: Episode, rng: np.random.Generator) -> Episode:
    """Turning to another side where one lies."""
    last = lying.motion.coordinates(np.array([lying.duration_s]))[0]
    keys = KeyPostures(last).hold(0.5)
    keys.change(rng.uniform(1.2, 2.5), roll=float(last[INDEX["roll"]] + rng.uniform(-0.9, 0.9))).hold(1.0)
    return Episode("Turn over", lying.resident, Motion((keys,)), keys.end_s, place=lying.place)


def get_up(rest: Episode) -> Episode:
    """Sitting or lying down in reverse; a flop is reversed at a third of its speed."""
    pace = 0.35 if rest.activity == "Flop down" else 1.0
    motion = Motion((TimeReversed(rest.motion, rest.duration_s, pace),))
    return Episode("Get up", rest.resident, motion, rest.duration_s / pace, place=rest.place)
