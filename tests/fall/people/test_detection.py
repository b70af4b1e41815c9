"""What detectors answer, and how boxes are compared."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from common.errors import InvalidInputError
from common.monitoring.boxes import Box
from fall.people.detection import Detection, as_detections, clip, intersection_over_union, shares_most, suppress

FRAME = np.zeros((60, 80, 3), np.uint8)
boxes = st.builds(Box, *[st.integers(0, 40)] * 2, *[st.integers(1, 40)] * 2)


def pixels(box: Box) -> Any:
    """The slow, plain way: a mask."""
    mask = np.zeros((100, 100), bool)
    mask[int(box.y) : int(box.y + box.h), int(box.x) : int(box.x + box.w)] = True
    return mask


@given(st.lists(boxes, min_size=1, max_size=4), st.lists(boxes, min_size=1, max_size=4))
def test_overlap_is_that_of_pixels(first: list[Box], second: list[Box]) -> None:
    counted = [[(pixels(a) & pixels(b)).sum() / (pixels(a) | pixels(b)).sum() for b in second] for a in first]
    np.testing.assert_allclose(intersection_over_union(first, second), counted, atol=1e-12)


@given(boxes, boxes)
def test_sharing_most_is_that_of_pixels(a: Box, b: Box) -> None:
    part = (pixels(a) & pixels(b)).sum() / min(pixels(a).sum(), pixels(b).sum())
    if abs(part - 0.6) > 1e-9:
        assert shares_most(a, b) == (part > 0.6)


@pytest.mark.parametrize(
    "answer",
    [
        [(1, 2, 30, 40, 0.5)],
        np.array([[1, 2, 30, 40, 0.5]]),
        (Detection(Box(1, 2, 30, 40), 0.5) for _ in range(1)),
        [[np.float32(1), 2, 30, 40, np.float64(0.5)]],
    ],
)
def test_forms_of_an_answer(answer: Any) -> None:
    (found,) = as_detections(answer, FRAME, "mine")
    assert (found.box, found.score) == (Box(1, 2, 30, 40), 0.5)


@pytest.mark.parametrize(
    "answer",
    [None, 5, [(1, 2, 3, 4)], [(1, 2, 3, 4, 1.5)], [(1, 2, -3, 4, 0.5)], [(1, 2, float("nan"), 4, 0.5)], ["person"],
     [Detection(Box(0, 0, 5, 5), 2.0)], [(1, 2, 3, 4, 0.5, 0)]],
)  # fmt: skip
def test_wrong_answers_name_the_detector(answer: Any) -> None:
    with pytest.raises(InvalidInputError, match=r"the detector mine answered .* rows \(x, y, w, h, score\)"):
        as_detections(answer, FRAME, "mine")


@pytest.mark.parametrize("box", [Box(-20, 0, 20, 10), Box(80, 0, 5, 5), Box(0, 59, 10, 10), Box(5, 5, 1, 1)])
def test_boxes_outside_the_frame_are_dropped(box: Box) -> None:
    assert clip(box, 80, 60) is None
    assert as_detections([Detection(box, 0.5)], FRAME, "mine") == []


def test_one_detection_a_person() -> None:
    found = [Detection(Box(0, 0, 10, 30), 0.6), Detection(Box(1, 1, 10, 30), 0.9), Detection(Box(40, 0, 10, 30), 0.5),
             Detection(Box(2, 2, 5, 5), 0.7)]  # fmt: skip
    assert [each.score for each in suppress(found)] == [0.9, 0.5]
