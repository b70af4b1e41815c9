"""Bundles written by version 0.1, one of each kind, still load and predict as they did then."""

from pathlib import Path

import numpy as np
import pytest

import common
from har.windows import Windows

SAVED = Path(__file__).parent / "saved_by_0_1"
EXPECTED = np.load(SAVED / "expected.npz")


@pytest.mark.promise("Models saved by version 0.1 are read")
@pytest.mark.parametrize("kind", ["har.prototypes", "har.neighbors"])
def test_classifiers_of_the_sensor_track(kind: str) -> None:
    model = common.load_bundle(SAVED / kind)
    np.testing.assert_allclose(model.predict_proba(EXPECTED["X"]), EXPECTED[kind], rtol=1e-9)


def test_windows() -> None:
    windows = common.load_bundle(SAVED / "har.windows")
    assert isinstance(windows, Windows)
    assert windows.X.shape == (16, 16, 2)
    assert (windows.rate_hz, windows.channels) == (12.5, ("a", "b"))


def test_compressed_networks() -> None:
    fall = pytest.importorskip("fall")
    pytest.importorskip("ai_edge_litert")
    classifier = fall.TFLiteFallClassifier(common.load_bundle(SAVED / "fall.compressed"))
    # Within one step of the 8-bit output: kernels of other processors round differently.
    np.testing.assert_allclose(
        classifier.predict_proba(EXPECTED["images"]), EXPECTED["fall.compressed"], atol=1 / 256 + 1e-6
    )
