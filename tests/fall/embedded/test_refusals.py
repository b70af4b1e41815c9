"""What has no kernel, would overflow or does not fit is refused by name and number, and nothing is written."""

from dataclasses import replace

import numpy as np
import pytest

from common import CORTEX_M4, InvalidInputError
from fall import backend, export_c, tflite
from fall.embedded.filters import read_filters
from fall.embedded.lowering import lower
from fall.tflite.file import read_graph
from tests.fall.converted import content, noise
from tests.fall.embedded.building import as_model


@pytest.mark.parametrize("scheme", ["float32", "dynamic_int8", "int16x8"])
def test_other_types_are_refused(tmp_path, scheme):
    dtype = "int16" if scheme == "int16x8" else "float32"
    with pytest.raises(InvalidInputError, match=rf"a CONV_2D with {dtype} in '.+'; the kernels in C compute in int8"):
        export_c(as_model(content("separable_cnn", 32, scheme)), tmp_path)
    assert not list(tmp_path.iterdir())


def _converted(*layers, side=8):
    keras = backend.keras()
    backend.set_seed(1)
    images = x = keras.layers.Input((side, side, 3))
    for layer in layers:
        x = layer(x)
    x = keras.layers.Dense(2, activation="softmax")(keras.layers.Flatten()(x))
    return as_model(tflite.convert(keras.Model(images, x), "int8", representative=noise(16, side)))


def test_operators_without_a_kernel_are_all_named(tmp_path):
    layers = backend.keras().layers
    model = _converted(layers.Conv2D(4, 3, activation="tanh"), layers.UpSampling2D(2), layers.Conv2D(4, 3))
    with pytest.raises(InvalidInputError, match=r"operators RESIZE_NEAREST_NEIGHBOR, TANH, for which there are no ker"):
        export_c(model, tmp_path)


def test_a_dilation_is_refused(tmp_path):
    layers = backend.keras().layers
    with pytest.raises(InvalidInputError, match=r"(a CONV_2D with dilations of \(2, 2\)|SPACE_TO_BATCH_ND)"):
        export_c(_converted(layers.Conv2D(4, 3, dilation_rate=2)), tmp_path)


def test_channels_that_are_multiplied_are_refused(tmp_path):
    layers = backend.keras().layers
    with pytest.raises(InvalidInputError, match="a DEPTHWISE_CONV_2D with 2 filters for each channel"):
        export_c(_converted(layers.Conv2D(4, 1), layers.DepthwiseConv2D(3, depth_multiplier=2)), tmp_path)


def _with_tensor(graph, number, **changes):
    tensors = list(graph.tensors)
    tensors[number] = replace(tensors[number], **changes)
    return replace(graph, tensors=tuple(tensors))


def _first_filters(graph):
    return graph.operators[0], graph.operators[0].inputs[2]


def test_sums_that_may_pass_the_bound_are_refused():
    graph = read_graph(content("separable_cnn", 32, "int8"))
    operator, bias = _first_filters(graph)
    biases = graph.tensors[bias].data.copy()
    biases[3] = 2**30
    with pytest.raises(
        InvalidInputError, match=r"a CONV_2D whose sums may reach 1,07\d,\d{3},\d{3}, beyond the 1,073,"
    ):
        read_filters(_with_tensor(graph, bias, data=biases), operator)


def test_a_factor_of_a_half_or_more_is_refused():
    graph = read_graph(content("separable_cnn", 32, "int8"))
    operator, _ = _first_filters(graph)
    output = operator.outputs[0]
    smaller = _with_tensor(graph, output, scale=np.float32([1e-6]))
    with pytest.raises(
        InvalidInputError, match=r"a CONV_2D that multiplies sums by [\d.e+]+; the kernels take factors"
    ):
        read_filters(smaller, operator)


def test_weights_with_zero_points_are_refused():
    graph = read_graph(content("separable_cnn", 32, "int8"))
    weights = graph.operators[0].inputs[1]
    shifted = _with_tensor(graph, weights, zero_point=graph.tensors[weights].zero_point + 1)
    with pytest.raises(InvalidInputError, match="weights whose zero points are not 0"):
        lower(shifted)


def test_a_device_that_is_too_small_is_refused(tmp_path):
    model = as_model(content("separable_cnn", 32, "int8"))
    export_c(model, tmp_path / "fits", device=CORTEX_M4)
    tiny = replace(CORTEX_M4, name="tiny", flash_bytes=10_000)
    with pytest.raises(
        InvalidInputError, match=r"takes about 1\d,\d{3} bytes of flash, and the device 'tiny' has 10,000"
    ):
        export_c(model, tmp_path, device=tiny)
    with pytest.raises(InvalidInputError, match=r"bytes of RAM, and the device .* has 4,000: .* a smaller input_size"):
        export_c(model, tmp_path, device=replace(CORTEX_M4, ram_bytes=4_000))
    assert [path.name for path in tmp_path.iterdir()] == ["fits"]


@pytest.mark.parametrize(
    ("model", "arguments", "message"),
    [
        ("no model", {}, "model is a str; pass a CompressedModel"),
        (None, {"name": "int"}, "which is a keyword of C"),
        (None, {"device": "M4"}, "device is a str; pass a common.Device"),
    ],
)
def test_arguments_of_another_kind_are_refused(tmp_path, model, arguments, message):
    with pytest.raises(InvalidInputError, match=message):
        export_c(model or as_model(content("separable_cnn", 32, "int8")), tmp_path, **arguments)


def test_a_file_of_another_origin_is_kept(tmp_path):
    (tmp_path / "fall.c").write_text("int my_own_work;\n")
    with pytest.raises(InvalidInputError, match=r"'fall\.c', which fall\.export_c did not write"):
        export_c(as_model(content("separable_cnn", 32, "int8")), tmp_path)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["int my_own_work;\n"]
