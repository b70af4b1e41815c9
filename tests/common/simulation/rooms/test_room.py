"""Random rooms: furniture apart, free places that are free."""

import itertools

import numpy as np
import pytest

from common.simulation.rooms.room import Room


@pytest.mark.parametrize("seed", range(8))
def test_furniture_stands_in_the_room_and_apart(seed: int) -> None:
    room = Room.random(np.random.default_rng(seed))
    assert {piece.kind for piece in room.furniture} <= {"bed", "sofa", "chair", "cabinet", "table"}
    footprints = [piece.footprint() for piece in room.furniture]
    for low, high in footprints:
        assert (low > -0.2).all()
        assert (high < room.size[:2] + 0.2).all()
    for (low, high), (other_low, other_high) in itertools.combinations(footprints, 2):
        assert not ((low < other_high) & (high > other_low)).all()


@pytest.mark.parametrize("seed", range(6))  # rooms with space for such a path
def test_a_free_path_is_free_and_in_view(seed: int) -> None:
    rng = np.random.default_rng(seed)
    room = Room.random(rng)
    x, y, direction = room.free_path(1.0, rng)
    along = np.linspace(0, 1, 6)[:, None] * [np.cos(direction), np.sin(direction), 0.0] + [x, y, 0.15]
    assert room.is_free(along, gap=0.19)
    assert room.camera.sees(along).mean() > 0.5


def test_a_place_in_a_piece_of_furniture_or_a_wall_is_not_free() -> None:
    room = Room.random(np.random.default_rng(1))
    piece = room.furniture[0]
    inside = np.array([[piece.x, piece.y, 0.1]])
    assert not room.is_free(inside)
    assert room.is_free(inside, ignoring=piece)
    assert room.is_free(np.array([[piece.x, piece.y, piece.height + 0.1]]))
    assert not room.is_free(np.array([[-0.1, 1.0, 1.0]]))
