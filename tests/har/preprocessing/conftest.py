"""Windows that the tests of several transformers use."""

import numpy as np
import pytest


@pytest.fixture
def motion() -> np.ndarray:
    """Linear acceleration, gravity and angular rate in nine channels."""
    return np.random.default_rng(0).normal(size=(5, 30, 9))
