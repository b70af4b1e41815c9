"""Compiled patterns against plain NumPy."""

import numpy as np
import pytest

from common.simulation.drawing.patterns import share_of_second
from common.simulation.rooms.textures import PATTERNS
from tests.oracles import rendering as oracle_rendering


def test_every_pattern_is_that_of_plain_numpy() -> None:
    u, v = np.random.default_rng(0).uniform(-40, 40, (2, 500))
    for number, name in enumerate(PATTERNS):
        ours = [share_of_second(number, float(a), float(b)) for a, b in zip(u, v, strict=True)]
        assert ours == pytest.approx(oracle_rendering.pattern_share(name, u, v).astype(float))
