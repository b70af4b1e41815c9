"""Out of the camera's view: corridors, stairs, wheelchairs, bathrooms and dining rooms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.constants import g

from common.simulation.people.anatomy import INDEX
from common.simulation.people.daily import bow_and_bump, breathing
from common.simulation.people.episode import Episode
from common.simulation.people.motion import KeyPostures, Motion, Track, posture
from common.simulation.people.postures import sit, stand, stand_before_seat
from common.simulation.people.resident import Resident
from common.simulation.people.tracks.gait import GaitStyle, straight, walking, winding
from common.simulation.people.tracks.gestures import (
    BUSY_HANDS,
    QUIET,
    SEATED_TRUNK,
    STANDING_TRUNK,
    GestureStyle,
    gestures,
    restless,
)
from common.simulation.people.tracks.shocks import Shocks, shock_displacement
from common.simulation.rooms import furniture
from common.validation import FloatArray

#: So many seconds of movement somewhere outside the room.
OutOfViewActivity = Callable[[str, Resident, float, np.random.Generator], Episode]

# Of the seat of a wheelchair in everyday use: 0.83 ± 0.17 m/s², weighted for the body (Garcia-Mendez et al., "Health
# risks of vibration exposure to wheelchair users in the community", Journal of Spinal Cord Medicine 36, 2013).
_WHEELCHAIR_M_S2 = (0.83, 0.17)
_ROLLATOR_G = 0.05  # at the hands, our assumption
_VIBRATION_HZ = (3.0, 9.0)
_N_WAVES = 12
_RISE_M = 0.17  # of a step of stairs


@dataclass(frozen=True)
class Vibration:
    """Noise of a band of frequencies along some coordinates: a sum of sinusoids.

    Attributes
    ----------
    frequency_hz, phase, amplitude : ndarray of shape (n_waves,)
    direction : ndarray of shape (n_coordinates,)
    """

    frequency_hz: FloatArray
    phase: FloatArray
    amplitude: FloatArray
    direction: FloatArray

    @classmethod
    def random(cls, rms_g: float, direction: FloatArray, rng: np.random.Generator) -> Vibration:
        """Of an acceleration's effective value ``rms_g`` along a ``direction`` of 1 m per unit."""
        frequency_hz = rng.uniform(*_VIBRATION_HZ, _N_WAVES)
        amplitude = rms_g * g * np.sqrt(2 / _N_WAVES) / (2 * np.pi * frequency_hz) ** 2
        return cls(frequency_hz, rng.uniform(0, 2 * np.pi, _N_WAVES), amplitude, direction)

    def __call__(self, time_s: FloatArray) -> FloatArray:
        waves = np.sin(2 * np.pi * self.frequency_hz * time_s[:, None] + self.phase) @ self.amplitude
        return np.asarray(waves[:, None] * self.direction)


def stroll(activity: str, resident: Resident, seconds: float, rng: np.random.Generator) -> Episode:
    """Walking along corridors, alone, with a stick, or with both hands on a rollator."""
    aid = str(rng.choice(["none", "stick", "rollator"], p=[0.35, 0.15, 0.5]))
    style = GaitStyle.random(resident.pace, rng)
    moves: list[Track] = [breathing()]
    upright = stand(resident, 0.0, 0.0, 0.0, rng)
    if aid == "rollator":
        style = replace(style, arm_swing=0.0)
        upright = posture(upright, both_shoulder_flexion=0.35, both_elbow_flexion=0.6, both_shoulder_abduction=0.1)
        upright[INDEX["waist_flexion"]] += 0.15
        moves.append(Vibration.random(_ROLLATOR_G, posture(both_shoulder_flexion=2.0), rng))
        moves.append(gestures(STANDING_TRUNK, 0.1, seconds, rng))
    else:
        if aid == "stick":
            style = replace(style, arm_swing=0.5 * style.arm_swing)
        moves.extend(restless(seconds, QUIET, STANDING_TRUNK, rng))
    gait = winding(style, seconds, rng)
    upright = posture(upright, heading=gait.heading)
    return Episode(activity, resident, Motion((KeyPostures(upright), *walking(gait, rng), *moves)), seconds)


def climb_stairs(activity: str, resident: Resident, seconds: float, rng: np.random.Generator) -> Episode:
    """Up or down a flight of stairs, a hand on the rail."""
    seconds = min(seconds, rng.uniform(8.0, 15.0))
    style = replace(GaitStyle.random(resident.pace, rng), stride_m=0.6, speed_m_s=rng.uniform(0.25, 0.45), heel_g=0.6)
    gait = straight(0.0, style, 0.3, seconds - 0.5)
    contacts = gait.heel_contacts()
    direction = float(rng.choice([-1.0, 1.0]))
    rise = KeyPostures(posture())
    for contact in contacts:
        rise.hold(max(contact - rise.end_s, 0.0))
        rise.change(0.5, support=float(rise.last[INDEX["support"]]) + direction * _RISE_M)
    moves = restless(seconds, QUIET, STANDING_TRUNK, rng)
    upright = stand(resident, 0.0, 0.0, 0.0, rng)
    tracks: tuple[Track, ...] = (KeyPostures(upright), rise, *walking(gait, rng), *moves, breathing())
    return Episode(activity, resident, Motion(tracks), seconds)


def ride_wheelchair(activity: str, resident: Resident, seconds: float, rng: np.random.Generator) -> Episode:
    """Pushed in a wheelchair: the floor's roughness, thresholds, turns."""
    seated = posture(sit(resident, furniture.chair(rng), rng), heading=0.0)
    roughness = max(rng.normal(*_WHEELCHAIR_M_S2), 0.3) / g * rng.choice([1.0, 1.5])  # more outdoors, by assumption
    thresholds = np.sort(rng.uniform(0.5, seconds, rng.poisson(seconds / 20.0)))
    bump = posture(support=shock_displacement(0.4), tilt_forward=0.03, both_hip_flexion=0.03, waist_flexion=-0.03)
    turns = GestureStyle({"heading": (-1.6, 1.6)}, (1.5, 3.0), (3.0, 15.0))
    tracks: tuple[Track, ...] = (
        KeyPostures(seated),
        Vibration.random(roughness, posture(support=1.0), rng),
        Shocks(thresholds, rng.uniform(0.4, 2.0, len(thresholds)), bump),
        gestures(turns, 0.1, seconds, rng),
        *restless(seconds, QUIET, SEATED_TRUNK, rng),
        breathing(),
    )
    return Episode(activity, resident, Motion(tracks), seconds)


def stand_busy(activity: str, resident: Resident, seconds: float, rng: np.random.Generator) -> Episode:
    """Standing at a basin, a shelf or a wardrobe with busy hands, shifting the weight."""
    upright = posture(stand(resident, 0.0, 0.0, 0.0, rng), both_shoulder_flexion=0.4, both_elbow_flexion=0.9)
    steps = np.sort(rng.uniform(0.5, seconds, rng.poisson(seconds / 2.5) + 1))
    shake = posture(support=shock_displacement(0.2)) + posture(heading=0.05)
    bumps = Shocks(steps, rng.uniform(-1.5, 1.5, len(steps)), shake)
    tracks: tuple[Track, ...] = (
        KeyPostures(upright),
        bumps,
        *restless(seconds, BUSY_HANDS, STANDING_TRUNK, rng),
        breathing(),
    )
    return Episode(activity, resident, Motion(tracks), seconds)


def sit_elsewhere(activity: str, resident: Resident, seconds: float, rng: np.random.Generator) -> Episode:
    """Sitting down on a chair or a toilet out of view; ``seconds`` is ignored, since it takes as long as it takes."""
    seated = sit(resident, furniture.chair(rng), rng)
    sit_s = 1.3 / resident.pace
    keys = KeyPostures(stand_before_seat(resident, seated, rng)).hold(0.5).move(sit_s, seated).hold(1.5)
    moves = restless(keys.end_s, BUSY_HANDS, SEATED_TRUNK, rng)
    tracks: tuple[Track, ...] = (keys, *bow_and_bump(0.5, sit_s, rng), *moves, breathing())
    return Episode(activity, resident, Motion(tracks), keys.end_s)
