"""Somebody at rest: gravity alone, and a change of posture."""

import numpy as np

from common.simulation.inertial_rest import rest_signal


def test_rest_turns_from_one_posture_to_the_next() -> None:
    times = np.arange(0, 10, 0.01)
    before, after = np.array([0.0, 0.0, 1.0]), np.array([0.0, 0.6, 0.8])
    # With this seed nobody fidgets in these ten seconds.
    signal = rest_signal(before, after, times, 10.0, np.random.default_rng(0))
    np.testing.assert_allclose(np.linalg.norm(signal[:, :3], axis=1), 1.0)
    np.testing.assert_allclose(signal[0, :3], before)
    np.testing.assert_allclose(signal[-1, :3], after, atol=0.01)
    # The sensor turned by the angle between the two, opposite to gravity.
    turned = np.trapezoid(signal[:, 3:], times, axis=0)
    np.testing.assert_allclose(turned, [np.degrees(np.arccos(0.8)), 0, 0], atol=1.0)
