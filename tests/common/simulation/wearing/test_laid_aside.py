"""A sensor on a table is still, a charging one is silent, and both are handled before and after."""

import numpy as np
import pytest

from common.simulation.wearing.laid_aside import HANDLED_S, LaidAside

WORN = np.array([0.0, 0.6, 0.8])


@pytest.mark.parametrize("is_charging", [False, True])
def test_it_is_worn_handled_and_lies(is_charging: bool) -> None:
    aside = LaidAside.random(100.0, 200.0, np.random.default_rng(0), is_charging=is_charging)
    times = np.arange(0.0, 100.0, 0.02)
    signal = aside.inertial_signal(WORN, times)
    np.testing.assert_allclose(signal[0, :3], WORN, atol=0.01)
    np.testing.assert_allclose(signal[-1, :3], WORN, atol=0.01)
    handled = (times < HANDLED_S) | (times > 100.0 - HANDLED_S)
    assert np.isfinite(signal[handled]).all()
    assert np.linalg.norm(signal[handled, 3:], axis=1).max() > 20
    lies = signal[(times > HANDLED_S + 0.1) & (times < 99.9 - HANDLED_S)]
    if is_charging:
        assert np.isnan(lies).all()
    else:
        np.testing.assert_allclose(lies, np.tile([*aside.lying, 0, 0, 0], (len(lies), 1)), atol=1e-9)


def test_parts_of_the_time_are_those_of_the_whole() -> None:
    aside = LaidAside.random(0.0, 60.0, np.random.default_rng(1))
    times = np.arange(0.0, 60.0, 0.02)
    parts = [aside.inertial_signal(WORN, part) for part in np.array_split(times, 4)]
    np.testing.assert_allclose(np.concatenate(parts), aside.inertial_signal(WORN, times), atol=0.5)
