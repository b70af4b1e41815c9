"""The compiled drawing against plain NumPy, and where Numba is needed."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from common import FrameScenario
from common.simulation.camera.pets import Pet
from common.simulation.frames import LabelledFrame, frames_of_scenario
from common.simulation.rooms.camera import PixelBox
from tests.oracles import rendering as oracle_rendering

SCENARIO = FrameScenario(n_residents=1, n_rooms=6, repetitions=1, rate_hz=0.4)


@pytest.fixture(scope="module")
def frames() -> list[LabelledFrame]:
    return list(frames_of_scenario(SCENARIO, seed=9))


@pytest.mark.parametrize("number", range(0, 24, 3))
def test_compiled_pictures_are_those_of_plain_numpy(frames: list[LabelledFrame], number: int) -> None:
    frame = frames[number]
    difference = np.abs(frame.draw(64).astype(int) - oracle_rendering.draw(frame.view, frame.box, 64))
    assert difference.mean() < 1.0
    assert np.mean(difference <= 2) > 0.99


def test_several_bodies_in_one_picture_are_those_of_plain_numpy(frames: list[LabelledFrame]) -> None:
    first, other = (frame.view for frame in frames[:2])
    pet = Pet.random(first.room, 600.0, np.random.default_rng(3)).figure(0.0)
    view = replace(first, figures=(*first.figures, *other.figures, pet))
    box = PixelBox(40.0, 20.0, 560.0, 440.0)
    difference = np.abs(view.crop(box, 64).astype(int) - oracle_rendering.draw(view, box, 64))
    assert np.mean(difference <= 2) > 0.99


def test_an_empty_room_can_be_drawn(frames: list[LabelledFrame]) -> None:
    view = replace(frames[0].view, figures=())
    assert view.whole(80).shape == (60, 80, 3)


def test_infrared_pictures_are_grey(frames: list[LabelledFrame]) -> None:
    view = frames[0].view
    image = replace(view, light=replace(view.light, infrared=True)).crop(frames[0].box, 32)
    assert (image == image[..., :1]).all()


def test_the_same_picture_without_a_compiler(frames: list[LabelledFrame]) -> None:
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
    assert np.abs(image.astype(int) - frames[0].draw(16)).max() <= 1
