"""Frames of simulated residents: seeds, labels, and how far two naive rules get."""

import numpy as np
import numpy.typing as npt
import pytest

from common import TEST_SCENARIO, TRAIN_SCENARIO, FrameScenario, SimulatedFrames, simulate_frames
from common.errors import InvalidInputError
from common.simulation.frames import LabelledFrame, frames_of_scenario
from common.simulation.people.activities import ACTIVITIES
from common.simulation.scenario import TEST_SEEDS, TRAIN_SEEDS, VALIDATION_SEEDS

SMALL = FrameScenario(n_residents=1, n_rooms=6, repetitions=1, rate_hz=1.0, size=48)
WALK = FrameScenario(1, 2, ("Walk",), repetitions=1, rate_hz=0.5)


@pytest.fixture(scope="module")
def frames() -> SimulatedFrames:
    return simulate_frames(SMALL, seed=9, keep_transitions=True)


@pytest.fixture(scope="module")
def scenario_frames() -> list[LabelledFrame]:
    return list(frames_of_scenario(SMALL, seed=9))


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not() -> None:
    first, again, other = (simulate_frames(WALK, seed=seed) for seed in (1, 1, 2))
    assert first.images.tobytes() == again.images.tobytes()
    assert first.table.equals(again.table)
    assert first.images.tobytes() != other.images.tobytes()


def test_different_seeds_share_neither_resident_nor_room() -> None:
    ours, theirs = (list(frames_of_scenario(SMALL, seed=seed)) for seed in (1, 2))
    for kind in ("subject", "room_name"):
        assert not {getattr(frame, kind) for frame in ours} & {getattr(frame, kind) for frame in theirs}
    sizes, others = ({tuple(frame.view.room.size) for frame in some} for some in (ours, theirs))
    assert not sizes & others
    radii, other_radii = (set(some[0].view.figures[0].parts[:, 6]) for some in (ours, theirs))
    assert not radii & other_radii


def test_seeds_for_training_validation_and_test_are_apart() -> None:
    seeds = (*TRAIN_SEEDS, *VALIDATION_SEEDS, *TEST_SEEDS)
    assert len(set(seeds)) == len(seeds)
    assert TRAIN_SCENARIO.activities == TEST_SCENARIO.activities == tuple(ACTIVITIES)


def test_a_frame_can_be_drawn_alone(frames: SimulatedFrames, scenario_frames: list[LabelledFrame]) -> None:
    assert np.array_equal(scenario_frames[5].draw(48), frames.images[5])


def test_labels_follow_the_rule_of_an_episode(frames: SimulatedFrames) -> None:
    table = frames.table
    assert len(table) == len(frames.images)
    assert set(table["activity"]) == set(ACTIVITIES)
    assert set(table.loc[table["label"] != 0, "activity"].str.split().str[0]) == {"Fall"}
    for _, sequence in table[table["activity"].str.startswith("Fall")].groupby("sequence"):
        # Never anything but: up, then on the way down, then fallen; the way takes at least one second.
        stages = sequence["label"].map({0: 0, -1: 1, 1: 2})
        assert stages.is_monotonic_increasing
        assert (sequence.loc[sequence["label"] == 0, "time_s"] < 2.0).all()
        assert (sequence.loc[sequence["label"] == 1, "time_s"] >= 2.0).all()


def test_transitions_are_left_out_unless_asked_for() -> None:
    scenario = FrameScenario(1, 4, ("Fall left",), repetitions=1, rate_hz=4.0, size=8)
    assert set(simulate_frames(scenario, seed=3).table["label"]) == {0, 1}
    assert set(simulate_frames(scenario, seed=3, keep_transitions=True).table["label"]) == {-1, 0, 1}


def test_falls_end_low_on_the_floor_and_lying_in_bed_is_no_fall(scenario_frames: list[LabelledFrame]) -> None:
    fallen = [frame for frame in scenario_frames if frame.label == 1]
    in_bed = [frame for frame in scenario_frames if frame.activity == "Lie down"]
    assert fallen
    assert in_bed
    for frame in fallen:
        heights = frame.view.figures[0].parts[:, [2, 5]]
        assert np.median(heights) < 0.5
        assert heights.max() < 1.0
        assert heights.min() > -0.01
    assert {frame.label for frame in in_bed} == {0}
    assert min(np.median(frame.view.figures[0].parts[:, 2]) for frame in in_bed) > 0.35


def test_about_half_the_frames_are_falls_and_no_naive_rule_finds_them() -> None:
    scenario = FrameScenario(n_residents=3, n_rooms=8, repetitions=1, rate_hz=1.0)
    boxes, labels = _boxes_and_labels(scenario, seed=41)
    unseen_boxes, unseen_labels = _boxes_and_labels(scenario, seed=42)
    assert 0.4 < labels.mean() < 0.6
    for column in range(2):
        threshold, sign = _best_threshold(boxes[:, column], labels)
        found = sign * unseen_boxes[:, column] >= sign * threshold
        assert np.mean(found == unseen_labels) <= 0.85


def _boxes_and_labels(scenario: FrameScenario, seed: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Aspect ratio and lowest edge of every box, and whether somebody has fallen."""
    scenario_frames = [frame for frame in frames_of_scenario(scenario, seed=seed) if frame.label >= 0]
    boxes = np.array([[frame.box.w / frame.box.h, frame.box.y + frame.box.h] for frame in scenario_frames])
    return boxes, np.array([frame.label == 1 for frame in scenario_frames])


def _best_threshold(values: npt.NDArray[np.float64], labels: npt.NDArray[np.bool_]) -> tuple[float, int]:
    """The cut, and the side of it, that finds most falls and fewest others."""
    rules = [(float(threshold), sign) for threshold in values for sign in (1, -1)]
    return max(rules, key=lambda rule: np.mean((rule[1] * values >= rule[1] * rule[0]) == labels))


@pytest.mark.parametrize("seed", [-1, 1.5, None, True, "7"])
def test_a_seed_is_a_natural_number(seed: object) -> None:
    with pytest.raises(InvalidInputError, match="seed"):
        simulate_frames(WALK, seed=seed)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("activities", ("Fly",)),
        ("activities", ()),
        ("n_residents", 0),
        ("n_rooms", 1.5),
        ("repetitions", -1),
        ("rate_hz", 0.0),
        ("rate_hz", float("nan")),
        ("rate_hz", 1e9),
        ("n_residents", 10**9),
        ("size", 4),
        ("size", 10**9),
    ],
)
def test_bad_scenarios_are_named(name: str, value: object) -> None:
    with pytest.raises(InvalidInputError, match=name):
        FrameScenario(**{name: value})


def test_a_scenario_that_shows_nobody_says_what_to_raise() -> None:
    with pytest.raises(InvalidInputError, match="rate_hz"):
        simulate_frames(FrameScenario(1, 1, ("Walk",), repetitions=1, rate_hz=1e-6), seed=1)
