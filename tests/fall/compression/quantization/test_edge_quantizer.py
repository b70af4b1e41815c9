"""Files by ai-edge-quantizer: small, near the float32 file, the same each time, and refused before they are wrong."""

import sys
from importlib.util import find_spec

import numpy as np
import pytest

import fall
from common.errors import InvalidInputError, MissingDependencyError
from fall import TFLiteFallClassifier
from fall.compression import RECIPES, EdgeQuantization
from fall.compression.quantization import edge_quantizer
from fall.networks import scale_pixels
from fall.tflite.file import read_graph
from tests.fall.converted import content, noise

needs_quantizer = pytest.mark.skipif(
    find_spec("ai_edge_quantizer") is None, reason="needs ai-edge-quantizer: pip install 'har-fall[quantizer]'"
)
INT8 = [EdgeQuantization(), EdgeQuantization(activations="int8")]
INT4 = [
    EdgeQuantization("int4"),
    EdgeQuantization("int4", algorithm="octav"),
    EdgeQuantization("int4", algorithm="gptq"),
    EdgeQuantization("int4", block=32),
    EdgeQuantization("int4", algorithm="octav", block=32),
]
NETWORKS = [("perceptron", 8), ("separable_cnn", 32)]


def quantized(scheme, name, side):
    return scheme(content(name, side), scale_pixels(noise(16, side)))


def probabilities(made, side):
    return TFLiteFallClassifier(made).predict_proba(noise(16, side))[:, 1]


@needs_quantizer
@pytest.mark.parametrize("scheme", INT8 + INT4, ids=str)
@pytest.mark.parametrize(("name", "side"), NETWORKS)
def test_the_file_is_measured_and_decides_nearly_as_float32(scheme, name, side):
    made = quantized(scheme, name, side)
    measured, plain = (fall.tflite_cost(one).total for one in (made, content(name, side)))
    assert (measured.macs, measured.params) == (plain.macs, plain.params)
    assert measured.weight_bytes < plain.weight_bytes * (0.35 if scheme.weights == "int4" else 0.45)
    difference = np.abs(probabilities(made, side) - probabilities(content(name, side), side))
    assert difference.max() < 0.15


@needs_quantizer
@pytest.mark.parametrize("scheme", INT8, ids=str)
@pytest.mark.parametrize(("name", "side"), NETWORKS)
def test_static_files_take_and_give_integers_and_dynamic_ones_floats(scheme, name, side):
    graph = read_graph(quantized(scheme, name, side))
    assert {str(graph.input.dtype), str(graph.output.dtype)} == {scheme.activations}


@needs_quantizer
@pytest.mark.parametrize("scheme", INT8 + INT4, ids=str)
def test_the_same_inputs_give_the_same_bytes(scheme):
    assert quantized(scheme, "perceptron", 8) == quantized(scheme, "perceptron", 8)


@needs_quantizer
def test_large_constants_are_inside_the_flatbuffer():
    # The library puts constants of more than 256 kB behind it.
    made = quantized(EdgeQuantization(), "perceptron", 128)
    assert len(made) > 900_000
    assert fall.tflite_cost(made).total.weight_bytes > 900_000


@needs_quantizer
@pytest.mark.parametrize(
    ("scheme", "side", "message"),
    [
        (EdgeQuantization("int4", block=256), 8, "block=256 does not divide the 192 inputs"),
        (EdgeQuantization("int4", block=128), 8, "block=128 does not divide the 192 inputs"),
        (EdgeQuantization("int4", block=32), 9, "block=32 does not divide the 243 inputs"),
        (EdgeQuantization("int4", algorithm="gptq"), 64, r'"gptq" takes dense layers of up to 10,000 .* 12,288'),
    ],
)
def test_what_does_not_fit_the_network_is_refused(scheme, side, message):
    with pytest.raises(InvalidInputError, match=message):
        quantized(scheme, "perceptron", side)


@needs_quantizer
def test_the_librarys_own_errors_are_explained(monkeypatch):
    def fails(*arguments):
        raise ValueError("no such tensor")

    monkeypatch.setattr(edge_quantizer, "_calibrate", fails)
    with pytest.raises(InvalidInputError, match=r"cannot be quantized by ai-edge-quantizer \(no such tensor"):
        quantized(EdgeQuantization(), "perceptron", 8)


@pytest.mark.parametrize("name", [name for name in RECIPES if name.startswith("edge_")])
def test_without_the_package_the_recipe_says_how_to_install_it(name, monkeypatch):
    for module in ("ai_edge_quantizer", "ai_edge_quantizer.quantizer"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'har-fall\[quantizer\]'"):
        quantized(RECIPES[name].scheme, "perceptron", 8)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"weights": "int3"}, "weights is 'int3'"),
        ({"activations": "int16"}, "activations is 'int16'"),
        ({"weights": "int4", "algorithm": "awq"}, "algorithm is 'awq'"),
        ({"weights": "int4", "block": 16}, "block is 16"),
        ({"block": 32}, "are for 4-bit weights"),
        ({"algorithm": "gptq"}, "are for 4-bit weights"),
        ({"weights": "int4", "activations": "int8"}, 'needs weights="int8"'),
    ],
)
def test_schemes_that_do_not_exist_are_refused(arguments, message):
    with pytest.raises(InvalidInputError, match=message):
        EdgeQuantization(**arguments)
