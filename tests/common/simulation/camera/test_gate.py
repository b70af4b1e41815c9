"""The motion gate: noise alone never opens it, and people who move do."""

from itertools import pairwise

import numpy as np
import pytest

from common.simulation.camera.frame import View
from common.simulation.camera.gate import COLUMNS, MotionGate, largest_change
from common.simulation.drawing.figure import Figure
from common.simulation.people.activities import perform
from common.simulation.people.resident import Resident
from common.simulation.rooms.light import Light
from common.simulation.rooms.room import Room

KINDS = ("window", "lamp", "dim", "night", "infrared")


@pytest.mark.parametrize("kind", KINDS)
def test_noise_alone_never_opens_the_gate(kind: str) -> None:
    """The largest of 300 blocks is normally three deviations high; the gate opens at nine to ten."""
    changes = []
    for seed in range(1, 7):
        rng = np.random.default_rng(seed)
        room = Room.random(rng)
        light = Light.of_kind(kind, room.size, room.camera.position, rng)
        pictures = [View(room, (), light, (seed, 0, moment)).whole(COLUMNS).mean(axis=2) for moment in range(40)]
        changes += [largest_change(first, second) for first, second in pairwise(pictures)]
    assert max(changes) < 0.85
    assert np.median(changes) < 0.4


@pytest.mark.parametrize("kind", KINDS)
def test_somebody_who_walks_opens_it(kind: str) -> None:
    n_moved = []
    for seed in range(1, 13):
        rng = np.random.default_rng(seed)
        resident, room = Resident.random(rng), Room.random(rng)
        walk = perform("Walk", resident, room, rng)
        if walk is None:
            continue
        light = Light.of_kind(kind, room.size, room.camera.position, rng)
        cones, outfit = resident.body.surface(walk.pose(np.arange(1.0, 4.0))), resident.dress(rng)
        figures = [Figure.of(cones, moment, outfit) for moment in range(3)]
        gate = MotionGate()
        views = [View(room, (figure,), light, (seed, 0, moment)) for moment, figure in enumerate(figures)]
        n_moved += [gate.differs(view.whole(COLUMNS)) for view in views][1:]
    # Some walk far away or behind furniture; by a night lamp every second step is lost in the noise.
    assert np.mean(n_moved) > (0.35 if kind == "night" else 0.75)


def test_a_lamp_that_is_switched_on_opens_it() -> None:
    rng = np.random.default_rng(1)
    room = Room.random(rng)
    lights = [Light.of_kind(kind, room.size, room.camera.position, rng) for kind in ("night", "lamp")]
    gate = MotionGate()
    assert [gate.differs(View(room, (), light, (1, 0, 0)).whole(COLUMNS)) for light in lights] == [False, True]
