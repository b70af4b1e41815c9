"""An accelerometer and a gyroscope on the body: what they feel of the motion that the camera sees.

A sensor sits on a segment of the body. Its accelerometer feels the specific force Rᵀ(a + g·e_z), with the acceleration
a of its place and the attitude R of its segment: 1 g at rest, nothing in free fall. Its gyroscope feels the angular
velocity ω of the segment, [ω]ₓ = Rᵀ Ṙ. Both derive from the joints by central differences on a fine clock.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter1d

from common.simulation.people.body import rotation
from common.simulation.people.episode import Episode
from common.simulation.people.toppling import GRAVITY
from common.validation import FloatArray, check_choice, check_number

FINE_HZ = 250
# Feet, floor and flesh are soft: contact takes hundredths of a second, where joints stop at once.
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
    """Where it is worn, and how well it measures.

    Parameters
    ----------
    position : {"wrist", "waist", "pocket"}
    rate_hz : float
        Samples a second, 20 to 100.
    range_g, range_deg_s : float
        What is stronger reads as this.
    noise_g, noise_deg_s : float
        Standard deviation of a sample; a constant bias of the same size is drawn for each recording.
    looseness : float
        Standard deviation, in radians, of the angles at which it is put on.
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
            Of the noise, the biases, and how the sensor is put on.
        """
        times = np.arange(0, episode.duration_s, 1 / self.rate_hz)
        return self.put_on(rng).read(felt(episode, self.position, times), rng)

    def put_on(self, rng: np.random.Generator) -> "Worn":
        """The sensor as somebody wears it, until it is taken off."""
        turn = _small_turn(rng.normal(0, self.looseness, 3))
        return Worn(self, turn, np.repeat([self.noise_g, self.noise_deg_s], 3) * rng.normal(size=6))


@dataclass(frozen=True)
class Worn:
    """A sensor that sits a little askew and has a bias: both are drawn once, when it is put on."""

    sensor: InertialSensor
    turn: FloatArray
    bias: FloatArray

    def read(self, signal: FloatArray, rng: np.random.Generator) -> FloatArray:
        """What it says ``(n, 6)`` of a :func:`felt` signal."""
        turned = np.hstack([signal[:, :3] @ self.turn, signal[:, 3:] @ self.turn])
        noise = np.repeat([self.sensor.noise_g, self.sensor.noise_deg_s], 3)
        limit = np.repeat([self.sensor.range_g, self.sensor.range_deg_s], 3)
        return np.asarray(np.clip(turned + self.bias + noise * rng.normal(size=signal.shape), -limit, limit))


def felt(episode: Episode, position: str, times: FloatArray) -> FloatArray:
    """Specific force in g and angular velocity in deg/s at a place on the body, ``(n, 6)``, without error.

    Parameters
    ----------
    episode : Episode
    position : str
        A name in :data:`SITES`.
    times : ndarray of shape (n,)
        Seconds since the episode's beginning, in order.
    """
    site = SITES[position]
    # Enough beyond either end that filter and differences meet no edge.
    margin_s = 0.1
    fine = np.arange(times[0] - margin_s, times[-1] + margin_s, 1 / FINE_HZ)
    pose = episode.pose(fine)
    frame = pose.frames[site.segment]
    place = (1 - site.share) * pose.positions[site.start] + site.share * pose.positions[site.end]
    place = gaussian_filter1d(place, CONTACT_S * FINE_HZ, axis=0, mode="nearest")
    acceleration = np.gradient(np.gradient(place, 1 / FINE_HZ, axis=0), 1 / FINE_HZ, axis=0)
    upward = acceleration / GRAVITY + [0.0, 0.0, 1.0]
    force = (upward[:, None, :] @ frame)[:, 0]
    turning = frame.swapaxes(1, 2) @ np.gradient(frame, 1 / FINE_HZ, axis=0)
    # The vector of the skew-symmetric part.
    vector = np.stack([turning[:, 2, 1], turning[:, 0, 2], turning[:, 1, 0]], axis=1)
    vector -= np.stack([turning[:, 1, 2], turning[:, 2, 0], turning[:, 0, 1]], axis=1)
    rate = np.degrees(vector / 2)
    return np.stack([np.interp(times, fine, column) for column in np.hstack([force, rate]).T], axis=1)


def _small_turn(angles: FloatArray) -> Any:
    """The rotation by an angle about each axis in turn."""
    x, y, z = (rotation(axis, np.array([angle]))[0] for axis, angle in zip("xyz", angles, strict=True))
    return x @ y @ z
