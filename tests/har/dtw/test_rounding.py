"""Bounds of rounding: as stated, and kept by distances in float32."""

import numpy as np
import pytest

from common.errors import InvalidInputError
from har.dtw.rounding import Rounding, centre_and_scale, check_no_overflow, check_squares, standardise
from tests.oracles import dtw as oracles

U = 2.0**-24


@pytest.mark.parametrize(("n", "channels"), [(1, 1), (10, 3), (128, 6), (1000, 1)])
def test_as_stated(n, channels):
    bounds = Rounding.of(n, channels, 1.0)
    assert 1 <= bounds.relative / ((2 * n + 16 * channels + 4) * U) < 1.02
    assert 1 <= bounds.per_norm / ((np.sqrt(2 * n - 1) + np.sqrt(n * channels)) * U) < 1.02
    assert bounds.floor == 4 * np.sqrt((2 * n - 1) * (channels + 1)) * (2.0**-63 + 2.0**-511)


def test_what_underflows_depends_on_the_scale():
    assert Rounding.of(8, 2, 2.0**480).floor == 4 * np.sqrt(15 * 3) * (2.0**-63 + 2.0**-31)


def test_of_a_million_samples_float32_tells_nothing():
    assert Rounding.of(800_000, 1, 1.0).relative < 0.11
    assert Rounding.of(900_000, 1, 1.0) == Rounding(0.0, 1.0, np.inf)


@pytest.mark.parametrize("seed", range(6))
def test_distances_in_float32_keep_it(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, 12, 2)) + rng.choice([0.0, 100.0])
    bounds = Rounding.of(12, 2, 1.0)
    single = [np.float32(window) for window in (x, y)]
    table = np.full((13, 13), np.inf, np.float32)
    table[0, 0] = 0
    for i in range(12):
        for j in range(12):
            if abs(i - j) <= 3:
                cost = np.float32(0)
                for c in range(2):
                    difference = single[0][i, c] - single[1][j, c]
                    cost = np.float32(cost + difference * difference)
                table[i + 1, j + 1] = cost + min(table[i, j], table[i, j + 1], table[i + 1, j])
    found, exact = float(np.sqrt(np.float64(table[12, 12]))), oracles.dtw(x, y, 3)
    norms = sum(np.linalg.norm(window, axis=1).max() for window in (x, y))
    assert abs(found - exact) <= bounds.relative * found + bounds.floor + bounds.per_norm * norms


def test_the_scale_is_a_power_of_two_that_makes_sizes_about_one():
    X = np.random.default_rng(0).normal(5, 300, (9, 20, 3))
    centre, scale = centre_and_scale(X)
    np.testing.assert_array_equal(centre, np.median(X, axis=(0, 1)))
    assert np.log2(scale) == round(np.log2(scale))
    assert 0.5 <= np.median(np.abs(X - centre).max(axis=(1, 2))) * scale < 1
    spiked = X.copy()
    spiked[0, 0, 0] = 1e12
    assert centre_and_scale(spiked)[1] == scale
    assert centre_and_scale(X[:, :, :1] * 2.0**40)[1] == centre_and_scale(X[:, :, :1])[1] * 2.0**-40


def test_windows_without_size_or_beyond_all_sizes_have_a_scale():
    centre, scale = centre_and_scale(np.full((3, 4, 2), 7.0))
    assert (centre.tolist(), scale) == ([7, 7], 1)
    still = np.zeros((3, 4, 1))
    still[0, 0] = 3.0  # the others have no size
    assert centre_and_scale(still)[1] == 0.25
    assert centre_and_scale(np.array([[[1e-320], [0.0], [0.0]]]))[1] == 2.0**1000
    assert centre_and_scale(np.array([[[1e308], [-1e308], [0.0]]]))[1] == 2.0**-1000


def standardised(window, centre, scale):
    out = np.full(window.size, np.nan, np.float32)
    return standardise(window.ravel(), np.array(centre), scale, out), out


def test_a_window_is_centred_scaled_and_its_largest_sample_is_its_norm():
    window = np.array([[4.0, 1.0], [1.0, 5.0], [1.0, 1.0]])
    norm, out = standardised(window, [1.0, 1.0], 0.5)
    assert out.tolist() == [1.5, 0, 0, 2, 0, 0]
    assert norm == 2
    assert standardised(np.array([[4.0, 5.0]]), [1.0, 1.0], 1.0)[0] == 5


@pytest.mark.parametrize(
    ("value", "scale", "fits"),
    [(2.0**50, 1.0, True), (2.0**50 * 1.01, 1.0, False), (1e150, 1e-150, True), (1.01e150, 1e-150, False)],
)
def test_what_may_overflow_has_an_infinite_norm(value, scale, fits):
    norm, out = standardised(np.array([[1.0], [-value]]), [0.0], scale)
    assert (norm == value * scale) if fits else np.isinf(norm)
    assert out.any() == fits


def test_training_windows_whose_squares_may_overflow_are_refused():
    def windows(size, offset=0.0):
        return np.array([0.0, size]).reshape(1, 2, 1) + offset

    largest = np.sqrt(np.finfo(np.float32).max / 8)  # two samples, one channel
    check_squares(windows(largest * 0.999), np.float32)
    check_squares(windows(1.0, 1e30), np.float64)
    for X in (windows(largest * 1.001), windows(0.0, 3.5e38), windows(0.0, -3.5e38)):
        with pytest.raises(InvalidInputError, match=r"^X holds numbers from .*: their squares overflow"):
            check_squares(X, np.float32)
    with pytest.raises(InvalidInputError, match=r"^X holds numbers from 0 to"):
        check_squares(np.repeat(windows(largest * 0.75), 2, axis=2), np.float32)


def test_the_first_window_that_overflowed_is_named():
    results = np.ones((4, 3))
    check_no_overflow(results)
    results[2, 1], results[3, 0] = np.inf, np.nan
    for shape in ((4, 3), (4, 3, 1)):
        with pytest.raises(InvalidInputError, match=r"^X holds numbers in window 2 that are too large"):
            check_no_overflow(results.reshape(shape))
    with pytest.raises(InvalidInputError, match=r"window 3 that"):
        check_no_overflow(np.array([1.0, 2.0, 3.0, np.nan]))
