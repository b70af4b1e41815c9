"""Coming down: whoever falls was up before; pets, false boxes and people in bed were not."""

import math

import pytest
from hypothesis import given, strategies as st

from common import Box, CameraReport, InvalidInputError, Person, RecentFrames, Zone
from common.monitoring.descent import Descent

UP, DOWN, SEAT = Box(100, 50, 60, 200), Box(90, 190, 160, 60), Box(100, 100, 60, 150)
ELSEWHERE = Box(500, 190, 160, 60)
ODDS = 0.25
DOUBTED = 0.9 * ODDS / (0.9 * ODDS + 0.1)


def evidence_of(*frames, **options):
    """The evidence after a frame a second, each a list of (track, box, probability)."""
    evidence = RecentFrames(odds_without_drop=ODDS, averaged_s=2.0, **options)
    for second, people in enumerate(frames):
        evidence.hear(second, CameraReport(True, tuple(Person(box, p, track) for track, box, p in people)))
    return evidence.at(len(frames) - 1)


def up(track=1):
    return [(track, UP, 0.0)]


def lying(track=1, box=DOWN):
    return [(track, box, 0.9)]


def test_somebody_who_was_up_is_believed():
    assert evidence_of(*[up()] * 4, *[lying()] * 3) == pytest.approx(0.9)


def test_somebody_who_was_never_up_is_doubted():
    assert evidence_of(*[lying()] * 7) == pytest.approx(DOUBTED)


def test_a_new_track_goes_on_from_the_one_that_was_lost_there():
    assert evidence_of(*[up(1)] * 4, *[lying(2)] * 3) == pytest.approx(0.9)
    assert evidence_of(*[up(1)] * 4, [], [], *[lying(2)] * 3) == pytest.approx(0.9)


def test_it_does_not_go_on_from_somebody_elsewhere_or_still_there_or_long_gone():
    assert evidence_of(*[up(1)] * 4, *[lying(2, ELSEWHERE)] * 3) == pytest.approx(DOUBTED)
    assert evidence_of(*[up(1)] * 4, *[up(1) + lying(2)] * 3) == pytest.approx(DOUBTED)
    assert evidence_of(*[up(1)] * 4, *[[]] * 4, *[lying(2)] * 3, lost_s=20) == pytest.approx(DOUBTED)


def test_of_two_who_were_lost_the_nearer_one_lies_there():
    others = [(1, UP, 0.0), (2, Box(180, 180, 150, 70), 0.0)]
    assert evidence_of(*[others] * 4, *[lying(3)] * 3) == pytest.approx(0.9)
    nearer = [(1, UP, 0.0), (2, DOWN, 0.0)]
    assert evidence_of(*[nearer] * 4, *[lying(3)] * 3) == pytest.approx(DOUBTED)


def test_it_holds_while_they_lie_however_long_and_under_whatever_number():
    assert evidence_of(*[up()] * 4, *[lying()] * 100) == pytest.approx(0.9)
    assert evidence_of(*[up(1)] * 4, *[lying(1)] * 50, *[lying(2)] * 50, min_frames=4) == pytest.approx(0.9)
    between = [[]] * 3
    assert evidence_of(*[up(1)] * 4, *[lying(1)] * 50, *between, *[lying(2)] * 50) == pytest.approx(0.9)


def test_of_a_new_number_that_is_judged_as_up_it_does_not_hold():
    helper, frames = [(2, UP, 0.0)], [*[up(1)] * 4, *[lying(1)] * 20]
    assert evidence_of(*frames, *[helper] * 20, *[[(2, UP, 0.9)]] * 20) == pytest.approx(DOUBTED)
    in_bed = [Zone("bed", DOWN)]
    bedded = [*[up(1)] * 4, *[lying(1)] * 20, *[lying(2)] * 20, *[lying(2, Box(160, 190, 200, 60))] * 4]
    assert evidence_of(*bedded, zones=in_bed) == pytest.approx(DOUBTED)


def test_whoever_was_helped_up_and_falls_again_before_standing_has_come_down():
    kneeling = [(1, Box(100, 150, 60, 100), 0.1)]
    assert evidence_of(*[up()] * 4, *[lying()] * 20, *[kneeling] * 20, *[lying()] * 5) == pytest.approx(0.9)


def test_a_helper_who_stands_by_changes_nothing_also_if_the_numbers_are_exchanged():
    helper = (2, Box(220, 40, 60, 210), 0.1)
    frames = [*[up(1)] * 4, *[lying(1)] * 20, *[[*lying(1), helper]] * 5]
    assert evidence_of(*frames, *[[*lying(1), helper]] * 20) == pytest.approx(0.9)
    exchanged = [*lying(2), (1, helper[1], 0.1)]
    assert evidence_of(*frames, *[exchanged] * 20) == pytest.approx(0.9)


def test_without_a_tracker_a_second_person_is_enough_to_believe():
    assert evidence_of(*[lying(0)] * 20, [*lying(0), (0, UP, 0.95)], *[lying(0)] * 3) == pytest.approx(0.9)


@pytest.mark.parametrize("odds", [5e-324, 1e-17, 0.02, 0.9, 0.95, 3, 1e308])
def test_a_certain_fall_stays_certain_whatever_the_odds(odds):
    evidence = RecentFrames(odds_without_drop=odds)
    for second in range(3):
        evidence.hear(second, CameraReport(True, (Person(DOWN, 1.0, 1),)))
    assert evidence.at(2) == 1


@given(st.floats(0, 1), st.floats(min_value=0, exclude_min=True, allow_infinity=False))
def test_doubted_evidence_is_a_probability(probability, odds):
    evidence = RecentFrames(odds_without_drop=odds, min_frames=1)
    evidence.hear(0, CameraReport(True, (Person(DOWN, probability, 1),)))
    assert 0 <= evidence.at(0) <= 1


def test_a_new_number_is_compared_with_those_alone_who_have_just_left(monkeypatch):
    distance, compared = Descent.distance, []
    monkeypatch.setattr(Descent, "distance", lambda *args: compared.append(args) or distance(*args))
    evidence = RecentFrames()
    for second in range(40):  # nothing moves, so that all are kept
        evidence.hear(second, CameraReport(False, (Person(DOWN, 0.9, second),)))
    assert len(evidence._views[-1].tracks) == 40
    assert len(compared) <= 4 * 40


def test_whoever_is_judged_as_up_after_coming_down_has_sat_down():
    seated = Box(100, 150, 60, 100)
    sits, slumps = [(1, seated, 0.1)], [(1, seated, 0.9)]
    assert evidence_of(*[up()] * 4, *[sits] * 15, *[slumps] * 3) == pytest.approx(DOUBTED)


def test_a_slow_descent_is_none():
    assert evidence_of(*[up()] * 4, *[[(1, SEAT, 0.9)]] * 15, *[lying()] * 3, min_drop=0.65) == pytest.approx(DOUBTED)


def test_one_box_that_jumps_is_no_descent():
    jumped = lying(1, Box(90, 260, 160, 60))
    assert evidence_of(*[lying()] * 5, jumped, lying()) == pytest.approx(DOUBTED)


def test_without_odds_it_makes_no_difference():
    evidence = RecentFrames()
    for second in range(3):
        evidence.hear(second, CameraReport(True, (Person(DOWN, 0.9, 1),)))
    assert evidence.at(2) == pytest.approx(0.9)


@pytest.mark.parametrize("name", ["min_drop", "drop_s", "odds_without_drop"])
@pytest.mark.parametrize("value", [0, -1, math.nan])
def test_impossible_settings(name, value):
    with pytest.raises(InvalidInputError, match=name):
        RecentFrames(**{name: value})


def test_fresh_keeps_the_settings():
    fresh = RecentFrames(min_drop=0.4, drop_s=5.0, odds_without_drop=0.5).fresh()
    assert (fresh.min_drop, fresh.drop_s, fresh.odds_without_drop) == (0.4, 5.0, 0.5)
