"""Conversion: what stands in the files, and what the converter is not given."""

import subprocess
import sys

import numpy as np
import pytest

from common import InvalidInputError
from fall import backend, training
from fall.costs import float_operators
from fall.networks import scale_pixels
from fall.tflite.classifier import raw_outputs
from fall.tflite.conversion import SCHEMES, convert, representative_images
from fall.tflite.file import read_graph
from tests.fall.converted import content, network, noise


@pytest.mark.parametrize(
    ("scheme", "inside", "weights"),
    [
        ("float32", np.float32, np.float32),
        ("float16", np.float32, np.float16),
        ("dynamic_int8", np.float32, np.int8),
        ("int8", np.int8, np.int8),
        ("int16x8", np.int16, np.int8),
    ],
)
def test_each_scheme_stores_and_computes_in_its_types(scheme, inside, weights):
    graph = read_graph(content("lecture_cnn", 32, scheme))
    assert graph.input.dtype == graph.output.dtype == inside
    largest = max(graph.parameters, key=lambda tensor: tensor.size)
    assert largest.dtype == weights
    assert graph.input.shape == (1, 32, 32, 3)


def test_equal_lists_stand_in_the_file_once(monkeypatch):
    shared = content("separable_cnn", 32, "int8")
    monkeypatch.setattr("fall.tflite.conversion.share_equal_vectors", bytes)
    plain = convert(network("separable_cnn", 32), "int8", representative=noise(32, 32))
    assert len(shared) < 0.95 * len(plain)
    for ours, before in zip(read_graph(shared).tensors, read_graph(plain).tensors, strict=True):
        assert (ours.name, ours.shape, ours.dtype, ours.axis) == (before.name, before.shape, before.dtype, before.axis)
        for field in ("scale", "zero_point", "data"):
            np.testing.assert_array_equal(getattr(ours, field), getattr(before, field))
    images = noise(32, 32)
    np.testing.assert_array_equal(raw_outputs(shared, images), raw_outputs(plain, images))
    start = np.frombuffer(shared, np.uint8).ctypes.data
    constants = [t.data.ctypes.data - start for t in read_graph(shared).tensors if t.data is not None]
    assert constants
    assert {offset % 16 for offset in constants} == {0}


@pytest.mark.parametrize("scheme", ["int8", "int16x8"])
def test_integer_files_hold_no_floating_point(scheme):
    assert float_operators(content("lecture_cnn", 32, scheme)) == []
    assert float_operators(content("lecture_cnn", 32)) != []


@pytest.mark.promise("A .tflite file says what its network says, within 0.03 of a probability in 8 bits")
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_file_says_what_the_network_says(scheme):
    images = noise(32, 32)  # as in the conversion, so that nothing is beyond the ranges
    expected = training.predict(network("lecture_cnn", 32), images)[:, 1]
    graph = read_graph(content("lecture_cnn", 32, scheme))
    found = raw_outputs(content("lecture_cnn", 32, scheme), images)[:, 1].astype(float)
    if len(graph.output.scale):
        found = graph.output.scale[0] * (found - graph.output.zero_point[0])
    # Measured: 7e-7 in float32, 0.008 with weights in int8, 0.013 with activations in int8, too.
    bound = {"float32": 1e-5, "float16": 2e-3}.get(scheme, 0.03)
    assert np.abs(found - expected).max() < bound


@pytest.mark.promise("The same network gives the same .tflite file, byte for byte")
def test_the_same_network_gives_the_same_bytes():
    again = convert(network("lecture_cnn", 32), "int8", representative=noise(32, 32))
    assert again == content("lecture_cnn", 32, "int8")


def test_a_quantization_aware_network_needs_no_images():
    tfmot = backend.tfmot()
    model = tfmot.quantization.keras.quantize_model(network("lecture_cnn", 32))
    for _ in range(5):
        model(scale_pixels(noise(8, 32)), training=True)
    made = convert(model, "int8")
    assert float_operators(made) == []
    assert read_graph(made).input.dtype == np.int8
    with pytest.raises(InvalidInputError, match="representative is None"):
        convert(model, "int16x8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scheme": "int4"}, "choose one of"),
        ({"scheme": "int8"}, "representative is None"),
        ({"scheme": "int16x8"}, "representative is None"),
        ({"scheme": "int8", "representative": np.zeros((2, 16, 16, 3), np.uint8)}, "the model takes"),
        ({"scheme": "int8", "representative": np.zeros((2, 32, 32, 3))}, "uint8"),
        ({"scheme": "int8", "representative": np.zeros((0, 32, 32, 3), np.uint8)}, "empty"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(InvalidInputError, match=message):
        convert(network("lecture_cnn", 32), **arguments)


@pytest.mark.parametrize("model", [None, "model.keras", np.zeros(3)])
def test_only_networks_are_converted(model):
    with pytest.raises(InvalidInputError, match="tf_keras"):
        convert(model)


def test_converting_is_quiet_and_leaves_nothing_behind(tmp_path):
    program = (
        "from fall import build_network, tflite\n"
        "import sys\n"
        "model = build_network('perceptron', (8, 8, 3), units=4)\n"
        "print('ready', file=sys.stderr, flush=True)\n"
        "tflite.convert(model)"
    )
    temporary, here = tmp_path / "temporary", tmp_path / "here"
    temporary.mkdir()
    here.mkdir()
    environment = {
        "TMPDIR": str(temporary),
        "PYTHONPATH": ":".join(path for path in sys.path if path),
        "PYTHONDONTWRITEBYTECODE": "1",  # of the temporary modules that TensorFlow itself writes, and removes
    }
    done = subprocess.run([sys.executable, "-c", program], cwd=here, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr.partition("ready\n")[2] == ""
    assert [*here.iterdir(), *temporary.iterdir()] == []


class TestRepresentativeImages:
    images = np.arange(60, dtype=np.uint8)[:, None, None, None] * np.ones((8, 8, 3), np.uint8)
    labels = np.array(["fall"] * 6 + ["other"] * 54)

    def test_drawn_evenly_from_all_classes(self):
        drawn = representative_images(self.images, self.labels, n=10, random_state=0)[:, 0, 0, 0]
        assert ((drawn < 6).sum(), len(np.unique(drawn))) == (5, 10)

    def test_the_larger_class_fills_up(self):
        drawn = representative_images(self.images, self.labels, n=30, random_state=0)[:, 0, 0, 0]
        assert ((drawn < 6).sum(), len(np.unique(drawn))) == (6, 30)

    def test_all_if_there_are_fewer(self):
        assert len(representative_images(self.images, self.labels, n=1000)) == 60

    def test_follows_its_seed(self):
        draws = [representative_images(self.images, self.labels, n=9, random_state=seed) for seed in (1, 1, 2)]
        np.testing.assert_array_equal(draws[0], draws[1])
        assert (draws[0] != draws[2]).any()

    def test_wrong_arguments_are_named(self):
        with pytest.raises(InvalidInputError, match="59 entries"):
            representative_images(self.images, self.labels[1:])
        with pytest.raises(InvalidInputError, match="n is 0"):
            representative_images(self.images, self.labels, n=0)
        with pytest.raises(InvalidInputError, match="uint8"):
            representative_images(self.images / 255, self.labels)
