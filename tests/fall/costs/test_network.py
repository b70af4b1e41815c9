"""The cost of a network, layer by layer, against the lecture's formulas and Keras' counts."""

import pytest

from common import Cost, InvalidInputError, conv2d_cost, dense_cost
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


@pytest.mark.promise("Multiply-accumulates are the same by formula, by layer and in the file")
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


def test_wrapped_networks_are_refused():
    wrapped = backend.tfmot().sparsity.keras.prune_low_magnitude(build_network("perceptron", (8, 8, 3), units=4))
    with pytest.raises(InvalidInputError, match="strip"):
        keras_cost(wrapped)


def test_a_shared_layer_counts_as_often_as_it_is_used():
    keras = backend.keras()
    numbers, dense = keras.Input((10,)), keras.layers.Dense(10, name="shared")
    ledger = keras_cost(keras.Model(numbers, dense(dense(dense(numbers)))))
    assert dict(ledger)["shared"] == Cost(params=110, macs=300, weight_bytes=440, activation_bytes=80)


def test_each_use_of_a_layer_has_its_own_shape():
    keras = backend.keras()
    small, large, shared = keras.Input((8, 8, 3)), keras.Input((16, 16, 3)), keras.layers.Conv2D(4, 3)
    total = keras_cost(keras.Model([small, large], [shared(small), shared(large)])).total
    assert (total.macs, total.params) == ((6 * 6 + 14 * 14) * 27 * 4, 112)


def test_a_model_inside_counts_as_often_as_it_is_used():
    keras = backend.keras()
    image, left, right = keras.Input((8, 8, 3)), keras.Input((8, 8, 3)), keras.Input((8, 8, 3))
    pooled = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(4, 3, name="conv")(image))
    inner = keras.Model(image, pooled, name="inner")
    both = keras.layers.Concatenate()([inner(left), inner(right)])
    model = keras.Model([left, right], keras.layers.Dense(2)(both))
    ledger = keras_cost(model)
    assert dict(ledger)["inner/conv"].macs == 2 * 36 * 27 * 4
    assert (ledger.total.macs, ledger.total.params) == (2 * 36 * 27 * 4 + 16, model.count_params())


def test_a_backbone_counts_only_its_own_layers():
    keras = backend.keras()
    model = build_network("lecture_cnn", (32, 32, 3))
    first = model.get_layer("block1_conv")
    backbone = keras.Model(model.input, first.output)
    assert [name for name, _ in keras_cost(backbone)] == ["block1_conv"]


def unbuilt(keras):
    return keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(2)])


def subclassed(keras):
    class Own(keras.Model):
        def call(self, inputs):
            return inputs

    model = Own()
    model.build((None, 8, 8, 3))
    return model


def of_any_size(keras):
    images = keras.Input((None, None, 3))
    return keras.Model(images, keras.layers.Conv2D(4, 3)(images))


def of_any_length(keras):
    steps = keras.Input((None, 6))
    return keras.Model(steps, keras.layers.LSTM(4)(steps))


def of_any_size_inside(keras):
    images = keras.Input((8, 8, 3))
    return keras.Model(images, of_any_size(keras)(images))


@pytest.mark.parametrize("make", [unbuilt, subclassed, of_any_size, of_any_length, of_any_size_inside])
def test_a_network_without_sizes_is_refused(make):
    with pytest.raises(InvalidInputError, match="Input"):
        keras_cost(make(backend.keras()))


def test_a_file_with_a_transposed_convolution_has_no_cost():
    keras = backend.keras()
    image = keras.Input((8, 8, 3))
    pooled = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2DTranspose(4, 3)(image))
    with pytest.raises(InvalidInputError, match="TRANSPOSE_CONV"):
        tflite_cost(convert(keras.Model(image, keras.layers.Dense(2)(pooled))))
