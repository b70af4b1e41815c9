"""Prototypes and readout that learn together."""

import numpy as np
import pytest

from har.dtw.learning import Profiles
from har.preprocessing import Augmentation
from har.readouts.calibration import likelihood
from har.readouts.joint import JointSchedule, distance_slopes, learn_jointly
from har.readouts.linear import distance_features
from tests.har.readouts.problem import RADIUS, windows_classes_people


@pytest.fixture(scope="module")
def problem():
    X, y, _ = windows_classes_people()
    return Profiles(X[:6].copy(), y[:6], np.ones(3)), X, y


def learn(problem, seed=0, n_epochs=4, **options):
    schedule = JointSchedule(n_epochs=n_epochs)
    return learn_jointly(*problem, RADIUS, rng=np.random.default_rng(seed), schedule=schedule, **options)


def test_slopes_of_distances_are_those_of_finite_differences():
    rng = np.random.default_rng(0)
    squared, slopes, step = rng.uniform(0.1, 9, size=(3, 5)), rng.normal(size=(3, 10)), 1e-6
    found = distance_slopes(squared, slopes)
    for index in np.ndindex(*squared.shape):
        moved = [squared.copy(), squared.copy()]
        moved[0][index] += step
        moved[1][index] -= step
        up, down = (float((distance_features(m) * slopes).sum()) for m in moved)
        assert found[index] == pytest.approx((up - down) / (2 * step), rel=1e-5, abs=1e-8)


def test_a_window_equal_to_all_prototypes_has_no_slope():
    assert not distance_slopes(np.zeros((1, 3)), np.ones((1, 6))).any()


def test_it_separates_better_than_it_began(problem):
    epochs = []
    model = learn(problem, n_epochs=80, on_epoch=epochs.append)
    assert epochs[-1].loss < epochs[0].loss
    assert epochs[-1].training_accuracy > epochs[0].training_accuracy
    _, X, y = problem
    assert np.mean(model.log_odds(X, RADIUS).argmax(axis=1) == y) >= epochs[-1].training_accuracy - 0.05
    assert model.profiles.channel_weights.sum() == pytest.approx(3)
    assert (model.profiles.channel_weights >= 0).all()


def test_two_classes_keep_one_row_of_weights(problem):
    start, X, y = problem
    two = Profiles(start.values, start.labels % 2, start.channel_weights)
    model = learn((two, X, y % 2), n_epochs=80)
    assert model.readout.coef.shape == (1, 12)
    assert np.mean(model.log_odds(X, RADIUS).argmax(axis=1) == y % 2) > 0.7


def test_the_seed_decides_and_the_threads_do_not(problem):
    options = {"augment": Augmentation(triads=((0, 1, 2),))}
    first, second = learn(problem, n_jobs=1, **options), learn(problem, n_jobs=2, **options)
    assert first.profiles.values.tobytes() == second.profiles.values.tobytes()
    assert first.readout.coef.tobytes() == second.readout.coef.tobytes()
    assert learn(problem, seed=1, **options).readout.coef.tobytes() != first.readout.coef.tobytes()


@pytest.mark.parametrize(("scale", "offset"), [(1e-6, 0.0), (1e6, 0.0), (1.0, 1e3)])
def test_unit_and_offset_do_not_matter(problem, scale, offset):
    start, X, y = problem
    moved = Profiles(start.values * scale + offset, start.labels, start.channel_weights)
    model = learn((moved, X * scale + offset, y))
    expected = learn(problem).log_odds(X, RADIUS)
    np.testing.assert_allclose(model.log_odds(X * scale + offset, RADIUS), expected, atol=0.05)


def test_people_held_out_stop_it_and_the_best_is_kept(problem):
    start, X, y = problem
    epochs = []
    nonsense = X[60:], (y[60:] + 1) % 3  # to learn is to become worse on these
    schedule = JointSchedule(n_epochs=40, patience=2)
    model = learn_jointly(
        start, X[:60], y[:60], RADIUS, rng=np.random.default_rng(0), schedule=schedule, held_out=nonsense,
        on_epoch=epochs.append,
    )  # fmt: skip
    assert len(epochs) < 40
    last = learn_jointly(
        start, X[:60], y[:60], RADIUS, rng=np.random.default_rng(0), schedule=JointSchedule(n_epochs=40)
    )

    assert likelihood(model.log_odds(nonsense[0], RADIUS), nonsense[1]) > likelihood(
        last.log_odds(nonsense[0], RADIUS), nonsense[1]
    )


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_constant_windows_do_no_harm():
    X, y = np.zeros((12, 10, 2)), np.arange(12) % 2
    model = learn((Profiles(X[:2].copy(), y[:2], np.ones(2)), X, y))
    assert np.isfinite(model.log_odds(X, RADIUS)).all()
