"""Daily activities that are not falls, some of which look much like one."""

from __future__ import annotations

import numpy as np

from common.simulation.people.anatomy import INDEX
from common.simulation.people.episode import Episode
from common.simulation.people.motion import Hops, KeyPostures, Motion, Oscillation, Track, posture
from common.simulation.people.postures import crouch, lie, sit, stand, stand_before_seat
from common.simulation.people.resident import Resident
from common.simulation.people.tracks.gait import GaitStyle, straight, to_and_fro, walking
from common.simulation.people.tracks.gestures import (
    BUSY_HANDS,
    LYING_TRUNK,
    PELVIS_ALONE_FORWARD,
    PELVIS_FORWARD,
    QUIET,
    SEATED_TRUNK,
    STANDING_TRUNK,
    Reaches,
    restless,
)
from common.simulation.people.tracks.shocks import Shocks, shock_displacement
from common.simulation.rooms.furniture import Furniture
from common.simulation.rooms.room import Room
from common.validation import FloatArray


def walk(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode:
    """Walking across the room; perhaps stopping, perhaps turning round and back."""
    style = GaitStyle.random(resident.pace, rng)
    walk_s = rng.uniform(3.0, 5.0)
    x, y, heading = room.free_path(style.speed_m_s * walk_s, rng)
    upright = stand(resident, x, y, heading, rng)
    if rng.random() < 0.5:
        gait = to_and_fro(heading, style, style.speed_m_s * walk_s, 2, (0.0, 0.5), rng)
        seconds = float(gait.walks[-1, 1]) + rng.uniform(0.0, 0.5)
    else:
        seconds = walk_s * rng.uniform(1.0, 1.4)
        gait = straight(heading, style, 0.2, walk_s * rng.uniform(0.8, 1.0))
    moves = restless(seconds, QUIET, STANDING_TRUNK, rng)[:1]
    tracks: tuple[Track, ...] = (KeyPostures(upright), *walking(gait, rng), *moves, breathing())
    return Episode(activity, resident, Motion(tracks), seconds)


def potter(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode:
    """Walking to and fro between two places of the room, tidying up, bending and reaching at both."""
    style = GaitStyle.random(resident.pace, rng)
    length_m = rng.uniform(0.8, 2.2)
    x, y, heading = room.free_path(length_m, rng)
    upright = stand(resident, x, y, heading, rng)
    gait = to_and_fro(heading, style, length_m, int(rng.integers(3, 13)), (3.0, 9.0), rng)
    seconds = float(gait.walks[-1, 1] + gait.turns[-1, 1]) + 4.0
    bends = [
        Reaches(np.array([at_s, at_s + 1.2]), np.array([1.0, 1.1]), np.array([[0.0], [1.0], [0.0]]) * _bend(rng))
        for at_s in (gait.walks[:, 1] + gait.turns[:, 1] + 0.2)
        if rng.random() < 0.5
    ]
    moves = restless(seconds, BUSY_HANDS, STANDING_TRUNK, rng)
    tracks: tuple[Track, ...] = (KeyPostures(upright), *walking(gait, rng), *bends, *moves, breathing())
    return Episode(activity, resident, Motion(tracks), seconds)


def _bend(rng: np.random.Generator) -> FloatArray:
    """Bending forward to a drawer or a shelf."""
    return rng.uniform(0.1, 0.6) * PELVIS_FORWARD + posture(waist_flexion=rng.uniform(0.1, 0.6))


def hop(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode:
    """Hopping on the spot, on both legs or on one."""
    upright = _stand_somewhere(resident, room, rng)
    if rng.random() < 0.4:
        upright = posture(upright, left_knee_flexion=1.2, left_hip_flexion=0.4)
    hops = Hops(0.6, int(rng.integers(3, 7)), rng.uniform(0.04, 0.14), rng.uniform(0.25, 0.4))
    seconds = hops.end_s + 0.5
    hop_hz = hops.count / max(hops.end_s - hops.start_s - hops.contact_s, 0.1)
    # Arms swing up with every hop, and nobody hops quite upright.
    swing = Oscillation(
        {"both_elbow_flexion": rng.uniform(0.2, 0.5), "both_shoulder_flexion": rng.uniform(0.1, 0.3)},
        hop_hz,
        start_s=hops.start_s,
    )
    sway = Oscillation(
        {"tilt_forward": rng.uniform(0.1, 0.25), "waist_flexion": -0.1, "heading": rng.uniform(0.1, 0.3)},
        hop_hz,
        start_s=hops.start_s,
    )
    tracks: tuple[Track, ...] = (
        KeyPostures(upright),
        hops,
        swing,
        sway,
        *restless(seconds, QUIET, STANDING_TRUNK, rng),
        breathing(),
    )
    return Episode(activity, resident, Motion(tracks), seconds)


def kneel(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode:
    """Going down on one knee, on both, or on all fours; perhaps up again."""
    upright = _stand_somewhere(resident, room, rng)
    kind = str(rng.choice(["one knee", "both knees", "bent", "all fours"]))
    both = posture(
        upright,
        both_knee_flexion=rng.uniform(1.5, 2.1),
        both_hip_flexion=rng.uniform(0.0, 0.4),
        both_ankle_extension=1.3,
    )
    if kind == "one knee":
        down = posture(
            upright, left_hip_flexion=1.5, left_knee_flexion=1.5, right_knee_flexion=1.55, right_ankle_extension=0.3
        )
        down = posture(down, waist_flexion=rng.uniform(0.1, 0.8))
    elif kind == "all fours":
        lean = rng.uniform(1.1, 1.45)
        down = posture(both, tilt_forward=lean, both_hip_flexion=lean, both_knee_flexion=1.5, waist_flexion=0.1)
        down = posture(down, both_shoulder_flexion=lean, both_elbow_flexion=0.1, neck_flexion=-0.3)
    else:
        bend = rng.uniform(0.4, 1.0) if kind == "bent" else 0.1
        down = posture(both, tilt_forward=bend, both_hip_flexion=bend + 0.2, waist_flexion=bend)
        down = posture(down, both_shoulder_flexion=rng.uniform(0.5, 1.5))
    keys = KeyPostures(upright).hold(0.4).move(1.4 / resident.pace, down).hold(rng.uniform(2.0, 3.5))
    if rng.random() < 0.4:
        keys.move(1.6 / resident.pace, upright)
    return Episode(
        activity,
        resident,
        Motion((keys, *restless(keys.end_s, BUSY_HANDS, STANDING_TRUNK, rng), breathing())),
        keys.end_s + 0.3,
    )


def pick_up(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode:
    """Bending or squatting to the floor and up again."""
    upright = _stand_somewhere(resident, room, rng)
    if rng.random() < 0.5:
        tilt, waist = rng.uniform(0.5, 1.0), rng.uniform(0.6, 1.1)
        down = crouch(upright, thigh=0.1, knee=rng.uniform(0.2, 0.6), tilt=tilt, waist=waist)
    else:
        tilt, waist = rng.uniform(0.2, 0.5), rng.uniform(0.4, 0.8)
        thigh = rng.uniform(1.2, 1.9)
        down = crouch(upright, thigh=thigh, knee=thigh + 0.5, tilt=tilt, waist=waist)
    reach = {"left_shoulder_flexion": rng.uniform(0.2, 1.2), "right_shoulder_flexion": tilt + waist}
    down = posture(down, both_elbow_flexion=0.15, **reach)
    keys = KeyPostures(upright).hold(0.3).move(1.0 / resident.pace, down).hold(rng.uniform(0.6, 2.0))
    keys.move(1.1 / resident.pace, upright).hold(0.5)
    moves = restless(keys.end_s, QUIET, STANDING_TRUNK, rng)
    return Episode(activity, resident, Motion((keys, *moves, breathing())), keys.end_s)


def sit_down(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode | None:
    """Sitting down on a chair, the sofa or the bed, and sitting."""
    seat = choose_furniture(room, ("bed", "sofa", "chair"), rng)
    if seat is None:
        return None
    seated = sit(resident, seat, rng)
    upright = stand_before_seat(resident, seated, rng)
    seconds = 1.3 / resident.pace
    keys = KeyPostures(upright).hold(0.5).move(seconds, seated).hold(rng.uniform(2.0, 4.0))
    tracks: tuple[Track, ...] = (
        keys,
        *bow_and_bump(0.5, seconds, rng),
        *restless(keys.end_s, QUIET, SEATED_TRUNK, rng),
        breathing(),
    )
    return Episode(activity, resident, Motion(tracks), keys.end_s, place=seat)


def sit_on_floor(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode:
    """Crouching and sitting down on the floor, legs stretched or drawn up."""
    upright = _stand_somewhere(resident, room, rng)
    lean, knees = rng.uniform(-0.35, 0.3), rng.uniform(0.1, 1.7)
    squat = crouch(upright, thigh=1.7, knee=2.0, tilt=0.4, waist=0.4)
    down = posture(
        upright,
        tilt_forward=lean,
        waist_flexion=rng.uniform(0.1, 0.5),
        # Thigh and shank are equally long: with this thigh, the heels are on the floor.
        both_hip_flexion=np.pi / 2 + knees / 2 + lean,
        both_knee_flexion=knees,
        both_hip_abduction=rng.uniform(0.0, 0.35),
        both_shoulder_flexion=rng.uniform(-0.5, 0.9),
        both_elbow_flexion=rng.uniform(0.1, 1.0),
    )
    keys = KeyPostures(upright).hold(0.4).move(1.2 / resident.pace, squat).move(0.9 / resident.pace, down)
    bump = Shocks(np.array([keys.end_s - 0.15]), np.ones(1), posture(support=shock_displacement(rng.uniform(0.1, 0.9))))
    keys.hold(rng.uniform(3.0, 6.0))
    moves = restless(keys.end_s, BUSY_HANDS, SEATED_TRUNK, rng)
    return Episode(activity, resident, Motion((keys, bump, *moves, breathing())), keys.end_s)


def lie_down(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode | None:
    """Lying down on the bed or the sofa, or turning over while lying there."""
    place = choose_furniture(room, ("bed", "bed", "sofa"), rng)
    if place is None:
        return None
    lying = lie(resident, place, rng)
    bumps: tuple[Track, ...] = ()
    if rng.random() < 0.5:
        keys = KeyPostures(lying).hold(rng.uniform(2.0, 4.0))
        turn = rng.choice([-1.0, 1.0]) * rng.uniform(0.6, 1.5)
        keys.change(0.9 / resident.pace, roll=float(lying[INDEX["roll"]]) + turn)
        keys.hold(rng.uniform(1.0, 3.0))
    else:
        seated = sit(resident, place, rng)
        sit_s, lie_s = 1.3 / resident.pace, rng.uniform(0.7, 1.2) / resident.pace
        keys = KeyPostures(stand_before_seat(resident, seated, rng)).hold(0.3).move(sit_s, seated).hold(0.3)
        keys.move(lie_s, lying)
        landing = Shocks(
            np.array([keys.end_s - 0.2]), np.ones(1), posture(support=shock_displacement(rng.uniform(0.1, 0.6)))
        )
        bumps = (*bow_and_bump(0.3, sit_s, rng), landing)
        keys.hold(rng.uniform(4.0, 7.0))
    moves = restless(keys.end_s, BUSY_HANDS, LYING_TRUNK, rng)
    return Episode(activity, resident, Motion((keys, *bumps, *moves, breathing())), keys.end_s, place=place)


def bow_and_bump(start_s: float, seconds: float, rng: np.random.Generator) -> tuple[Track, ...]:
    """Whoever sits down bends forward on the way, and lands in the seat with a bump."""
    bow = rng.uniform(0.5, 1.1)
    rows = np.stack([np.zeros_like(PELVIS_FORWARD), bow * PELVIS_FORWARD, np.zeros_like(PELVIS_FORWARD)])
    half_s = seconds / 2
    bowing = Reaches(np.array([start_s, start_s + half_s]), np.array([half_s, 1.1 * half_s]), rows)
    # Medians of sitting down, at the waist, are 0.3 to 0.6 g beyond gravity in UMAFall and in SisFall's people over 60;
    # the range around them is our assumption.
    peak_g = rng.uniform(0.15, 0.8)
    shake = posture(support=shock_displacement(peak_g)) + 0.08 * peak_g * PELVIS_ALONE_FORWARD
    return bowing, Shocks(np.array([start_s + 0.9 * seconds]), np.ones(1), shake)


def _stand_somewhere(resident: Resident, room: Room, rng: np.random.Generator) -> FloatArray:
    return stand(resident, *room.free_spot(rng), rng.uniform(-np.pi, np.pi), rng)


def choose_furniture(room: Room, kinds: tuple[str, ...], rng: np.random.Generator) -> Furniture | None:
    """A random piece of a random one of these kinds; None if the room has none of that kind."""
    kind = str(rng.choice(kinds))
    found = [piece for piece in room.furniture if piece.kind == kind]
    return found[rng.integers(len(found))] if found else None


def breathing() -> Track:
    """The small movement of the trunk that never stops."""
    return Oscillation({"waist_flexion": 0.01}, 0.25)
