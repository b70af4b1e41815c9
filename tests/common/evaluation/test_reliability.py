"""Reliability in bins, against scikit-learn."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from common import reliability
from common.errors import InvalidInputError

NAN = np.nan


def test_equal_to_scikit_learn_s_curve_for_distinct_values():
    rng = np.random.default_rng(0)
    p = rng.random(1000)
    y = rng.random(1000) < p**2
    curve = reliability(y, p)
    observed, promised = calibration_curve(y, p, n_bins=10, strategy="quantile")
    np.testing.assert_allclose(curve.observed, observed)
    np.testing.assert_allclose(curve.promised, promised)
    assert curve.error == pytest.approx(np.abs(observed - promised).mean())


def test_does_not_depend_on_the_order_of_ties():
    p, y = np.repeat([0.25, 0.75], 50), np.tile([1, 0, 0, 1], 25)
    order = np.lexsort((y, p))
    assert reliability(y, p).error == pytest.approx(reliability(y[order], p[order]).error) == 0.25


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
