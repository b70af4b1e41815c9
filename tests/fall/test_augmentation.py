"""Augmentation: random variants that stay upright, and the same for the same seed."""

import numpy as np

from fall import backend
from fall.augmentation import MAX_SHIFT, augment
from tests.fall.synthetic import SIZE, lying_and_standing


class TestAugmentation:
    images = lying_and_standing()[0]

    def augmented(self, seed=(1, 2)):
        return augment(backend.tensorflow().constant(self.images), backend.tensorflow().constant(seed)).numpy()

    def test_the_seed_decides(self):
        np.testing.assert_array_equal(self.augmented(), self.augmented())
        assert not np.array_equal(self.augmented(), self.augmented((1, 3)))

    def test_pixels_stay_pixels(self):
        result = self.augmented()
        assert result.shape == self.images.shape
        assert result.dtype == np.float32
        assert result.min() >= 0
        assert result.max() <= 255

    def test_up_stays_up_and_nothing_moves_far(self, monkeypatch):
        # A white row stays a row, at most MAX_SHIFT pixels away.
        for constant in ("LIGHT", "CONTRAST", "SATURATION", "TINT", "NOISE", "OCCLUDED"):
            monkeypatch.setattr(f"fall.augmentation.{constant}", 0.0)
        self.images = np.zeros((50, SIZE, SIZE, 3), np.uint8)
        self.images[:, 12] = 255
        bright = self.augmented()[..., 0].mean(axis=2)
        rows = bright.argmax(axis=1)
        assert set(np.unique(bright)) == {0.0, 255.0}
        assert np.abs(rows - 12).max() <= MAX_SHIFT
        assert len(np.unique(rows)) > MAX_SHIFT

    def test_half_of_the_images_are_mirrored(self, monkeypatch):
        for constant in ("LIGHT", "CONTRAST", "SATURATION", "TINT", "NOISE", "OCCLUDED"):
            monkeypatch.setattr(f"fall.augmentation.{constant}", 0.0)
        self.images = np.zeros((200, SIZE, SIZE, 3), np.uint8)
        self.images[:, :, 20:] = 255
        mirrored = (self.augmented()[:, 0, 0, 0] == 255).mean()
        assert 0.4 < mirrored < 0.6

    def test_grey_images_stay_grey(self):
        self.images = self.images[..., :1]
        result = self.augmented()
        assert result.shape == self.images.shape
        assert not np.array_equal(result, self.images)
