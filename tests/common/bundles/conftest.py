"""Fixtures of all tests of bundles: a small registered model, and a disk that need not flush."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import common
from common.bundles import registry
from tests.common.bundles.example import Model, read, write


@pytest.fixture
def model() -> Model:
    return Model(np.arange(12, dtype=np.float32).reshape(3, 4), {"classes": ["fall", "walk"], "threshold": 0.25})


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    """The tests' own kind beside all others, which stay whatever a test does, also those that it was first to need."""
    before = dict(registry._KINDS)
    registry.register("tests.model", Model, write, read)
    yield
    registry._KINDS.update(before)
    for kind in [kind for kind in registry._KINDS if kind.startswith("tests.")]:
        del registry._KINDS[kind]


@pytest.fixture
def saved(tmp_path: Path, model: Model, registered: None) -> Path:
    common.save_bundle(model, tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture(autouse=True)
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of what was flushed to the disk; flushing itself takes the tests' time and shows them nothing."""
    sizes: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: sizes.append(os.fstat(descriptor).st_size))
    return sizes
