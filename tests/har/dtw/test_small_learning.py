"""Learning and choosing profiles, on so few windows that plain Python can run it."""

import numpy as np
import pytest

from har.dtw.barycenter import medoids
from har.dtw.learning import (
    Epoch,
    Profiles,
    Schedule,
    Standardization,
    epoch_recorder,
    learn_profiles,
    random_profiles,
)
from har.dtw.methods import METHODS, make_profiles
from har.dtw.representatives import greedy_profiles, representative_profiles
from tests.oracles import dtw as oracles

RNG = np.random.default_rng(3)
Y = np.arange(12) % 3
X = RNG.normal(size=(12, 5, 2)) + 3.0 * Y[:, None, None]


def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize(
    ("n_windows", "n_epochs"), [(1, 60), (700, 60), (701, 59), (1000, 42), (3500, 12), (14_000, 12), (10**6, 12)]
)
def test_small_sets_are_gone_through_more_often(n_windows, n_epochs):
    assert Schedule().epochs_for(n_windows) == n_epochs
    assert Schedule(n_epochs=3).epochs_for(n_windows) == 3


class TestStandardization:
    def test_channels_have_the_mean_zero_and_together_the_spread_one(self):
        unit = Standardization.of(X)
        found = unit.standardised(X)
        np.testing.assert_allclose(found.mean(axis=(0, 1)), 0, atol=1e-12)
        assert found.var(axis=(0, 1)).mean() == pytest.approx(1)
        np.testing.assert_allclose(unit.restored(found), X)
        assert found.dtype == np.float64
        assert found.flags.c_contiguous

    def test_constant_windows_stay_finite(self):
        unit = Standardization.of(np.full((3, 4, 2), 7.0, np.float32))
        assert unit.spread == 1
        np.testing.assert_array_equal(unit.standardised(np.full((1, 4, 2), 9.0)), 2)


@pytest.mark.parametrize("n", [1, 3, 4, 9])
def test_random_profiles_are_windows_of_their_class_each_once(n):
    found = random_profiles(X, Y, n, rng())
    assert found.labels.tolist() == np.repeat([0, 1, 2], min(n, 4)).tolist()
    rows = [int(np.flatnonzero((window == X).all(axis=(1, 2)))[0]) for window in found.values]
    assert len(set(rows)) == len(rows)
    assert Y[rows].tolist() == found.labels.tolist()
    assert found.channel_weights.tolist() == [1, 1]


def learn(start, n_epochs=2, **options):
    schedule = Schedule(n_epochs=n_epochs, **{"batch_size": 5, **options.pop("schedule", {})})
    return learn_profiles(start, X, Y, 1, rng=rng(), schedule=schedule, **options)


def test_without_a_step_an_epoch_tells_of_the_start_and_changes_nothing():
    start, epochs = random_profiles(X, Y, 2, rng()), []
    before = start.values.copy(), start.channel_weights.copy()
    still = {"learning_rate": 1e-300, "last_learning_rate": 1e-300, "weight_learning_rate": 0.0}
    learned = learn(start, schedule=still, on_epoch=epochs.append, held_out=(X[:6], (Y[:6] + 1) % 3))
    np.testing.assert_allclose(learned.values, before[0], atol=1e-12)
    np.testing.assert_allclose(learned.channel_weights, before[1])
    squared = np.array([[oracles.dtw(x, p, 1) ** 2 for p in start.values] for x in X])
    own = np.array([row[start.labels == label].min() for row, label in zip(squared, Y, strict=True)])
    other = np.array([row[start.labels != label].min() for row, label in zip(squared, Y, strict=True)])
    loss = np.mean(1 / (1 + np.exp(-8.0 * (own - other) / (own + other))))
    predicted = start.labels[squared.argmin(axis=1)]
    for number, epoch in enumerate(epochs, start=1):
        assert (epoch.number, epoch.n_epochs) == (number, 2)
        assert epoch.loss == pytest.approx(loss)
        assert epoch.training_accuracy == np.mean(own < other)
        assert epoch.validation_accuracy == np.mean(predicted[:6] == (Y[:6] + 1) % 3)
    np.testing.assert_array_equal(start.values, before[0])
    np.testing.assert_array_equal(start.channel_weights, before[1])
    np.testing.assert_array_equal(start.predict(X, 1), predicted)


def test_steps_are_as_long_as_the_rate_and_shrink_to_the_last():
    """Adam's first step has the length of the rate; profiles move in units of the spread."""
    start = random_profiles(X, Y, 1, rng())
    spread = Standardization.of(X).spread
    steady = {"batch_size": 12, "learning_rate": 0.01, "last_learning_rate": 0.01}
    moved = np.abs(learn(start, 1, schedule=steady).values - start.values)
    assert moved.max() == pytest.approx(0.01 * spread, rel=1e-3)
    half = {"batch_size": 6, "learning_rate": 0.04, "last_learning_rate": 1e-12}
    first_alone = {**half, "last_learning_rate": 1e-300}
    np.testing.assert_allclose(
        learn(start, 1, schedule=half).values, learn(start, 1, schedule=first_alone).values, atol=1e-4 * spread
    )


def test_weights_stay_positive_and_their_sum_is_the_number_of_channels():
    learned = learn(random_profiles(X, Y, 1, rng()), 3, schedule={"weight_learning_rate": 5.0})
    assert (learned.channel_weights >= 0).all()
    assert learned.channel_weights.sum() == pytest.approx(2)


def test_windows_are_changed_anew_in_each_epoch_and_in_their_own_unit():
    seen = []

    def augment(windows, generator):
        seen.append(windows)
        return windows + generator.normal(size=windows.shape)

    learned = learn(random_profiles(X, Y, 1, rng()), 3, augment=augment)
    assert len(seen) == 3
    assert all(windows is X for windows in seen)
    assert (learned.values != learn(random_profiles(X, Y, 1, rng()), 3).values).any()


def test_patience_counts_epochs_since_the_best_and_gives_it_back():
    start, epochs = random_profiles(X, Y, 1, rng()), []
    learned = learn(start, 30, held_out=(X, Y), on_epoch=epochs.append, schedule={"patience": 2})
    accuracies = [epoch.validation_accuracy for epoch in epochs]
    best = int(np.argmax(accuracies))
    assert len(epochs) == best + 3
    np.testing.assert_array_equal(learned.values, learn(start, 30, held_out=(X, Y), schedule={"patience": 1}).values)
    assert np.mean(learned.predict(X, 1) == Y) == accuracies[best]


def test_distances_and_predictions_take_the_weights():
    profiles = Profiles(np.array([[[0.0, 0.0]], [[1.0, 5.0]]]), np.array([7, 8]), np.array([1.0, 0.0]))
    assert profiles.squared_distances(np.array([[[0.4, 5.0]]]), 0)[0].tolist() == pytest.approx([0.16, 0.36])
    assert profiles.predict(np.array([[[0.4, 5.0]], [[0.6, 0.0]]]), 0).tolist() == [7, 8]


@pytest.mark.parametrize("verbose", [0, 1])
def test_epochs_are_recorded_and_told_if_asked(verbose, capsys):
    history = []
    record = epoch_recorder(history, verbose)
    epochs = [Epoch(1, 20, 0.25, 0.5, np.nan), Epoch(2, 20, 0.125, 0.75, 0.625)]
    for epoch in epochs:
        record(epoch)
    assert history == epochs
    lines = capsys.readouterr().out.splitlines()
    assert [line.rsplit("  ", 1)[0] for line in lines] == [
        "learning profiles   1/20  loss 0.2500  training 0.500",
        "learning profiles   2/20  loss 0.1250  training 0.750  held out 0.625",
    ][: 2 * verbose]
    assert all(line.endswith(" s") for line in lines)


class TestMethods:
    @pytest.mark.parametrize("method", [*METHODS[:3], "greedy"])
    @pytest.mark.parametrize("n", [1, 2, 9])
    def test_profiles_come_class_by_class(self, method, n):
        found = make_profiles(
            X, Y, None, method=method, n_per_class=n, radius=1, validation_fraction=0.0,
            schedule=Schedule(n_epochs=1), rng=rng(),
        )  # fmt: skip
        assert found.labels.tolist() == np.repeat([0, 1, 2], min(n, 4)).tolist()
        assert found.values.shape == (len(found.labels), 5, 2)
        assert found.values.dtype == np.float64
        assert (found.predict(X, 1) == Y).mean() > 0.9

    def test_held_out_people_choose_the_epoch_and_are_not_learned_from(self):
        groups, epochs, sizes = np.arange(12) // 3, [], set()

        def augment(windows, _):
            sizes.add(len(windows))
            return windows

        make_profiles(
            X, Y, groups, method="learned", n_per_class=1, radius=1, validation_fraction=0.25,
            schedule=Schedule(n_epochs=2), rng=rng(), augment=augment, on_epoch=epochs.append,
        )  # fmt: skip
        assert sizes == {9}
        assert all(np.isfinite(epoch.validation_accuracy) for epoch in epochs)

    def test_medoids_are_windows_means_need_not_be(self):
        for method, are_windows in (("medoid", True), ("greedy", True), ("barycenter", False)):
            found = representative_profiles(X, Y, 1, 1, method=method, rng=rng())
            assert all((value == X).all(axis=(1, 2)).any() for value in found.values) is are_windows
            assert found.channel_weights.tolist() == [1, 1]


def test_a_greedy_profile_is_the_one_that_most_windows_are_right_with():
    """Of one profile a class, the second class takes the candidate that serves both classes best."""
    X = np.array([0.0, 0.1, 0.2, 1.0, 4.0, 4.1, 4.2, 0.9])[:, None, None]
    y = np.repeat([0, 1], 4)
    chosen = greedy_profiles(X, y, 1, 0, rng=rng())
    assert y[chosen].tolist() == [0, 1]
    assert chosen[1] != 7  # near the first class, it would be wrong for three
    assert sorted(greedy_profiles(X, y, 9, 0, rng=rng()).tolist()) == list(range(8))


class TestMedoids:
    def test_of_a_sample_are_windows_of_all(self):
        chosen, nearest = medoids(X, 2, 1, rng=rng(), at_most=6)
        assert len(set(chosen.tolist())) == 2
        matrix = np.array([[oracles.dtw(x, X[c], 1) for c in chosen] for x in X])
        np.testing.assert_array_equal(nearest, matrix.argmin(axis=1))
        first, again = (medoids(X, 2, 1, rng=np.random.default_rng(5), at_most=6)[0] for _ in range(2))
        np.testing.assert_array_equal(first, again)

    def test_three_clusters_have_a_medoid_each_that_is_central(self):
        chosen, nearest = medoids(X, 3, 1, rng=rng())
        assert sorted(Y[chosen].tolist()) == [0, 1, 2]
        for number, medoid in enumerate(chosen):
            members = np.flatnonzero(nearest == number)
            assert len(set(Y[members])) == 1
            total = {m: sum(oracles.dtw(X[m], X[o], 1) for o in members) for m in members.tolist()}
            assert total[int(medoid)] == min(total.values())
