import numpy as np
import pytest

from common import FrameScenario, SimulatedFrames, simulate_frames
from common.errors import InvalidInputError
from common.simulation.frames import shots_of
from common.simulation.toppling import topple

SMALL = FrameScenario(n_residents=1, n_rooms=6, repetitions=1, rate_hz=1.0)


@pytest.fixture(scope="module")
def frames() -> SimulatedFrames:
    return simulate_frames(SMALL, seed=7, keep_transitions=True)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(frames: SimulatedFrames) -> None:
    walk = FrameScenario(1, 2, ("Walk",), repetitions=1, rate_hz=0.5)
    first, again, other = (simulate_frames(walk, seed=seed) for seed in (1, 1, 2))
    assert first.images.tobytes() == again.images.tobytes()
    assert first.table.equals(again.table)
    assert first.images.tobytes() != other.images.tobytes()
    assert not set(first.table["subject"]) & set(other.table["subject"])
    assert not set(first.table["room"]) & set(other.table["room"])


def test_only_falls_are_labelled_and_lying_in_bed_is_not(frames: SimulatedFrames) -> None:
    table = frames.table
    assert len(table) == len(frames.images)
    assert set(table.loc[table["label"] != 0, "activity"].str.split().str[0]) == {"Fall"}
    assert "Lie down" in set(table["activity"])


def test_boxes_lie_in_the_frame(frames: SimulatedFrames) -> None:
    table = frames.table
    assert (table[["x", "y"]] >= 0).all(axis=None)
    assert (table["x"] + table["w"] <= 640 + 1e-9).all()
    assert (table["y"] + table["h"] <= 480 + 1e-9).all()


def test_falls_end_low_on_the_floor() -> None:
    for shot in shots_of(SMALL, seed=7):
        if shot.label == 1:
            highest = max(shot.cones.start[shot.moment, :, 2].max(), shot.cones.end[shot.moment, :, 2].max())
            assert highest < 1.0


def test_a_frame_can_be_drawn_alone(frames: SimulatedFrames) -> None:
    shots = list(shots_of(SMALL, seed=7))
    assert np.array_equal(shots[5].draw(), frames.images[5])


@pytest.mark.parametrize("length_m", [1.0, 1.13, 1.2])
def test_toppling_takes_the_time_that_energy_conservation_gives(length_m: float) -> None:
    angle = np.linspace(0.2, np.pi / 2, 200_001)
    speed = np.sqrt(2 * 9.81 / length_m * (np.cos(0.2) - np.cos(angle[1:])))
    # The integrand is singular at the start, where theta = start + g sin(start) t² / 2l.
    head = np.sqrt(2 * (angle[1] - angle[0]) * length_m / 9.81 / np.sin(0.2))
    seconds = head + np.trapezoid(1 / speed, angle[1:])
    assert topple(length_m, start=0.2).impact_s == pytest.approx(seconds, abs=0.01)
    assert 0.6 < seconds < 1.2


def test_bad_input_is_named() -> None:
    with pytest.raises(InvalidInputError, match="seed"):
        simulate_frames(SMALL, seed=-1)
    with pytest.raises(InvalidInputError, match="activities"):
        FrameScenario(activities=("Fly",))
