"""Light over a day: from its first second on, dark at night, and clearer by day than in the evening."""

import numpy as np

from common.simulation.camera.lights import DayLights
from common.simulation.rooms.light import Light
from common.simulation.rooms.room import Room


def lights_of(seed: int) -> DayLights:
    rng = np.random.default_rng(seed)
    return DayLights.random(Room.random(rng), start_hour=0.0, duration_s=86_400.0, rng=rng)


def test_a_light_holds_from_its_start_to_the_next_one() -> None:
    lights = lights_of(1)
    assert lights.starts_s[0] == 0.0
    assert (np.diff(lights.starts_s) > 0).all()
    for row, start_s in enumerate(lights.starts_s):
        assert lights.at(float(start_s)) is lights.lights[row]
        assert row == 0 or lights.at(float(start_s) - 0.1) is lights.lights[row - 1]


def test_nights_are_dark_or_infrared_and_days_are_neither() -> None:
    for seed in range(1, 9):
        night, noon = (lights_of(seed).at(3600.0 * hour) for hour in (3, 12))
        assert night.infrared or night.clarity < 15
        assert night.outdoors < 0.1
        assert not noon.infrared
        assert noon.clarity > 40


def test_a_recording_that_begins_at_night_in_the_evening_hours_is_covered() -> None:
    rng = np.random.default_rng(2)
    lights = DayLights.random(Room.random(rng), start_hour=22.0, duration_s=10 * 3600.0, rng=rng)
    kinds = {(light.infrared, light.clarity < 15) for light in lights.lights}
    assert len(kinds) > 1
    assert isinstance(lights.at(10 * 3600.0), Light)
