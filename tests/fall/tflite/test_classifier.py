"""Running files: decisions, runtimes against one another, and damaged files, which must never end the process."""

import os
import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.base import clone, is_classifier

from common import InvalidInputError, save_bundle
from fall import TFLiteFallClassifier, training
from fall.tflite.classifier import raw_outputs
from fall.tflite.conversion import convert
from fall.tflite.file import read_classifier
from fall.tflite.stored_numbers import dequantize, pixel_table
from tests.fall.converted import compressed, content, needs_micro, network, noise


class TestClassifier:
    def test_says_what_the_network_says(self):
        images = noise(40, 32, seed=1)
        found = TFLiteFallClassifier(content()).predict_proba(images)
        np.testing.assert_allclose(found, training.predict(network("separable_cnn", 32), images), atol=1e-5)

    def test_decides_by_the_models_classes_and_threshold(self):
        classifier = TFLiteFallClassifier(compressed())
        scores = classifier.predict_proba(noise(40, 32))
        assert scores.shape == (40, 2)
        np.testing.assert_allclose(scores.sum(axis=1), 1, atol=1 / 256 + 1e-9)
        expected = np.where(scores[:, 0] >= 0.25, "fall", "non-fall")
        np.testing.assert_array_equal(classifier.predict(noise(40, 32)), expected)
        assert (classifier.classes_.tolist(), classifier.threshold_, classifier.input_size_) == (
            ["fall", "non-fall"],
            0.25,
            32,
        )

    def test_bytes_paths_and_bundles_are_one_model(self, tmp_path):
        file, bundle = tmp_path / "model.tflite", tmp_path / "bundle"
        file.write_bytes(content(scheme="int8"))
        save_bundle(compressed(), bundle)
        images = noise(8, 32)
        scores = [
            TFLiteFallClassifier(model).predict_proba(images)
            for model in (compressed(), content(scheme="int8"), bytearray(file.read_bytes()), file, str(file), bundle)
        ]
        for other in scores[1:]:
            np.testing.assert_array_equal(other, scores[0])
        plain = TFLiteFallClassifier(file)
        assert (plain.classes_.tolist(), plain.threshold_) == ([0, 1], 0.5)

    def test_reads_frame_tables(self, tmp_path):
        images = noise(3, 32)
        paths = [tmp_path / f"{number}.png" for number in range(3)]
        for path, image in zip(paths, images, strict=True):
            Image.fromarray(image).save(path)
        classifier = TFLiteFallClassifier(content())
        table = pd.DataFrame({"path": paths})
        np.testing.assert_array_equal(classifier.predict_proba(table), classifier.predict_proba(images))

    def test_is_a_classifier_of_scikit_learn(self):
        classifier = TFLiteFallClassifier(content(), num_threads=2)
        copy = clone(classifier)
        assert is_classifier(copy)
        assert copy.get_params()["num_threads"] == 2
        images = noise(8, 32)
        restored = pickle.loads(pickle.dumps(classifier))
        np.testing.assert_array_equal(restored.predict_proba(images), copy.predict_proba(images))
        assert classifier.score(images, classifier.predict(images)) == 1

    @pytest.mark.parametrize(
        ("images", "message"),
        [
            (np.zeros((2, 16, 16, 3), np.uint8), "32 x 32 are expected"),
            (np.zeros((2, 32, 32, 3)), "uint8"),
            (np.zeros((0, 32, 32, 3), np.uint8), "empty"),
            (np.zeros((32, 32, 3), np.uint8), "single image"),
        ],
    )
    def test_wrong_images_are_named(self, images, message):
        with pytest.raises(InvalidInputError, match=message):
            TFLiteFallClassifier(content()).predict(images)

    @pytest.mark.parametrize("model", [None, 3, "nowhere.tflite", os.devnull])
    def test_wrong_models_are_named(self, model):
        with pytest.raises(InvalidInputError, match="model"):
            TFLiteFallClassifier(model)

    def test_wrong_options_are_named(self):
        with pytest.raises(InvalidInputError, match="num_threads"):
            TFLiteFallClassifier(content(), num_threads=0)


@pytest.mark.promise("A .tflite model runs where TensorFlow is not installed")
def test_needs_no_tensorflow(tmp_path):
    save_bundle(compressed(), tmp_path / "bundle")
    program = (
        "import sys\n"
        "for name in ('tensorflow', 'tf_keras', 'keras'): sys.modules[name] = None\n"
        "import numpy as np, fall\n"
        f"classifier = fall.TFLiteFallClassifier({str(tmp_path / 'bundle')!r})\n"
        "print(classifier.predict_proba(np.zeros((2, 32, 32, 3), np.uint8)).shape)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert done.stdout == "(2, 2)\n", done.stderr


class TestNumbers:
    def test_pixels_stay_apart_in_int8(self):
        # Black and white were among the calibration images: the input's scale is 2/255, and pixels fall on halves.
        model = network("separable_cnn", 32)
        images = np.repeat(np.uint8([0, 255, 0, 255]), 32 * 32 * 3).reshape(4, 32, 32, 3)
        table = pixel_table(read_classifier(convert(model, "int8", representative=images)).input)
        np.testing.assert_array_equal(table, np.arange(-128, 128))

    @pytest.mark.parametrize("scheme", ["int8", "int16x8"])
    def test_the_table_is_within_half_a_step_of_the_pixel(self, scheme):
        images = read_classifier(content(scheme=scheme)).input
        pixels = np.arange(256) / 127.5 - 1
        error = np.abs(dequantize(pixel_table(images), images) - pixels)
        inside = (pixels > -1) & (pixels < dequantize(np.array([np.iinfo(images.dtype).max]), images)[0])
        assert error[inside].max() <= 0.51 * images.scale[0]

    def test_probabilities_are_steps_of_a_256th(self):
        scores = TFLiteFallClassifier(content(scheme="int8")).predict_proba(noise(16, 32))
        np.testing.assert_array_equal(scores * 256, np.round(scores * 256))


class TestRuntimes:
    # On random weights, whose logits lie close together. Trained ones are farther apart: tests/fall/compression.

    def test_fast_and_plain_kernels_agree_within_a_few_steps(self):
        images = noise(64, 32)
        fast, plain = (raw_outputs(content(scheme="int8"), images, r).astype(int) for r in ("litert", "reference"))
        assert fast.shape == (64, 2)
        assert np.abs(fast - plain).max() <= 3

    @needs_micro
    @pytest.mark.parametrize("scheme", ["int8", "int16x8", "float32"])
    def test_tflite_micro_agrees_with_plain_kernels_within_one(self, scheme):
        images = noise(64, 32)
        plain, micros = (raw_outputs(content(scheme=scheme), images, r) for r in ("reference", "micro"))
        assert micros.dtype == plain.dtype
        assert np.abs(plain.astype(float) - micros).max() <= (1e-5 if scheme == "float32" else 1)

    @needs_micro
    @pytest.mark.slow
    def test_tflite_micro_on_a_thousand_images(self):
        images = noise(1000, 96, seed=3)
        made = content("lecture_cnn", 96, "int8")
        plain, micros = (raw_outputs(made, images, runtime).astype(int) for runtime in ("reference", "micro"))
        # A dense layer may differ by one step, see fall.compare_layers, and softmax makes up to three of it.
        assert np.abs(plain - micros).max() <= 3
        assert (plain == micros).all(axis=1).mean() > 0.9

    def test_the_runtime_is_named(self):
        with pytest.raises(InvalidInputError, match="runtime"):
            raw_outputs(content(), noise(1, 32), "tensorflow")
