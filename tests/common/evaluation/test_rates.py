"""Poisson intervals against tables, and what an alarm is worth."""

import math

import pytest
from hypothesis import given, strategies as st
from scipy import stats

from common import (
    poisson_interval,
    poisson_upper_bound,
    precision_at,
)
from common.errors import InvalidInputError

NAN = math.nan


class TestPoisson:
    # The usual table of exact 95% limits, as in E. S. Pearson and H. O. Hartley, Biometrika Tables, table 40.
    @pytest.mark.parametrize(
        ("count", "low", "high"), [(0, 0.000, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390)]
    )
    def test_published(self, count, low, high):
        interval = poisson_interval(count, 1)
        assert interval.low == pytest.approx(low, abs=5e-4)
        assert interval.high == pytest.approx(high, abs=5e-4)

    @given(st.integers(0, 2000), st.floats(1e-3, 1e4))
    def test_the_bounds_invert_scipy_s_distribution(self, count, exposure):
        interval = poisson_interval(count, exposure)
        assert stats.poisson.cdf(count, interval.high * exposure) == pytest.approx(0.025)
        if count:
            assert stats.poisson.sf(count - 1, interval.low * exposure) == pytest.approx(0.025)
        bound = poisson_upper_bound(count, exposure)
        assert stats.poisson.cdf(count, bound * exposure) == pytest.approx(0.05)

    def test_rule_of_three(self):
        assert poisson_upper_bound(0, 100) == pytest.approx(0.03, rel=0.002)

    def test_without_exposure(self):
        assert math.isnan(poisson_interval(0, 0).low)
        assert poisson_upper_bound(3, 0) == math.inf

    @pytest.mark.parametrize(("count", "exposure"), [(-1, 1), (1.5, 1), (True, 1), (1, -1), (1, NAN), (1, "day")])
    @pytest.mark.parametrize("function", [poisson_interval, poisson_upper_bound])
    def test_refuses(self, function, count, exposure):
        with pytest.raises(InvalidInputError, match=r"count|exposure"):
            function(count, exposure)

    def test_precision(self):
        assert precision_at(0.9, 0.9, falls_per_day=1) == pytest.approx(0.5)
        assert precision_at(0.9, 0.0, falls_per_day=0.01) == 1
        assert math.isnan(precision_at(0.9, 0.0, falls_per_day=0))
