"""Operators with other parts than their own are refused before a runtime sees them; sound ones are read."""

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from common import FrugalError, InvalidInputError, ModelIntegrityError
from fall import TFLiteFallClassifier, peak_memory, tflite_cost
from fall.tflite.file import read_graph
from fall.tflite.file.operators import ALLOWED
from tests.fall.converted import content, noise
from tests.fall.tflite.file.examples import changed, names, shape_content


def call(model, operator, name, options="same"):
    """Give an operator another name."""
    code = schema.OperatorCodeT()
    code.builtinCode = getattr(schema.BuiltinOperator, name)
    code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), 1
    operator.opcodeIndex = len(model.operatorCodes)
    model.operatorCodes.append(code)
    if options == "none":
        operator.builtinOptions, operator.builtinOptionsType = None, 0
    elif options == "own" and name in ALLOWED and ALLOWED[name].options:
        operator.builtinOptionsType = getattr(schema.BuiltinOptions, ALLOWED[name].options)
        operator.builtinOptions = getattr(schema, f"{ALLOWED[name].options}T")()


def reshaped(sides, *, as_options=False):
    """The sound file after a RESHAPE of four constants to these sides, which are a constant or in the options."""

    def change(model, graph):
        operator = schema.OperatorT()
        call(model, operator, "RESHAPE")
        for shape, kind, data in (([4], 0, np.ones(4, np.float32)), ([len(sides)], 2, np.int32(sides)), ([4], 0, None)):
            tensor, buffer = schema.TensorT(), schema.BufferT()
            tensor.shape, tensor.type, tensor.buffer = shape, kind, len(model.buffers)
            buffer.data = None if data is None else data.view(np.uint8)
            graph.tensors.append(tensor), model.buffers.append(buffer)
        n = len(graph.tensors)
        operator.inputs, operator.outputs = [n - 3] if as_options else [n - 3, n - 2], [n - 1]
        if as_options:
            operator.builtinOptionsType = schema.BuiltinOptions.ReshapeOptions
            operator.builtinOptions = schema.ReshapeOptionsT()
            operator.builtinOptions.newShape = list(sides)
        graph.operators.insert(0, operator)

    return changed(content(), change)


def first(model, graph, name):
    return graph.operators[names(model).index(name)]


class TestReshape:
    @pytest.mark.parametrize("as_options", [False, True])
    @pytest.mark.parametrize("n", [2, 9, 22, 64, 4000])
    def test_a_new_shape_that_is_not_the_outputs_is_refused(self, n, as_options):
        with pytest.raises(ModelIntegrityError, match="RESHAPE"):
            TFLiteFallClassifier(reshaped([1] * (n - 1) + [4], as_options=as_options))

    @pytest.mark.parametrize("sides", [[5], [0], [-1, -1], [-2], [3, -1]])
    def test_impossible_sides_are_refused(self, sides):
        with pytest.raises(ModelIntegrityError, match="RESHAPE"):
            read_graph(reshaped(sides))

    @pytest.mark.parametrize("as_options", [False, True])
    @pytest.mark.parametrize("sides", [[4], [-1]])
    def test_a_sound_one_is_read(self, sides, as_options):
        assert read_graph(reshaped(sides, as_options=as_options)).operators[0].name == "RESHAPE"


class TestOperators:
    @pytest.mark.parametrize("options", ["same", "none", "own"])
    @pytest.mark.parametrize("name", ["SPLIT", "STRIDED_SLICE", "SLICE", "SQUEEZE", "PACK", "TRANSPOSE", "PAD", "MEAN"])
    def test_one_that_is_called_another_is_refused(self, name, options):
        for number in (0, 1, -1):
            with pytest.raises(ModelIntegrityError, match=name):
                TFLiteFallClassifier(changed(content(), lambda m, g, n=number: call(m, g.operators[n], name, options)))

    @pytest.mark.parametrize(
        "name", ["BATCH_MATMUL", "ASSIGN_VARIABLE", "FAKE_QUANT", "GATHER", "WHILE", "TRANSPOSE_CONV"]
    )
    def test_one_that_is_not_allowed_is_named(self, name):
        with pytest.raises(InvalidInputError, match=f"operator {name}"):
            read_graph(changed(content(), lambda model, graph: call(model, graph.operators[0], name)))

    def test_a_custom_one_is_named(self):
        def change(model, graph):
            call(model, graph.operators[0], "CUSTOM")
            model.operatorCodes[-1].customCode = b"MyOperator"

        with pytest.raises(InvalidInputError, match="MyOperator"):
            read_graph(changed(content(), change))

    @pytest.mark.parametrize("name", ["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "MEAN", "SOFTMAX"])
    @pytest.mark.parametrize("n", [0, 1, 5])
    def test_another_number_of_inputs_is_refused(self, name, n):
        def change(model, graph):
            operator = first(model, graph, name)
            operator.inputs = (list(operator.inputs) * 5)[:n]

        made = changed(content(), change)
        for measure in (tflite_cost, peak_memory, TFLiteFallClassifier):
            if (name, n) != ("SOFTMAX", 1):
                with pytest.raises(ModelIntegrityError, match=name):
                    measure(made)

    @pytest.mark.parametrize("scheme", ["float32", "int8", "int16x8"])
    @pytest.mark.parametrize("name", ["CONV_2D", "DEPTHWISE_CONV_2D"])
    def test_a_convolution_without_biases_is_refused(self, name, scheme):
        # LiteRT crashes on the depthwise one.
        def change(model, graph):
            operator = first(model, graph, name)
            operator.inputs = list(operator.inputs)[:2]

        with pytest.raises(ModelIntegrityError, match=f"{name} has 2 inputs"):
            read_graph(changed(content(scheme=scheme), change))

    @pytest.mark.parametrize(
        ("name", "option", "value"),
        [
            *(("CONV_2D", "strideH", 0), ("CONV_2D", "strideW", -1), ("CONV_2D", "dilationHFactor", 0)),
            *(("CONV_2D", "padding", 2), ("CONV_2D", "fusedActivationFunction", 5), ("CONV_2D", "strideW", 3)),
            *(("DEPTHWISE_CONV_2D", "depthMultiplier", 2), ("DEPTHWISE_CONV_2D", "depthMultiplier", 0)),
            *(("MAX_POOL_2D", "filterHeight", 0), ("MAX_POOL_2D", "filterWidth", 2**31 - 1)),
            *(("FULLY_CONNECTED", "keepNumDims", True), ("MEAN", "keepDims", True)),
        ],
    )
    def test_options_that_do_not_fit_are_refused(self, name, option, value):
        def change(model, graph):
            setattr(first(model, graph, name).builtinOptions, option, value)

        if (name, option) == ("FULLY_CONNECTED", "keepNumDims"):
            assert read_graph(changed(content(), change))  # it has but two axes: the same
            return
        with pytest.raises(ModelIntegrityError, match=name):
            read_graph(changed(content(), change))


class TestTensors:
    @pytest.mark.parametrize("shape", [[1] * 7, [1] * 40, [1, 32, 32, 4], [1, 2**30, 2**30, 3], [1, -1, 32, 3]])
    def test_shapes_that_do_not_follow_are_refused(self, shape):
        with pytest.raises(FrugalError):
            read_graph(changed(content(), lambda model, graph: setattr(graph.tensors[graph.inputs[0]], "shape", shape)))

    @pytest.mark.parametrize("name", ["FLOAT64", "STRING", "COMPLEX64", "RESOURCE"])
    def test_a_type_that_is_not_supported_is_named(self, name):
        kind = getattr(schema.TensorType, name)
        with pytest.raises(InvalidInputError, match=name.lower()):
            read_graph(changed(content(), lambda model, graph: setattr(graph.tensors[0], "type", kind)))

    def test_sides_that_the_file_leaves_open_are_named(self):
        def change(model, graph):
            tensor = graph.tensors[graph.operators[0].outputs[0]]
            tensor.shape, tensor.shapeSignature = [1, 1, 1, 8], [-1, -1, -1, 8]

        with pytest.raises(InvalidInputError, match="fixed shapes"):
            read_graph(changed(content(), change))


def test_a_network_of_many_operators_is_read_measured_and_run():
    made = shape_content()
    found = {operator.name for operator in read_graph(made).operators}
    assert {"SPLIT", "PACK", "STRIDED_SLICE", "TRANSPOSE", "PAD", "RESIZE_BILINEAR", "SPACE_TO_DEPTH"} < found
    assert tflite_cost(made).total.macs == 15 * 15 * 8 * 27 + 32 * 2
    assert TFLiteFallClassifier(made).predict_proba(noise(2, 32)).shape == (2, 2)
