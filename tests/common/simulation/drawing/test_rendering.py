"""The compiled drawing against plain NumPy, and where Numba is needed."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from common import FrameScenario
from common.simulation.frames import CameraFrame, frames_of_scenario
from tests.oracles import rendering as oracle_rendering

SCENARIO = FrameScenario(n_residents=1, n_rooms=6, repetitions=1, rate_hz=0.4)


@pytest.fixture(scope="module")
def camera_frames() -> list[CameraFrame]:
    return list(frames_of_scenario(SCENARIO, seed=9))


@pytest.mark.parametrize("number", range(0, 24, 3))
def test_compiled_pictures_are_those_of_plain_numpy(camera_frames: list[CameraFrame], number: int) -> None:
    frame = camera_frames[number]
    difference = np.abs(frame.draw(64).astype(int) - oracle_rendering.draw(frame, 64))
    assert difference.mean() < 1.0
    assert np.mean(difference <= 2) > 0.99


def test_infrared_pictures_are_grey(camera_frames: list[CameraFrame]) -> None:
    image = replace(camera_frames[0], light=replace(camera_frames[0].light, infrared=True)).draw(32)
    assert (image == image[..., :1]).all()


def test_the_same_picture_without_a_compiler(camera_frames: list[CameraFrame]) -> None:
    program = (
        "import sys\n"
        "from common import FrameScenario\n"
        "from common.simulation.frames import frames_of_scenario\n"
        "frame = next(frames_of_scenario(FrameScenario(1, 6, repetitions=1, rate_hz=0.4), seed=9))\n"
        "assert 'numba' not in sys.modules, 'Numba is for drawing only'\n"
        "sys.stdout.buffer.write(frame.draw(16).tobytes())"
    )
    plain = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, capture_output=True, check=True
    )
    image = np.frombuffer(plain.stdout, np.uint8).reshape(16, 16, 3)
    assert np.abs(image.astype(int) - camera_frames[0].draw(16)).max() <= 1
