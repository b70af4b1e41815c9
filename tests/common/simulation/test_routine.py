"""A day's plan: night at night, visits by the visitor, nothing beyond the end, and refusals that name the seed."""

import numpy as np
import pytest

from common.errors import InvalidInputError
from common.simulation.day import DayScenario, simulate_resident
from common.simulation.people.resident import Resident
from common.simulation.planner import DayPlanner
from common.simulation.rooms.room import Room
from common.simulation.scenes import Routine

NIGHT_ACTIVITIES = {"Lie down", "Turn over", "Get up", "Stir", "Cough"}
ON_THE_TOILET = {"Stroll", "Stand busy", "Sit elsewhere", "Shift in seat", "Busy hands", "Get up"}  # out of view


@pytest.fixture(scope="module")
def routine() -> Routine:
    return simulate_resident(DayScenario(n_falls=5), seed=2).labels.routine


def test_residents_sleep_at_night(routine: Routine) -> None:
    night = [scene for scene in routine.scenes if scene.start_s < 4 * 3600]
    assert night
    for scene in night:
        assert scene.episode.activity in (NIGHT_ACTIVITIES if scene.in_view else ON_THE_TOILET)
    assert night[0].episode.activity == "Lie down"


def test_scenes_are_in_order_start_at_whole_seconds_and_end_within_the_day(routine: Routine) -> None:
    starts = [scene.start_s for scene in routine.scenes]
    assert starts == sorted(starts)
    assert all(start == round(start) for start in starts)
    assert max(scene.end_s + scene.lies_s for scene in routine.scenes) < 24 * 3600


def test_only_residents_fall_leave_and_lie(routine: Routine) -> None:
    visits = [scene for scene in routine.scenes if scene.actor == "visitor"]
    assert visits
    for scene in visits:
        assert scene.in_view
        assert scene.lies_s == 0
        assert scene.episode.fall is None


def test_every_fall_lies_and_nothing_else_does(routine: Routine) -> None:
    for scene in routine.scenes:
        assert (scene.lies_s > 0) == (scene.episode.fall is not None)


def test_a_room_without_furniture_is_refused_by_name_of_the_seed() -> None:
    rng = np.random.default_rng(0)
    room = Room.random(rng)
    bare = Room(room.size, room.floor, room.walls, room.ceiling, (), room.fittings, room.camera)
    with pytest.raises(InvalidInputError, match="take another seed"):
        DayPlanner(bare, Resident.random(rng), Resident.random(rng), rng).rest("Sit down")
