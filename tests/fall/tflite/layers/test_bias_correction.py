"""Bias correction: what was learned in less than half a step of the weights survives the rounding."""

import numpy as np
import pytest

from fall import TFLiteFallClassifier, backend
from fall.compression.graph import copy_model
from fall.tflite import conversion, convert
from fall.tflite.file import read_graph
from fall.tflite.layers.activations import operator_outputs
from fall.tflite.layers.bias_correction import correct_biases
from fall.tflite.layers.mean_output import mean_output
from tests.fall.converted import content, network, noise

SIZE = 32
NETWORKS = ("separable_cnn", "residual_cnn", "mbconv_cnn")
SCHEMES = ("dynamic_int8", "int8", "int16x8")


def tuned_by_less_than_half_a_step(name):
    """A network whose weights lie 0.3 steps above integers, as fine-tuning from weights in 8 bits leaves them."""
    model = copy_model(network(name, SIZE))
    for layer in model.layers:
        if hasattr(layer, "kernel") or hasattr(layer, "depthwise_kernel"):
            kernel, *rest = layer.get_weights()
            axis = 2 if hasattr(layer, "depthwise_kernel") else kernel.ndim - 1
            others = tuple(number for number in range(kernel.ndim) if number != axis)
            step = np.abs(kernel).max(axis=others, keepdims=True) / 127
            integers = np.rint(kernel / step)
            layer.set_weights([((integers + 0.3 * (np.abs(integers) < 126)) * step).astype(np.float32), *rest])
    # The converter leaves out a bias of zeros, which trained networks do not have.
    model.get_layer("probabilities").bias.assign([0.1, -0.1])
    return model


def uncorrected(model, scheme, images):
    """The file without the correction, each bias with a buffer of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conversion, "correct_biases", lambda content, *rest: content)
        patch.setattr(conversion, "share_equal_vectors", lambda content: content)
        return convert(model, scheme, representative=images)


def logits(content, pixels):
    graph = read_graph(content)
    place = max(number for number, operator in enumerate(graph.operators) if operator.name == "FULLY_CONNECTED")
    return np.array([outputs[place][0] for outputs in operator_outputs(graph, pixels)])


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", NETWORKS)
def test_small_changes_of_the_weights_survive_the_rounding(name, scheme):
    model, images = tuned_by_less_than_half_a_step(name), noise(32, SIZE)
    exact = logits(convert(model), images)
    rounded = logits(uncorrected(model, scheme, images), images)
    corrected = logits(convert(model, scheme, representative=images), images)
    lost, left = (np.abs((found - exact).mean(axis=0)).max() for found in (rounded, corrected))
    assert left < 0.3 * lost


def test_nothing_but_biases_changes():
    model, images = tuned_by_less_than_half_a_step("separable_cnn"), noise(32, SIZE)
    rounded = uncorrected(model, "int8", images)
    before, after = read_graph(rounded), read_graph(correct_biases(rounded, convert(model), images))
    assert [(o.name, o.inputs, o.outputs) for o in before.operators] == [
        (o.name, o.inputs, o.outputs) for o in after.operators
    ]
    biases = {operator.inputs[2] for operator in before.operators if len(operator.inputs) > 2}
    changed = {
        number
        for number, (old, new) in enumerate(zip(before.tensors, after.tensors, strict=True))
        if old.data is not None and not np.array_equal(old.data, new.data)
    }
    assert changed
    assert changed <= biases


def test_what_would_not_help_is_not_done():
    # Nothing is nearer to the float file than itself.
    exact = convert(tuned_by_less_than_half_a_step("separable_cnn"))
    assert correct_biases(exact, exact, noise(8, SIZE)) is exact


@pytest.mark.parametrize("name", ["lecture_cnn", "separable_cnn", "grouped_cnn", "mobilenet_v2"])
def test_the_mean_output_is_that_of_the_operator(name):
    # LiteRT is asked for the outputs; those that a ReLU has cut do not count.
    made, images = content(name, SIZE), noise(4, SIZE)
    graph = read_graph(made)
    runs = [
        dict(zip((o.outputs[0] for o in graph.operators), run, strict=True)) for run in operator_outputs(graph, images)
    ]
    checked = 0
    for place, operator in enumerate(graph.operators):
        given = [run.get(operator.inputs[0]) for run in runs]
        found = np.array([run[operator.outputs[0]] for run in runs], np.float64)
        if len(operator.inputs) < 3 or given[0] is None or (found == 0).any():
            continue
        weights, bias = (graph.tensors[number].data if number >= 0 else None for number in operator.inputs[1:3])
        mean = mean_output(graph, place, weights.astype(np.float64), np.mean(given, axis=0, dtype=np.float64))
        np.testing.assert_allclose(
            mean + (0 if bias is None else bias), found.mean(axis=tuple(range(found.ndim - 1))), rtol=1e-4, atol=1e-4
        )
        checked += 1
    assert checked


@pytest.mark.parametrize("scheme", ["int8", "int16x8", "dynamic_int8"])
@pytest.mark.parametrize("is_zero", [False, True])
def test_constants_with_one_scale_and_channels_without_weights(scheme, is_zero):
    layers = backend.keras().layers
    dense = layers.Dense(2, activation="softmax")
    scaling = layers.Rescaling(1 / 255)
    model = backend.keras().Sequential([layers.Input((16, 16, 3)), scaling, layers.GlobalAveragePooling2D(), dense])
    weights = np.float32([[0 if is_zero else -1, 20]] * 3)
    dense.set_weights([weights, np.float32([0, -20])])
    made = convert(model, scheme, representative=noise(16, 16), input_range=(0, 255))
    given = np.stack([np.full((16, 16, 3), grey, np.uint8) for grey in (0, 60, 160, 255)])
    expected = model.predict(given.astype(np.float32), verbose=0)
    np.testing.assert_allclose(TFLiteFallClassifier(made).predict_proba(given), expected, atol=0.05)
