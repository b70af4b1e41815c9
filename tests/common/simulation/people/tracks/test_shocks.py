"""Shocks: as hard as asked for, where asked for, over in a quarter of a second."""

import numpy as np
import pytest
from scipy.constants import g

from common.simulation.people.anatomy import INDEX
from common.simulation.people.motion import posture
from common.simulation.people.tracks.shocks import Shocks, shock_displacement


@pytest.mark.parametrize("shape", [{}, {"frequency_hz": 8.0, "width_s": 0.03}])
def test_a_shock_pushes_by_its_peak(shape: dict[str, float]) -> None:
    shocks = Shocks(
        np.array([1.0, 2.0]), np.array([1.0, 0.5]), posture(support=shock_displacement(0.8, **shape)), **shape
    )
    time_s = np.arange(0.0, 3.0, 0.001)
    height = shocks(time_s)[:, INDEX["support"]]
    force = np.gradient(np.gradient(height, time_s), time_s) / g
    assert force[1000] == pytest.approx(0.8, rel=0.01)
    assert force[2000] == pytest.approx(0.4, rel=0.01)
    assert np.abs(force[:700]).max() < 1e-3
    assert not shocks(time_s)[1500].any()
