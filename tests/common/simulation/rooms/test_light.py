"""Random light: inside the room, and grey pictures only at night."""

import numpy as np

from common.simulation.rooms.light import Light


def test_lamps_hang_in_the_room_and_infrared_light_is_rare_and_white() -> None:
    rng = np.random.default_rng(0)
    size, camera = np.array([4.0, 5.0, 2.6]), np.array([0.1, 0.1, 2.2])
    lights = [Light.random(size, camera, rng) for _ in range(300)]
    for light in lights:
        assert ((light.position > 0) & (light.position < size)).all()
        assert light.direct.min() > 0
    infrared = [light for light in lights if light.infrared]
    assert 0 < len(infrared) < 45
    assert all(np.ptp(light.direct) == 0 for light in infrared)
