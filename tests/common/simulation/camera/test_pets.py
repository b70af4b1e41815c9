"""Pets: on the floor, in the room, without jumps, still for most of the day."""

import numpy as np
import pytest

from common.simulation.camera.pets import Pet
from common.simulation.rooms.room import Room


@pytest.fixture(scope="module")
def pets() -> list[tuple[Room, Pet]]:
    pairs = []
    for seed in range(1, 9):
        rng = np.random.default_rng(seed)
        room = Room.random(rng)
        pairs.append((room, Pet.random(room, 8 * 3600.0, rng)))
    return pairs


def test_pets_stay_in_the_room_and_on_the_floor(pets: list[tuple[Room, Pet]]) -> None:
    for room, pet in pets:
        for time_s in np.concatenate([pet.moves_s.mean(axis=1), [0.0, 8 * 3600.0]]):
            parts = pet.figure(float(time_s)).parts
            lowest = np.minimum(parts[:, 2] - parts[:, 6], parts[:, 5] - parts[:, 7])
            assert lowest.min() > -0.02
            assert (pet.figure(float(time_s)).parts[0, :2] > 0).all()
            assert (parts[0, :2] < room.size[:2]).all()


def test_pets_move_only_when_they_say_so_and_never_jump(pets: list[tuple[Room, Pet]]) -> None:
    _, pet = max(pets, key=lambda pair: len(pair[1].moves_s))
    assert len(pet.moves_s) > 10
    times = np.arange(0.0, 8 * 3600.0, 0.25)
    centers = np.array([pet.figure(float(time_s)).parts[0, :2] for time_s in times[:20_000]])
    assert np.hypot(*np.diff(centers, axis=0).T).max() < 0.9 * 0.25 + 2 * pet.length_m  # walks, and turns on the spot
    for first, last in zip(pet.moves_s[:-1, 1], pet.moves_s[1:, 0], strict=True):
        before, after = pet.figure(float(first) + 1e-6).parts, pet.figure(float(last) - 1e-6).parts
        np.testing.assert_allclose(before, after, atol=1e-4)


def test_pets_lie_for_most_of_the_day(pets: list[tuple[Room, Pet]]) -> None:
    shares = [np.diff(pet.moves_s, axis=1).sum() / (8 * 3600.0) for _, pet in pets]
    assert 0.005 < np.mean(shares) < 0.1
