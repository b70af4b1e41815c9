"""Networks of others are trained in 8 bits: rewritten without a change of what they compute, or refused by layer."""

import numpy as np
import pytest

from common import InvalidInputError, Split
from fall import TFLiteFallClassifier, backend, training
from fall.compression import Tuner, train_quantized
from fall.compression.quantizable import quantizable
from fall.costs import float_operators
from fall.networks import scale_pixels
from fall.tflite.conversion import convert
from fall.training import Schedule
from tests.fall.synthetic import SIZE, bright_below


@pytest.fixture(scope="module")
def tuner():
    images, codes = bright_below(16)
    schedule = Schedule("", epochs=1, batch_size=8, learning_rate=1e-3, augment=False, seed=0, verbose=0)
    return Tuner(images, codes, Split(np.arange(16), np.empty(0, np.int64)), None, schedule, epochs=1)


def convolution(layers, **options):
    return layers.Conv2D(8, 3, **options)


def branch(layers, features):
    features = convolution(layers)(features)
    return layers.Add()([features, layers.BatchNormalization()(features)])


TRAINED = {
    "normalized, then relu": lambda layers: [convolution(layers), layers.BatchNormalization(), layers.ReLU()],
    "relu, then normalized": lambda layers: [convolution(layers, activation="relu"), layers.BatchNormalization()],
    "a relu, then normalized": lambda layers: [
        convolution(layers),
        layers.ReLU(),
        layers.BatchNormalization(),
    ],
    "normalized first": lambda layers: [layers.BatchNormalization(), convolution(layers, activation="relu")],
    "normalized twice": lambda layers: [convolution(layers), layers.BatchNormalization(), layers.BatchNormalization()],
    "normalized, pooled": lambda layers: [
        convolution(layers),
        layers.MaxPooling2D(),
        layers.BatchNormalization(),
    ],
    "normalized on a branch": lambda layers: [lambda features: branch(layers, features)],
    "normalized without scale": lambda layers: [
        convolution(layers, activation="relu"),
        layers.BatchNormalization(scale=False, center=False),
    ],
    "a dense layer, normalized": lambda layers: [
        layers.GlobalAveragePooling2D(keepdims=True),
        layers.Flatten(),
        layers.Dense(8),
        layers.BatchNormalization(),
        layers.ReLU(),
    ],
    "transposed, normalized": lambda layers: [layers.Conv2DTranspose(4, 3), layers.BatchNormalization(), layers.ReLU()],
    "rescaled": lambda layers: [layers.Rescaling(0.5, offset=0.25), convolution(layers)],
    "rescaled by channel": lambda layers: [
        layers.Rescaling([0.5, 1.0, 2.0], [0.0, 1.0, 2.0]),
        convolution(layers),
    ],
    "standardized": lambda layers: [layers.Normalization(mean=[0.1, 0.2, 0.3], variance=[1.0, 2.0, 3.0])],
    "noise in training": lambda layers: [layers.GaussianNoise(0.1), layers.RandomFlip(), convolution(layers)],
    "swish": lambda layers: [convolution(layers, activation="swish")],
    "relu6": lambda layers: [layers.DepthwiseConv2D(3, activation="relu6"), layers.BatchNormalization()],
}


def network(make):
    """A network whose normalizations do something."""
    keras = backend.keras()
    backend.set_seed(1)
    image = keras.Input((SIZE, SIZE, 3))
    features = image
    for layer in make(keras.layers):
        features = layer(features)
    if features.shape.rank == 4:
        features = keras.layers.GlobalAveragePooling2D()(features)
    model = keras.Model(image, keras.layers.Dense(2, activation="softmax")(features))
    rng = np.random.default_rng(2)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([rng.uniform(0.5, 1.5, weight.shape) for weight in layer.get_weights()])
    return model


@pytest.mark.parametrize("case", TRAINED)
def test_a_rewritten_network_computes_the_same(case):
    model, images = network(TRAINED[case]), scale_pixels(bright_below(8)[0])
    before = model.get_weights()
    same = quantizable(model)
    expected = model(images, training=False).numpy()
    assert same(images, training=False).numpy() == pytest.approx(expected, abs=1e-5)
    same.set_weights([0 * weight for weight in same.get_weights()])
    assert all(map(np.array_equal, model.get_weights(), before)), "nothing is shared"


# Files with this operator are not run.
@pytest.mark.parametrize("case", [case for case in TRAINED if case != "transposed, normalized"])
def test_a_network_is_trained_in_8_bits_and_so_is_its_file(case, tuner):
    aware, history = train_quantized(network(TRAINED[case]), tuner)
    assert len(history) == 1
    made = convert(aware, "int8")
    assert float_operators(made) == []
    expected = training.predict(aware, tuner.frames)
    assert TFLiteFallClassifier(made).predict_proba(tuner.frames) == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize("preserve", ["sparsity", "clusters", "both"])
def test_zeros_and_clusters_are_kept_beside_what_was_rewritten(preserve, tuner):
    aware, _ = train_quantized(network(TRAINED["relu, then normalized"]), tuner, preserve=preserve)
    assert float_operators(convert(aware, "int8")) == []


REFUSED = {
    "Conv1D": lambda layers: [layers.Reshape((SIZE, -1)), layers.Conv1D(4, 3, name="odd"), layers.Flatten()],
    "Conv3D": lambda layers: [layers.Reshape((SIZE, SIZE, 3, 1)), layers.Conv3D(4, 3, name="odd"), layers.Flatten()],
    "PReLU": lambda layers: [convolution(layers), layers.PReLU(name="odd")],
    "ELU": lambda layers: [convolution(layers), layers.ELU(name="odd")],
    "LayerNormalization": lambda layers: [convolution(layers), layers.LayerNormalization(name="odd")],
    "LSTM": lambda layers: [layers.Reshape((SIZE, -1)), layers.LSTM(4, name="odd")],
    "Lambda": lambda layers: [layers.Lambda(lambda images: images * 2, name="odd"), convolution(layers)],
    "TFOpLambda": lambda layers: [lambda images: images * 2.0, convolution(layers)],
    "elu": lambda layers: [convolution(layers, activation="elu", name="odd")],
    "softplus": lambda layers: [convolution(layers), layers.Activation("softplus", name="odd")],
    "BatchNormalization": lambda layers: [
        layers.Flatten(),
        layers.Dense(4, activation="relu"),
        layers.BatchNormalization(name="odd"),
    ],
    "Resizing": lambda layers: [layers.Resizing(16, 16, name="odd"), convolution(layers)],
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_layer_that_cannot_be_trained_in_8_bits_is_named(kind, tuner):
    name = "tf.math.multiply" if kind == "TFOpLambda" else "odd"
    with pytest.raises(InvalidInputError, match=rf"layer '{name}.*{kind}"):
        train_quantized(network(REFUSED[kind]), tuner)


def test_a_model_inside_is_refused(tuner):
    keras = backend.keras()
    inner = keras.Sequential([keras.Input((SIZE, SIZE, 3)), keras.layers.Conv2D(4, 3)], name="inside")
    with pytest.raises(InvalidInputError, match="'inside': build it flat"):
        train_quantized(network(lambda layers: [inner]), tuner)


NORMALIZATIONS = {
    "inverted": lambda layers: [layers.Normalization(mean=[0.1] * 3, variance=[4.0] * 3, invert=True)],
    "inverted, all channels": lambda layers: [layers.Normalization(axis=None, mean=0.1, variance=4.0, invert=True)],
    "plain": lambda layers: [layers.Normalization(mean=[0.1] * 3, variance=[4.0] * 3)],
}


@pytest.mark.parametrize("case", NORMALIZATIONS)
def test_a_normalization_is_rewritten_in_its_direction(case):
    model = network(lambda layers: [*NORMALIZATIONS[case](layers), convolution(layers)])
    images = scale_pixels(bright_below(4)[0])
    expected = model(images, training=False).numpy()
    assert quantizable(model)(images, training=False).numpy() == pytest.approx(expected, abs=1e-5)
