"""A square round the person."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from common.errors import InvalidInputError
from fall.images import MAX_SIDE, Box, crop_square


@pytest.fixture
def frame() -> Image.Image:
    return Image.fromarray(np.random.default_rng(3).integers(1, 256, (480, 720, 3), dtype=np.uint8))


def test_without_resizing_it_is_a_slice(frame: Image.Image) -> None:
    result = crop_square(frame, Box(300, 200, 60, 80), size=96)  # 80 + 2 · 8 = 96
    np.testing.assert_array_equal(np.asarray(result), np.asarray(frame)[192:288, 282:378])


def test_a_crop_of_the_right_size_is_unchanged(frame: Image.Image) -> None:
    crop = frame.crop((0, 0, 96, 96))
    np.testing.assert_array_equal(np.asarray(crop_square(crop)), np.asarray(crop))


@pytest.mark.parametrize(
    ("box", "left", "top"),
    [
        (Box(0, 0, 40, 80), 0, 0),
        (Box(680, 400, 40, 80), 624, 384),
        (Box(300, 0, 40, 80), 272, 0),
        (Box(-40, 200, 80, 80), 0, 192),
    ],
)
def test_near_an_edge_it_is_moved_into_the_frame(frame: Image.Image, box: Box, left: int, top: int) -> None:
    result = np.asarray(crop_square(frame, box, size=96))
    np.testing.assert_array_equal(result, np.asarray(frame)[top : top + 96, left : left + 96])


def test_margin_gives_way_to_the_frame(frame: Image.Image) -> None:
    result = crop_square(frame, Box(100, 10, 200, 460), size=480)
    np.testing.assert_array_equal(np.asarray(result), np.asarray(frame)[:, 0:480])


def test_somebody_lying_across_the_frame_is_not_cut(frame: Image.Image) -> None:
    result = np.asarray(crop_square(frame, Box(60, 300, 600, 150), size=600))
    np.testing.assert_array_equal(result[60:540], np.asarray(frame)[:, 60:660])
    assert result[:60].max() == result[540:].max() == 0


def test_whole_frame_is_not_distorted(frame: Image.Image) -> None:
    result = np.asarray(crop_square(frame, size=720))
    np.testing.assert_array_equal(result[120:600], np.asarray(frame))
    assert result[:120].max() == result[600:].max() == 0
    assert crop_square(frame, size=96).getbbox() == (0, 16, 96, 80)


def test_a_box_partly_outside_counts_where_it_is_inside(frame: Image.Image) -> None:
    outside, inside = Box(-50, -50, 146, 130), Box(0, 0, 96, 80)
    np.testing.assert_array_equal(np.asarray(crop_square(frame, outside)), np.asarray(crop_square(frame, inside)))


@pytest.mark.parametrize(
    "box", [Box(720, 0, 10, 10), Box(-10, 0, 10, 10), Box(0, 480.5, 10, 10), Box(1e9, 1e9, 5, 5), Box(5, 5, 0.5, 9)]
)
def test_a_box_outside(frame: Image.Image, box: Box) -> None:
    with pytest.raises(InvalidInputError, match="outside the image of 720 x 480"):
        crop_square(frame, box)


@pytest.mark.parametrize("box", [Box(-1e300, -1e300, 2e300, 2e300), Box(3, 3, 1.5, 1.5), Box(719, 479, 1, 1)])
def test_extreme_boxes(frame: Image.Image, box: Box) -> None:
    assert crop_square(frame, box).size == (96, 96)


@pytest.mark.parametrize("size", [(MAX_SIDE, 1), (1, MAX_SIDE), (1, 1)])
def test_extreme_frames(size: tuple[int, int]) -> None:
    result = crop_square(Image.new("RGB", size, "white"))
    assert result.size == (96, 96)
    assert np.asarray(result).max() == 255


def test_shrinking_averages_like_tensorflow(frame: Image.Image) -> None:
    tf = pytest.importorskip("tensorflow")
    smooth = frame.crop((0, 0, 480, 480)).filter(ImageFilter.GaussianBlur(1))
    expected = tf.image.resize(np.asarray(smooth), (96, 96), antialias=True).numpy()
    assert np.abs(np.asarray(crop_square(smooth), float) - expected).max() <= 1
