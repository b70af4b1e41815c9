"""Background subtraction: finds who moves, forgets what was pushed, does not absorb who lies still."""

from typing import Any

import numpy as np
import pytest

pytest.importorskip("cv2")

from common.errors import InvalidInputError
from common.monitoring.boxes import Box
from fall.people import MotionDetector
from fall.people.tracking import square_overlap
from tests.fall.people.made_video import HEIGHT, WIDTH, picture, walk


def noisy(frame: Any, seed: int) -> Any:
    noise = np.random.default_rng(seed).integers(-3, 4, frame.shape)
    return np.clip(frame.astype(int) + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("method", ["mog2", "knn"])
def test_who_walks_is_found(method: str) -> None:
    motion = MotionDetector(method)
    for seed in range(20):
        motion(noisy(picture(), seed))
        motion.learn(noisy(picture(), seed), [])
    for step, frame in enumerate(walk(24)):
        found = motion(frame)
        motion.learn(frame, [each.box for each in found])
        if step >= 8:
            assert square_overlap([found[0].box], [Box(4 * (step - 3), 40, 20, 50)]).item() > 0.6


@pytest.mark.parametrize("method", ["mog2", "knn"])
@pytest.mark.parametrize("known", [True, False])
def test_the_background_takes_in_only_what_nobody_claims(method: str, known: bool) -> None:
    motion = MotionDetector(method, min_movement=0)
    box = (50, 80, 60, 25)
    for _ in range(30):
        motion(picture())
        motion.learn(picture(), [])
    for _ in range(350):
        found = motion(picture(box))
        motion.learn(picture(box), [Box(*box)] if known else [])
    assert bool(found) == known


def test_what_does_not_move_is_no_person() -> None:
    """A chair that was pushed differs from the background for a while."""
    motion = MotionDetector()
    motion(picture((40, 40, 30, 60)))
    motion(picture((80, 40, 30, 60)))
    assert motion(picture((80, 40, 30, 60))) == []


def test_another_size_of_frame_starts_again() -> None:
    motion = MotionDetector()
    motion(picture())
    assert motion(np.zeros((240, 320, 3), np.uint8)) == []
    motion.reset()
    assert motion(picture((10, 10, 30, 60))) == []


@pytest.mark.parametrize(("height", "width"), [(1080, 1920), (HEIGHT, WIDTH), (40, 30), (481, 641)])
def test_boxes_are_in_pixels_of_the_frame(height: int, width: int) -> None:
    motion = MotionDetector()
    empty, filled = np.full((height, width, 3), 60, np.uint8), np.full((height, width, 3), 60, np.uint8)
    filled[height // 4 : 3 * height // 4, width // 3 : 2 * width // 3] = 220
    motion(empty)
    (found,) = motion(filled)
    assert square_overlap([found.box], [Box(width / 3, height / 4, width / 3, height / 2)]).item() > 0.8


@pytest.mark.parametrize("wrong", [{"method": "gmg"}, {"min_area": 0}, {"min_area": 2}, {"min_movement": -1}])
def test_wrong_arguments(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError, match=next(iter(wrong))):
        MotionDetector(**wrong)
