"""The cost of a network, layer by layer, against the lecture's formulas and Keras' counts."""

import pytest

from common import InvalidInputError, conv2d_cost, dense_cost
from fall import backend, build_network, keras_cost, tflite_cost
from fall.networks import NETWORKS
from fall.tflite.conversion import convert
from tests.fall.converted import content, network


def formula_macs(model):
    """Multiply-accumulates by the lecture's formulas, from nothing but the layers' configurations."""
    total = 0
    for layer in model.layers:
        kind, shape = type(layer).__name__, layer.input_shape
        if kind == "Dense":
            total += dense_cost(shape[-1], layer.units).macs
        elif kind in ("Conv2D", "DepthwiseConv2D"):
            depthwise = kind == "DepthwiseConv2D"
            total += conv2d_cost(
                *shape[1:],
                shape[-1] if depthwise else layer.filters,
                layer.kernel_size[0],
                stride=layer.strides[0],
                padding=layer.padding,
                groups=shape[-1] if depthwise else layer.groups,
            ).macs
    return total


QUICK = [("perceptron", 32), ("lecture_cnn", 32), ("separable_cnn", 32)]


THOROUGH = [(name, side) for name in NETWORKS for side in (32, 96) if (name, side) not in QUICK]


@pytest.mark.parametrize(
    ("name", "side"), [*QUICK, *(pytest.param(*case, marks=pytest.mark.slow) for case in THOROUGH)]
)
def test_macs_of_layers_and_of_the_file_equal_the_formulas(name, side):
    model = network(name, side)
    expected = formula_macs(model)
    assert keras_cost(model).total.macs == expected
    assert tflite_cost(content(name, side)).total.macs == expected


@pytest.mark.parametrize("name", [*(name for name in NETWORKS if name != "perceptron")])
def test_keras_cost_counts_what_keras_counts(name):
    model = build_network(name, (32, 32, 3))
    total = keras_cost(model).total
    assert total.params == model.count_params()
    assert total.weight_bytes == 4 * total.params
    assert total.macs == formula_macs(model)


def test_the_lectures_cnn_layer_by_layer():
    rows = dict(keras_cost(build_network("lecture_cnn", (224, 224, 3))))
    first = rows["block1_conv"]
    assert (first.params, first.macs) == (608, 29_040_000)
    assert first.activation_bytes == 4 * (224 * 224 * 3 + 220 * 220 * 8)
    assert sum(cost.params for cost in rows.values()) == 1_442_226


def test_layers_without_a_formula_are_named():
    keras = backend.keras()
    images = keras.layers.Input((8, 8, 3))
    model = keras.Model(images, keras.layers.Conv2DTranspose(4, 3, name="upward")(images))
    with pytest.raises(InvalidInputError, match="'upward' is a Conv2DTranspose"):
        keras_cost(model)
    with pytest.raises(InvalidInputError, match="TRANSPOSE_CONV"):
        tflite_cost(convert(model))
    wrapped = backend.tfmot().sparsity.keras.prune_low_magnitude(build_network("perceptron", (8, 8, 3), units=4))
    with pytest.raises(InvalidInputError, match="strip"):
        keras_cost(wrapped)
