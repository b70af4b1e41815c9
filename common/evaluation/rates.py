"""Rates of rare events: exact Poisson intervals, and the precision of alarms where falls are rare."""

from __future__ import annotations

import math

from scipy import stats

from common.errors import InvalidInputError
from common.evaluation.intervals import LEVEL, UNDEFINED, Interval
from common.validation import check_integer, check_number

SECONDS_PER_DAY = 86_400.0
SECONDS_PER_HOUR = 3_600.0

# In nursing homes: 1.5 a year (Rubenstein, Josephson and Robbins, Annals of Internal Medicine 121, 1994).
FALLS_PER_BED_AND_DAY = 1.5 / 365


def poisson_interval(count: int, exposure: float) -> Interval:
    """The exact 95% interval of a rate after ``count`` events in ``exposure`` units of time (Garwood's).

    It assumes independent events and a constant rate. False alarms come in bursts, and some residents have more of
    them than others, so the interval is too narrow for the homes of other people.

    Parameters
    ----------
    count : int
    exposure : float
        Monitored time, such as resident-days; the rate is per unit of it. With 0 the interval is undefined.

    Returns
    -------
    Interval
        Of the rate per unit of exposure.

    Raises
    ------
    InvalidInputError
        If the count is not an integer of at least 0, or the exposure is negative.

    References
    ----------
    F. Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28, 1936.

    Examples
    --------
    >>> print(poisson_interval(0, 30), poisson_interval(10, 1))
    0.000–0.123 4.795–18.390
    """
    check_integer(count, "count", at_least=0)
    if check_number(exposure, "exposure", at_least=0) == 0:
        return UNDEFINED
    tail = (1 - LEVEL) / 2
    # Sums of Poisson probabilities equal probabilities of the gamma distribution, whose quantiles are the bounds.
    low = float(stats.gamma.ppf(tail, count)) if count else 0.0
    return Interval(low / exposure, float(stats.gamma.ppf(1 - tail, count + 1)) / exposure)


def poisson_upper_bound(count: int, exposure: float) -> float:
    """The exact one-sided 95% upper bound of a rate after ``count`` events in ``exposure`` units of time.

    Infinite without exposure. The assumptions are those of :func:`poisson_interval`.

    Parameters
    ----------
    count : int
    exposure : float
        Monitored time, such as resident-days; the rate is per unit of it.

    Returns
    -------
    float

    Raises
    ------
    InvalidInputError
        If the count is not an integer of at least 0, or the exposure is negative.

    Examples
    --------
    No event in 30 days excludes, with 95% confidence, a rate above one in ten days (the rule of three).

    >>> round(poisson_upper_bound(0, 30), 4)
    0.0999
    """
    check_integer(count, "count", at_least=0)
    if check_number(exposure, "exposure", at_least=0) == 0:
        return math.inf
    return float(stats.gamma.ppf(LEVEL, count + 1)) / exposure


def precision_at(sensitivity: float, false_alarms_per_day: float, *, falls_per_day: float) -> float:
    """The fraction of alarms that are falls, if a resident falls ``falls_per_day`` times a day.

    Parameters
    ----------
    sensitivity : float
        Fraction of falls that are detected, 0 to 1.
    false_alarms_per_day, falls_per_day : float
        Per resident.

    Returns
    -------
    float
        From 0 to 1; NaN without any alarm.

    Raises
    ------
    InvalidInputError
        If ``sensitivity`` is not a fraction, or another number is negative.

    Examples
    --------
    Residents of nursing homes fall about 1.5 times per bed and year (Rubenstein, Josephson and Robbins, Annals of
    Internal Medicine 121, 1994). With 98% of falls detected and a false alarm every other day, one alarm in 125 is a
    fall.

    >>> round(precision_at(0.98, 0.5, falls_per_day=1.5 / 365), 4)
    0.008
    """
    check_number(falls_per_day, "falls_per_day", at_least=0)
    # NaN passes: it says that nothing was measured, and so does the result.
    if sensitivity < 0 or sensitivity > 1:
        raise InvalidInputError(f"sensitivity is {sensitivity}; it must be a fraction from 0 to 1")
    if false_alarms_per_day < 0:
        raise InvalidInputError(f"false_alarms_per_day is {false_alarms_per_day}; it must be at least 0")
    true_alarms = sensitivity * falls_per_day
    alarms = true_alarms + false_alarms_per_day
    return true_alarms / alarms if alarms else math.nan
