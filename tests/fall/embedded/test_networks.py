"""Every network of the library, and its int8 recipes, decide in C as with tflite-micro: to the bit."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from common import FrameScenario, load_bundle, simulate_frames
from fall import CNNFallClassifier, compress, export_c, read_images
from fall.compression import RECIPES, shrink_input
from fall.datasets import load_gmdcsa24, load_urfd
from fall.networks import NETWORKS
from fall.tflite.classifier import raw_outputs
from tests.fall.converted import content, needs_micro, noise
from tests.fall.embedded.building import as_model, assert_equals_micro, build, decide

CAMERA = Path(__file__).parents[3] / "examples" / "models" / "camera"
INT8_RECIPES = sorted(
    name for name in RECIPES if name.endswith("int8") and name not in ("dynamic_int8", "edge_dynamic_int8")
)


@pytest.mark.promise("A network exported as C computes what tflite-micro does, to the bit")
@needs_micro
@pytest.mark.parametrize("name", sorted({*NETWORKS} - {"mobilenet_v2"}))
def test_every_network_computes_what_tflite_micro_does(tmp_path, name):
    assert_equals_micro(as_model(content(name, 32, "int8")), tmp_path, noise(60, 32, 4))


@needs_micro
@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_every_network_at_full_size_computes_what_tflite_micro_does(tmp_path, name):
    assert_equals_micro(as_model(content(name, 96, "int8")), tmp_path, noise(100, 96, 4))


@pytest.fixture(scope="module")
def trained():
    """A classifier, and what it was trained on."""
    images, labels, subjects = noise(32, 32), np.array([0, 1] * 16), np.repeat([1, 2, 3, 4], 8)
    classifier = CNNFallClassifier("separable_cnn", input_size=32, epochs=1, random_state=0)
    return classifier.fit(images, labels, groups=subjects), images, labels, subjects


@needs_micro
@pytest.mark.slow
@pytest.mark.parametrize("name", INT8_RECIPES)
def test_every_int8_recipe_computes_what_tflite_micro_does(tmp_path, trained, name):
    classifier, images, labels, subjects = trained
    recipe = name
    if name == "small_input_int8":  # its 64 pixels are more than these 32
        recipe = replace(RECIPES[name], steps=[partial(shrink_input, size=16)])
    model = compress(classifier, recipe, images, labels, groups=subjects)
    assert_equals_micro(model, tmp_path, noise(40, model.input_size, 2))


@needs_micro
def test_the_shipped_detector_computes_what_tflite_micro_does(tmp_path):
    """Trained weights, on simulated people."""
    scenario = FrameScenario(1, 2, ("Walk", "Fall left"), repetitions=1, rate_hz=1.0)
    images = simulate_frames(scenario, seed=7).images
    assert_equals_micro(load_bundle(CAMERA), tmp_path, images)


@needs_micro
@pytest.mark.slow
@pytest.mark.real_data
def test_decisions_on_more_than_two_thousand_images(tmp_path, real_data):
    """The shipped detector, and a separable CNN that is trained here, on photographs and on simulated people."""
    photographs, others = load_gmdcsa24(real_data / "gmdcsa24"), load_urfd(real_data / "urfd")
    scenario = FrameScenario(2, 4, ("Walk", "Lie down", "Fall left", "Fall sitting"), repetitions=1, rate_hz=2.0)
    simulated = simulate_frames(scenario, seed=7).images
    images = np.concatenate([read_images(photographs), read_images(others), simulated])
    assert len(images) > 2_000
    classifier = CNNFallClassifier("separable_cnn", epochs=6, random_state=0)
    classifier.fit(photographs, photographs.label, groups=photographs.subject)
    separable = compress(classifier, "int8", photographs, photographs.label, groups=photographs.subject)
    for name, model in (("shipped", load_bundle(CAMERA)), ("separable", separable)):
        _, _, decisions = assert_equals_micro(model, tmp_path / name, images)
        assert 0.02 < decisions.mean() < 0.98


def test_litert_differs_by_steps_of_probability_and_rarely_by_a_decision(tmp_path):
    """LiteRT's own kernels round otherwise; with reference kernels they are the closest to a microcontroller's."""
    model = as_model(content("separable_cnn", 32, "int8"))
    images = noise(60, 32, 4)
    _, probabilities, _ = decide(build(model, tmp_path), images, 2)
    for runtime in ("litert", "reference"):
        theirs = raw_outputs(model.graph, images, runtime)[:, 1].astype(int) + 128
        assert np.abs(probabilities - theirs).max() <= 4


@pytest.mark.parametrize(
    ("network", "flash", "ram"), [("separable_cnn", 40_000, 72_000), ("mbconv_cnn", 40_000, 90_000)]
)
def test_the_report_counts_what_fits(tmp_path, network, flash, ram):
    report = export_c(as_model(content(network, 96, "int8")), tmp_path).report
    assert report.flash_bytes <= flash
    assert report.ram_bytes <= ram
