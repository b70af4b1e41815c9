"""An accelerometer and a gyroscope on the body: what they feel of the motion that the camera sees.

A sensor sits on a segment of the body. Its accelerometer feels the specific force Rᵀ(a + g·e_z), with the acceleration
a of its place and the attitude R of its segment: 1 g at rest, nothing in free fall. Its gyroscope feels the angular
velocity ω of the segment, [ω]ₓ = Rᵀ Ṙ. Both derive from the joints by central differences on a fine clock.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter1d

from common.simulation.body import rotation
from common.simulation.episode import Episode
from common.simulation.toppling import GRAVITY
from common.validation import FloatArray, check_choice, check_number

_FINE_HZ = 500
# Feet, floor and flesh are soft: contact takes hundredths of a second, where joints stop at once.
_CONTACT_S = 0.012

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
        signal = _felt(episode, SITES[self.position], times)
        worn = _small_turn(rng.normal(0, self.looseness, 3))
        signal = np.hstack([signal[:, :3] @ worn, signal[:, 3:] @ worn])
        scale = np.repeat([self.noise_g, self.noise_deg_s], 3)
        limit = np.repeat([self.range_g, self.range_deg_s], 3)
        signal += scale * (rng.normal(size=6) + rng.normal(size=signal.shape))
        return np.asarray(np.clip(signal, -limit, limit))


def _felt(episode: Episode, site: Site, times: FloatArray) -> FloatArray:
    """Specific force in g and angular velocity in deg/s, without error."""
    # Enough beyond either end that filter and differences meet no edge.
    margin_s = 0.1
    fine = np.arange(-margin_s, episode.duration_s + margin_s, 1 / _FINE_HZ)
    pose = episode.pose(fine)
    frame = pose.frames[site.segment]
    place = (1 - site.share) * pose.positions[site.start] + site.share * pose.positions[site.end]
    place = gaussian_filter1d(place, _CONTACT_S * _FINE_HZ, axis=0, mode="nearest")
    acceleration = np.gradient(np.gradient(place, 1 / _FINE_HZ, axis=0), 1 / _FINE_HZ, axis=0)
    upward = acceleration / GRAVITY + [0.0, 0.0, 1.0]
    force = (upward[:, None, :] @ frame)[:, 0]
    turning = frame.swapaxes(1, 2) @ np.gradient(frame, 1 / _FINE_HZ, axis=0)
    # The vector of the skew-symmetric part.
    vector = np.stack([turning[:, 2, 1], turning[:, 0, 2], turning[:, 1, 0]], axis=1)
    vector -= np.stack([turning[:, 1, 2], turning[:, 2, 0], turning[:, 0, 1]], axis=1)
    rate = np.degrees(vector / 2)
    return np.stack([np.interp(times, fine, column) for column in np.hstack([force, rate]).T], axis=1)


def _small_turn(angles: FloatArray) -> Any:
    """The rotation by an angle about each axis in turn."""
    x, y, z = (rotation(axis, np.array([angle]))[0] for axis, angle in zip("xyz", angles, strict=True))
    return x @ y @ z
