"""Each kernel against tflite-micro, to the bit, in small networks of odd sizes."""

import numpy as np
import pytest

from fall import backend, tflite
from tests.fall.converted import needs_micro, noise
from tests.fall.embedded.building import as_model, assert_equals_micro, needs

SIDE = 13
N_CLASSES = 5


def _layers():
    return backend.keras().layers


def _strided(x):
    x = _layers().Conv2D(7, 3, strides=2, padding="same", activation="relu")(x)
    return _layers().Conv2D(6, (1, 3), strides=(1, 2), padding="valid")(x)


def _depthwise(x):
    x = _layers().Conv2D(10, 1)(x)
    x = _layers().DepthwiseConv2D(5, padding="same", activation="relu6")(x)
    return _layers().DepthwiseConv2D(3, strides=2, padding="valid")(x)


def _grouped(x):
    x = _layers().Conv2D(12, 3, padding="same")(x)
    x = _layers().Conv2D(9, 3, groups=3, padding="same", activation="relu")(x)
    return _layers().Conv2D(6, 1, groups=3)(x)


def _pools(x):
    x = _layers().Conv2D(5, 3, padding="same")(x)
    x = _layers().MaxPooling2D(3, strides=2, padding="same")(x)
    x = _layers().AveragePooling2D(2, padding="same")(x)
    return _layers().AveragePooling2D(3, strides=1, padding="same")(x)


def _pool_first(x):
    return _layers().Conv2D(5, 2, activation="relu")(_layers().MaxPooling2D(2)(x))


def _sums(x):
    first = _layers().Conv2D(6, 3, padding="same", activation="relu")(x)
    second = _layers().Conv2D(6, 3, padding="same")(first)
    x = _layers().ReLU()(_layers().Add()([first, second]))
    return _layers().Add()([_layers().MaxPooling2D(2)(x), _layers().AveragePooling2D(2)(x)])


def _padded(x):
    x = _layers().Conv2D(6, 3, activation="relu")(x)
    x = _layers().ZeroPadding2D(((2, 1), (0, 3)))(x)
    return _layers().MaxPooling2D(2)(x)


BODIES = {
    body.__name__.strip("_"): body for body in (_strided, _depthwise, _grouped, _pools, _pool_first, _sums, _padded)
}


def _model(body, head="mean"):
    """Random weights, large enough that the logits of noise differ."""
    backend.set_seed(3)
    keras = backend.keras()
    images = keras.layers.Input((SIDE, SIDE, 3))
    x = BODIES[body](images)
    x = keras.layers.GlobalAveragePooling2D()(x) if head == "mean" else keras.layers.Flatten()(x)
    x = keras.layers.Dense(11, activation="relu")(x) if head == "two" else x
    outputs = keras.layers.Dense(N_CLASSES, activation="softmax", bias_initializer="random_normal")(x)
    content = tflite.convert(keras.Model(images, outputs), "int8", representative=noise(32, SIDE))
    return as_model(content, threshold=0.2)


@needs_micro
@pytest.mark.parametrize(
    ("body", "head", "operator"),
    [
        ("strided", "mean", "CONV_2D"),
        ("depthwise", "flat", "DEPTHWISE_CONV_2D"),
        ("grouped", "two", "CONV_2D"),
        ("pools", "flat", "AVERAGE_POOL_2D"),
        ("pool_first", "two", "MAX_POOL_2D"),
        ("sums", "flat", "ADD"),
        ("padded", "mean", "PAD"),
    ],
)
def test_every_kernel_computes_what_tflite_micro_does(tmp_path, body, head, operator):
    model = _model(body, head)
    assert operator in {found.name for found in model.graph.operators}
    images = np.concatenate([noise(100, SIDE, 9), np.zeros((1, SIDE, SIDE, 3), np.uint8)])
    logits, _, _ = assert_equals_micro(model, tmp_path, images)
    assert len(np.unique(logits)) > 20


@needs_micro
def test_the_softmax_is_that_of_tflite_micro_for_all_differences(tmp_path):
    """Logits over the whole range: a dense layer on four pixels, with steep and with flat scales."""
    needs("gcc")
    keras = backend.keras()
    for gain in (0.02, 1.0, 40.0):
        backend.set_seed(0)
        images = keras.layers.Input((2, 2, 3))
        x = keras.layers.Dense(
            N_CLASSES, activation="softmax", kernel_initializer=keras.initializers.RandomNormal(stddev=gain)
        )(keras.layers.Flatten()(images))
        content = tflite.convert(keras.Model(images, x), "int8", representative=noise(64, 2))
        pixels = np.random.default_rng(1).integers(0, 256, (400, 2, 2, 3), dtype=np.uint8)
        assert_equals_micro(as_model(content), tmp_path, pixels)
