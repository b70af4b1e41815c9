"""Shared fixtures: where the measured data lie, and a skip with a reason where they do not."""

import os
from pathlib import Path

import pytest

# Writes docs/reliability.md when it is asked to.
pytest_plugins = ["tests.promises"]

# Benchmarks import the libraries that they compare, which live in environments of their own.
collect_ignore = [
    "tests/benchmarks/peers.py",
    "tests/benchmarks/wildboar_worker.py",
    "tests/benchmarks/rivals/methods/aeon_transforms.py",
    "tests/benchmarks/rivals/aeon_worker.py",
]

DATA = Path(os.environ.get("HAR_FALL_DATA", Path(__file__).parent.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of measured data sets; `HAR_FALL_DATA` names another place."""
    if not DATA.is_dir():
        pytest.skip("measured data sets not found: set HAR_FALL_DATA to the folder that holds them")
    return DATA
