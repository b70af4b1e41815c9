"""Falls: how balance is lost, how the body reacts, and where it comes down."""

from __future__ import annotations

import numpy as np

from common.simulation.people.body import INDEX, bend_angles
from common.simulation.people.episode import Episode
from common.simulation.people.fall import Fall
from common.simulation.people.motion import KeyPostures, Motion, Steps, Track, posture
from common.simulation.people.postures import sit, stand
from common.simulation.people.reactions import Protection, tone_of
from common.simulation.people.resident import Resident
from common.simulation.physics.falling import Start, fall_down
from common.simulation.physics.model import Surroundings
from common.simulation.rooms.furniture import Furniture
from common.simulation.rooms.room import Room
from common.validation import FloatArray

_QUARTER = np.pi / 2
_TOWARD = {"Fall forward": 0.0, "Fall left": _QUARTER, "Fall backwards": np.pi, "Fall right": -_QUARTER}
_STILL_S = (6.0, 10.0)
_LONGEST_S = 4.0


def fall_from_standing(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode | None:
    """Standing or walking, then a fall in the direction that ``activity`` names."""
    toward = _TOWARD[activity] + rng.normal(0, 0.2)
    x, y, direction = room.free_path(resident.body.stature, rng)
    heading = direction - toward
    upright = stand(resident, x, y, heading, rng)
    onset_s = rng.uniform(1.0, 2.0)
    tracks: list[Track] = [KeyPostures(upright)]
    walks = rng.random() < 0.5
    if walks:
        speed = rng.uniform(0.4, 1.0) * resident.pace
        tracks.append(Steps(heading, speed, rng.uniform(0.9, 1.3), -1.0, onset_s + 9.0, phase=rng.uniform(0, 6)))
    return _fall(activity, resident, room, Motion(tuple(tracks)), toward, heading, onset_s, None, rng)


def fall_from_sitting(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode | None:
    """Sitting, then slipping off the seat, forward or to a side."""
    seats = [piece for piece in room.furniture if piece.seat]
    if not seats:
        return None
    seat = seats[rng.integers(len(seats))]
    seated = sit(resident, seat, rng)
    direction = str(rng.choice(["Fall forward", "Fall left", "Fall right"]))
    toward = _TOWARD[direction] * rng.uniform(0.4, 0.8) + rng.normal(0, 0.15)
    return _fall(
        activity, resident, room, Motion((KeyPostures(seated),)), toward, seat.heading, rng.uniform(1.0, 2.0), seat, rng
    )


def _protected(before: FloatArray, toward: float, rng: np.random.Generator) -> FloatArray:
    """Hands thrown out towards the floor, knees and hips giving way."""
    forward, left = np.cos(toward), np.sin(toward)
    knees = rng.uniform(0.1, 1.3)
    hips = knees * rng.uniform(0.4, 0.8) + (0.4 if forward < -0.5 else 0.0)
    reach = rng.uniform(0.4, 1.0)
    angles: dict[str, float] = {
        "waist_flexion": rng.uniform(0.1, 0.5) + 0.4 * max(-forward, 0),
        "waist_left": rng.uniform(-0.2, 0.2),
        "neck_flexion": rng.uniform(-0.5, 0.0) if forward > 0.5 else rng.uniform(0.2, 0.7),
        "both_knee_flexion": knees,
        "both_hip_flexion": hips,
    }
    for side, outward in (("left", 1.0), ("right", -1.0)):
        toward_side = max(outward * left, 0.0)
        angles |= {
            f"{side}_shoulder_flexion": reach * (1.6 * max(forward, 0.0) - 0.9 * max(-forward, 0.0)) + rng.normal(0.2, 0.3),
            f"{side}_shoulder_abduction": reach * (0.3 + 1.0 * toward_side) + rng.normal(0, 0.15),
            f"{side}_elbow_flexion": rng.uniform(0.1, 1.0),
        }
    return posture(before, **angles)


def _fall(
    activity: str,
    resident: Resident,
    room: Room,
    motion: Motion,
    toward: float,
    heading: float,
    onset_s: float,
    seat: Furniture | None,
    rng: np.random.Generator,
) -> Episode | None:
    before = motion.coordinates(np.array([onset_s]))[0]
    bends = bend_angles(before[None])[0]
    protected = bend_angles(_protected(before, toward, rng)[None])[0]
    direction = heading + toward
    limp = rng.uniform(0.03, 0.12)
    stir = np.where(rng.random(len(bends)) < 0.4, rng.uniform(0, 0.5, len(bends)), 0.0) * (rng.random() < 0.5)
    reaction = Protection(
        posture=bends,
        protected=protected,
        tone=tone_of(
            legs=rng.uniform(0.1, 0.5), ankles=rng.uniform(0.05, 0.15), trunk=rng.uniform(0.2, 0.6), arms=rng.uniform(0.3, 1.2)
        ),
        limp=tone_of(legs=limp, ankles=limp, trunk=limp, arms=limp),
        reaction_s=rng.uniform(0.1, 0.4),
        ramp_s=rng.uniform(0.2, 0.5),
        push=rng.uniform(0.1, 0.3) * np.array([np.cos(direction), np.sin(direction)]),
        push_s=0.35,
        lift=rng.uniform(0.0, 0.4),
        lift_s=rng.uniform(0.5, 1.5),
        loss_s=rng.uniform(0.1, 0.4),
        stir=stir,
        stir_hz=rng.uniform(0.2, 0.9),
    )
    around = Surroundings(rng.uniform(0.03, 0.07), rng.uniform(0.5, 1.0), _boxes(room, seat, resident, before))
    start = _start(resident, motion, onset_s)
    rest_s = rng.uniform(*_STILL_S)  # residents who have fallen often cannot get up
    fallen = fall_down(resident.body, around, start, reaction, _LONGEST_S + rest_s)
    if fallen is None:
        return None
    fall = Fall(onset_s, fallen)
    return Episode(activity, resident, motion, fall.impact_s + rest_s, fall, seat)


def _start(resident: Resident, motion: Motion, onset_s: float) -> Start:
    """Place and speeds when balance is lost."""
    step_s = 0.004
    coordinates = motion.coordinates(onset_s + np.array([-step_s, 0.0]))
    pose = resident.body.pose(coordinates)
    place, frame, angles = pose.positions["pelvis"], pose.frames["pelvis"], bend_angles(coordinates)
    turned = frame[0].T @ frame[1] / step_s
    return Start(
        place=place[1],
        frame=frame[1],
        velocity=(place[1] - place[0]) / step_s,
        angular_velocity=np.array([turned[2, 1] - turned[1, 2], turned[0, 2] - turned[2, 0], turned[1, 0] - turned[0, 1]]) / 2,
        angles=angles[1],
        speeds=(angles[1] - angles[0]) / step_s,
    )


def _boxes(room: Room, seat: Furniture | None, resident: Resident, before: FloatArray) -> FloatArray:
    """Furniture and walls as boxes; the seat is no higher than whoever sits on it has pressed it down."""
    boxes = []
    for piece in room.furniture:
        low, high = piece.footprint()
        top = piece.height
        if piece is seat:
            cones = resident.body.surface(resident.body.pose(before[None]))
            thighs = np.array([garment == "trousers" for garment in cones.garments])
            bottom = np.minimum(cones.start[0, :, 2] - cones.start_radius, cones.end[0, :, 2] - cones.end_radius)
            top = min(seat.seat, float(bottom[thighs].min()))
        boxes.append([*low, 0.0, *high, max(top, 0.05)])
    x, y, z = room.size
    thick = 0.3
    boxes += [
        [-thick, -thick, 0, 0, y + thick, z],
        [x, -thick, 0, x + thick, y + thick, z],
        [0, -thick, 0, x, 0, z],
        [0, y, 0, x, y + thick, z],
    ]
    return np.array(boxes)


def collapse(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode | None:
    return None
