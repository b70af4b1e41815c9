"""The room camera over a day: what opens the gate, what need not be drawn, and that truth changes nothing."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from common.errors import InvalidInputError
from common.simulation import frames_day
from common.simulation.camera.frame import CameraFrame
from common.simulation.day import DayScenario, SimulatedRecording, simulate_resident
from common.simulation.frames_day import HOLD_S, _DayCamera
from common.simulation.scenes import Scene


@pytest.fixture(scope="module")
def frames(morning: SimulatedRecording) -> list[CameraFrame]:
    return list(morning.frames)


@pytest.fixture
def with_pet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames_day, "SHARE_OF_ROOMS", 1.0)


def test_frames_are_in_order_and_each_movement_holds_the_gate_open_for_some_seconds(frames: list[CameraFrame]) -> None:
    times = np.array([frame.time_s for frame in frames])
    assert (np.diff(times) >= 0).all()
    moves = np.array([frame.time_s for frame in frames if frame.moved])
    since = times - moves[np.searchsorted(moves, times, side="right") - 1]
    assert since.max() == pytest.approx(HOLD_S - 1.0)
    assert len(set(times)) < 0.6 * 7200


def test_a_frame_without_a_box_has_no_track_and_no_picture(frames: list[CameraFrame]) -> None:
    empty = next(frame for frame in frames if frame.box is None)
    assert empty.track == 0
    assert not any(frame.box for frame in frames if frame.time_s == empty.time_s)
    with pytest.raises(InvalidInputError, match="no box"):
        empty.draw()
    assert all(frame.track > 0 for frame in frames if frame.box)


def test_where_the_drawing_is_skipped_the_gate_would_have_stayed_closed(with_pet: None) -> None:
    motion = simulate_resident(DayScenario(hours=0.5, start_hour=10, n_falls=1, camera_hz=1.0), seed=4).motion
    camera = _DayCamera(motion, 1.0, start_hour=10.0)
    may_change = camera.may_change()
    assert may_change.mean() < 0.7
    assert list(camera.frames(camera.ticks_s[may_change])) == list(camera.frames(camera.ticks_s))


def test_frames_know_nothing_of_what_truly_happens(with_pet: None) -> None:
    """Scenes, actors and furniture under other names, and labels that deny the falls, give the same frames."""
    day = simulate_resident(DayScenario(hours=0.5, start_hour=10, n_falls=2, camera_hz=1.0), seed=6)
    known, unknown = list(day.frames), list(_renamed(day).frames)
    assert len({frame.track for frame in known}) > 2
    assert known == unknown
    for first, second in zip(known[::20], unknown[::20], strict=True):
        assert first.box is None or first.draw().tobytes() == second.draw().tobytes()


_OTHER_ACTORS = {"resident": "visitor", "visitor": "resident"}


def _renamed(day: SimulatedRecording) -> SimulatedRecording:
    """The same bodies in the same places, every name permuted, no fall labelled and nobody ever away."""
    names = sorted({scene.episode.activity for scene in day.labels.routine.scenes})
    activities = dict(zip(names, [*names[1:], names[0]], strict=True))
    scenes = tuple(_disguised(scene, activities) for scene in day.labels.routine.scenes)
    labels = replace(day.labels, falls=(), routine=replace(day.labels.routine, scenes=scenes, drops=(), away=()))
    pieces = day.room.furniture
    furniture = tuple(replace(piece, kind=pieces[place - 1].kind) for place, piece in enumerate(pieces))
    renamed = replace(day, labels=labels, room=replace(day.room, furniture=furniture))
    people = {_OTHER_ACTORS.get(actor, f"not {actor}"): person for actor, person in day.motion.people.items()}
    # The motion is cached: people get their names here, in the same order.
    vars(renamed)["motion"] = replace(renamed.motion, people=people)
    return renamed


def _disguised(scene: Scene, activities: Mapping[str, str]) -> Scene:
    episode = replace(scene.episode, activity=activities[scene.episode.activity], place=None)
    return replace(scene, episode=episode, actor=_OTHER_ACTORS.get(scene.actor, f"not {scene.actor}"))
