"""Coming down: whoever falls was up before; pets, false boxes and people in bed were not."""

import math

import pytest

from common import Box, CameraReport, InvalidInputError, Person, RecentFrames

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


def test_it_holds_while_they_lie_however_long():
    assert evidence_of(*[up()] * 4, *[lying()] * 100) == pytest.approx(0.9)


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
