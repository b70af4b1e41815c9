"""A box found in a turned picture is that of the same pixels in the frame."""

import numpy as np
import pytest

pytest.importorskip("cv2")

from common.monitoring.boxes import Box
from fall.people.detection import Detection, Image
from fall.people.turning import detect_turned, surroundings


def bright(picture: Image) -> list[Detection]:
    """A detector of what is white, with its upper left corner and its lower right one for points."""
    rows, columns = np.nonzero(picture[..., 0] > 128)
    x, y, right, bottom = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    red = np.argwhere(picture[..., 1] > 128)
    point = None if not len(red) else (float(red[:, 1].mean() + 0.5), float(red[:, 0].mean() + 0.5))
    return [Detection(Box(x, y, right - x, bottom - y), 1.0, point, point)]


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("region", [None, Box(10, 5, 50, 40), Box(-20, -10, 70, 100)])
def test_boxes_and_points_turn_back(turns: int, region: Box | None) -> None:
    frame = np.zeros((60, 80, 3), np.uint8)
    frame[10:24, 22:47, 0] = 255
    frame[12, 24, 1] = 255
    (found,) = detect_turned(bright, frame, turns, region)
    assert found.box == Box(22, 10, 25, 14)
    assert found.hips == found.top == (24.5, 12.5)


@pytest.mark.parametrize("box", [Box(0, 0, 4, 2), Box(78, 58, 2, 2), Box(300, 300, 5, 5), Box(-50, -50, 3, 3)])
def test_a_region_at_the_edge_has_pixels(box: Box) -> None:
    sizes = []
    detect_turned(lambda picture: sizes.append(picture.size) or [], np.zeros((60, 80, 3), np.uint8), 1, box)  # type: ignore[func-returns-value]
    assert sizes[0] > 0


def test_surroundings() -> None:
    assert surroundings(Box(10, 20, 4, 8)) == Box(4, 16, 16, 16)
