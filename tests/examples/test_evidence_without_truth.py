"""Evidence never sees truth: other labels, scenes, actors and furniture give the same evidence, equal to the bit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd
import pytest

import common
import fall
from common import DayScenario, InertialSensor, SimulatedRecording
from common.simulation.scenes import Scene
from examples.fusion_camera import Camera
from examples.fusion_days import ObservedDay
from examples.fusion_sensors import Preparation
from examples.fusion_truth import Truth
from examples.fusion_wearable import Wearable
from examples.fusion_zones import draw_zones
from tests.examples.test_third_sensor import MeanBrightness

WORN = InertialSensor("waist", rate_hz=25.0)
SCENARIO = DayScenario(hours=0.5, start_hour=10, n_falls=3, sensor=WORN, camera_hz=1.0)
_OTHER_ACTORS = {"resident": "visitor", "visitor": "resident"}


@dataclass(frozen=True)
class NoNetwork:
    """Stands for the camera's network; :class:`MeanBrightness` judges in its place."""


@pytest.fixture(scope="module")
def wearable() -> Wearable:
    return Wearable.prepare(Preparation(SCENARIO, (35, 36), {}, jobs=1))


def evidence(day: SimulatedRecording, other: SimulatedRecording, wearable: Wearable) -> pd.DataFrame:
    """The evidence of a day with the worn sensor as of ``day`` and the camera as of ``other``."""
    sensors = {"wearable": wearable, "camera": Camera(NoNetwork())}
    observations = {"wearable": wearable.observe(day), "camera": sensors["camera"].observe(other)}
    # Staff drew their zones when the camera was hung up, in the room as it was.
    zones = draw_zones(common.simulate_resident(SCENARIO, seed=day.seed).room, seed=day.seed)
    nothing = Truth((), [False] * int(day.duration_s))
    return ObservedDay(sensors, observations, zones, nothing).evidence


@pytest.mark.promise("Evidence never sees the truth: other labels, scenes and actors give the same, to the bit")
def test_evidence_is_the_same_under_other_names(wearable: Wearable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fall, "TFLiteFallClassifier", MeanBrightness)
    day = common.simulate_resident(SCENARIO, seed=6)
    known = evidence(day, day, wearable)
    assert known.notna().any().all()
    assert known.nunique().min() > 10
    pd.testing.assert_frame_equal(evidence(relabelled(day), under_other_actors(day), wearable), known, check_exact=True)


def relabelled(day: SimulatedRecording) -> SimulatedRecording:
    """The same movements under permuted names of activities and furniture, in a day on which nobody falls or leaves."""
    names = sorted({scene.episode.activity for scene in day.labels.routine.scenes})
    activities = dict(zip(names, [*names[1:], names[0]], strict=True))

    def renamed(scene: Scene) -> Scene:
        return replace(scene, episode=replace(scene.episode, activity=activities[scene.episode.activity]))

    scenes = tuple(renamed(scene) for scene in day.labels.routine.scenes)
    labels = replace(day.labels, falls=(), routine=replace(day.labels.routine, scenes=scenes, away=()))
    pieces = day.room.furniture
    furniture = tuple(replace(piece, kind=pieces[place - 1].kind) for place, piece in enumerate(pieces))
    return replace(day, labels=labels, room=replace(day.room, furniture=furniture))


def under_other_actors(day: SimulatedRecording) -> SimulatedRecording:
    """The same, and resident and visitor exchange their names: a camera does not know who is who.

    The worn sensor is on the resident's body, whatever it is called.
    """
    renamed = relabelled(day)
    scenes = tuple(
        replace(scene, actor=_OTHER_ACTORS.get(scene.actor, f"not {scene.actor}"))
        for scene in renamed.labels.routine.scenes
    )
    routine = replace(renamed.labels.routine, scenes=scenes)
    people = {_OTHER_ACTORS.get(actor, f"not {actor}"): person for actor, person in day.motion.people.items()}
    disguised = replace(renamed, labels=replace(renamed.labels, routine=routine))
    vars(disguised)["motion"] = replace(disguised.motion, people=people, routine=routine)  # a cached property
    return disguised
