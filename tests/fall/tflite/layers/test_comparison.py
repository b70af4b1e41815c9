"""compare_layers: the layer that is spoiled is the layer that is named, and runtimes are told apart."""

import numpy as np
import pytest

import fall
from common import InvalidInputError
from fall.compression.graph import copy_model
from fall.tflite import convert
from fall.tflite.classifier import raw_outputs
from fall.tflite.file import read_graph
from fall.tflite.layers.activations import operator_outputs
from fall.tflite.stored_numbers import dequantize
from tests.fall.converted import compressed, content, needs_micro, network, noise

SIZE = 32
IMAGES = noise(4, SIZE)


@pytest.mark.parametrize("name", ["lecture_cnn", "separable_cnn", "residual_cnn", "mobilenet_v2"])
def test_a_float_file_differs_nowhere_from_its_network(name):
    found = fall.compare_layers(network(name, SIZE), content(name), IMAGES)
    assert (found.table["rms"] == 0).all()
    assert np.isinf(found.table["snr_db"]).all()
    assert len(found.table) == len(read_graph(content(name)).operators)


@pytest.mark.parametrize(
    ("name", "layer", "row"),
    [
        ("lecture_cnn", "block2_conv", "block2_relu"),
        ("separable_cnn", "stage2_1_pointwise_conv", "stage2_1_pointwise_relu"),
        ("residual_cnn", "stage1_1_second_conv", "stage1_1_second_bn"),
    ],
)
def test_the_layer_whose_weights_were_spoiled_is_the_origin(name, layer, row):
    spoiled = copy_model(network(name, SIZE))
    kernel, *rest = spoiled.get_layer(layer).get_weights()
    spoiled.get_layer(layer).set_weights([kernel + 0.2 * np.abs(kernel).max(), *rest])
    found = fall.compare_layers(network(name, SIZE), convert(spoiled), IMAGES)
    assert found.origin == row
    first_wrong = found.table["layer"][found.table["rms"] > 0].iloc[0]
    assert first_wrong == row
    exact = found.table["own_shift"].dropna()
    assert (exact[found.table["layer"] != row] < 1e-5).all()


def test_figures_are_those_of_the_outputs_themselves():
    exact, rounded = read_graph(content()), read_graph(content(scheme="int8"))
    found = fall.compare_layers(exact, rounded, IMAGES, runtime="reference")
    for place in (0, 3, len(found.table) - 1):
        expected, given = (
            np.array([run[place] for run in operator_outputs(graph, IMAGES, "reference")], np.float64)
            for graph in (exact, rounded)
        )
        error, row = given - expected, found.table.iloc[place]
        assert row["bias"] == pytest.approx(error.mean(), abs=1e-12)
        assert row["rms"] == pytest.approx(np.sqrt(np.square(error).mean()))
        assert row["max"] == pytest.approx(np.abs(error).max())
        assert row["snr_db"] == pytest.approx(10 * np.log10(np.square(expected).mean() / np.square(error).mean()))
        np.testing.assert_allclose(
            found.channel_bias[place], error.reshape(-1, error.shape[-1]).mean(axis=0), atol=1e-12
        )


@pytest.mark.parametrize(("runtime", "whole"), [("reference", "reference"), ("xnnpack", "litert")])
def test_the_last_operator_puts_out_what_the_file_does(runtime, whole):
    graph = read_graph(content(scheme="int8"))
    expected = dequantize(raw_outputs(graph, IMAGES, whole), graph.output)
    found = np.array([run[-1][0] for run in operator_outputs(graph, IMAGES, runtime)])
    np.testing.assert_allclose(found, expected, atol=1e-7)


@needs_micro
@pytest.mark.parametrize("name", ["lecture_cnn", "separable_cnn", "residual_cnn", "mobilenet_v2"])
def test_tflite_micro_and_the_reference_kernels_differ_in_dense_layers_alone(name):
    made = content(name, scheme="int8")
    table = fall.compare_layers(made, made, noise(32, SIZE), runtime="micro", float_runtime="reference").table
    before = table[~table["operator"].isin(["FULLY_CONNECTED", "SOFTMAX"])]
    assert (before["max"] == 0).all()
    assert (table["max_steps"][table["operator"] == "FULLY_CONNECTED"] < 1.001).all()


@pytest.mark.parametrize("input_range", [(0, 1), (0, 255), (-0.5, 0.5)])
def test_both_are_given_what_the_network_expects(input_range):
    model, options = network("separable_cnn", 32), {"input_range": input_range}
    classifier = fall.CNNFallClassifier.from_model(model, classes=[0, 1], positive=1, **options)
    cost = fall.tflite_cost(fall.tflite.convert(model)).total
    file = fall.tflite.convert(model, **options)
    compressed = fall.CompressedModel("float32", file, cost, None, np.array([0, 1]), 0.5, 32, **options)
    for float_model, tflite in ((classifier, file), (model, compressed), (model, file)):
        assert fall.compare_layers(float_model, tflite, IMAGES, runtime="reference").table["max"].eq(0).all()


def test_models_files_and_graphs_are_taken():
    model = compressed()
    for form in (model, model.tflite, model.graph):
        assert len(fall.compare_layers(content(), form, IMAGES).table) > 5


def test_it_prints_and_draws():
    found = fall.compare_layers(content(), content(scheme="int8"), IMAGES)
    assert "stem_relu" in str(found)
    assert "<table" in found._repr_html_()
    assert [text.get_text() for text in found.plot().axes[0].get_yticklabels()] == found.table["layer"].tolist()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((content, content, IMAGES[:0]), "images"),
        ((lambda: content(side=40), content, IMAGES), "float_model takes images"),
        ((content, lambda: "model.tflite", IMAGES), "content is a str"),
        ((lambda: object(), content, IMAGES), "model is a object"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, message):
    float_model, tflite, images = arguments
    with pytest.raises(InvalidInputError, match=message):
        fall.compare_layers(float_model(), tflite(), images)


def test_an_unknown_runtime_is_refused():
    with pytest.raises(InvalidInputError, match="float_runtime"):
        fall.compare_layers(content(), content(), IMAGES, float_runtime="tvm")
