"""Fixtures of all bundle tests: a small registered model, and an fsync that only records its calls."""

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
    """Register a kind for the test; afterwards, only real kinds remain, including those imported during the test."""
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
    """The sizes of the files flushed to disk; real flushing would only slow the tests down."""
    sizes: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: sizes.append(os.fstat(descriptor).st_size))
    return sizes
