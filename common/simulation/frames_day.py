"""The room camera over a whole day: frames only while somebody in view moves, or soon after a possible fall."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping

from common.simulation.day_motion import DayMotion, ticks
from common.simulation.frames import CameraFrame, CameraSequence
from common.simulation.rooms.light import Light
from common.simulation.rooms.textures import Texture
from common.simulation.scenes import Scene

WATCH_S = 60.0  # how long frames go on after a fall, or after what may be mistaken for one


def camera_frames(motion: DayMotion, rate_hz: float) -> Iterator[CameraFrame]:
    """Frames of everybody in view, in order of ``time_s``, not yet drawn; between them the picture does not change."""
    rng = motion.rng("camera")
    outfits = {actor: person.dress(rng) for actor, person in motion.people.items()}
    frames = (_frames_of(motion, actor, outfit, rate_hz) for actor, outfit in outfits.items())
    return heapq.merge(*frames, key=lambda frame: frame.time_s)


def _frames_of(motion: DayMotion, actor: str, outfit: Mapping[str, Texture], rate_hz: float) -> Iterator[CameraFrame]:
    scenes = motion.scenes_of(actor)
    next_starts = [scene.start_s for scene in scenes[1:]] + [motion.duration_s]
    is_visitor = actor == "visitor"
    for number, (scene, next_s) in enumerate(zip(scenes, next_starts, strict=False)):
        if not scene.in_view:
            continue
        times = ticks(scene.start_s, _watched_until(scene, next_s), rate_hz) - scene.start_s
        rng = motion.rng("camera", number, is_visitor)
        sequence = CameraSequence(
            seed=motion.seed,
            number=2 * number + is_visitor,
            episode=scene.episode,
            subject=f"{motion.seed}-{actor}",
            room_name=f"{motion.seed}",
            room=motion.room,
            outfit=outfit,
            light=Light.random(motion.room.size, motion.room.camera.position, rng),
        )
        yield from sequence.frames(scene.episode_time(times), scene.start_s + times, rng)


def _watched_until(scene: Scene, next_s: float) -> float:
    """When the frames of a scene end; ``next_s`` is the start of the same actor's next scene."""
    is_watched = scene.lies_s > 0 or (scene.is_hard and scene.actor == "resident")
    stop_s = min(scene.end_s + (WATCH_S if is_watched else 0.0), next_s)
    return min(stop_s, scene.end_s + scene.lies_s) if scene.lies_s else stop_s
