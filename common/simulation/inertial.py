"""An accelerometer and a gyroscope on the body: what they measure of the motion that the camera sees.

A sensor sits on a segment of the body. Its accelerometer measures the specific force Rᵀ(a + g·e_z), with the
acceleration a of its place and the attitude R of its segment: 1 g at rest, nothing in free fall. Its gyroscope measures
the angular velocity ω of the segment, [ω]ₓ = Rᵀ Ṙ. Both derive from the joints by central differences on a fine clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter1d

from common.simulation.people.body import rotation
from common.simulation.people.episode import Episode
from common.simulation.people.motion import GRAVITY
from common.validation import FloatArray, check_choice, check_number

FINE_HZ = 250
# Without a fall little moves faster than 20 Hz, and contact is smoothed over the same time at either rate.
_GENTLE_HZ = 100
# Feet, floor and flesh are soft: contact takes hundredths of a second, while the simulated joints stop at once.
CONTACT_S = 0.012

CHANNELS = ("acc_x [g]", "acc_y [g]", "acc_z [g]", "gyro_x [deg/s]", "gyro_y [deg/s]", "gyro_z [deg/s]")


class Site(NamedTuple):
    """The segment that carries a sensor: the joint it turns with, its two ends, and how far along them."""

    segment: str
    start: str
    end: str
    share: float


SITES = {
    "waist": Site("pelvis", "pelvis", "waist", 0.5),
    "wrist": Site("left_elbow", "left_elbow", "left_wrist", 0.9),
    "pocket": Site("right_hip", "right_hip", "right_knee", 0.4),
}


@dataclass(frozen=True)
class InertialSensor:
    """A worn inertial sensor: where it sits, and how well it measures.

    Parameters
    ----------
    position : {"wrist", "waist", "pocket"}
    rate_hz : float
        Samples a second, 20 to 100.
    range_g, range_deg_s : float
        Stronger signals are clipped to this.
    noise_g, noise_deg_s : float
        Standard deviation of a sample; a constant bias of the same size is drawn for each recording.
    looseness : float
        Standard deviation, in radians, of the angles by which it is attached askew.

    Raises
    ------
    InvalidInputError
        If the position is none of those, or a value is out of its range.

    Examples
    --------
    >>> InertialSensor("wrist", rate_hz=100).range_g
    8.0

    Worn by somebody who stands still, without any error: gravity alone, upward, since the floor pushes from below.

    >>> from common.simulation.people.motion import KeyPostures, Motion, posture
    >>> from common.simulation.people.resident import Resident
    >>> rng = np.random.default_rng(0)
    >>> standing = Episode("Walk", Resident.random(rng), Motion((KeyPostures(posture()),)), duration_s=2.0)
    >>> exact = InertialSensor("waist", noise_g=0, noise_deg_s=0, looseness=0)
    >>> samples = exact.measure(standing, rng)
    >>> samples.shape, samples[50].round(6).tolist()
    ((100, 6), [0.0, 0.0, 1.0, 0.0, 0.0, 0.0])
    >>> InertialSensor("waist").attach(rng).bias.shape  # a bias for each channel, until it is taken off
    (6,)
    """

    position: str = "wrist"
    rate_hz: float = 50.0
    range_g: float = 8.0
    range_deg_s: float = 1000.0
    noise_g: float = 0.02
    noise_deg_s: float = 1.0
    looseness: float = 0.25

    def __post_init__(self) -> None:
        check_choice(self.position, "position", tuple(SITES))
        check_number(self.rate_hz, "rate_hz", at_least=20, below=100 + 1e-9)
        for name in ("range_g", "range_deg_s"):
            check_number(getattr(self, name), name, above=0)
        for name in ("noise_g", "noise_deg_s", "looseness"):
            check_number(getattr(self, name), name, at_least=0)

    def measure(self, episode: Episode, rng: np.random.Generator) -> FloatArray:
        """Samples ``(n, 6)`` of an episode, in :data:`CHANNELS`; sample *i* at *i* / ``rate_hz`` seconds.

        Parameters
        ----------
        episode : Episode
        rng : numpy.random.Generator
            Of the noise, the biases, and the angles at which the sensor is attached.
        """
        times = np.arange(0, episode.duration_s, 1 / self.rate_hz)
        return self.attach(rng).measure(inertial_signal(episode, self.position, times), rng)

    def attach(self, rng: np.random.Generator) -> AttachedSensor:
        """The sensor with a random bias, attached a little askew."""
        tilt = _small_rotation(rng.normal(0, self.looseness, 3))
        return AttachedSensor(self, tilt, np.repeat([self.noise_g, self.noise_deg_s], 3) * rng.normal(size=6))


@dataclass(frozen=True)
class AttachedSensor:
    """A sensor with the bias and the tilt that it has until it is taken off."""

    sensor: InertialSensor
    tilt: FloatArray  # (3, 3)
    bias: FloatArray  # (6,)

    def measure(self, signal: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Samples ``(n, 6)`` of an :func:`inertial_signal`: rotated, biased, noisy, clipped."""
        rotated = np.hstack([signal[:, :3] @ self.tilt, signal[:, 3:] @ self.tilt])
        noise = np.repeat([self.sensor.noise_g, self.sensor.noise_deg_s], 3)
        limit = np.repeat([self.sensor.range_g, self.sensor.range_deg_s], 3)
        return np.asarray(np.clip(rotated + self.bias + noise * rng.normal(size=signal.shape), -limit, limit))


def inertial_signal(episode: Episode, position: str, times: FloatArray) -> FloatArray:
    """Specific force in g and angular velocity in deg/s at a site on the body, ``(n, 6)``, without error.

    Parameters
    ----------
    episode : Episode
    position : str
        A name in :data:`SITES`.
    times : ndarray of shape (n,)
        Seconds since the episode's beginning, in order.
    """
    site = SITES[position]
    # A margin at either end keeps the filter and the differences away from the edges.
    margin_s = 0.1
    fine_hz = _GENTLE_HZ if episode.fall is None else FINE_HZ
    fine = np.arange(times[0] - margin_s, times[-1] + margin_s, 1 / fine_hz)
    pose = episode.pose(fine)
    frame = pose.frames[site.segment]
    place = (1 - site.share) * pose.positions[site.start] + site.share * pose.positions[site.end]
    place = gaussian_filter1d(place, CONTACT_S * fine_hz, axis=0, mode="nearest")
    acceleration = np.gradient(np.gradient(place, 1 / fine_hz, axis=0), 1 / fine_hz, axis=0)
    upward = acceleration / GRAVITY + [0.0, 0.0, 1.0]
    force = (upward[:, None, :] @ frame)[:, 0]
    skew = frame.swapaxes(1, 2) @ np.gradient(frame, 1 / fine_hz, axis=0)
    # ω is the vector of the skew-symmetric part.
    omega = np.stack([skew[:, 2, 1], skew[:, 0, 2], skew[:, 1, 0]], axis=1)
    omega -= np.stack([skew[:, 1, 2], skew[:, 2, 0], skew[:, 0, 1]], axis=1)
    angular_rate = np.degrees(omega / 2)
    return np.stack([np.interp(times, fine, column) for column in np.hstack([force, angular_rate]).T], axis=1)


def _small_rotation(angles: FloatArray) -> Any:
    """The rotation by an angle about each axis in turn."""
    x, y, z = (rotation(axis, np.array([angle]))[0] for axis, angle in zip("xyz", angles, strict=True))
    return x @ y @ z
