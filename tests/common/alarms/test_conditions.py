"""What holds, and for how long it was observed."""

import pytest

from common import AlarmEvidence, AlarmPolicy
from common.alarms.conditions import Conditions, Span, duration

POLICY = AlarmPolicy(suspect_probability=0.5, confirm_probability=0.8)
SENSORS = ("wearable", "camera")


def evidence(p: float | None, lying: bool | None = None, upright: bool | None = None) -> AlarmEvidence:
    return AlarmEvidence(p, lying, SENSORS, upright)


def after(*readings: tuple[float, AlarmEvidence, bool]) -> Conditions:
    """The conditions after evidence at elapsed times, on time or late."""
    conditions = Conditions()
    for elapsed_s, reading, late in readings:
        conditions = conditions.with_evidence(POLICY, elapsed_s, reading, late)
    return conditions


@pytest.mark.parametrize(
    ("p", "holding"),
    [
        (0.49, {"calm"}),
        (0.5, {"high"}),
        (0.79, {"high"}),
        (0.8, {"high", "sure"}),
        (1.0, {"high", "sure"}),
        (None, set()),
    ],
)
def test_thresholds_are_included(p: float | None, holding: set[str]) -> None:
    conditions = after((3.0, evidence(p), False))
    assert {name for name, span in conditions._asdict().items() if span} == holding
    assert all(span in (None, Span(3, 3)) for span in conditions)


def test_a_condition_lasts_from_its_first_to_its_latest_confirmation() -> None:
    conditions = after((1.0, evidence(0.9), False), (4.0, evidence(0.6), False), (6.0, evidence(0.6, True), False))
    assert conditions == Conditions(high=Span(1, 6), still=Span(6, 6))


def test_whoever_lies_still_is_not_calm_and_no_word_changes_nothing() -> None:
    lying = (1.0, evidence(0.1, True), False)
    assert after(lying) == Conditions(still=Span(1, 1))
    assert after(lying, (2.0, evidence(0.1, None), False)) == Conditions(still=Span(1, 1))
    assert after(lying, (2.0, evidence(None, False), False)) == Conditions()
    assert after(lying, (2.0, evidence(0.1, False), False)) == Conditions(calm=Span(2, 2))
    calm = (1.0, evidence(0.1), False)
    assert after(calm, (2.0, evidence(None), False)) == Conditions(calm=Span(1, 1))
    assert after(calm, (2.0, evidence(0.9), False)).calm is None


def test_seen_upright_counts_while_the_probability_is_not_high() -> None:
    assert after((1.0, evidence(0.1, upright=True), False)).upright == Span(1, 1)
    assert after((1.0, evidence(None, upright=True), False)).upright == Span(1, 1)
    assert after((1.0, evidence(0.5, upright=True), False)).upright is None
    assert after((1.0, evidence(0.1, upright=True), False), (2.0, evidence(0.9), False)).upright is None
    assert after((1.0, evidence(0.1, upright=True), False), (2.0, evidence(0.1), False)).upright == Span(1, 1)


def test_a_late_reading_confirms_and_never_contradicts() -> None:
    high = (1.0, evidence(0.9), False)
    assert after(high, (4.0, evidence(0.1), True)) == Conditions(high=Span(1, 1), sure=Span(1, 1), calm=Span(4, 4))
    assert after(high, (4.0, evidence(0.9), True)) == Conditions(high=Span(1, 4), sure=Span(1, 4))
    assert after((4.0, evidence(0.1), True)) == Conditions(calm=Span(4, 4))


def test_what_nobody_confirms_is_forgotten_after_the_silence() -> None:
    conditions = Conditions(high=Span(0, 10), calm=Span(3, 12))
    assert conditions.without_outdated(29.9, 20) == conditions
    assert conditions.without_outdated(30, 20) == Conditions(calm=Span(3, 12))
    assert conditions.without_outdated(32, 20) == Conditions()


@pytest.mark.parametrize(
    ("span", "since", "seconds"), [(None, 0, 0), (Span(3, 8), 0, 5), (Span(3, 8), 6, 2), (Span(3, 8), 9, 0)]
)
def test_duration_counts_from_the_later_of_both(span: Span | None, since: float, seconds: float) -> None:
    assert duration(span, since=since) == seconds
    assert duration(span) == (0 if span is None else 5)
    assert duration(Span(0.25, 0.75)) == 0.5
