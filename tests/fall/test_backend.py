"""TensorFlow behind one door."""

import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from common.errors import InvalidInputError
from fall import backend


def test_only_functions_import_tensorflow() -> None:
    program = "import sys, fall.backend, fall.datasets.streaming; assert 'tensorflow' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[2])


def test_keras_is_keras_2() -> None:
    assert backend.keras().__name__ == "tf_keras"
    assert backend.keras().__version__.startswith("2.")


def test_models_of_tf_keras_pass() -> None:
    model = backend.keras().Sequential([backend.keras().layers.Dense(1)])
    assert backend.check_keras_model(model) is model


def test_models_of_keras_3_are_refused() -> None:
    keras_3 = pytest.importorskip("keras")
    model = keras_3.Sequential([keras_3.layers.Dense(1)])
    with pytest.raises(InvalidInputError, match=r"classifier is a Keras 3 model: build it with fall\.build_network"):
        backend.check_keras_model(model, "classifier")


@pytest.mark.parametrize("model", [None, "model.keras", object()])
def test_anything_else_is_refused(model: object) -> None:
    with pytest.raises(InvalidInputError, match=r"model is a .* pass a tf_keras model"):
        backend.check_keras_model(model)


def test_the_seed_decides_the_weights() -> None:
    def weights(seed: int) -> np.ndarray:
        backend.set_seed(seed)
        layer = backend.keras().layers.Dense(8)
        layer.build((None, 8))
        return layer.get_weights()[0]

    np.testing.assert_array_equal(weights(7), weights(7))
    assert not np.array_equal(weights(7), weights(8))


def test_global_generators_are_left_alone() -> None:
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002  (the global generator is what is tested)
    expected = random.random(), np.random.random()  # noqa: NPY002  (the global generator is what is tested)
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002  (the global generator is what is tested)
    backend.set_seed(99)
    assert (random.random(), np.random.random()) == expected  # noqa: NPY002  (the global generator is what is tested)


@pytest.mark.parametrize("seed", [-1, 2**31, 1.5, None, True])
def test_bad_seeds(seed: object) -> None:
    with pytest.raises(InvalidInputError, match="seed is"):
        backend.set_seed(seed)
