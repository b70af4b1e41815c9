"""The compiled drawing against plain NumPy, and where Numba is needed."""

import os
import subprocess
import sys

import numpy as np
import pytest

from common import FrameScenario
from common.simulation.frames import Shot, shots_of
from tests.oracles import rendering as oracle_rendering

SCENARIO = FrameScenario(n_residents=1, n_rooms=6, repetitions=1, rate_hz=0.4)


@pytest.fixture(scope="module")
def shots() -> list[Shot]:
    return list(shots_of(SCENARIO, seed=9))


@pytest.mark.parametrize("number", range(0, 24, 3))
def test_compiled_pictures_are_those_of_plain_numpy(shots: list[Shot], number: int) -> None:
    shot = shots[number]
    difference = np.abs(shot.draw(64).astype(int) - oracle_rendering.draw(shot, 64))
    assert difference.mean() < 1.0
    assert np.mean(difference <= 2) > 0.99


def test_every_pattern_is_that_of_plain_numpy() -> None:
    from common.simulation.drawing.patterns import share_of_second
    from common.simulation.rooms.textures import PATTERNS

    u, v = np.random.default_rng(0).uniform(-40, 40, (2, 500))
    for number, name in enumerate(PATTERNS):
        ours = [share_of_second(number, float(a), float(b)) for a, b in zip(u, v, strict=True)]
        assert ours == pytest.approx(oracle_rendering.pattern_share(name, u, v).astype(float))


def test_infrared_pictures_are_grey(shots: list[Shot]) -> None:
    from dataclasses import replace

    image = replace(shots[0], light=replace(shots[0].light, infrared=True)).draw(32)
    assert (image == image[..., :1]).all()


def test_the_same_picture_without_a_compiler(shots: list[Shot]) -> None:
    program = (
        "import sys\n"
        "from common import FrameScenario\n"
        "from common.simulation.frames import shots_of\n"
        "shot = next(shots_of(FrameScenario(1, 6, repetitions=1, rate_hz=0.4), seed=9))\n"
        "assert 'numba' not in sys.modules, 'Numba is for drawing only'\n"
        "sys.stdout.buffer.write(shot.draw(16).tobytes())"
    )
    plain = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, capture_output=True, check=True
    )
    image = np.frombuffer(plain.stdout, np.uint8).reshape(16, 16, 3)
    assert np.abs(image.astype(int) - shots[0].draw(16)).max() <= 1
