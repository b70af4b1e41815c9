"""People held out, class weights and the threshold."""

import numpy as np
import pytest

from common import InvalidInputError
from fall.training import class_weights, hold_out
from tests.fall.synthetic import lying_and_standing


def test_subjects_are_held_out_whole():
    _, y, groups = lying_and_standing(n=60, subjects=6)
    train, validation = hold_out(y, groups, 0.1, seed=0)
    assert len(set(groups[validation])) == 1
    assert not set(groups[train]) & set(groups[validation])
    assert sorted([*train, *validation]) == list(range(60))
    train, validation = hold_out(y, None, 0.1, seed=0)
    assert np.bincount(y[validation]).tolist() == [3, 3]
    assert len(hold_out(y, groups, 0, seed=0).test) == 0


def test_a_held_out_subject_shows_both_classes():
    y = np.array([0, 0, 0, 0, 0, 1, 0, 1])
    groups = np.array([1, 1, 2, 2, 3, 3, 4, 4])
    assert set(groups[hold_out(y, groups, 0.25, seed=0).test]) & {3, 4}
    with pytest.raises(InvalidInputError, match="none of them can be held out"):
        hold_out(y[:6], groups[:6], 0.25, seed=0)


def test_class_weights_are_scikit_learns():
    codes = np.array([0, 0, 0, 1])
    assert class_weights("balanced", np.array([5, 7]), codes) == pytest.approx({0: 4 / 6, 1: 2.0})
    assert class_weights({5: 1, 7: 3}, np.array([5, 7]), codes) == {0: 1, 1: 3}
    assert class_weights(None, np.array([5, 7]), codes) is None
    for wrong in ("even", {1: 2, 3: 4}, {5: 0, 7: 1}, 3):
        with pytest.raises(InvalidInputError, match="class_weight is"):
            class_weights(wrong, np.array([5, 7]), codes)
