"""Learned profiles: the gradient against finite differences, and the behaviour of learning."""

import numpy as np
import pytest

from har import DTWPrototypeClassifier
from har.dtw.learning import Profiles, Schedule, _batch_sums, learn_profiles
from tests.oracles import dtw as oracles


@pytest.fixture
def problem():
    """Two classes of bumps that differ in one of three channels."""
    rng = np.random.default_rng(5)
    t = np.linspace(0, 1, 16)
    y = np.arange(60) % 2
    X = rng.normal(scale=0.3, size=(60, 16, 3))
    for i, label in enumerate(y):
        X[i, :, 1] += 2 * np.exp(-(((t - rng.uniform(0.3, 0.7)) / (0.08 if label else 0.2)) ** 2))
    return X, y, Profiles(X[:4].copy(), y[:4], np.array([1.2, 0.9, 0.9]))


def loss_by_definition(X, y, profiles, radius, steepness):
    root, total = np.sqrt(profiles.channel_weights), 0.0
    for x, label in zip(X, y, strict=True):
        squared = np.array([oracles.dtw(x * root, p * root, radius) ** 2 for p in profiles.values])
        own, other = squared[profiles.labels == label].min(), squared[profiles.labels != label].min()
        total += 1 / (1 + np.exp(-steepness * (own - other) / (own + other)))
    return total


def test_gradient_is_that_of_the_loss(problem):
    X, y, profiles = problem
    X, y, radius, steepness, step = X[:8], y[:8], 3, 8.0, 1e-6
    sums = _batch_sums(X, y, profiles, radius, steepness)
    assert sums.loss == pytest.approx(loss_by_definition(X, y, profiles, radius, steepness), rel=1e-6)

    def numerical(array, index):
        values = []
        for sign in (1, -1):
            array[index] += sign * step
            values.append(loss_by_definition(X, y, profiles, radius, steepness))
            array[index] -= sign * step
        return (values[0] - values[1]) / (2 * step)

    for index in [(0, 3, 1), (1, 8, 0), (2, 15, 2), (3, 0, 1), (1, 7, 1)]:
        assert sums.profile_gradient[index] == pytest.approx(numerical(profiles.values, index), rel=1e-4, abs=1e-7)
    for channel in range(3):
        assert sums.weight_gradient[channel] == pytest.approx(
            numerical(profiles.channel_weights, channel), rel=1e-4, abs=1e-7
        )


def learn(problem, seed=0, n_epochs=8, **options):
    X, y, profiles = problem
    return learn_profiles(
        profiles, X, y, 3, rng=np.random.default_rng(seed), schedule=Schedule(n_epochs=n_epochs), **options
    )


def test_learning_lowers_the_loss_and_finds_the_channel(problem):
    epochs = []
    learned = learn(problem, n_epochs=30, on_epoch=epochs.append)
    assert epochs[-1].loss < epochs[0].loss
    assert epochs[-1].training_accuracy > 0.95
    gained = learned.channel_weights / problem[2].channel_weights
    assert gained[1] > 1 > max(gained[0], gained[2])
    assert learned.channel_weights.sum() == pytest.approx(3)
    assert (learned.channel_weights >= 0).all()


@pytest.mark.promise("The number of threads changes no learned prototype")
def test_same_seed_same_profiles_whatever_the_threads(problem, monkeypatch):
    monkeypatch.setattr("har.dtw.threads.MIN_PARALLEL_WORK", 0)  # else such small batches stay on one thread
    first, second = learn(problem, n_jobs=1), learn(problem, n_jobs=2)
    assert first.values.tobytes() == second.values.tobytes()
    assert first.channel_weights.tobytes() == second.channel_weights.tobytes()
    assert learn(problem, seed=1).values.tobytes() != first.values.tobytes()


@pytest.mark.parametrize(("scale", "offset"), [(1e-6, 0.0), (1e6, 0.0), (1.0, 1e4)])
def test_unit_and_offset_do_not_matter(problem, scale, offset):
    X, y, profiles = problem
    moved = Profiles(profiles.values * scale + offset, profiles.labels, profiles.channel_weights)
    learned = learn((X * scale + offset, y, moved))
    np.testing.assert_allclose((learned.values - offset) / scale, learn(problem).values, rtol=1e-3, atol=1e-3)


def test_held_out_windows_stop_it_early(problem):
    X, y, profiles = problem
    epochs = []
    learn_profiles(
        profiles, X[:40], y[:40], 3, rng=np.random.default_rng(0), held_out=(X[40:], y[40:]),
        schedule=Schedule(n_epochs=50, patience=3), on_epoch=epochs.append,
    )  # fmt: skip
    assert len(epochs) < 50
    accuracies = [epoch.validation_accuracy for epoch in epochs]
    assert len(epochs) - 1 - int(np.argmax(accuracies)) == 3


def test_a_window_equal_to_profiles_of_two_classes_does_no_harm(problem):
    X, y, _ = problem
    X = np.concatenate([X, np.zeros((2, 16, 3))])
    y = np.concatenate([y, [0, 1]])
    same = Profiles(np.zeros((2, 16, 3)), np.array([0, 1]), np.ones(3))
    learned = learn_profiles(same, X, y, 3, rng=np.random.default_rng(0), schedule=Schedule(n_epochs=2))
    assert np.isfinite(learned.values).all()


class TestWindowsThatCoincide:
    """Between profiles of two classes that equal the window there is no direction to learn in."""

    RNG = np.random.default_rng(0)
    WINDOWS = RNG.normal(size=(10, 12, 2))
    CONSTANT_CHANNEL = np.stack([WINDOWS[:, :, 0], np.full((10, 12), 3.7)], axis=2)

    @pytest.mark.parametrize(
        ("X", "y"),
        [
            (np.repeat(WINDOWS[:1], 2, axis=0), [0, 1]),
            (np.repeat(WINDOWS[:2], 4, axis=0), [0, 0, 1, 1] * 2),
            (np.repeat(WINDOWS[:2], 4, axis=0), [0] * 4 + [1] * 4),
            (np.concatenate([WINDOWS, WINDOWS]), [0] * 10 + [1] * 10),
            (np.concatenate([WINDOWS, WINDOWS * (1 + 1e-15)]), [0] * 10 + [1] * 10),
            (np.zeros((8, 12, 2)), [0, 1] * 4),
            (np.full((8, 12, 2), 0.1), [0, 1] * 4),
            (np.full((8, 12, 2), 1e-160), [0, 1] * 4),
            (CONSTANT_CHANNEL, [0, 1] * 5),
            (np.stack([np.repeat([0.0, 1.0], [5 + i, 15 - i])[:, None] for i in range(6)]), [0, 1] * 3),
        ],
    )
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.filterwarnings("error::RuntimeWarning")
    def test_are_learned(self, X, y, dtype):
        for n_prototypes in (1, 20):
            model = DTWPrototypeClassifier(n_prototypes, band=None, random_state=0).fit(X.astype(dtype), y)
            assert np.isfinite(model.prototypes_).all()
            assert np.isfinite(model.channel_weights_).all()
            assert model.channel_weights_.sum() == pytest.approx(X.shape[2])
            np.testing.assert_allclose(model.predict_proba(X).sum(axis=1), 1, rtol=1e-6)

    def test_loss_of_such_a_window_is_one_half(self):
        x = self.WINDOWS[:1]
        sums = _batch_sums(x, np.array([0]), Profiles(np.repeat(x, 2, axis=0), np.array([0, 1]), np.ones(2)), 3, 8.0)
        assert sums.loss == 0.5
        assert not sums.profile_gradient.any()
