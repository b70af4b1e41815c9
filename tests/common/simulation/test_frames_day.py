"""The room camera over a day: frames in order of time, and only where something happens."""

import numpy as np

from common.simulation.day import SimulatedRecording
from common.simulation.frames_day import WATCH_S


def test_frames_are_in_order_and_only_where_something_happens(morning: SimulatedRecording) -> None:
    frames = list(morning.frames)
    assert (np.diff([frame.time_s for frame in frames]) >= 0).all()
    scenes = [scene for scene in morning.motion.routine.scenes if scene.in_view]
    for frame in frames:
        assert any(scene.start_s <= frame.time_s <= scene.end_s + WATCH_S for scene in scenes)
    assert len(frames) < 0.6 * morning.duration_s
