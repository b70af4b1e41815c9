"""A dropped sensor: free fall, impact, rest."""

import numpy as np

from common.simulation.people.toppling import GRAVITY
from common.simulation.wearing.drop import SensorDrop


def test_a_dropped_sensor_is_weightless_then_hit() -> None:
    spin, lying = np.array([90.0, 0, 0]), np.array([0, 1.0, 0])
    drop = SensorDrop(0.0, 30.0, height_m=0.8, spin_deg_s=spin, impact_g=12.0, lying=lying)
    times = np.arange(0, 30, 0.002)
    signal = drop.inertial_signal(np.array([0, 0, 1.0]), times)
    force = np.linalg.norm(signal[:, :3], axis=1)
    flight_s = np.sqrt(2 * 0.8 / GRAVITY)
    assert force[(times > 0.06) & (times < flight_s - 0.06)].max() < 0.01
    assert force.max() > 5
    assert abs(times[force.argmax()] - flight_s) < 0.02
    np.testing.assert_allclose(signal[-1], [0, 1, 0, 0, 0, 0], atol=1e-6)
