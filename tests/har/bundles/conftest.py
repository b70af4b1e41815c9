"""Windows of three classes."""

from typing import Any

import numpy as np
import pytest


@pytest.fixture(scope="module")
def windows() -> Any:
    return np.random.default_rng(0).normal(size=(45, 14, 3)).cumsum(axis=1) + np.arange(45)[:, None, None] % 3
