"""Who is in view when: as the scenes say, still in between, and gone when there is nothing left to do."""

import numpy as np
import pytest

from common.simulation.camera.occupants import _STAYS_S, Occupant
from common.simulation.day import SimulatedRecording


@pytest.fixture
def resident(morning: SimulatedRecording) -> Occupant:
    motion = morning.motion
    return Occupant(motion.scenes_of("resident"), morning.resident.dress(np.random.default_rng(0)), lives_here=True)


def test_a_resident_is_seen_unless_out_of_view(morning: SimulatedRecording, resident: Occupant) -> None:
    times = np.arange(0.0, morning.duration_s)
    seen = np.array([figure is not None for figure in resident.figures(times)])
    assert len(seen) == len(times)
    assert not seen[morning.labels.is_away(times)].any()
    first = resident.scenes[0].start_s
    assert seen[(times >= first) & ~morning.labels.is_away(times)].mean() > 0.98  # others are behind the door


def test_nothing_changes_outside_the_stated_times(morning: SimulatedRecording, resident: Occupant) -> None:
    times = np.arange(0.0, morning.duration_s, 5.0)
    figures, changes = list(resident.figures(times)), resident.changes_s()
    for start_s, before, after in zip(times, figures, figures[1:], strict=False):
        if not ((changes[:, 0] <= start_s + 5.0) & (changes[:, 1] >= start_s)).any():
            assert (before is None) == (after is None)
            assert before is None or after is None or np.array_equal(before.parts, after.parts)


def test_somebody_who_does_not_live_here_leaves(resident: Occupant) -> None:
    scene = next(scene for scene in resident.scenes if scene.in_view)
    visitor = Occupant((scene,), resident.outfit, lives_here=False)
    end_s = scene.end_s + scene.lies_s
    before, during, staying, gone = visitor.figures(
        np.array([scene.start_s - 1.0, scene.start_s, end_s + _STAYS_S - 1.0, end_s + _STAYS_S + 1.0])
    )
    assert before is None
    assert during is not None
    assert staying is not None
    assert gone is None


def test_somebody_without_scenes_is_never_there(resident: Occupant) -> None:
    nobody = Occupant((), resident.outfit, lives_here=False)
    assert list(nobody.figures(np.arange(3.0))) == [None] * 3
    assert nobody.changes_s().shape == (0, 2)
