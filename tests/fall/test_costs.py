"""Costs read off files, against the lecture's formulas, plain counts, and the arena of tflite-micro itself."""

import gzip
import math

import numpy as np
import pytest

from common import InvalidInputError, ModelIntegrityError, conv2d_cost, dense_cost
from fall import backend, build_network, costs, keras_cost, peak_memory, tflite_cost
from fall.compression.storage.coding import decode_weights, encode_weights
from fall.networks import NETWORKS
from fall.tflite import micro
from fall.tflite.conversion import convert
from fall.tflite.file import read_graph
from fall.tflite.memory import plan
from tests.fall.converted import content, network

needs_micro = pytest.mark.skipif(not micro.is_installed(), reason="tflite-micro is installed on Linux x86-64 only")


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


@pytest.mark.parametrize("scheme", ["float16", "dynamic_int8", "int8", "int16x8"])
def test_every_scheme_has_the_same_macs_and_parameters(scheme):
    found, plain = tflite_cost(content(scheme=scheme)).total, tflite_cost(content()).total
    assert (found.macs, found.params) == (plain.macs, plain.params)
    assert found.weight_bytes < 0.7 * plain.weight_bytes


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


def test_a_files_weights_are_those_of_its_network():
    # Batch normalization is folded into the convolutions: kernels, and a bias a channel; the dense biases are zero.
    model = network("separable_cnn", 32)
    kernels = sum(math.prod(weight.shape) for weight in model.weights if "kernel" in weight.name)
    channels = sum(layer.output_shape[-1] for layer in model.layers if "conv" in layer.name)
    total = tflite_cost(content()).total
    assert total.params == kernels + channels
    assert total.weight_bytes == 4 * total.params
    # In int8 a weight takes a byte, and a bias four.
    assert tflite_cost(content(scheme="int8")).total.weight_bytes == kernels + 4 * channels


def test_working_memory_peaks_at_the_lectures_first_convolution():
    # 96x96x3 bytes of image and 92x92x8 of its features; the rest is smaller.
    rows = list(tflite_cost(content("lecture_cnn", 96, "int8")))
    assert rows[0][1].activation_bytes == 96 * 96 * 3 + 92 * 92 * 8 == 95_360
    assert peak_memory(content("lecture_cnn", 96, "int8")) == max(cost.activation_bytes for _, cost in rows) == 95_360


def test_no_two_tensors_that_live_at_once_share_a_byte():
    placements = plan(read_graph(content("separable_cnn", 32, "int8")))
    for number, one in enumerate(placements):
        assert one.offset % 16 == 0
        for other in placements[:number]:
            apart = one.end <= other.offset or other.end <= one.offset
            assert apart or not one.overlaps_in_time(other.first, other.last)


@needs_micro
def test_peak_memory_is_within_a_twentieth_of_the_lectures_arena():
    made = content("lecture_cnn", 96, "int8")
    arena = micro.arena(made)
    assert arena.total == pytest.approx(98_208, rel=0.01)  # measured once, with another version of tflite-micro
    assert peak_memory(made) == pytest.approx(arena.total, rel=0.05)
    assert peak_memory(made) == arena.planned
    assert micro.micro_arena(made) == arena.total == arena.planned + arena.persistent


@needs_micro
@pytest.mark.slow
@pytest.mark.parametrize("side", [32, 96])
@pytest.mark.parametrize("name", NETWORKS)
def test_peak_memory_is_what_tflite_micro_plans(name, side):
    made = content(name, side, "int8")
    assert peak_memory(made) == micro.arena(made).planned


@needs_micro
def test_files_that_tflite_micro_cannot_run_have_no_arena():
    assert micro.micro_arena(content(scheme="float16")) is None
    with pytest.raises(InvalidInputError, match="tflite-micro cannot run"):
        micro.arena(content(scheme="float16"))


def test_zeros_and_clusters_are_counted_in_the_file():
    model = build_network("perceptron", (8, 8, 3), units=16)
    kernel = np.random.default_rng(0).choice([-0.5, 0.25, 1.0], (192, 16))
    kernel[:144] = 0
    model.get_layer("dense").set_weights([kernel, np.ones(16)])
    images = np.random.default_rng(1).integers(0, 256, (20, 8, 8, 3), dtype=np.uint8)
    for scheme in ("float32", "float16", "int8"):
        made = convert(model, scheme, representative=images)
        (name,) = (name for name, size in costs.weight_counts(made).items() if size == 192 * 16)
        assert costs.sparsity(made)[name] == 0.75
        assert costs.distinct_values(made)[name] == 4


def test_compressed_sizes_show_what_the_raw_size_does_not():
    model = build_network("perceptron", (8, 8, 3), units=64)
    full = costs.stored_sizes(convert(model))
    kernel, bias = model.get_layer("dense").get_weights()
    kernel = np.sign(kernel).astype(np.float32)
    kernel[20:] = 0
    model.get_layer("dense").set_weights([kernel, bias])
    made = convert(model)
    sparse = costs.stored_sizes(made)
    assert sparse.raw == full.raw == len(made)
    assert sparse.gzip == len(gzip.compress(made, 9, mtime=0)) < full.gzip / 5
    assert sparse.coded < sparse.gzip


def test_the_coded_file_is_restored_bit_for_bit():
    made = content(scheme="int8")
    weights = [tensor for tensor in read_graph(made).parameters if len(tensor.shape) >= 2]
    restored = decode_weights(encode_weights([tensor.data.astype(np.float32) for tensor in weights]))
    for tensor, values in zip(weights, restored, strict=True):
        assert values.astype(np.int8).tobytes() == tensor.data.tobytes()


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


@pytest.mark.parametrize(
    "measure",
    [tflite_cost, peak_memory, costs.sparsity, costs.distinct_values, costs.float_operators, costs.stored_sizes],
)
def test_what_is_no_model_is_refused(measure):
    with pytest.raises(ModelIntegrityError, match=r"no \.tflite file"):
        measure(b"")
    with pytest.raises(InvalidInputError, match="pass the bytes"):
        measure("model.tflite")
