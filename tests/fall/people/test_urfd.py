"""The published detector on real video; all twenty are in tests/benchmarks/people_urfd.py."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")
pytest.importorskip("ai_edge_litert")

from common.errors import InvalidInputError
from common.monitoring.boxes import Box
from fall import people_in
from fall.datasets import load_urfd
from fall.people import BodyPointsModel, Detection, PoseDetector, frames_of
from fall.people.detection import intersection_over_union
from fall.people.tracking import square_overlap
from fall.people.turning import detect_turned

pytestmark = pytest.mark.real_data
COLOR = slice(320, 640)


@pytest.fixture(scope="module")
def video(real_data: Path) -> Path:
    return real_data / "urfd" / "video" / "fall-02-cam0.mp4"


@pytest.fixture(scope="module")
def detector(real_data: Path) -> PoseDetector:
    return PoseDetector(models=real_data / "pose")


def given_box(real_data: Path, number: int) -> Box:
    table = load_urfd(real_data / "urfd", keep_excluded=True)
    (text,) = table[(table["sequence"] == "fall-02") & (table["frame"] == number)]["source_box"]
    return Box(*map(float, text.split(",")))


def frame(video: Path, number: int) -> np.ndarray:  # type: ignore[type-arg]
    """Frame ``number``, counted from 1 as in the data set, its color half."""
    return next(np.ascontiguousarray(each.image[:, COLOR]) for each in frames_of(video) if each.number == number - 1)


@pytest.mark.parametrize("turns", range(4))
def test_somebody_who_sits_is_found_however_the_picture_is_turned(
    turns: int, real_data: Path, video: Path, detector: PoseDetector
) -> None:
    (found,) = detect_turned(detector, frame(video, 1), turns)
    assert found.score > 0.75
    assert square_overlap([found.box], [given_box(real_data, 1)]).item() > 0.6


@pytest.mark.parametrize("scale", [0.4, 1.0, 3.0])
def test_the_size_of_the_picture_does_not_matter(scale: float, video: Path, detector: PoseDetector) -> None:
    import cv2

    picture = frame(video, 1)
    (one,) = detector(picture)
    (found,) = detector(cv2.resize(picture, None, fx=scale, fy=scale))
    box = Box(*(edge / scale for edge in (found.box.x, found.box.y, found.box.w, found.box.h)))
    assert intersection_over_union([one.box], [box]).item() > 0.85


def test_a_box_around_the_points_of_the_body(real_data: Path, video: Path, detector: PoseDetector) -> None:
    picture = frame(video, 1)
    (found,) = detector(picture)
    points = BodyPointsModel(models=real_data / "pose")(picture, found)
    assert points.score > 0.9
    assert points.xy[0, 1] < points.xy[23:25, 1].mean() < points.xy[27:29, 1].mean(), "nose, hips, ankles"
    (around,) = PoseDetector(points=True, models=real_data / "pose")(picture)
    assert around.box == points.box(picture) != found.box
    assert (points.xy > (around.box.x, around.box.y)).all()
    assert square_overlap([around.box], [given_box(real_data, 1)]).item() > 0.6
    with pytest.raises(InvalidInputError, match="has no hips"):
        BodyPointsModel(models=real_data / "pose")(picture, Detection(Box(0, 0, 10, 20), 0.9))


def test_a_person_is_followed_through_the_fall(real_data: Path, video: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAR_FALL_POSE_MODELS", str(real_data / "pose"))
    crops = list(people_in(video, region=(320, 0, 320, 240)))
    assert {crop.frame for crop in crops if crop.track == 1} == set(range(110))
    for number in (1, 43, 85, 109):
        crop = next(each for each in crops if each.frame == number - 1)
        box = Box(crop.box.x - 320, crop.box.y, crop.box.w, crop.box.h)
        assert square_overlap([box], [given_box(real_data, number)]).item() > 0.4
