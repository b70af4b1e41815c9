"""Batches of RGB and of grey images."""

import numpy as np
import pytest

from common.errors import InvalidInputError
from common.validation import check_images, luma


def test_a_batch_of_the_expected_size_is_returned_as_it_is() -> None:
    images = np.zeros((2, 4, 6, 3), np.uint8)
    assert check_images(images) is images
    assert check_images(images[:, :, :4], size=4).shape == (2, 4, 4, 3)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.zeros((2, 4, 4, 3)), r"X is float64; .* \(255 \* X\)\.astype\('uint8'\)"),
        (np.zeros((4, 4, 3), np.uint8), r"shape \(4, 4, 3\); .* A single image is x\[None\]"),
        (np.zeros((2, 4, 4, 1), np.uint8), r"shape \(2, 4, 4, 1\)"),
        (np.zeros((0, 4, 4, 3), np.uint8), r"X is empty: shape \(0, 4, 4, 3\)"),
        (np.zeros((1, 4, 6, 3), np.uint8), "X has images of 6 x 4 pixels, but 4 x 4 are expected: .* size=4"),
        ([np.zeros((4, 4, 3), np.uint8), np.zeros((5, 5, 3), np.uint8)], "X holds images of different sizes"),
    ],
)
def test_refuses(value: object, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        check_images(value, size=4)


def test_grey_images_come_in_three_forms() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (3, 4, 4, 3), dtype=np.uint8)
    grey = luma(rgb)
    for form in (grey, grey[..., 0], rgb):
        np.testing.assert_array_equal(check_images(form, size=4, channels=1), grey)
    for wrong in (grey[0, ..., 0], rgb[0], np.zeros((2, 4, 4, 2), np.uint8)):
        with pytest.raises(InvalidInputError, match=r"grey|4 x 4"):
            check_images(wrong, size=4, channels=1)


def test_luma_is_that_of_pillow() -> None:
    image = pytest.importorskip("PIL.Image")
    rgb = np.random.default_rng(0).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    np.testing.assert_array_equal(luma(rgb)[..., 0], np.asarray(image.fromarray(rgb).convert("L")))
