"""A sensor the other way round measures the same, turned; a loose one swings; both only in their time."""

import numpy as np
import pytest

from common.simulation.wearing.attachment import Attachment
from common.simulation.wearing.faults import WearPeriod

RATE_HZ = 50.0
TIME_S = np.arange(0.0, 100.0, 1 / RATE_HZ)
SIGNAL = np.random.default_rng(0).normal([0.1, 0.2, 1.0, 0, 0, 0], [0.2, 0.2, 0.2, 20, 20, 20], (len(TIME_S), 6))
INSIDE, OUTSIDE = (TIME_S > 26) & (TIME_S < 74), (TIME_S < 20) | (TIME_S > 80)


def worn(kind: str) -> np.ndarray:
    attachment = Attachment((WearPeriod(kind, 20.0, 80.0),), RATE_HZ, np.random.default_rng(1))
    parts = zip(np.array_split(SIGNAL, 9), np.array_split(TIME_S, 9), strict=True)
    return np.concatenate([attachment.change(signal, time_s) for signal, time_s in parts])


@pytest.mark.parametrize("kind", ["reversed", "loose", "taken off"])
def test_nothing_changes_outside_its_time(kind: str) -> None:
    np.testing.assert_allclose(worn(kind)[OUTSIDE], SIGNAL[OUTSIDE], atol=1e-9)


def test_a_reversed_sensor_has_two_axes_of_the_other_sign() -> None:
    changed = worn("reversed")[INSIDE] / SIGNAL[INSIDE]
    np.testing.assert_allclose(np.abs(changed), 1.0, atol=1e-6)
    assert sorted(np.sign(changed[0, :3])) == [-1.0, -1.0, 1.0]


def test_a_loose_sensor_swings_and_keeps_the_length_of_its_force() -> None:
    changed = worn("loose")[INSIDE]
    lengths = [np.linalg.norm(signal[:, :3], axis=1) for signal in (changed, SIGNAL[INSIDE])]
    np.testing.assert_allclose(*lengths, atol=1e-9)
    assert np.std(changed[:, 3:5]) > 1.2 * np.std(SIGNAL[INSIDE, 3:5])
