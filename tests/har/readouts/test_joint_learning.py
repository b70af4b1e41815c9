"""Joint learning as the classifier does it: who calibrates it, and what it refuses."""

import numpy as np
import pytest

from common.errors import InvalidInputError
from har import DTWPrototypeClassifier
from har.preprocessing import Augmentation
from har.readouts.calibration import likelihood
from har.readouts.joint_learning import learn_prototypes_and_readout
from tests.har.readouts.problem import RADIUS, medoids, windows_classes_people


def learn(X, y, people, *, make_profiles=medoids, fraction=0.0, **options):
    return learn_prototypes_and_readout(
        make_profiles, X, y, people, RADIUS, validation_fraction=fraction, augment=None,
        rng=np.random.default_rng(0), **options,
    )  # fmt: skip


@pytest.mark.parametrize("fraction", [0.0, 0.3])
def test_probabilities_are_calibrated_on_people_whom_nothing_has_seen(fraction):
    X, y, people = windows_classes_people()
    learned_from = []

    def remember(X, y, groups, *, rng):
        learned_from.append(set(groups))
        return medoids(X, y, groups, rng=rng)

    model = learn(X, y, people, make_profiles=remember, fraction=fraction)
    everybody = set(people)
    if fraction:
        assert len(learned_from) == 1
        assert learned_from[0] < everybody
    else:
        assert learned_from[0] == everybody
        assert len(learned_from[1]) == 6  # of nine
    assert np.isfinite(likelihood(model.log_odds(X, RADIUS), y))


def test_an_activity_of_one_person_is_no_obstacle():
    X, y, people = windows_classes_people()
    y = np.where(people == 4, y, np.minimum(y, 1))  # only this person does the third
    assert learn(X, y, people).readout.coef.shape == (3, 12)


def test_windows_are_held_out_where_nobody_is_named():
    X, y, _ = windows_classes_people()
    assert learn(X, y, None).readout.coef.shape == (3, 12)


def test_one_person_is_refused():
    X, y, _ = windows_classes_people()
    with pytest.raises(InvalidInputError, match="groups names 1 subject, and readout='joint'"):
        learn(X, y, np.zeros(len(y)))


def test_the_classifier_learns_the_same_whatever_the_threads():
    X, y, people = windows_classes_people()
    model = DTWPrototypeClassifier(
        1, readout="joint", augmentation=Augmentation(triads=((0, 1, 2),)), random_state=0
    ).fit(X, y, people)
    assert model.readout_ == "linear"
    assert [epoch.number for epoch in model.history_] == list(range(1, 31))  # of joint learning
    again = DTWPrototypeClassifier(
        1, readout="joint", augmentation=Augmentation(triads=((0, 1, 2),)), random_state=0, n_jobs=2
    ).fit(X, y, people)
    np.testing.assert_array_equal(model.predict_proba(X), again.predict_proba(X))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"readout": "joint", "n_neighbors": 3}, "n_neighbors is 3 but readout is 'joint'"),
        ({"augmentation": 15}, "augmentation is 15; use har.preprocessing.Augmentation"),
        ({"augmentation": Augmentation(triads=((0, 1, 3),))}, r"triads\[0\]\[2\] is 3"),
    ],
)
def test_wrong_parameters(options, message):
    X, y, people = windows_classes_people()
    with pytest.raises(InvalidInputError, match=message):
        DTWPrototypeClassifier(**options).fit(X, y, people)
