"""Networks and their .tflite files for tests: random weights with settled batch statistics, each made once."""

from functools import cache
from typing import Any

import numpy as np

from fall import backend, build_network, tflite
from fall.networks import scale_pixels


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
