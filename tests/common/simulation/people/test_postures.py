"""Postures rest where they should: standing on the floor, sitting on the seat, lying on the bed."""

import numpy as np
import pytest

from common.simulation.people.anatomy import INDEX
from common.simulation.people.postures import lie, sit, stand, stand_before_seat
from common.simulation.people.resident import Resident
from common.simulation.rooms.furniture import bed, chair, sofa
from common.validation import FloatArray


def heights(resident: Resident, posture: FloatArray) -> dict[str, float]:
    pose = resident.body.pose(posture[None])
    return {joint: float(position[0, 2]) for joint, position in pose.positions.items()}


@pytest.mark.parametrize("make", [chair, sofa, bed])
@pytest.mark.parametrize("seed", range(5))
def test_hips_are_a_little_above_the_seat_and_feet_on_the_floor(make, seed: int) -> None:
    rng = np.random.default_rng(seed)
    resident, seat = Resident.random(rng), make(rng)
    height = heights(resident, sit(resident, seat, rng))
    assert seat.seat - 0.05 < height["pelvis"] < seat.seat + 0.25
    assert max(height["left_ankle"], height["right_ankle"]) < 0.3


@pytest.mark.parametrize("seed", range(5))
def test_one_lies_flat_on_the_bed(seed: int) -> None:
    rng = np.random.default_rng(seed)
    resident, place = Resident.random(rng), bed(rng)
    height = heights(resident, lie(resident, place, rng))
    assert min(height.values()) >= place.seat
    assert max(height[joint] for joint in ("pelvis", "neck", "crown")) < place.seat + 0.5


def test_standing_before_a_seat_is_where_the_seated_feet_are() -> None:
    rng = np.random.default_rng(0)
    resident = Resident.random(rng)
    seated = sit(resident, chair(rng), rng)
    upright = stand_before_seat(resident, seated, rng)
    for name in ("x", "y", "heading"):
        assert upright[INDEX[name]] == seated[INDEX[name]]
    crown = heights(resident, stand(resident, 0, 0, 0, rng))["crown"]
    assert crown > 0.8 * resident.body.stature
