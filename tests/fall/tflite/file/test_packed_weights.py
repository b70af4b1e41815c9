"""Weights of four bits, by channels and by blocks: measured by hand, and run."""

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from numpy.testing import assert_array_equal

from common import InvalidInputError, ModelIntegrityError
from fall import TFLiteFallClassifier, build_network, costs, peak_memory, tflite_cost
from fall.tflite.conversion import convert
from fall.tflite.file import read_graph
from fall.tflite.file.packing import pack, packed_size, unpack
from tests.fall.converted import content, noise
from tests.fall.tflite.file.examples import changed, int4_content, make_blockwise, make_int4, names


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 1001])
def test_unpacking_undoes_packing(n):
    values = np.random.default_rng(n).integers(-8, 8, n).astype(np.int8)
    packed = pack(values)
    assert len(packed) == packed_size(n) == int(np.ceil(n / 2))
    assert_array_equal(unpack(packed, n), values)


@pytest.mark.parametrize("layers", [("CONV_2D",), ("FULLY_CONNECTED",), ("CONV_2D", "FULLY_CONNECTED")])
def test_int4_weights_take_half_a_byte(layers):
    eight = content(scheme="int8")
    four = changed(eight, lambda model, graph: make_int4(model, graph, layers))
    model = schema.ModelT.InitFromPackedBuf(eight)
    graph = model.subgraphs[0]
    chosen = [o.inputs[1] for name, o in zip(names(model), graph.operators, strict=True) if name in layers]
    weights = [int(np.prod(graph.tensors[number].shape)) for number in chosen]
    saved = sum(n - (n + 1) // 2 for n in weights)
    before, after = tflite_cost(eight).total, tflite_cost(four).total
    assert after.weight_bytes == before.weight_bytes - saved
    assert (after.macs, after.params) == (before.macs, before.params)
    assert peak_memory(four) == peak_memory(eight)
    assert costs.weight_counts(four) == costs.weight_counts(eight)
    assert TFLiteFallClassifier(four).predict_proba(noise(2, 32)).shape == (2, 2)


def test_zeros_and_distinct_values_of_int4_are_counted_by_hand():
    made = int4_content()
    for tensor in read_graph(made).parameters:
        if tensor.is_packed:
            channels = np.moveaxis(tensor.data, tensor.axis, 0).reshape(len(tensor.scale), -1)
            assert costs.sparsity(made)[tensor.name] == np.mean(tensor.data == 0)
            assert costs.distinct_values(made)[tensor.name] == max(len(set(row.tolist())) for row in channels) <= 15
            assert tensor.stored in made
    sizes = costs.stored_sizes(made)
    assert sizes.coded <= sizes.gzip < sizes.raw == len(made)


def test_the_decisions_of_int4_are_near_those_of_int8():
    images = noise(16, 32)
    eight, four = (
        TFLiteFallClassifier(made).predict_proba(images) for made in (content(scheme="int8"), int4_content())
    )
    assert np.abs(eight - four).max() < 0.5


def blockwise(size=32, change=None):
    made = convert(build_network("perceptron", (8, 8, 3), units=64))

    def both(model, graph):
        make_blockwise(model, graph, size)
        if change is not None:
            change(model, graph)

    return changed(made, both)


@pytest.mark.parametrize("size", [32, 64])
def test_blocks_have_scales_that_count(size):
    made = blockwise(size)
    weights = 192 * 64 + 64 * 2
    total = tflite_cost(made).total
    assert total.params == total.macs == weights
    assert total.weight_bytes == weights // 2 + 2 * (weights // size)
    assert sorted(costs.weight_counts(made).values()) == [128, 192 * 64]
    first = max(read_graph(made).parameters, key=lambda tensor: tensor.size)
    blocks = first.data.reshape(-1, size)
    assert costs.distinct_values(made)[first.name] == max(len(set(block.tolist())) for block in blocks)
    assert costs.sparsity(made)[first.name] == np.mean(first.data == 0)


def test_blocks_run_as_their_numbers_say():
    made = blockwise()
    images = noise(8, 8)
    graph = read_graph(made)
    first, second = sorted((t for t in graph.parameters), key=lambda tensor: -tensor.size)
    plain = [t.data.reshape(-1, 32) * t.scale[:, None] for t in (first, second)]
    x = images.reshape(8, -1) / 127.5 - 1
    logits = np.maximum(x @ plain[0].reshape(64, 192).T, 0) @ plain[1].reshape(2, 64).T
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    # LiteRT rounds the activations to eight bits.
    np.testing.assert_allclose(TFLiteFallClassifier(made).predict_proba(images), expected, atol=0.02)


@pytest.mark.parametrize(
    ("field", "value"),
    [("scales", 10**6), ("scales", -1), ("scales", 0), ("blockSize", 0), ("blockSize", 7), ("blockSize", -32)],
)
def test_blocks_that_do_not_fit_are_refused(field, value):
    def change(model, graph):
        for tensor in graph.tensors:
            if tensor.quantization is not None and tensor.quantization.details is not None:
                setattr(tensor.quantization.details, field, value)

    with pytest.raises(ModelIntegrityError, match=r"block|scales"):
        read_graph(blockwise(change=change))


def test_two_bits_are_named():
    # LiteRT 2.3 runs such files, but not with the numbers that their weights stand for.
    def change(model, graph):
        for tensor in graph.tensors:
            tensor.type = schema.TensorType.INT2 if tensor.type == schema.TensorType.INT4 else tensor.type

    with pytest.raises(InvalidInputError, match="int2"):
        tflite_cost(blockwise(change=change))


def test_a_depthwise_convolution_needs_a_scale_for_each_channel():
    # LiteRT reads as many whether they are there or not: the probabilities were random.
    def change(model, graph):
        for name, operator in zip(names(model), graph.operators, strict=True):
            if name == "DEPTHWISE_CONV_2D":
                weights = graph.tensors[operator.inputs[1]]
                buffer = schema.BufferT()
                buffer.data = np.ones(int(np.prod(weights.shape)), np.uint8)
                weights.type, weights.buffer = schema.TensorType.INT8, len(model.buffers)
                model.buffers.append(buffer)
                weights.quantization = schema.QuantizationParametersT()
                weights.quantization.scale, weights.quantization.zeroPoint = [0.1], [0]

    with pytest.raises(InvalidInputError, match="quantize by channels"):
        tflite_cost(changed(content(), change))
