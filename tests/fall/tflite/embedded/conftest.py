"""What the tests of exports share."""

import pytest

from fall.tflite import micro


@pytest.fixture
def without_micro(monkeypatch):
    """As where tflite-micro is not installed; it takes seconds to measure an arena."""
    monkeypatch.setattr(micro, "is_installed", lambda: False)
