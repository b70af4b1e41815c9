"""Damaged .tflite files are refused, or harmless, but never end the process."""

import numpy as np
import pytest

from common import FrugalError, InvalidInputError, ModelIntegrityError, save_bundle
from fall import TFLiteFallClassifier, build_network
from fall.tflite.conversion import convert
from fall.tflite.file import read_graph
from fall.tflite.first_run import mark_as_made_here
from tests.fall.converted import compressed, content, noise


def flipped(made, place, bits):
    damaged = bytearray(made)
    damaged[place] ^= bits
    return bytes(damaged)


def places_of_weights(made):
    """Where in the file the bytes of the larger constants stand."""
    weights = [tensor.data.tobytes() for tensor in read_graph(made).parameters if tensor.nbytes >= 64]
    return np.concatenate([made.find(data) + np.arange(len(data)) for data in weights])


class TestDamagedFiles:
    @pytest.mark.parametrize(
        "damaged",
        [b"", b"TFL3", b"not a model at all, but text", bytes(1000), b"\x1c\0\0\0TFL3" + b"\xff" * 1000],
        ids=["empty", "short", "text", "zeros", "ones"],
    )
    def test_what_is_no_model_is_refused(self, damaged):
        with pytest.raises(ModelIntegrityError):
            TFLiteFallClassifier(damaged)

    def test_a_flipped_header_is_refused(self):
        for place in range(8):
            with pytest.raises(ModelIntegrityError):
                TFLiteFallClassifier(flipped(content(), place, 0x40))

    def test_a_file_cut_off_anywhere_is_refused(self):
        made = content(scheme="int8")
        for length in np.linspace(0, len(made) - 1, 150).astype(int):
            with pytest.raises(ModelIntegrityError):
                read_graph(made[:length])

    @pytest.mark.parametrize("reference_kernels", [False, True])
    @pytest.mark.parametrize("scheme", ["int8", "float16"])
    def test_flipped_bits_are_refused_or_harmless(self, scheme, reference_kernels):
        # A crash would end the tests. Flipped weights are harmless by themselves: only the rest is worth a flip.
        made = content(scheme=scheme)
        rng = np.random.default_rng(0)
        places = np.setdiff1d(np.arange(len(made)), places_of_weights(made))
        survived = 0
        for place in rng.choice(places, 150, replace=False):
            damaged = flipped(made, place, 1 << rng.integers(8))
            mark_as_made_here(damaged)  # the checks alone must keep this process alive, without a first run elsewhere
            try:
                model = TFLiteFallClassifier(damaged, reference_kernels=reference_kernels)
                survived += model.predict_proba(noise(1, 32)).shape == (1, 2)
            except FrugalError:
                pass
        assert 0 < survived < 150

    def test_a_bundle_with_a_flipped_bit_is_refused_before_it_is_loaded(self, tmp_path):
        save_bundle(compressed(), tmp_path)
        file = tmp_path / "model.tflite"
        made = file.read_bytes()
        for place in np.linspace(0, len(made) - 1, 40).astype(int):
            file.write_bytes(flipped(made, place, 1))
            with pytest.raises(ModelIntegrityError, match=r"model\.tflite"):
                TFLiteFallClassifier(tmp_path)

    def test_a_vector_that_claims_more_than_the_file_is_refused(self):
        made = content()
        model = int.from_bytes(made[:4], "little")
        for place in range(model, model + 60, 4):
            with pytest.raises(ModelIntegrityError):
                read_graph(made[:place] + b"\xff\xff\xff\x7f" + made[place + 4 :])


def test_networks_that_are_no_image_classifiers_are_refused():
    three = convert(build_network("perceptron", (8, 8, 3), 3, units=4))
    with pytest.raises(InvalidInputError, match="3 classes"):
        TFLiteFallClassifier(three)
    for shape, message in (((8, 16, 3), "side"), ((8, 8, 2), "RGB")):
        with pytest.raises(InvalidInputError, match=message):
            TFLiteFallClassifier(convert(build_network("perceptron", shape, units=4)))


def test_a_network_whose_signal_vanishes_is_refused():
    # Without batch statistics MobileNetV2's random weights shrink every image to nothing; plain kernels abort there.
    model = build_network("perceptron", (8, 8, 3), units=4)
    for layer in model.layers[2:]:
        layer.set_weights([1e-9 * weights for weights in layer.get_weights()])
    images = np.random.default_rng(0).integers(0, 256, (8, 8, 8, 3), dtype=np.uint8)
    with pytest.raises(InvalidInputError, match="train the network first"):
        TFLiteFallClassifier(convert(model, "int8", representative=images))
