"""What held-out people decide: the penalty, the temperature, and whether the nearest prototype does as well."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from common.errors import InvalidInputError
from har import DTWPrototypeClassifier, pairwise_dtw
from har.readouts.calibration import temperature
from har.readouts.choice import C_GRID, HeldOut, choose, hold_out_each, learn_readout
from tests.har.readouts.problem import RADIUS, medoids, windows_classes_people
from tests.oracles import readout as oracle


@pytest.fixture
def held_out():
    X, y, people = windows_classes_people()
    return hold_out_each(medoids, X, y, people, RADIUS, rng=np.random.default_rng(0))


def test_prototypes_and_weights_know_nobody_who_is_held_out():
    X, y, people = windows_classes_people()
    made = []

    def remember(X, y, groups, *, rng):
        made.append((set(groups), medoids(X, y, groups, rng=rng)))
        return made[-1][1]

    held_out = hold_out_each(remember, X, y, people, RADIUS, rng=np.random.default_rng(0))
    absent = [set(people) - known for known, _ in made]
    assert set.union(*absent) == set(people)
    assert sum(map(len, absent)) == len(set(people))
    # Each part as anybody would compute it from the prototypes of its fold.
    for (known, profiles), part in zip(made, held_out, strict=True):
        test = ~np.isin(people, list(known))
        distances = pairwise_dtw(X, profiles.values, band=RADIUS)
        np.testing.assert_array_equal(part.y, y[test])
        np.testing.assert_array_equal(part.nearest, profiles.labels[distances[test].argmin(axis=1)])
        for C, log_odds in zip(C_GRID, part.log_odds, strict=True):
            model = oracle.fitted_readout(distances[~test], y[~test], C)
            expected = model.decision_function(oracle.distance_features(distances[test]))
            np.testing.assert_allclose(log_odds, expected, atol=1e-3)


def test_the_most_likely_penalty_is_chosen(held_out):
    choice = choose(held_out)
    y = np.concatenate([part.y for part in held_out])
    losses = []
    for number in range(len(C_GRID)):
        odds = np.concatenate([part.log_odds[number] for part in held_out])
        odds /= temperature(odds, y)
        losses.append(np.mean(np.log(np.exp(odds).sum(axis=1)) - odds[np.arange(len(y)), y]))
    assert C_GRID.index(choice.C) == int(np.argmin(losses))
    best = np.concatenate([part.log_odds[C_GRID.index(choice.C)] for part in held_out])
    assert choice.accuracy == np.mean(best.argmax(axis=1) == y)
    assert choice.nearest_accuracy == np.mean(np.concatenate([part.nearest for part in held_out]) == y)


def test_a_linear_readout_must_earn_its_place():
    X, y, people = windows_classes_people()
    profiles = medoids(X, y, people, rng=np.random.default_rng(0))

    def learned(y, or_nearest):
        return learn_readout(
            profiles, medoids, X, y, people, RADIUS, or_nearest=or_nearest, rng=np.random.default_rng(0)
        )

    choice = choose(hold_out_each(medoids, X, y, people, RADIUS, rng=np.random.default_rng(0)))
    assert (learned(y, True) is None) == (choice.nearest_accuracy >= choice.accuracy)
    assert learned(y, False) is not None
    tie = HeldOut(np.array([0, 1]), np.array([0, 1]), np.tile(np.eye(2), (len(C_GRID), 1, 1)))
    assert choose([tie]).accuracy == choose([tie]).nearest_accuracy == 1.0


def test_an_activity_of_one_person_is_no_obstacle():
    X, y, people = windows_classes_people()
    y = np.where(people == 4, y, np.minimum(y, 1))  # only this person does the third
    held_out = hold_out_each(medoids, X, y, people, RADIUS, rng=np.random.default_rng(0))
    choice = choose(held_out)
    assert np.isfinite([choice.temperature, choice.accuracy]).all()
    without = next(part for part in held_out if 2 in part.y)
    assert np.isneginf(without.log_odds[:, :, 2]).all()
    assert not (without.nearest == 2).any()


def test_windows_are_held_out_where_nobody_is_named():
    X, y, _ = windows_classes_people()
    held_out = hold_out_each(medoids, X, y, None, RADIUS, rng=np.random.default_rng(0))
    assert sorted(np.concatenate([part.y for part in held_out])) == sorted(y)


def test_nobody_to_ask():
    X, y, _ = windows_classes_people()
    with pytest.raises(InvalidInputError, match=r"groups names one subject \(7\).*held out"):
        hold_out_each(medoids, X, y, np.full(len(y), 7), RADIUS, rng=np.random.default_rng(0))
    # Without either of two windows, one class remains.
    assert hold_out_each(medoids, X[:2], y[:2], None, RADIUS, rng=np.random.default_rng(0)) == []
    assert C_GRID[0] == choose([]).C


def test_folds_at_once_give_the_same():
    X, y, people = windows_classes_people()
    one, two = (hold_out_each(medoids, X, y, people, RADIUS, rng=np.random.default_rng(0), n_jobs=n) for n in (1, 2))
    for first, second in zip(one, two, strict=True):
        np.testing.assert_array_equal(first.log_odds, second.log_odds)


def test_people_too_few_for_early_stopping_are_explained():
    X, y, people = windows_classes_people()
    model = DTWPrototypeClassifier(1, validation_fraction=0.5, readout="linear", random_state=0)
    message = r"held out, and the 40 of 90 that are left to learn from do not suffice: validation_fraction is 0.5"
    with pytest.raises(InvalidInputError, match=message):
        model.fit(X, y, people % 2)


def test_readouts_learned_at_once_leave_the_threads_of_blas_as_they_were():
    X, y, people = windows_classes_people()
    profiles = medoids(X, y, people, rng=np.random.default_rng(0))
    both_are_learning = Barrier(2, timeout=60)

    def make(X, y, groups, *, rng):
        both_are_learning.wait()
        return profiles

    def learn(seed):
        return learn_readout(profiles, make, X, y, people, RADIUS, or_nearest=False, rng=np.random.default_rng(seed))

    before = threadpool_info()
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(learn, range(2)))
    assert threadpool_info() == before
