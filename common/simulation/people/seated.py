"""What residents do where they sit or lie: talking, eating, exercises, coughing, clapping."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from common.simulation.people.daily import breathing
from common.simulation.people.episode import Episode
from common.simulation.people.motion import Motion, Track, posture
from common.simulation.people.tracks.gestures import (
    ARMS,
    BUSY_HANDS,
    LYING_TRUNK,
    PELVIS_ALONE_FORWARD,
    QUIET,
    SEATED_TRUNK,
    TALKING,
    GestureStyle,
    alternating,
    gestures,
    restless,
    scaled,
    with_sides,
)
from common.simulation.people.tracks.shocks import Shocks, shock_displacement

#: Movements of so many seconds that begin and end in the posture in which a resting episode ended.
InPlaceActivity = Callable[[str, Episode, float, np.random.Generator], Episode]

# At the mouth, a hand has bent the elbow by up to 1.3 rad beyond the posture at the table: our assumption.
_EATING = GestureStyle(
    ARMS | {"left_elbow_flexion": (-0.1, 1.3), "right_elbow_flexion": (-0.1, 1.3)}, (0.5, 0.9), (0.1, 2.0)
)
_WIDE_ARMS = GestureStyle(scaled(ARMS, 1.6), (0.5, 1.0), (0.0, 0.4))
_WIDE_TRUNK = GestureStyle(scaled(SEATED_TRUNK.ranges, 1.8), (0.5, 1.0), (0.0, 1.0))

_HARD = {"frequency_hz": 8.0, "width_s": 0.03}  # shocks of hands that hit something


def in_place(activity: str, rest: Episode, seconds: float, tracks: tuple[Track, ...]) -> Episode:
    """Tracks that begin and end at nothing, on top of the posture in which ``rest`` ended."""
    start = rest.duration_s
    last = rest.motion.coordinates(np.array([start]))
    return Episode(activity, rest.resident, Motion((_Held(last), *tracks, breathing())), seconds, place=rest.place)


class _Held:
    """A posture that stays."""

    def __init__(self, coordinates: np.ndarray) -> None:
        self._coordinates = coordinates

    def __call__(self, time_s: np.ndarray) -> np.ndarray:
        return np.repeat(self._coordinates, len(time_s), axis=0)


def talk(activity: str, rest: Episode, seconds: float, rng: np.random.Generator) -> Episode:
    """Telling a story with both hands."""
    return in_place(activity, rest, seconds, restless(seconds, TALKING, SEATED_TRUNK, rng))


def eat(activity: str, rest: Episode, seconds: float, rng: np.random.Generator) -> Episode:
    """Hands between plate, glass and mouth."""
    return in_place(activity, rest, seconds, restless(seconds, _EATING, SEATED_TRUNK, rng))


def busy(activity: str, rest: Episode, seconds: float, rng: np.random.Generator) -> Episode:
    """Reading, knitting, a game of cards: hands that are busy, a trunk that is not."""
    return in_place(activity, rest, seconds, (gestures(BUSY_HANDS, 0.1, seconds, rng),))


def stir(activity: str, rest: Episode, seconds: float, rng: np.random.Generator) -> Episode:
    """Somebody in bed who does not sleep."""
    return in_place(activity, rest, seconds, restless(seconds, QUIET, LYING_TRUNK, rng))


def exercise(activity: str, rest: Episode, seconds: float, rng: np.random.Generator) -> Episode:
    """Gymnastics on a chair: marching feet, arms up and to the sides, a trunk that turns and bends."""
    step_s = rng.uniform(0.35, 0.6)
    # One leg marches in the first half, the other in the second: the body rests on its lowest part, which is the foot
    # that stays down.
    half_s = seconds / 2
    legs = (
        alternating(posture(left_hip_flexion=0.3), step_s / 2, 0.3, half_s),
        alternating(posture(right_hip_flexion=0.3), step_s / 2, half_s + step_s, seconds - step_s),
    )
    steps = np.arange(0.3 + step_s, seconds - step_s, step_s)
    shake = posture(support=shock_displacement(rng.uniform(0.15, 0.4)), tilt_left=0.02, waist_left=-0.02)
    bumps = Shocks(steps, rng.uniform(0.4, 1.4, len(steps)), shake)
    return in_place(activity, rest, seconds, (*legs, bumps, *restless(seconds, _WIDE_ARMS, _WIDE_TRUNK, rng)))


def shift(activity: str, rest: Episode, seconds: float, rng: np.random.Generator) -> Episode:
    """Lifting oneself in the seat and dropping back, to sit better."""
    drops = np.sort(rng.uniform(0.8, max(seconds - 0.8, 0.9), max(int(seconds / 6), 1)))
    bumps = Shocks(
        drops, rng.uniform(0.4, 1.6, len(drops)), posture(support=shock_displacement(0.6)) + 0.05 * PELVIS_ALONE_FORWARD
    )
    return in_place(activity, rest, seconds, (bumps, *restless(seconds, QUIET, _WIDE_TRUNK, rng)))


def cough(activity: str, rest: Episode, seconds: float, rng: np.random.Generator) -> Episode:
    """Fits of coughs, 2 to 3 a second, that jerk the trunk."""
    coughs = 1.0 + np.cumsum(rng.choice([0.35, 0.45, 2.5], p=[0.5, 0.35, 0.15], size=int(seconds / 0.6)))
    coughs = coughs[coughs < seconds - 0.5]
    jerk = posture(support=shock_displacement(0.25), waist_flexion=0.02, neck_flexion=0.04, both_shoulder_flexion=0.02)
    jerks = Shocks(coughs, rng.uniform(0.4, 1.4, len(coughs)), jerk + 0.05 * PELVIS_ALONE_FORWARD)
    return in_place(activity, rest, seconds, (jerks, *restless(seconds, QUIET, SEATED_TRUNK, rng)))


def clap(activity: str, rest: Episode, seconds: float, rng: np.random.Generator) -> Episode:
    """Clapping hands, 2.5 to 4 times a second; palms that meet push the wrist by 3 to 8 g (UMAFall: 7.3)."""
    half_s = 1 / rng.uniform(2.5, 4.0) / 2
    apart = posture(both_shoulder_abduction=rng.uniform(0.4, 0.7), both_forearm_rotation=rng.uniform(0.4, 0.9))
    claps = np.arange(0.5 + 2 * half_s, seconds - 2 * half_s, 2 * half_s)
    raised = gestures(
        GestureStyle(with_sides({"both_elbow_flexion": (0.2, 0.7)}), (0.6, 0.9), (2.0, 8.0)), 0.0, seconds, rng
    )
    # About 0.3 m from the shoulder's axis to the palm.
    meet = posture(
        both_shoulder_abduction=shock_displacement(rng.uniform(3.0, 8.0), **_HARD) / 0.3,
        support=shock_displacement(0.04, **_HARD),
    )
    hits = Shocks(claps, rng.uniform(0.5, 1.2, len(claps)), meet, **_HARD)
    clapping = alternating(apart, half_s, 0.5, seconds - half_s)
    return in_place(activity, rest, seconds, (raised, clapping, hits, gestures(SEATED_TRUNK, 0.1, seconds, rng)))


def beat_cushion(activity: str, rest: Episode, seconds: float, rng: np.random.Generator) -> Episode:
    """Beating a cushion into shape with one arm or both: blows of 2 to 6 g at the wrist."""
    side = str(rng.choice(["both", "left", "right"]))
    half_s = rng.uniform(0.25, 0.4)
    lifted = posture(**{f"{side}_shoulder_flexion": rng.uniform(0.5, 0.9), f"{side}_elbow_flexion": 0.5})
    blows = np.arange(0.5 + 2 * half_s, seconds - 2 * half_s, 2 * half_s)
    braked = shock_displacement(rng.uniform(2.0, 6.0), **_HARD) / 0.45  # of an arm of about 0.45 m
    stop = posture(**{f"{side}_shoulder_flexion": braked}, support=shock_displacement(0.15, **_HARD))
    hits = Shocks(blows, rng.uniform(0.5, 1.2, len(blows)), stop, **_HARD)
    tracks = (alternating(lifted, half_s, 0.5, seconds - half_s), hits, gestures(SEATED_TRUNK, 0.1, seconds, rng))
    return in_place(activity, rest, seconds, tracks)
