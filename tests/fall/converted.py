"""Networks and their .tflite files for tests: random weights with settled batch statistics, each made once."""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fall import CompressedModel, backend, build_network, tflite, tflite_cost
from fall.networks import scale_pixels
from fall.tflite import micro

needs_micro = pytest.mark.skipif(
    not micro.is_installed(), reason="tflite-micro comes for Linux on x86-64 only: pip install 'har-fall[micro]'"
)


@cache
def noise(n: int, side: int, seed: int = 0) -> Any:
    """Images of noise, dark to bright."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (n, side, side, 3), dtype=np.uint8)
    return (images * np.linspace(0.2, 1, n)[:, None, None, None]).astype(np.uint8)


@cache
def network(name: str, side: int) -> Any:
    """Without batch statistics the signal would vanish on its way through random weights."""
    backend.set_seed(0)
    model = build_network(name, (side, side, 3), **({"units": 20} if name == "perceptron" else {}))
    images = scale_pixels(noise(32, side))
    for _ in range(30):
        model(images, training=True)
    return model


@cache
def content(name: str = "separable_cnn", side: int = 32, scheme: str = "float32") -> bytes:
    """The network's file."""
    return tflite.convert(network(name, side), scheme, representative=noise(32, side))


def compressed(**changes: Any) -> CompressedModel:
    """A compressed model of the int8 file, with some of its parts replaced."""
    made = content(scheme="int8")
    fields = {
        "recipe": "int8",
        "tflite": made,
        "cost": tflite_cost(made).total,
        "history": pd.DataFrame({"loss": [1.5, 0.1 + 0.2]}, index=pd.RangeIndex(1, 3, name="epoch")),
        "classes_": np.array(["fall", "non-fall"]),
        "threshold_": 0.25,
        "input_size": 32,
    }
    return CompressedModel(**fields | changes)
