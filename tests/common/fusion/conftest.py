"""A fusion fitted once for all tests that only ask it."""

import pytest

from common import FusionClassifier
from tests.common.fusion.readings import sensors


@pytest.fixture(scope="package")
def fitted() -> FusionClassifier:
    return FusionClassifier().fit(*sensors(3000, seed=0))
