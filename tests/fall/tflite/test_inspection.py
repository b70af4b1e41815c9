"""Costs, sizes, zeros and clusters read off .tflite files, against the lecture's formulas and plain counts."""

import gzip
import math

import numpy as np
import pytest

from common import InvalidInputError, ModelIntegrityError
from fall import build_network, costs, peak_memory, tflite_cost
from fall.compression.storage.coding import decode_weights, encode_weights
from fall.tflite.conversion import convert
from fall.tflite.file import read_graph
from tests.fall.converted import content, network


@pytest.mark.parametrize("scheme", ["float16", "dynamic_int8", "int8", "int16x8"])
def test_every_scheme_has_the_same_macs_and_parameters(scheme):
    found, plain = tflite_cost(content(scheme=scheme)).total, tflite_cost(content()).total
    assert (found.macs, found.params) == (plain.macs, plain.params)
    assert found.weight_bytes < 0.7 * plain.weight_bytes


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


@pytest.mark.parametrize(
    "measure",
    [tflite_cost, peak_memory, costs.sparsity, costs.distinct_values, costs.float_operators, costs.stored_sizes],
)
def test_what_is_no_model_is_refused(measure):
    with pytest.raises(ModelIntegrityError, match=r"not a \.tflite file"):
        measure(b"")
    with pytest.raises(InvalidInputError, match="pass the bytes"):
        measure("model.tflite")
