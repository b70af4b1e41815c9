"""Recent frames: against the definition, and what a camera can and cannot say in a room."""

import math

import pytest
from hypothesis import given, settings, strategies as st

from common import Box, CameraReport, InvalidInputError, Person, RecentFrames, WornReport, Zone
from tests.common.monitoring import oracle
from tests.common.monitoring.made_up import BED, IN_BED, LYING, STANDING, camera_reports, timed


def answers(evidence, time_s):
    return evidence.at(time_s), evidence.lying_still(time_s), evidence.upright(time_s)


def same(one, other):
    return repr(one) == repr(other)  # to the bit, and NaN is NaN


SAME, GONE = CameraReport(False), CameraReport(True)

SETTINGS = st.sampled_from(
    [
        {},
        {"zones": (BED,)},
        {"zones": (BED,), "averaged_s": 0.5, "lost_s": 0.0, "idle_s": 2.0, "still_s": 1.0, "silent_s": 4.0},
        {"averaged_s": 20.0, "lost_s": 1.0, "idle_s": 0.0, "min_frames": 1},
        {"averaged_s": 2.0, "min_frames": 4},
        {"lost_s": 0.0, "idle_s": 2.0, "min_frames": 1, "hidden_s": 3.0},
        {"zones": (BED,), "odds_without_drop": 0.25},
        {"averaged_s": 1.0, "min_frames": 1, "min_drop": 0.5, "drop_s": 4.0, "odds_without_drop": 0.0625},
    ]
)


@settings(max_examples=150, deadline=None)
@given(timed(camera_reports), SETTINGS)
def test_against_the_definition(reports, options):
    evidence = RecentFrames(**options)
    for n, (time_s, report) in enumerate(reports, start=1):
        evidence.hear(time_s, report)
        for later in (0, 0.5, 3.5, 25):
            expected = oracle.camera(reports[:n], time_s + later, evidence)
            assert same(answers(evidence, time_s + later), expected)


@settings(max_examples=100, deadline=None)
@given(timed(camera_reports, max_size=20, longest_step=8), SETTINGS, st.randoms(use_true_random=False))
def test_late_swapped_and_repeated_reports_change_nothing(reports, options, draw):
    arrived = reports + draw.sample(reports, k=len(reports) // 2)
    draw.shuffle(arrived)
    evidence = RecentFrames(**options, late_s=20)
    for time_s, report in arrived:
        evidence.hear(time_s, report)
    now = max((t for t, _ in reports), default=0.0)
    assert same(answers(evidence, now), oracle.camera(reports, now, evidence))


def test_a_report_that_comes_too_late_is_without_effect():
    evidence = RecentFrames(late_s=2)
    for second in range(5):
        evidence.hear(second, seen(0.875))
    before = answers(evidence, 4)
    evidence.hear(1, seen(0.0))
    assert same(answers(evidence, 4), before)
    evidence.hear(3.5, seen(0.0))
    assert not same(answers(evidence, 4), before)


def test_a_late_report_before_all_that_are_kept_goes_on_from_what_was_known():
    evidence = RecentFrames(late_s=2)
    for second in range(3):
        evidence.hear(second, seen(0.875))
    evidence.hear(100, SAME)
    evidence.hear(98.5, GONE)
    assert evidence.at(100) == 0.875
    assert evidence.lying_still(100) is False  # something moved 1.5 s ago
    evidence.hear(98.25, CameraReport(False))
    assert evidence.at(100) == 0.875


def seen(*people, moved=True):
    """A frame in which tracks 1, 2 … were found with these probabilities: standing below a half, else lying."""
    boxes = [LYING if p >= 0.5 else STANDING for p in people]
    found = [Person(box, p, track) for track, (box, p) in enumerate(zip(boxes, people, strict=True), start=1)]
    return CameraReport(moved, tuple(found))


def told(*frames, **options):
    """The evidence after a frame each second, and the time of the last."""
    evidence = RecentFrames(**options)
    for second, frame in enumerate(frames):
        evidence.hear(second, frame)
    return evidence, len(frames) - 1


def test_whoever_lies_still_stays_fallen_without_limit():
    evidence, now = told(*[seen(0.875)] * 3, *[SAME] * 5000)
    assert answers(evidence, now) == (0.875, True, False)
    assert len(evidence._frames) <= 12


def test_a_camera_that_does_not_report_says_nothing():
    evidence, now = told(*[seen(0.875)] * 3)
    assert evidence.at(now + 19.9) == 0.875
    assert same(answers(evidence, now + 20), (math.nan, None, None))


def test_somebody_who_is_not_found_while_the_picture_moves_is_lost():
    evidence, now = told(*[seen(0.125)] * 3, *[GONE] * 3)
    assert evidence.at(now) == 0.125
    evidence.hear(now + 1, GONE)
    assert same(answers(evidence, now + 1), (math.nan, None, None))


def test_somebody_who_walked_out_of_view_is_lost_also_when_the_picture_rests():
    evidence, now = told(*[seen(0.125)] * 3, GONE, *[SAME] * 2)
    assert evidence.at(now) == 0.125
    evidence.hear(now + 1, SAME)
    assert math.isnan(evidence.at(now + 1))


def test_a_flicker_in_which_somebody_who_lies_is_missed_is_made_good_by_finding_them():
    evidence, now = told(*[seen(0.875)] * 3, *[SAME] * 100, GONE, SAME, seen(0.875, moved=False), *[SAME] * 100)
    assert evidence.at(now) == 0.875


def test_a_false_box_in_one_frame_is_not_believed():
    evidence, now = told(*[seen(0.125)] * 3, seen(0.125, 0.99), seen(0.125))
    assert evidence.at(now) == 0.125
    assert same(told(seen(0.8759))[0].at(0), math.nan)


def test_one_frame_after_a_pause_says_no_more_than_those_before():
    evidence, now = told(*[seen(0.125)] * 5, *[SAME] * 100, seen(0.875), min_frames=3)
    assert evidence.at(now) == 0.375
    in_bed = CameraReport(True, (Person(IN_BED, 0.95, 1),))
    evidence, now = told(*[in_bed] * 5, *[SAME] * 100, seen(0.875), zones=[BED])
    assert math.isnan(evidence.at(now))


def test_all_people_in_view_count():
    evidence, now = told(*[seen(0.125, 0.75)] * 3)
    assert evidence.at(now) == 0.75
    assert evidence.upright(now) is False
    assert evidence.lying_still(now) is None  # it may be the other one who moves


def test_somebody_whom_others_outlive_is_dropped():
    frames = [seen(0.75, 0.125, moved=False)] * 3 + [CameraReport(False, (Person(STANDING, 0.125, 2),))] * 60
    evidence, now = told(*frames)
    assert evidence.at(now) == 0.75
    assert told(*frames, frames[-1])[0].at(now + 1) == 0.125


def test_who_lies_in_bed_is_not_judged_and_not_until_a_while_after():
    in_bed = CameraReport(True, (Person(IN_BED, 0.95, 1),))
    evidence, now = told(*[in_bed] * 4, zones=[BED])
    assert same(answers(evidence, now), (math.nan, None, None))
    evidence, now = told(*[in_bed] * 4, seen(0.75), seen(0.75), zones=[BED])
    assert math.isnan(evidence.at(now))
    evidence.hear(now + 1, seen(0.75))
    assert evidence.at(now + 1) == 0.75


def test_upright_is_not_said_of_one_who_has_just_disappeared():
    evidence, now = told(*[seen(0.125)] * 3)
    assert evidence.upright(now) is True
    evidence.hear(now + 1, GONE)
    assert evidence.upright(now + 1) is None


def test_upright_is_not_said_of_what_has_not_been_seen_for_long():
    evidence, now = told(*[seen(0.125)] * 3, *[SAME] * 4)
    assert evidence.at(now) == 0.125
    assert evidence.upright(now) is None


def test_a_helper_who_hides_somebody_who_has_fallen_is_not_taken_for_them():
    helper = CameraReport(True, (Person(STANDING, 0.125, 2),))
    frames = [*[seen(0.875)] * 5, *[seen(0.875, 0.125)] * 5, *[helper] * 60]
    evidence, now = told(*frames)
    assert answers(evidence, now) == (0.125, False, None)
    # Found again, or after a long while, it is another matter.
    assert told(*frames, *[seen(0.125, 0.125)] * 4)[0].upright(now + 4) is True
    assert told(*frames, hidden_s=50)[0].upright(now) is True
    # Somebody who was lost as one who stands hides nothing.
    assert told(*[seen(0.125)] * 5, *[helper] * 60)[0].upright(64) is True


def test_a_wide_box_is_not_upright():
    evidence, now = told(*[CameraReport(True, (Person(LYING, 0.125, 1),))] * 3)
    assert evidence.upright(now) is False


def test_whoever_moves_on_the_floor_does_not_lie_still():
    evidence, now = told(*[seen(0.875)] * 10)
    assert evidence.lying_still(now) is False


def test_without_a_tracker_all_are_one_track_and_the_largest_counts():
    both = CameraReport(True, (Person(STANDING, 0.125), Person(LYING, 0.75), Person(IN_BED, 0.99)))
    evidence, now = told(*[both] * 3, zones=[BED])
    assert answers(evidence, now) == (0.75, False, False)


def test_mistakes():
    for zones in ([Box(0, 0, 1, 1)], Zone("bed", Box(0, 0, 1, 1)), None, 5):
        with pytest.raises(InvalidInputError, match=r"zones is .*; pass a list of Zone"):
            RecentFrames(zones)
    for name in ("averaged_s", "still_s", "silent_s"):
        with pytest.raises(InvalidInputError, match=f"{name} is 0; it must be above 0"):
            RecentFrames(**{name: 0})
    with pytest.raises(InvalidInputError, match="it must be a CameraReport"):
        RecentFrames().hear(0, WornReport(0.125))
    evidence, now = told(seen(0.125))
    with pytest.raises(InvalidInputError, match="ask for evidence at that time or later"):
        evidence.at(now - 1)
    assert RecentFrames(iter([Zone("bed", LYING)])).fresh().zones == (Zone("bed", LYING),)
