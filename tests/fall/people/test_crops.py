"""The whole way: from a source to squares of people, with detectors of each kind."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("av")
pytest.importorskip("cv2")

import fall
from common.errors import FrugalError, InvalidInputError
from common.monitoring.boxes import Box
from fall.images import crop_square
from tests.fall.people.made_video import HEIGHT, WIDTH, fall_and_lie, picture, timed, walk, write


def whitest(frame: Any) -> list[tuple[float, ...]]:
    """A detector of the checked figure that overlooks it when it is wider than high, as many overlook who lies."""
    rows, columns = np.nonzero(frame[..., 0] > 140)
    if len(rows) < 50 or np.ptp(columns) > np.ptp(rows):
        return []
    return [(columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1, 0.9)]


def test_a_square_is_that_of_crop_square(tmp_path: Path) -> None:
    crops = list(fall.people_in(timed(walk(12)), detector=whitest, size=64, margin=0.2))
    assert [crop.frame for crop in crops] == list(range(3, 12))
    for crop in crops:
        x = 4 * (crop.frame - 3)
        assert (crop.box, crop.track, crop.is_detected) == (Box(x, 40, 20, 50), 1, True)
        frame = Image.fromarray(picture((x, 40, 20, 50)))
        expected = crop_square(frame, crop.box, size=64, margin=0.2)
        np.testing.assert_array_equal(crop.image, np.asarray(expected))
        assert crop.image.dtype == np.uint8


@pytest.mark.parametrize(
    "detector", ["motion", whitest, ["motion", whitest], (whitest, fall.people.MotionDetector("knn"))]
)
def test_somebody_who_falls_and_lies_still_stays(detector: Any) -> None:
    frames = [picture()] * 5 + fall_and_lie(100)
    crops = list(fall.people_in(timed(frames), detector=detector))
    last = [crop for crop in crops if crop.frame == len(frames) - 1]
    assert len(last) == 1
    assert (last[0].box.x, last[0].box.y) == pytest.approx((63, 80), abs=15)
    assert {crop.track for crop in crops if crop.frame > 30} == {last[0].track}


def test_turned_pictures_find_who_lies() -> None:
    frames = [picture((60, 40, 20, 50))] * 3 + [picture((50, 70, 50, 20))] * 3
    found = {
        turned: [crop.is_detected for crop in fall.people_in(timed(frames), detector=whitest, turned=turned)]
        for turned in (True, False)
    }
    assert all(found[True][3:])
    assert not any(found[False][3:])


def test_a_region_is_looked_at_alone_and_boxes_are_those_of_the_frame(tmp_path: Path) -> None:
    frames = [np.hstack([picture((20, 30, 20, 50)), frame]) for frame in walk(12)]
    crops = list(fall.people_in(timed(frames), detector=whitest, region=(WIDTH, 0, WIDTH, HEIGHT)))
    assert {crop.track for crop in crops} == {1}
    assert crops[-1].box == Box(WIDTH + 32, 40, 20, 50)


@pytest.mark.parametrize("every", [1, 2, 5])
def test_every_so_many_frames(every: int) -> None:
    calls: list[int] = []

    def counting(frame: Any) -> list[tuple[float, ...]]:
        calls.append(1)
        return whitest(frame)

    crops = list(fall.people_in(timed([picture((60, 40, 20, 50))] * 11), detector=counting, every=every))
    assert [crop.frame for crop in crops] == list(range(0, 11, every))
    assert len(calls) == len(crops)


def test_a_file_gives_what_its_frames_give(tmp_path: Path) -> None:
    path = write(tmp_path / "walk.mkv", walk(12), codec="ffv1", pixels="bgra")
    from_file, from_arrays = (
        [(crop.frame, crop.box, crop.image.tobytes()) for crop in fall.people_in(source, detector=whitest)]
        for source in (path, timed(walk(12)))
    )
    assert from_file == from_arrays


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"detector": "yolo"}, "detector is 'yolo'"),
        ({"detector": []}, "detector is"),
        ({"detector": [5]}, "detector is 5"),
        ({"detector": ["motion", "motion"]}, "two that look for motion"),
        ({"size": 4}, "size is 4"),
        ({"every": 0}, "every is 0"),
        ({"max_people": 0}, "max_people"),
        ({"keep_lost_s": -1}, "keep_lost_s"),
        ({"margin": 1.0}, "margin"),
        ({"timeout_s": 0}, "timeout_s"),
        ({"region": (0, 0, 10)}, "region"),
        ({"region": "abcd"}, "region"),
        ({"region": (0, 0, 10.5, 10)}, r"region\[2\]"),
    ],
)
def test_arguments_are_checked_before_any_frame(options: dict[str, Any], message: str) -> None:
    def frames() -> Any:
        raise AssertionError("a frame was read")
        yield

    with pytest.raises(InvalidInputError, match=message):
        fall.people_in(frames(), **({"detector": "motion"} | options))


def test_a_region_beyond_the_frame() -> None:
    with pytest.raises(InvalidInputError, match="passes the frame of 160 x 120"):
        list(fall.people_in(timed(walk(2)), detector="motion", region=(100, 0, 100, 50)))


@pytest.mark.parametrize("answer", [lambda frame: None, lambda frame: [(1, 2, 3)], lambda frame: "nobody"])
def test_a_detector_that_answers_wrongly(answer: Callable[[Any], Any]) -> None:
    with pytest.raises(InvalidInputError, match="the detector <lambda> answered"):
        list(fall.people_in(timed(walk(2)), detector=answer))


def test_the_network_is_asked_for_before_the_video_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAR_FALL_POSE_MODELS", str(tmp_path))
    with pytest.raises(FrugalError, match="fetch_pose_models"):
        fall.people_in("lost.mp4")
