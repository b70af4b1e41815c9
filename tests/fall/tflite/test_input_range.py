"""The pixel range that a file tells, by its integers, its first operators or the name of its input."""

import numpy as np
import pytest

from common import FrugalWarning, InvalidInputError
from fall import TFLiteFallClassifier, backend
from fall.tflite import convert
from fall.tflite.file import Graph, Operator, Tensor, read_classifier
from fall.tflite.input_range import find_input_range, input_name
from tests.fall.converted import content, network, noise


def tensor(dtype, shape=(1, 8, 8, 3), *, low=None, high=None, name="image", data=None):
    """A tensor whose integers stand for ``low`` to ``high``."""
    scale, zero_point = np.empty(0, np.float32), np.empty(0, np.int64)
    if low is not None:
        bounds = np.iinfo(dtype)
        step = (high - low) / (bounds.max - bounds.min)
        scale, zero_point = np.float32([step]), np.array([round(bounds.min - low / step)])
    return Tensor(name, shape, np.dtype(dtype), scale, zero_point, 0, 0, data)


def graph(images, *steps):
    """A graph that begins with these operators and their constants."""
    tensors, operators, last = [images], [], 0
    for name, constant in steps:
        tensors.append(tensor(np.float32, np.shape(constant), data=np.float32(constant)))
        tensors.append(tensor(np.float32))
        operators.append(Operator(name, (last, len(tensors) - 2), (len(tensors) - 1,)))
        last = len(tensors) - 1
    return Graph(b"", tuple(tensors), tuple(operators), (0,), (last,))


@pytest.mark.parametrize("dtype", [np.int8, np.uint8])
@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-1, 1, (-1, 1)),
        (-1, 0.1, (-1, 1)),  # dark calibration images
        (-0.9, 0.8, (-1, 1)),
        (-0.4, 0.98, (-1, 1)),
        (0, 1, (0, 1)),
        (0, 0.6, (0, 1)),
        (0, 255, (0, 255)),
        (0, 180, (0, 255)),
        (-128, 127, (-128, 127)),
    ],
)
def test_integers_tell_it_also_where_calibration_did_not_reach_the_ends(dtype, low, high, expected):
    images = graph(tensor(dtype, low=low, high=high))
    assert find_input_range(images) == expected
    assert find_input_range(images, expected) == expected
    for other in {(-1.0, 1.0), (0.0, 1.0), (0.0, 255.0)} - {expected}:
        with pytest.raises(
            InvalidInputError, match=rf"input_range is .*Pass input_range=\({expected[0]}, {expected[1]}"
        ):
            find_input_range(images, other)


@pytest.mark.parametrize(("low", "high"), [(-2.1, 2.6), (-0.5, 0.5), (0, 4), (-117, 138), (-6, 6)])
def test_integers_of_no_usual_range_do_not(low, high):
    images = graph(tensor(np.int8, low=low, high=high))
    with pytest.raises(InvalidInputError, match="pass input_range="):
        find_input_range(images)
    assert find_input_range(images, (low, high)) == (low, high)
    with pytest.raises(InvalidInputError, match="contradicts"):
        find_input_range(images, (0.0, 255.0) if high < 100 else (0.0, 1e4))


@pytest.mark.parametrize("high", [128, 151, 117])
def test_sixteen_bits_around_a_mean_are_not_taken_for_pixels(high):
    with pytest.raises(InvalidInputError, match="pass input_range="):
        find_input_range(graph(tensor(np.int16, low=-high, high=high)))


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0, 255), (-1, 1)])
def test_floats_that_become_integers_first_tell_it(low, high):
    tensors = tensor(np.float32), tensor(np.int8, low=low, high=high)
    quantized = Graph(b"", tensors, (Operator("QUANTIZE", (0,), (1,)),), (0,), (1,))
    assert find_input_range(quantized) == (low, high)


@pytest.mark.parametrize("name", ["image", "serving_default_input_1:0", "x"])
def test_floats_that_tell_nothing_are_a_warning(name):
    silent = graph(tensor(np.float32, name=name))
    with pytest.warns(FrugalWarning, match="pass the range"):
        assert find_input_range(silent) == (-1, 1)
    assert find_input_range(silent, (0.0, 1.0)) == (0, 1)


def test_sixteen_bits_are_symmetric_so_that_0_to_1_looks_like_minus_1_to_1():
    images = graph(tensor(np.int16, low=-1.00003, high=1))
    with pytest.raises(InvalidInputError, match=r"pass input_range=\(0, 1\) or input_range=\(-1, 1\)"):
        find_input_range(images)
    assert find_input_range(images, (0.0, 1.0)) == (0, 1)
    assert find_input_range(graph(tensor(np.int16, low=-255.01, high=255))) == (0, 255)
    with pytest.raises(InvalidInputError, match="contradicts"):
        find_input_range(images, (0.0, 255.0))


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([("MUL", 1 / 255)], (0, 255)),
        ([("DIV", [127.5]), ("SUB", [1])], (0, 255)),
        ([("MUL", 2), ("ADD", -1)], (0, 1)),
        ([("SUB", [[[[123.7, 116.8, 103.9]]]]), ("MUL", [[[[0.017, 0.0175, 0.0174]]]])], (0, 255)),
        ([("SUB", [[[[123.7, 116.8, 103.9]]]])], (0, 255)),
    ],
)
def test_first_operators_tell_it(steps, expected):
    scaling = graph(tensor(np.float32), *steps)
    assert find_input_range(scaling) == expected
    with pytest.raises(InvalidInputError, match=rf"pass input_range=\({expected[0]}, {expected[1]}\)"):
        find_input_range(scaling, (-1.0, 1.0))


def test_other_floats_are_taken_as_minus_1_to_1_or_as_stated():
    for steps in ([], [("PRELU", [0.1])], [("ADD", np.ones((8, 8, 3)))]):
        with pytest.warns(FrugalWarning, match="pass the range"):
            assert find_input_range(graph(tensor(np.float32), *steps)) == (-1, 1)
        assert find_input_range(graph(tensor(np.float32), *steps), (0.0, 1.0)) == (0, 1)


@pytest.mark.parametrize("input_range", [(-1.0, 1.0), (0.0, 1.0), (0.0, 255.0), (-0.5, 0.5), (-1.5e-05, 1e20)])
def test_the_name_tells_it(input_range):
    for dtype in (np.float32, np.int16):
        ends = {} if dtype == np.float32 else {"low": -2 * input_range[1], "high": 2 * input_range[1]}
        images = graph(tensor(dtype, name=f"serving_default_{input_name(input_range)}:0", **ends))
        if dtype == np.float32 or input_range != (-1.0, 1.0):
            assert find_input_range(images) == input_range
    if input_range != (-1.0, 1.0):
        with pytest.raises(InvalidInputError, match="was converted with"):
            find_input_range(images, (-2.0, 2.0))


def test_a_name_that_anybody_may_give_proves_nothing():
    with pytest.raises(InvalidInputError, match=r"input_range=\(0, 1\) or input_range=\(-1, 1\)"):
        find_input_range(graph(tensor(np.int8, low=0, high=1, name="serving_default_images:0")))
    scaling = graph(tensor(np.float32, name="serving_default_images:0"), ("MUL", 1 / 255))
    assert find_input_range(scaling) == (0, 255)


@pytest.mark.parametrize("scheme", ["float32", "float16", "dynamic_int8", "int8", "int16x8"])
@pytest.mark.parametrize("input_range", [(-1.0, 1.0), (0.0, 1.0), (0.0, 255.0)])
def test_files_of_convert_tell_it(scheme, input_range):
    file = convert(network("perceptron", 16), scheme, representative=noise(32, 16), input_range=input_range)
    assert find_input_range(read_classifier(file)) == input_range
    assert TFLiteFallClassifier(file).input_range_ == input_range
    if input_range == (-1.0, 1.0):
        assert file == content("perceptron", 16, scheme)


@pytest.mark.parametrize("scheme", ["float32", "int8", "int16x8"])
def test_a_network_that_scales_pixels_itself(scheme):
    layers = backend.keras().layers
    dense = layers.Dense(2, activation="softmax")
    model = backend.keras().Sequential(
        [layers.Input((16, 16, 3)), layers.Rescaling(1 / 255), layers.GlobalAveragePooling2D(), dense]
    )
    limit = 20 * 150 / 255
    dense.set_weights([np.float32([[-20 / 3, 20 / 3]] * 3), np.float32([limit, -limit])])  # a fall above 150 of 255
    greys = np.uint8([0, 60, 100, 140, 160, 200, 255])
    images = np.repeat(greys, 16 * 16 * 3).reshape(-1, 16, 16, 3)
    for wrong in ({}, {"input_range": (0, 1)}):
        with pytest.raises(InvalidInputError, match=r"pass input_range=\(0, 255\)"):
            convert(model, scheme, representative=images, **wrong)
    file = convert(model, scheme, representative=images, input_range=(0, 255))
    assert TFLiteFallClassifier(file).predict(images).tolist() == (greys > 150).astype(int).tolist()
