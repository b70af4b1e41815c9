"""The operators of a file by tflite-micro's names."""

import re

import pytest

from common import InvalidInputError
from fall import backend, tflite
from fall.networks import NETWORKS
from fall.tflite.embedded import operators
from fall.tflite.embedded.operators import resolver_methods
from fall.tflite.file import Graph, Operator, read_graph
from tests.fall.converted import content
from tests.fall.tflite.embedded.building import TFLITE_MICRO

HEADER = TFLITE_MICRO / "tensorflow/lite/micro/micro_mutable_op_resolver.h"
METHODS = {f"Add{name}" for name in re.findall(r"ADD\(([A-Z]\w*)\)", HEADER.read_text())}


def graph_of(*names):
    return Graph(b"", (), tuple(Operator(name, (), ()) for name in names), (), ())


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("CONV_2D", "AddConv2D"),
        ("DEPTHWISE_CONV_2D", "AddDepthwiseConv2D"),
        ("MAX_POOL_2D", "AddMaxPool2D"),
        ("L2_POOL_2D", "AddL2Pool2D"),
        ("ADD", "AddAdd"),
        ("ADD_N", "AddAddN"),
        ("RELU6", "AddRelu6"),
        ("PADV2", "AddPadV2"),
        ("BATCH_MATMUL", "AddBatchMatMul"),
        ("SPACE_TO_BATCH_ND", "AddSpaceToBatchNd"),
        ("SELECT_V2", "AddSelectV2"),
        ("UNIDIRECTIONAL_SEQUENCE_LSTM", "AddUnidirectionalSequenceLSTM"),
    ],
)
def test_names(name, method):
    assert resolver_methods(graph_of(name)) == [method]


def test_every_name_is_a_method_of_the_resolver():
    assert set(resolver_methods(graph_of(*operators._KNOWN.split()))) == METHODS


QUICK = [("separable_cnn", "int8"), ("lecture_cnn", "dynamic_int8"), ("lecture_cnn", "float16")]
THOROUGH = [(name, scheme) for name in NETWORKS for scheme in ("float32", "int8", "int16x8")]


@pytest.mark.parametrize(
    ("network", "scheme"), [*QUICK, *(pytest.param(*case, marks=pytest.mark.slow) for case in THOROUGH)]
)
def test_networks_of_this_library_have_no_other_operators(network, scheme):
    assert resolver_methods(read_graph(content(network, 32, scheme)))


def test_each_operator_is_added_once():
    graph = graph_of("CONV_2D", "SOFTMAX", "CONV_2D", "ADD", "CONV_2D")
    assert resolver_methods(graph) == ["AddAdd", "AddConv2D", "AddSoftmax"]


@pytest.mark.parametrize("name", ["HASHTABLE", "CONV_3D", "RANK"])
def test_operators_that_tflite_micro_lacks_are_named(name):
    with pytest.raises(InvalidInputError, match=f"operators {name}, which tflite-micro lacks"):
        resolver_methods(graph_of("CONV_2D", name))


def test_a_network_with_another_activation():
    keras = backend.keras()
    images = keras.layers.Input((8, 8, 3))
    hidden = keras.layers.Conv2D(4, 3, activation="elu")(images)
    outputs = keras.layers.Dense(2, activation="softmax")(keras.layers.Flatten()(hidden))
    methods = resolver_methods(read_graph(tflite.convert(keras.Model(images, outputs))))
    assert methods == ["AddConv2D", "AddElu", "AddFullyConnected", "AddReshape", "AddSoftmax"]
