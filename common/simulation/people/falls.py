"""Falls: how balance is lost, how the body reacts, and where in the room it comes down.

Causes are those of Robinovitch et al., "Video capture of the circumstances of falls in elderly people residing in
long-term care", Lancet 381 (2013). A search fitted the ranges below to UMAFall's even subjects, at waist and wrist,
and to the duration (1,271 ± 648 ms) and speed of the pelvis (2.14 ± 0.63 m/s) of real falls in Choi et al., "Kinematic
analysis of video-captured falls", Journal of Biomechanics 48 (2015). Contact, brake and push were then set by hand with
the whole table of tests.benchmarks.falls_simulated in view, other subjects included: neither UMAFall nor SisFall has
unseen subjects left. Movement before a fall, and when tone is lost and arms are thrown out, were set last, with
UMAFall's even subjects and SisFall's SA01 to SA06 and SE01 to SE04 in view.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from common.simulation.people.anatomy import INDEX
from common.simulation.people.body import bend_angles
from common.simulation.people.daily import breathing
from common.simulation.people.episode import Episode
from common.simulation.people.fall import Fall
from common.simulation.people.motion import KeyPostures, Motion, Track
from common.simulation.people.physics.falling import Start, fall_down
from common.simulation.people.physics.model import Surroundings, lowest_above
from common.simulation.people.placing import place_somewhere
from common.simulation.people.postures import sit, stand
from common.simulation.people.reactions import FallReaction, protective_posture, tone_of
from common.simulation.people.resident import Resident
from common.simulation.people.tracks.gait import GaitStyle, straight, walking
from common.simulation.people.tracks.gestures import QUIET, SEATED_TRUNK, STANDING_TRUNK, restless
from common.simulation.rooms.furniture import Furniture
from common.simulation.rooms.room import Room
from common.validation import FloatArray

_TOWARD = {"Fall forward": 0.0, "Fall left": np.pi / 2, "Fall backwards": np.pi, "Fall right": -np.pi / 2}
# Shares of the causes; _random_cause leaves out what cannot lead to a fall in a given direction. A collapse is an
# activity of its own.
_CAUSES = {"weight shift": 0.41, "trip": 0.21, "bump": 0.11, "loss of support": 0.11, "slip": 0.03}
_WALKING = ("trip", "slip")

_ONSET_S = (1.0, 2.0)
_MOVES_S = 12.0  # until long after the onset
_REST_S = (6.0, 10.0)  # residents who have fallen often cannot get up
_LONGEST_S, _RECORDED_S = 3.5, 3.5  # until the impact; after it
_CONTACT_S, _FRICTION = (0.033, 0.072), (0.5, 1.0)  # see Surroundings
_PUSH, _BUMP, _SEAT_PUSH = (0.02, 0.14), (0.25, 0.5), (0.15, 0.4)  # parts of the weight
_STRENGTHS = (1.0, 1.6, 2.5, 4.0)  # factors of the push, tried in turn
_MIN_REACH_M = 0.3  # how far in the direction of the fall the head has come at the impact, at least
_CLEARANCE_M = 0.005  # the engine would throw off whoever begins inside the seat
_NO_BOXES = np.zeros((0, 6))


def fall_from_standing(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode | None:
    """Standing or walking, then a fall in the direction that ``activity`` names."""
    onset_s = rng.uniform(*_ONSET_S)
    cause = _random_cause(activity, rng)
    tracks = _standing(resident, rng)
    if cause in _WALKING:
        # Walking ends with the onset, not by slowing down.
        gait = straight(0.0, GaitStyle.random(resident.pace, rng), -2.0, _MOVES_S, phase=rng.uniform(0, 6))
        tracks.extend(walking(gait, rng))
    motion = Motion(tuple(tracks))
    toward = _TOWARD[activity] + rng.normal(0, 0.2)
    direction = float(_before(motion, onset_s)[INDEX["heading"]]) + toward
    reaction = _random_reaction(motion, onset_s, toward, rng)
    push, push_s = (rng.uniform(*_BUMP), 0.25) if cause == "bump" else (rng.uniform(*_PUSH), rng.uniform(0.4, 0.7))
    foot_friction = 0.1 if cause == "slip" else 1.0
    around = Surroundings(rng.uniform(*_CONTACT_S), rng.uniform(*_FRICTION), foot_friction, _NO_BOXES)
    for strength in _STRENGTHS:  # a weak push may be recovered from, or end in another direction
        pushed = replace(reaction, push=strength * push * _unit(direction), push_s=push_s)
        episode = _fall(activity, resident, motion, onset_s, around, pushed, None, rng)
        if episode is not None and _falls_toward(episode, direction):
            return place_somewhere(episode, room, rng)
    return None


def fall_from_sitting(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode | None:
    """Sitting on a chair, a sofa or a bed, then fainting or sliding off it, forward or to a side."""
    seats = [piece for piece in room.furniture if piece.seat]
    if not seats:
        return None
    seat = seats[rng.integers(len(seats))]
    seated = sit(resident, seat, rng)
    side = str(rng.choice(["Fall forward", "Fall left", "Fall right"]))
    toward = _TOWARD[side] * rng.uniform(0.3, 0.8) + rng.normal(0, 0.15)
    onset_s = rng.uniform(*_ONSET_S)
    moves = restless(_MOVES_S, QUIET, SEATED_TRUNK, rng)
    motion = Motion((KeyPostures(seated), *moves, breathing()))
    reaction = _random_reaction(motion, onset_s, toward, rng)
    push = rng.uniform(*_SEAT_PUSH) * _unit(seat.heading + toward)
    reaction = replace(reaction, push=push, push_s=rng.uniform(0.6, 1.0), brake=0.0)
    if rng.random() < 0.5:  # fainting
        reaction = replace(reaction, tone=_faint_tone(rng), reaction_s=np.inf, reach_s=np.inf)
    around = Surroundings(rng.uniform(*_CONTACT_S), 0.4, 0.6, _pressed_seat(seat, resident, _before(motion, onset_s)))
    episode = _fall(activity, resident, motion, onset_s, around, reaction, seat, rng)
    if episode is None:
        return None
    lying = np.stack(list(episode.pose(np.array([episode.duration_s])).positions.values()), axis=1)[0]
    # Who would lie on the seat or behind it does not fall here: None, as in a room without a seat, lets the caller try
    # another room.
    return episode if room.is_free(lying) else None


def collapse(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode | None:
    """Fainting while standing: tone is lost, the knees give way, and the body sinks to the floor."""
    onset_s = rng.uniform(*_ONSET_S)
    motion = Motion(tuple(_standing(resident, rng)))
    toward = rng.uniform(-np.pi, np.pi)
    reaction = replace(
        _random_reaction(motion, onset_s, toward, rng),
        tone=_faint_tone(rng),
        loss_s=rng.uniform(0.3, 0.8),
        reaction_s=np.inf,
        reach_s=np.inf,
        push=rng.uniform(0.02, 0.08) * _unit(toward),
        brake=rng.uniform(0.2, 0.8),
    )
    around = Surroundings(rng.uniform(*_CONTACT_S), rng.uniform(*_FRICTION), 1.0, _NO_BOXES)
    episode = _fall(activity, resident, motion, onset_s, around, reaction, None, rng)
    return episode and place_somewhere(episode, room, rng)


def _standing(resident: Resident, rng: np.random.Generator) -> list[Track]:
    """Upright at the origin, with arms and trunk that move: nobody stands like a statue before a fall."""
    upright = stand(resident, 0.0, 0.0, 0.0, rng)
    return [KeyPostures(upright), *restless(_MOVES_S, QUIET, STANDING_TRUNK, rng), breathing()]


def _before(motion: Motion, onset_s: float) -> FloatArray:
    """The coordinates in which balance is lost."""
    return np.asarray(motion.coordinates(np.array([onset_s]))[0])


def _random_cause(activity: str, rng: np.random.Generator) -> str:
    impossible = "trip" if activity == "Fall backwards" else "slip"
    causes = [cause for cause in _CAUSES if cause != impossible]
    shares = np.array([_CAUSES[cause] for cause in causes])
    return str(rng.choice(causes, p=shares / shares.sum()))


def _random_reaction(motion: Motion, onset_s: float, toward: float, rng: np.random.Generator) -> FallReaction:
    """The reaction of somebody who falls ``toward`` an angle from straight ahead; nothing pushes yet."""
    before = _before(motion, onset_s)
    bends = bend_angles(before[None])[0]
    limp = rng.uniform(0.03, 0.1)
    stirs = rng.random() < 0.3
    stir = np.where(rng.random(len(bends)) < 0.4, rng.uniform(0, 0.5, len(bends)), 0.0)
    return FallReaction(
        posture=bends,
        protected=bend_angles(protective_posture(before, toward, rng)[None])[0],
        tone=tone_of(
            legs=rng.uniform(0.15, 0.32),
            ankles=rng.uniform(0.05, 0.15),
            trunk=rng.uniform(0.25, 0.6),
            arms=rng.uniform(1.5, 3.0),
        ),
        limp=tone_of(legs=limp, ankles=limp, trunk=limp, arms=limp),
        relax_s=rng.uniform(0.3, 0.8),
        loss_s=rng.uniform(0.2, 0.8),
        reaction_s=rng.uniform(0.2, 0.7),
        reach_s=rng.uniform(0.4, 1.2),
        ramp_s=rng.uniform(0.05, 0.3),
        push=np.zeros(2),
        push_s=1.0,
        brake=rng.uniform(0.0, 0.24),
        stir=stir * stirs,
        stir_hz=rng.uniform(0.2, 0.9),
    )


def _faint_tone(rng: np.random.Generator) -> FloatArray:
    return tone_of(legs=rng.uniform(0.02, 0.08), ankles=0.1, trunk=rng.uniform(0.03, 0.15), arms=0.03)


def _fall(
    activity: str,
    resident: Resident,
    motion: Motion,
    onset_s: float,
    around: Surroundings,
    reaction: FallReaction,
    seat: Furniture | None,
    rng: np.random.Generator,
) -> Episode | None:
    """The episode, where ``motion`` is; None if the body keeps off the floor, propped by its arms or its seat."""
    start = _start(resident, motion, onset_s)
    record = fall_down(resident.body, around, start, reaction, longest_s=_LONGEST_S, lies_s=_RECORDED_S)
    if record is None:
        return None
    fall = Fall(onset_s, record)
    return Episode(activity, resident, motion, fall.impact_s + rng.uniform(*_REST_S), fall, seat)


def _falls_toward(episode: Episode, direction: float) -> bool:
    """Whether the head comes down in a direction on the ground."""
    if episode.fall is None:
        return False
    crown = episode.pose(np.array([episode.fall.onset_s, episode.fall.impact_s])).positions["crown"]
    return bool((crown[1] - crown[0])[:2] @ _unit(direction) > _MIN_REACH_M)


def _start(resident: Resident, motion: Motion, onset_s: float) -> Start:
    """Place and speeds when balance is lost."""
    step_s = 0.004
    coordinates = motion.coordinates(onset_s + np.array([-step_s, 0.0]))
    pose = resident.body.pose(coordinates)
    place, frame, angles = pose.positions["pelvis"], pose.frames["pelvis"], bend_angles(coordinates)
    turned = (frame[0].T @ frame[1] - frame[1].T @ frame[0]) / (2 * step_s)
    return Start(
        place=place[1],
        frame=frame[1],
        velocity=(place[1] - place[0]) / step_s,
        angular_velocity=np.array([turned[2, 1], turned[0, 2], turned[1, 0]]),
        angles=angles[1],
        speeds=(angles[1] - angles[0]) / step_s,
    )


def _pressed_seat(seat: Furniture, resident: Resident, seated: FloatArray) -> FloatArray:
    """The seat as a box ``(1, 6)`` right under the segments of whoever sits on it: nothing drops at the onset."""
    low, high = seat.footprint()
    bottom = lowest_above(resident.body, resident.body.pose(seated[None]), low, high)
    return np.array([[*low, 0.0, *high, min(bottom - _CLEARANCE_M, seat.height)]])


def _unit(direction: float) -> FloatArray:
    return np.array([np.cos(direction), np.sin(direction)])
