"""Held impacts: the maximum of the last seconds, whatever the order of the reports."""

import math
import random

import pytest
from hypothesis import given, strategies as st

from common import CameraReport, HeldImpacts, InvalidInputError, WornReport
from tests.common.monitoring import oracle
from tests.common.monitoring.made_up import timed, worn_reports


def same(one, other):
    return one == other or (math.isnan(one) and math.isnan(other))


@given(timed(worn_reports), st.sampled_from([0.5, 4.0, 10.0]))
def test_against_the_definition(reports, hold_s):
    evidence = HeldImpacts(hold_s)
    for n, (time_s, report) in enumerate(reports, start=1):
        evidence.hear(time_s, report)
        for later in (0, 0.125, hold_s - 0.125, hold_s, hold_s + 1):
            assert same(evidence.at(time_s + later), oracle.held(reports[:n], time_s + later, hold_s))


@given(timed(worn_reports, max_size=12), st.randoms(use_true_random=False))
def test_late_and_repeated_reports_change_nothing(reports, draw):
    arrived = reports + draw.sample(reports, k=len(reports) // 2)
    draw.shuffle(arrived)
    evidence = HeldImpacts()
    for time_s, report in arrived:
        evidence.hear(time_s, report)
    now = max((t for t, _ in reports), default=0.0)
    assert same(evidence.at(now), oracle.held(reports, now, 4.0))


def test_what_is_older_than_needed_is_forgotten():
    evidence = HeldImpacts()
    draw = random.Random(0)
    for second in range(1000):
        evidence.hear(second, WornReport(draw.random()))
    assert len(evidence._reports) == 4


def test_a_fresh_one_has_heard_nothing():
    evidence = HeldImpacts(2)
    evidence.hear(0, WornReport(0.9))
    assert math.isnan(evidence.fresh().at(0))
    assert evidence.fresh().hold_s == 2


def test_mistakes():
    evidence = HeldImpacts()
    with pytest.raises(InvalidInputError, match="hold_s is 0; it must be above 0"):
        HeldImpacts(0)
    with pytest.raises(InvalidInputError, match=r"report is CameraReport.*; it must be a WornReport"):
        evidence.hear(0, CameraReport(True))
    with pytest.raises(InvalidInputError, match="time_s is nan"):
        evidence.hear(math.nan, WornReport(0.1))
    evidence.hear(5, WornReport(0.1))
    with pytest.raises(InvalidInputError, match=r"time_s is 4.0 s, but a report of 5.0 s was heard"):
        evidence.at(4)
