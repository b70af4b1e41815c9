"""A minute in which a simulated resident falls, recorded once for all tests."""

from __future__ import annotations

import pytest

from examples.care_home.room.recorded import Recorded, record
from examples.care_home.room.simulated import SimulatedSensors
from examples.fusion_models import SHIPPED, Models, load_models


@pytest.fixture(scope="session")
def models() -> Models:
    return load_models(SHIPPED)


@pytest.fixture(scope="session")
def fall(models: Models) -> Recorded:
    return record(SimulatedSensors(0, models.manifest.sensor, first_fall_s=12.0), 45)
