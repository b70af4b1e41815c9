"""A channel whose weights are all zero has the scale 0 in TensorFlow's int16x8; any other scale of 0 is damage."""

from functools import cache

import numpy as np
import pytest

from common import ModelIntegrityError
from fall import TFLiteFallClassifier, backend, costs, load_coded, save_coded, tflite_cost
from fall.tflite.conversion import convert
from fall.tflite.file import read_graph
from tests.fall.converted import noise
from tests.fall.tflite.file.examples import changed

LAYERS = {"conv": -1, "depthwise": -2, "hidden": -1, "probabilities": -1}  # and where each has its channels
N_WEIGHTS = {"conv": 27, "depthwise": 9, "hidden": 4, "probabilities": 5}  # of each channel
IMAGES = noise(8, 16)


def without_weights(*layers):
    """A network in which the first channel of some layers has no weights."""
    keras = backend.keras()
    backend.set_seed(0)
    image = keras.Input((16, 16, 3))
    x = keras.layers.Conv2D(4, 3, activation="relu", name="conv")(image)
    x = keras.layers.DepthwiseConv2D(3, name="depthwise")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dense(5, activation="relu", name="hidden")(x)
    made = keras.Model(image, keras.layers.Dense(2, activation="softmax", name="probabilities")(x))
    for name in layers:
        kernel, bias = made.get_layer(name).get_weights()
        np.moveaxis(kernel, LAYERS[name], 0)[0] = 0
        made.get_layer(name).set_weights([kernel, bias])
    return made


@cache
def converted(scheme, *layers):
    """The file of :func:`without_weights`. The correction of its biases must not divide by the scale 0."""
    with np.errstate(all="raise"):
        return convert(without_weights(*layers), scheme, representative=IMAGES)


def zero_scales(content):
    return sum(int((tensor.scale == 0).sum()) for tensor in read_graph(content).parameters)


@pytest.mark.parametrize("layers", [("conv",), ("depthwise",), ("hidden", "probabilities")])
def test_channels_without_weights_are_read_measured_and_run(layers, tmp_path):
    content, full = converted("int16x8", *layers), converted("int16x8")
    assert zero_scales(content) >= len(layers)
    assert zero_scales(full) == 0
    cost, full_cost = tflite_cost(content).total, tflite_cost(full).total
    assert (cost.macs, cost.activation_bytes) == (full_cost.macs, full_cost.activation_bytes)
    zeros = sum(part * costs.weight_counts(content)[name] for name, part in costs.sparsity(content).items())
    assert round(zeros) >= sum(N_WEIGHTS[name] for name in layers)
    save_coded(content, tmp_path / "coded")
    assert load_coded(tmp_path / "coded") == content
    exact = TFLiteFallClassifier(converted("float32", *layers)).predict_proba(IMAGES)
    for reference_kernels in (False, True):
        found = TFLiteFallClassifier(content, reference_kernels=reference_kernels).predict_proba(IMAGES)
        np.testing.assert_allclose(found, exact, atol=0.02)


def set_scale(kind, value):
    """A change of the first scale of weights that are not zero, of images, or of activations."""

    def change(model, graph):
        tensors = {
            "weights": next(t for t in graph.tensors if len(t.shape) == 4 and model.buffers[t.buffer].data is not None),
            "images": graph.tensors[graph.inputs[0]],
            "activations": graph.tensors[graph.operators[1].outputs[0]],
        }
        scale = tensors[kind].quantization.scale
        tensors[kind].quantization.scale = [value, *list(scale)[1:]]

    return change


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
@pytest.mark.parametrize("kind", ["weights", "images", "activations"])
def test_any_other_scale_of_zero_is_damage(kind, value):
    with pytest.raises(ModelIntegrityError, match="impossible scale"):
        read_graph(changed(converted("int8"), set_scale(kind, value)))
