"""Falls: loss of balance, toppling, impact, and movements on the floor."""

from __future__ import annotations

import numpy as np

from common.simulation.people.body import INDEX
from common.simulation.people.episode import Episode
from common.simulation.people.motion import Fall, KeyPostures, Motion, Oscillation, Steps, Track, posture
from common.simulation.people.postures import lie_still, sit, stand
from common.simulation.people.resident import Resident
from common.simulation.people.toppling import topple
from common.simulation.rooms.furniture import Furniture
from common.simulation.rooms.room import Room
from common.validation import FloatArray

_QUARTER = np.pi / 2
_TOWARD = {"Fall forward": 0.0, "Fall left": _QUARTER, "Fall backwards": np.pi, "Fall right": -_QUARTER}


def fall_from_standing(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode:
    """Standing or walking, then a fall in the direction that ``activity`` names."""
    toward = _TOWARD[activity] + rng.normal(0, 0.2)
    x, y, direction = room.free_path(resident.body.stature, rng)
    heading = direction - toward
    upright = stand(resident, x, y, heading, rng)
    onset_s = rng.uniform(1.0, 2.0)
    tracks: list[Track] = [KeyPostures(upright)]
    if rng.random() < 0.5:
        # A stumble: the feet stop where the fall begins.
        speed = rng.uniform(0.5, 1.2) * resident.pace
        tracks.append(Steps(heading, speed, rng.uniform(0.9, 1.3), -1.0, onset_s + 0.2, phase=rng.uniform(0, 6)))
    down = lie_after_fall(resident, upright, activity, toward, rng)
    knees = rng.uniform(0.0, 1.6)  # they may hold, or give way
    return _fall(activity, resident, tracks, upright, down, onset_s, knees, None, rng)


def fall_from_sitting(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode | None:
    """Sitting, then slipping off the seat, forward or to a side."""
    seats = [piece for piece in room.furniture if piece.seat]
    if not seats:
        return None
    seat = seats[rng.integers(len(seats))]
    seated = sit(resident, seat, rng)
    direction = str(rng.choice(["Fall forward", "Fall left", "Fall right"]))
    toward = _TOWARD[direction] * rng.uniform(0.5, 1.0) + rng.normal(0, 0.15)
    down = lie_after_fall(resident, seated, direction, toward, rng)
    # The feet slip away from the seat.
    slip = rng.uniform(0.25, 0.6)
    down = posture(
        down,
        x=float(seated[INDEX["x"]]) + slip * np.cos(seat.heading),
        y=float(seated[INDEX["y"]]) + slip * np.sin(seat.heading),
    )
    return _fall(activity, resident, [KeyPostures(seated)], seated, down, rng.uniform(1.0, 2.0), 0.0, seat, rng)


def _fall(
    activity: str,
    resident: Resident,
    tracks: list[Track],
    before: FloatArray,
    down: FloatArray,
    onset_s: float,
    knees: float,
    seat: Furniture | None,
    rng: np.random.Generator,
) -> Episode:
    """Topple from ``before`` to ``down``, then lie still or move."""
    length_m = resident.body.stature * 2 / 3 * (0.6 if seat else 1.0 - 0.15 * knees)
    course = topple(length_m, start=rng.uniform(0.12, 0.25), speed=0.3, restitution=rng.uniform(0.1, 0.3))
    arms = rng.uniform(0.2, 1.4)
    flail = posture(
        both_knee_flexion=knees,
        both_hip_flexion=0.6 * knees,
        left_shoulder_abduction=arms,
        right_shoulder_abduction=arms * rng.uniform(0.3, 1.0),
    )
    fall = Fall(onset_s, course, down - before, flail)
    rest_s = rng.uniform(6.0, 10.0)  # residents who have fallen often cannot get up
    tracks += [fall, *movement_after_fall(fall.impact_s, rng)]
    return Episode(activity, resident, Motion(tuple(tracks)), fall.impact_s + rest_s, fall, seat)


def lie_after_fall(
    resident: Resident, before: FloatArray, direction: str, toward: float, rng: np.random.Generator
) -> FloatArray:
    """A posture on the floor after falling in a direction; ``toward`` is its angle from straight ahead."""
    position = {"Fall forward": "belly", "Fall backwards": "back"}.get(direction, "side")
    base = posture(
        **{name: float(before[INDEX[name]]) for name in ("x", "y", "heading")},
        tilt_forward=_QUARTER * np.cos(toward),
        tilt_left=_QUARTER * np.sin(toward),
        # Whatever the exact direction, this side of the body meets the floor.
        roll=toward - _TOWARD[direction] + rng.uniform(-0.35, 0.35),
        neck_flexion=rng.uniform(-0.2, 0.4),
    )
    if position == "side" and rng.random() < 0.25:  # curled up
        curled = lie_still(resident, base, position, rng)
        return posture(curled, both_hip_flexion=1.5, both_knee_flexion=2.0, waist_flexion=0.7)
    return lie_still(resident, base, position, rng)


def movement_after_fall(impact_s: float, rng: np.random.Generator) -> list[Track]:
    """Lying still, breathing; moving arms and legs; or trying to sit up."""
    tracks: list[Track] = [Oscillation({"waist_flexion": 0.01}, 0.25)]
    if rng.random() < 0.3:
        return tracks
    start_s = impact_s + rng.uniform(0.3, 1.5)
    for limb in ("left_shoulder_flexion", "right_elbow_flexion", "left_hip_flexion", "right_knee_flexion"):
        reach = rng.uniform(0.0, 0.35)
        tracks.append(Oscillation({limb: reach}, rng.uniform(0.2, 0.9), rng.uniform(0, 6), start_s))
    if rng.random() < 0.3:
        sits_up = KeyPostures(posture())
        sits_up.hold(start_s).change(1.5, waist_flexion=rng.uniform(0.3, 0.8))
        tracks.append(sits_up)
    return tracks
