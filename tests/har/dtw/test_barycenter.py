"""Medoids and means against exhaustive search and tslearn."""

from itertools import combinations

import numpy as np
import pytest
from tslearn.barycenters import dtw_barycenter_averaging

from har.dtw.barycenter import barycenter, medoids, soft_barycenter
from har.dtw.distance import pairwise_dtw


@pytest.fixture
def waves():
    rng = np.random.default_rng(0)
    t = np.linspace(0, 2 * np.pi, 20)
    return np.array([np.c_[np.sin(t + p), np.cos(t + p)] for p in rng.uniform(0, 1, 12)])


def test_one_medoid_is_the_best_of_all(waves):
    chosen, _ = medoids(waves, 1, 3, rng=np.random.default_rng(0))
    assert chosen.tolist() == [int(pairwise_dtw(waves, band=3).sum(axis=0).argmin())]


def test_two_medoids_are_nearly_the_best_pair(waves):
    matrix = pairwise_dtw(waves, band=3)
    chosen, nearest = medoids(waves, 2, 3, rng=np.random.default_rng(0))
    best = min(matrix[:, pair].min(axis=1).sum() for pair in map(list, combinations(range(12), 2)))
    assert matrix[:, chosen].min(axis=1).sum() <= 1.1 * best
    np.testing.assert_array_equal(nearest, matrix[:, chosen].argmin(axis=1))


def test_duplicates_and_more_medoids_than_windows():
    X = np.repeat(np.arange(2.0), 3)[:, None, None] * np.ones((1, 5, 1))
    chosen, _ = medoids(X, 9, 1, rng=np.random.default_rng(0))
    assert sorted(chosen.tolist()) == list(range(6))


def test_mean_equals_that_of_tslearn(waves):
    ours = barycenter(waves, waves[0], 19, max_iterations=100)
    theirs = dtw_barycenter_averaging(waves, init_barycenter=waves[0], max_iter=100, tol=1e-9)
    inertia = [(pairwise_dtw(waves, mean[None]) ** 2).sum() for mean in (ours, theirs)]
    assert inertia[0] == pytest.approx(inertia[1], rel=1e-3)


@pytest.mark.parametrize("radius", [0, 3, 7])
def test_mean_within_a_band_equals_that_of_tslearn(waves, radius):
    # By its number: by its name tslearn 0.10 takes the band and forgets it.
    band = {"global_constraint": 2, "sakoe_chiba_radius": radius}
    ours = barycenter(waves, waves[0], radius, max_iterations=3)
    theirs = dtw_barycenter_averaging(waves, init_barycenter=waves[0], max_iter=3, tol=0, metric_params=band)
    np.testing.assert_allclose(ours, theirs, atol=1e-9)


def test_mean_lies_nearer_than_any_window(waves):
    mean = barycenter(waves, waves[0], 3)
    matrix = pairwise_dtw(waves, band=3) ** 2
    assert (pairwise_dtw(waves, mean[None], band=3) ** 2).sum() < matrix.sum(axis=0).min()


def test_soft_mean_becomes_the_mean_as_gamma_falls(waves):
    """Soft-DTW approaches DTW as gamma approaches zero; its mean then has as low a sum of squared distances."""
    noisy = waves + np.random.default_rng(1).normal(0, 0.3, waves.shape)

    def inertia(mean):
        return (pairwise_dtw(noisy, mean[None]) ** 2).sum()

    best = inertia(barycenter(noisy, noisy[0], 19))
    assert inertia(noisy[0]) > 1.5 * best  # the start is far from a mean
    assert inertia(soft_barycenter(noisy, noisy[0], gamma=0.01)) < 1.02 * best
    assert inertia(soft_barycenter(noisy, noisy[0], gamma=100.0)) > 1.3 * best


def test_soft_mean_is_of_the_windows_nearest_to_the_start(waves):
    nearest = np.sort(np.argsort(pairwise_dtw(waves[:1], waves)[0])[:5])
    of_five = soft_barycenter(waves, waves[0], at_most=5)
    np.testing.assert_array_equal(of_five, soft_barycenter(waves[nearest], waves[0]))
