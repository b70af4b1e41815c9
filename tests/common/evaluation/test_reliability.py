"""Reliability in bins, against scikit-learn."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from common import reliability
from common.errors import InvalidInputError
from common.evaluation.reliability import Reliability

NAN = np.nan


@pytest.mark.parametrize("strategy", ["quantile", "uniform"])
def test_equal_to_scikit_learn_s_curve_for_distinct_values(strategy):
    rng = np.random.default_rng(0)
    p = rng.random(1000) ** 2
    y = rng.random(1000) < p
    curve = reliability(y, p, strategy=strategy)
    observed, promised = calibration_curve(y, p, n_bins=10, strategy=strategy)
    np.testing.assert_allclose(curve.observed, observed)
    np.testing.assert_allclose(curve.promised, promised)
    assert curve.counts.sum() == 1000
    assert curve.error == pytest.approx(np.average(np.abs(observed - promised), weights=curve.counts))


def test_bins_of_equal_width_start_at_their_lower_edge_and_are_left_out_when_empty():
    curve = reliability([0, 1, 0, 1, 1], [0.0, 0.25, 0.3, 1.0, 1.0], n_bins=4, strategy="uniform")
    assert curve.counts.tolist() == [1, 2, 2]
    np.testing.assert_allclose(curve.promised, [0, 0.275, 1])
    assert curve.observed.tolist() == [0, 0.5, 1]


def test_does_not_depend_on_the_order_of_ties():
    p, y = np.repeat([0.25, 0.75], 50), np.tile([1, 0, 0, 1], 25)
    order = np.lexsort((y, p))
    assert reliability(y, p).error == pytest.approx(reliability(y[order], p[order]).error) == 0.25


def test_fewer_decisions_than_bins():
    assert reliability([0, 1], [0.2, 0.9]).counts.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("y", "p", "message"),
    [
        ([0, 1], [0.5, 1.5], "probabilities is 1.5 at row 1"),
        ([0, 1], [0.5, NAN], "probabilities is NaN at entry 1"),
        ([0, 2], [0.5, 0.5], "other values than 0 and 1"),
        ([0], [0.5, 0.5], "is_positive has 1 entries but probabilities has 2"),
        ([], [], "probabilities is empty"),
    ],
)
def test_refuses(y, p, message):
    with pytest.raises(InvalidInputError, match=message):
        reliability(y, p)


def test_refuses_other_strategies():
    with pytest.raises(InvalidInputError, match="strategy is 'width'; choose one of 'quantile', 'uniform'"):
        reliability([0, 1], [0.2, 0.9], strategy="width")


def test_print_holds_every_bin():
    lines = str(reliability([0, 1, 1, 1], [0.1, 0.1, 0.9, 0.9], n_bins=2)).splitlines()
    assert lines[0].split() == ["promised", "observed", "decisions"]
    assert [line.split() for line in lines[2:4]] == [["0.100", "0.500", "2"], ["0.900", "1.000", "2"]]
    assert lines[-1] == "calibration error 0.250"


def test_one_bin_holds_everything() -> None:
    curve = reliability([0, 1], [0.2, 0.4], n_bins=1)
    assert (curve.promised.tolist(), curve.observed.tolist(), curve.counts.tolist()) == (
        [pytest.approx(0.3)],
        [0.5],
        [2],
    )


@pytest.mark.parametrize(("promised", "observed", "counts"), [([], [], []), ([0.5], [], [1]), ([0.5], [0.5], [1, 2])])
def test_a_curve_has_one_entry_a_bin(promised, observed, counts) -> None:
    with pytest.raises(InvalidInputError, match="one entry per bin"):
        Reliability(np.array(promised), np.array(observed), np.array(counts))


def test_a_curve_cannot_be_bent_afterwards() -> None:
    curve = reliability([0, 1], [0.2, 0.4])
    for array in (curve.promised, curve.observed, curve.counts):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
