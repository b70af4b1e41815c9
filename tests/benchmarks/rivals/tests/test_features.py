"""QUANT and Hydra against their descriptions, in plain loops."""

import numpy as np
import pytest

from tests.benchmarks.rivals.methods.hydra import Hydra, SparseScaler, competition, convolved
from tests.benchmarks.rivals.methods.quant import dyadic_intervals, interval_quantiles, quant_features, representations

RNG = np.random.default_rng(0)


def test_quant_intervals() -> None:
    assert dyadic_intervals(8, 2) == [(0, 8), (0, 4), (4, 8), (2, 6)]
    # Intervals of one sample are not shifted.
    assert dyadic_intervals(4, 6) == [(0, 4), (0, 2), (2, 4), (1, 3), (0, 1), (1, 2), (2, 3), (3, 4)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [([7.0], [7]), ([1.0, 2, 6], [2]), ([0.0, 1, 2, 3, 4, 5, 6, 7, 8], [0, 4 - 4, 8]), ([3.0, 1, 2, 0, 9], [0, 9 - 3])],
)
def test_quant_takes_a_quantile_for_every_four_samples(values: list[float], expected: list[float]) -> None:
    assert np.allclose(interval_quantiles(np.array(values)[None, None]), expected)


def test_quant_representations() -> None:
    series = np.arange(10.0)[None, None] ** 2
    plain, smoothed, bent, spectrum = representations(series)
    steps = np.diff(series[0, 0])
    assert np.array_equal(plain, series)
    assert smoothed.shape == (1, 1, 9)
    assert smoothed[0, 0, 4] == pytest.approx(steps[2:7].mean())
    assert smoothed[0, 0, 0] == pytest.approx(np.mean([steps[0]] * 3 + [steps[1], steps[2]]))
    assert np.allclose(bent, 2)
    assert spectrum.shape == (1, 1, 6)


def test_quant_features_of_a_window_do_not_depend_on_others() -> None:
    X = RNG.normal(size=(5, 32, 3))
    assert np.allclose(quant_features(X, 6)[2:3], quant_features(X[2:3], 6))


def test_hydra_convolution_in_plain_loops() -> None:
    summed, kernels, dilation = RNG.normal(size=(2, 3, 20)), RNG.normal(size=(3, 4, 9)), 2
    responses = convolved(summed, kernels, dilation)
    assert responses.shape == (2, 3, 4, 20)
    for t in range(20):
        inside = [(tap, t + (tap - 4) * dilation) for tap in range(9) if 0 <= t + (tap - 4) * dilation < 20]
        expected = sum(kernels[1, 2, tap] * summed[0, 1, at] for tap, at in inside)
        assert responses[0, 1, 2, t] == pytest.approx(expected)


def test_hydra_competition_in_plain_loops() -> None:
    responses = RNG.normal(size=(1, 2, 3, 15))
    strongest, weakest = competition(responses)
    expected_strongest, expected_weakest = np.zeros((2, 3)), np.zeros((2, 3))
    for group in range(2):
        for t in range(15):
            values = responses[0, group, :, t]
            expected_strongest[group, values.argmax()] += values.max()
            expected_weakest[group, values.argmin()] += 1
    assert np.allclose(strongest[0], expected_strongest)
    assert np.array_equal(weakest[0], expected_weakest)


def test_hydra_has_two_features_for_each_kernel() -> None:
    hydra = Hydra(40, 6, n_groups=8, seed=0)
    assert hydra.dilations == [1, 2, 4]
    assert hydra.transform(RNG.normal(size=(3, 40, 6))).shape == (3, 3 * 8 * 8 * 2)
    assert np.abs(hydra.kernels.sum(axis=-1)).max() < 1e-6
    assert np.allclose(np.abs(hydra.kernels).sum(axis=-1), 1)


def test_scaling_keeps_zeros() -> None:
    features = np.abs(RNG.normal(size=(30, 4))) * (RNG.random((30, 4)) < 0.5)
    scaled = SparseScaler().fit(features).transform(features)
    assert np.array_equal(scaled == 0, features == 0)
