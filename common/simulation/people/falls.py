"""Falls: how balance is lost, how the body reacts, and where in the room it comes down."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from common.simulation.people.body import bend_angles
from common.simulation.people.episode import Episode
from common.simulation.people.fall import Fall
from common.simulation.people.motion import KeyPostures, Motion, Steps, Track, posture
from common.simulation.people.postures import sit, stand
from common.simulation.people.reactions import FallReaction, tone_of
from common.simulation.people.resident import Resident
from common.simulation.physics.falling import Start, fall_down
from common.simulation.physics.model import Surroundings
from common.simulation.rooms.furniture import Furniture
from common.simulation.rooms.room import Room
from common.validation import FloatArray

_QUARTER = np.pi / 2
_TOWARD = {"Fall forward": 0.0, "Fall left": _QUARTER, "Fall backwards": np.pi, "Fall right": -_QUARTER}
T = dict(brake=(0.1,0.6), contact=(0.06,0.12), legs=(0.1,0.5), trunk=(.2,.6), arms=(.4,1.5), limp=(.03,.15), push=(.04,.25), react=(.1,.4), knees=(.1,1.3), bump=(.25,.5), ankles=(.05,.15), relax=(.4,1.2), friction=(.5,1.), seatpush=(.1,.3), stir=(.5,.5), waistf=(.1,.5), hipr=(.4,.8), ramp=(.2,.5), pushs=(.3,.6), bounce=(1.,1.))
_PLACES = 150


def U(rng, name): return rng.uniform(*T[name])

def fall_from_standing(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode | None:
    toward = _TOWARD[activity] + rng.normal(0, 0.2)
    onset_s = rng.uniform(1.0, 2.0)
    upright = stand(resident, 0.0, 0.0, 0.0, rng)
    causes = {"weight shift": 0.41, "bump": 0.11, "loss of support": 0.11}
    causes |= {"slip": 0.03} if activity == "Fall backwards" else {"trip": 0.21}
    weights = np.array(list(causes.values()))
    cause = str(rng.choice(list(causes), p=weights / weights.sum()))
    tracks: list[Track] = [KeyPostures(upright)]
    if cause in ("slip", "trip"):
        tracks.append(Steps(0.0, rng.uniform(0.4, 1.0) * resident.pace, rng.uniform(0.9, 1.3), -1.0, onset_s + 9.0, phase=rng.uniform(0, 6)))
    motion = Motion(tuple(tracks))
    push = U(rng,'bump') if cause == "bump" else U(rng,'push')
    reaction = _reaction(motion, onset_s, toward, push, rng)
    if cause == "bump":
        reaction = replace(reaction, push_s=0.25)
    around = Surroundings(U(rng,'contact'), U(rng,'bounce'), U(rng,'friction'), 0.1 if cause == "slip" else 1.0, np.zeros((0, 6)))
    fallen = fall_down(resident.body, around, _start(resident, motion, onset_s), reaction, longest_s=3.5, lies_s=3.5)
    if fallen is None:
        return None
    episode = Episode(activity, resident, motion, onset_s + fallen.impact_s + rng.uniform(6, 10), Fall(onset_s, fallen))
    return _place(episode, room, tracks, rng)


@dataclass(frozen=True)
class Moved:
    track: Track
    x: float
    y: float
    heading: float

    def __call__(self, time_s: FloatArray) -> FloatArray:
        q = self.track(time_s)
        c, s = np.cos(self.heading), np.sin(self.heading)
        x, y = q[:, 0].copy(), q[:, 1].copy()
        q[:, 0], q[:, 1] = c * x - s * y + self.x, s * x + c * y + self.y
        q[:, 4] += self.heading
        return q


def _place(episode, room, tracks, rng):
    times = np.arange(0.0, episode.duration_s, 0.25)
    pose = episode.pose(times)
    P = np.stack([pose.positions[n] for n in ("crown","neck","pelvis","left_elbow","right_elbow","left_knee","right_knee","left_ankle","right_ankle")], 1)
    falls = times > episode.fall.impact_s
    middle = (P[..., :2].min((0, 1)) + P[..., :2].max((0, 1))) / 2
    for _ in range(_PLACES):
        heading = rng.uniform(-np.pi, np.pi); c, s = np.cos(heading), np.sin(heading); R = np.array([[c, -s], [s, c]])
        spot = rng.uniform(0.3, room.size[:2] - 0.3) - R @ middle
        Q = np.concatenate([P[..., :2] @ R.T + spot, P[..., 2:]], -1)
        if room.is_free(Q[falls].reshape(-1, 3), gap=.05) and room.is_free(Q[~falls].reshape(-1, 3), gap=.1) and room.camera.sees(Q).mean() > .85:
            x, y = float(spot[0]), float(spot[1])
            return replace(episode, motion=Motion((Moved(episode.motion.coordinates, x, y, heading),)), fall=replace(episode.fall, fallen=episode.fall.fallen.moved(x, y, heading)))
    return None


def fall_from_sitting(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode | None:
    """Sitting, then slipping off the seat, forward or to a side."""
    seats = [piece for piece in room.furniture if piece.seat]
    if not seats:
        return None
    seat = seats[rng.integers(len(seats))]
    seated = sit(resident, seat, rng)
    direction = str(rng.choice(["Fall forward", "Fall left", "Fall right"]))
    toward = _TOWARD[direction] * rng.uniform(0.3, 0.8) + rng.normal(0, 0.15)
    onset_s = rng.uniform(1.0, 2.0)
    motion = Motion((KeyPostures(seated),))
    reaction = _reaction(motion, onset_s, seat.heading + toward, U(rng,'seatpush'), rng, toward)
    reaction = replace(reaction, push_s=0.8)
    around = Surroundings(U(rng,'contact'), U(rng,'bounce'), 0.4, 0.6, _seat_box(seat, resident, seated))
    fallen = fall_down(resident.body, around, _start(resident, motion, onset_s), reaction, longest_s=3.5, lies_s=3.5)
    if fallen is None:
        return None
    return Episode(activity, resident, motion, onset_s + fallen.impact_s + rng.uniform(6, 10), Fall(onset_s, fallen), seat)


def collapse(activity: str, resident: Resident, room: Room, rng: np.random.Generator) -> Episode | None:
    onset_s = rng.uniform(1.0, 2.0)
    upright = stand(resident, 0.0, 0.0, 0.0, rng)
    tracks = [KeyPostures(upright)]
    motion = Motion(tuple(tracks))
    toward = rng.uniform(-np.pi, np.pi)
    reaction = _reaction(motion, onset_s, toward, rng.uniform(0.02, 0.08), rng)
    loose = tone_of(legs=rng.uniform(.02,.08), ankles=.1, trunk=rng.uniform(.03,.15), arms=.03)
    reaction = replace(reaction, tone=loose, loss_s=rng.uniform(.3,.8), reaction_s=9.0, brake=rng.uniform(.1,.6))
    around = Surroundings(U(rng,'contact'), U(rng,'bounce'), U(rng,'friction'), 1.0, np.zeros((0, 6)))
    fallen = fall_down(resident.body, around, _start(resident, motion, onset_s), reaction, longest_s=3.5, lies_s=3.5)
    if fallen is None:
        return None
    episode = Episode(activity, resident, motion, onset_s + fallen.impact_s + rng.uniform(6, 10), Fall(onset_s, fallen))
    return _place(episode, room, tracks, rng)


def _protected(before: FloatArray, toward: float, rng: np.random.Generator) -> FloatArray:
    """Hands thrown out towards the floor, knees and hips giving way."""
    forward, left = np.cos(toward), np.sin(toward)
    knees = U(rng,'knees')
    hips = knees * U(rng,'hipr') + (0.4 if forward < -0.5 else 0.0)
    reach = rng.uniform(0.4, 1.0)
    angles: dict[str, float] = {
        "waist_flexion": U(rng,"waistf"),
        "waist_left": rng.uniform(-0.2, 0.2),
        "neck_flexion": rng.uniform(-0.5, 0.0) if forward > 0.5 else rng.uniform(0.2, 0.7),
        "both_knee_flexion": knees,
        "both_hip_flexion": hips,
    }
    for side, outward in (("left", 1.0), ("right", -1.0)):
        toward_side = max(outward * left, 0.0)
        angles |= {
            f"{side}_shoulder_flexion": reach * (1.6 * max(forward, 0.0) - 0.9 * max(-forward, 0.0))
            + rng.normal(0.2, 0.3),
            f"{side}_shoulder_abduction": reach * (0.3 + 1.0 * toward_side) + rng.normal(0, 0.15),
            f"{side}_elbow_flexion": rng.uniform(0.1, 1.0),
        }
    return posture(before, **angles)


def _reaction(motion, onset_s, direction, push, rng, toward=None) -> FallReaction:
    before = motion.coordinates(np.array([onset_s]))[0]
    bends = bend_angles(before[None])[0]
    protected = bend_angles(_protected(before, direction if toward is None else toward, rng)[None])[0]
    limp = U(rng,'limp')
    stir = np.where(rng.random(len(bends)) < 0.4, rng.uniform(0, T['stir'][0], len(bends)), 0.0) * (rng.random() < T['stir'][1])
    return FallReaction(
        posture=bends,
        protected=protected,
        tone=tone_of(legs=U(rng,'legs'), ankles=U(rng,'ankles'), trunk=U(rng,'trunk'), arms=U(rng,'arms')),
        limp=tone_of(legs=limp, ankles=limp, trunk=limp, arms=limp),
        relax_s=U(rng,'relax'),
        loss_s=rng.uniform(0.1, 0.4),
        reaction_s=U(rng,'react'),
        ramp_s=U(rng,'ramp'),
        push=push * np.array([np.cos(direction), np.sin(direction)]),
        push_s=U(rng,'pushs'),
        brake=U(rng,'brake'),
        stir=stir,
        stir_hz=rng.uniform(0.2, 0.9),
    )


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


def _seat_box(seat: Furniture, resident: Resident, seated: FloatArray) -> FloatArray:
    """The seat as a box, no higher than whoever sits on it has pressed it down."""
    cones = resident.body.surface(resident.body.pose(seated[None]))
    thighs = np.array([garment == "trousers" for garment in cones.garments])
    bottom = np.minimum(cones.start[0, :, 2] - cones.start_radius, cones.end[0, :, 2] - cones.end_radius)
    low, high = seat.footprint()
    return np.array([[*low, 0.0, *high, min(seat.seat, float(bottom[thighs].min()))]])
