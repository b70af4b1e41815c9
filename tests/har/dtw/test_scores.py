"""Scores of classes from distances: their values, ties and what overflows."""

import numpy as np
import pytest

from har.dtw.scores import PackedProfiles, class_scores, distances_to_few, scores_of_distances, softmax_of_distances
from tests.oracles import dtw as oracles


def scores(squared, classes, n_classes, steepness=8.0):
    out = np.empty(n_classes)
    softmax_of_distances(np.array(squared, float), np.array(classes), steepness, out)
    return out


def test_two_classes_are_a_logistic_curve_of_their_relative_difference():
    found = scores([1.0, 3.0], [0, 1], 2)
    assert found[0] == pytest.approx(1 / (1 + np.exp(-8 * (3 - 1) / (3 + 1))))
    assert found.sum() == pytest.approx(1)
    assert scores([3.0, 1.0], [0, 1], 2).tolist() == found[::-1].tolist()
    assert scores([1.0, 3.0], [0, 1], 2, steepness=2.0)[0] == pytest.approx(1 / (1 + np.exp(-1)))


def test_a_class_is_as_near_as_its_nearest_profile_and_padding_is_not_seen():
    three = scores([4.0, 1.0, 2.0, 3.0, 0.0], [0, 1, 0, 2], 3)
    np.testing.assert_allclose(three, scores([2.0, 1.0, 3.0], [0, 1, 2], 3))
    weights = np.exp(-8 * np.array([2.0, 1.0, 3.0]) / (1 + 2))
    np.testing.assert_allclose(three, weights / weights.sum())


@pytest.mark.filterwarnings("ignore:overflow")
def test_ties_share_and_a_window_equal_to_profiles_of_two_classes_is_both():
    np.testing.assert_allclose(scores([2.0, 2.0], [0, 1], 2), 0.5)
    np.testing.assert_allclose(scores([0.0, 0.0, 1.0], [0, 1, 2], 3), [0.5, 0.5, 0])
    assert scores([0.0, 1.0], [0, 1], 2)[0] == pytest.approx(1 / (1 + np.exp(-8)))


@pytest.mark.parametrize("squared", [[np.inf, np.inf], [1.0, np.inf], [np.nan, 1.0]])
def test_what_overflowed_has_no_score(squared):
    assert np.isnan(scores(squared, [0, 1], 2)).all()


def test_rows_are_scored_one_by_one():
    squared, classes = np.array([[1.0, 3.0], [5.0, 2.0]]), np.array([0, 1])
    out = np.empty((2, 2))
    scores_of_distances(squared, classes, 8.0, out)
    np.testing.assert_array_equal(out, [scores(row, classes, 2) for row in squared])


RNG = np.random.default_rng(7)
WINDOWS, PROFILES, WEIGHTS = RNG.normal(size=(3, 5, 3)), RNG.normal(size=(9, 5, 3)), np.array([2.0, 0.0, 1.0])


def expected():
    root = np.sqrt(WEIGHTS)
    return np.array([[oracles.dtw(x * root, p * root, 1) ** 2 for p in PROFILES] for x in WINDOWS])


def test_distances_under_weights_leave_out_channels_without_one():
    packed = PackedProfiles.of(PROFILES, WEIGHTS, 1)
    assert packed.active.tolist() == [0, 2]
    np.testing.assert_allclose(packed.squared_distances(WINDOWS), expected(), rtol=1e-12)
    few = distances_to_few(WINDOWS, *packed.arguments())
    np.testing.assert_allclose(few[:, :9], expected(), rtol=1e-12)
    out = np.empty((3, 2))
    class_scores(WINDOWS, *packed.arguments(), np.arange(9) % 2, 8.0, out)
    np.testing.assert_allclose(out, [scores(row, np.arange(9) % 2, 2) for row in expected()])
    assert PackedProfiles.of(np.float32(PROFILES), WEIGHTS, 1).squared_distances(WINDOWS).dtype == np.float32


def test_the_cost_counts_active_channels_alone():
    cost = PackedProfiles.of(np.float32(PROFILES), WEIGHTS, 1).cost(1)
    assert cost.weight_bytes == 9 * 5 * 2 * 4
    assert cost.macs == 9 * 13 * 2  # 13 cells of the band of 5 samples
    assert cost.comparisons == 9 * 13 * 2 + 8


def test_integers_are_rounded_to_the_nearest_step_and_limited():
    """(x − centre) / step, halves upwards, within ±limit; the sum of squares stops at its largest value."""
    values = np.array([-9.0, -0.75, -0.25, 0.24, 0.25, 0.74, 9.0])
    steps = np.array([-3, -1, 0, 0, 1, 1, 3])
    packed = PackedProfiles.of(np.zeros((1, 1, 1)), np.ones(1), 0)
    quantization = (np.array([0.0]), 3.0, 8.0, 0.5)
    found = distances_to_few(
        values[:, None, None] + 1.0, packed.active, np.array([0.5]), (np.array([1.0]), *quantization[1:]),
        packed.packed.blocks, packed.packed.shape, 0,
    )  # fmt: skip
    # In steps of 0.5: −18 is limited to −3, −1.5 becomes −1, −0.5 becomes 0, 0.48 becomes 0, 0.5 becomes 1.
    np.testing.assert_array_equal(found[:, 0], np.minimum(steps**2, 8) * 0.5)
