"""Every figure of the lecture that the library can reproduce, section by section.

Figures that the lecture cites from others' measurements have no test, for they need those networks and data sets:
the ratios of Deep Compression (LeNet, AlexNet, VGG, GoogLeNet, ResNet-18), of iterated pruning on AlexNet, the factor
200 between a memory access and an operation, the table of MobileNet after quantization, and the size of CAUCAFall.
"""

import numpy as np
import pytest

from common import conv2d_cost, dense_cost, dtw_cost, knn_cost, separable_conv2d_cost
from fall import build_network
from fall.compression.arithmetic.codebook import INITIALIZATIONS, kmeans_codebook
from fall.compression.arithmetic.fitting import fit_linear
from fall.compression.arithmetic.number_formats import (
    BF16,
    FP16,
    FP32,
    decode_fixed_point,
    decode_integer,
    encode_fixed_point,
    encode_integer,
)
from fall.compression.masks import magnitude_mask
from fall.compression.storage.coding import decode_weights, encode_weights
from fall.networks import CompoundScaling

WEIGHTS = np.array(
    [[2.09, -0.98, 1.48, 0.09], [0.05, -0.14, -1.08, 2.12], [-0.91, 1.92, 0, -1.03], [1.87, 0, 1.53, 1.49]],
    dtype=np.float32,
)


class TestPerceptronAndCNN:
    def test_the_perceptron(self):
        # Counted, for it fills 600 MB; test_networks builds it.
        assert dense_cost(224 * 224 * 3, 1000).params == 150_529_000

    def test_the_cnn_layer_by_layer(self):
        model = build_network("lecture_cnn", (224, 224, 3))
        assert [n for layer in model.layers if (n := layer.count_params())] == [608, 32, 3_216, 64, 1_438_240, 66]
        assert model.count_params() == 1_442_226
        assert sum(int(np.prod(weight.shape)) for weight in model.non_trainable_weights) == 48
        sides = [layer.output_shape[1] for layer in model.layers if "conv" in layer.name or "pool" in layer.name]
        assert sides == [220, 110, 106, 53]
        assert (None, 44_944) in [layer.output_shape for layer in model.layers]

    def test_the_cnn_at_96(self):
        assert build_network("lecture_cnn", (96, 96, 3)).count_params() == 229_810


class TestDynamicTimeWarping:
    def test_cells_grow_with_the_square_of_the_samples_and_with_a_band_in_proportion(self):
        # A multiply-accumulate for each cell of the matrix, n², and of the band, n (2r + 1) − r (r + 1).
        assert dtw_cost(128, 1).macs == 128**2
        assert dtw_cost(128, 1, band=12).macs == 128 * 25 - 12 * 13 == 3044
        assert dtw_cost(256, 1).macs / dtw_cost(128, 1).macs == 4
        assert dtw_cost(1280, 1, band=12).macs / dtw_cost(128, 1, band=12).macs == pytest.approx(10, rel=0.06)

    def test_sorting_distances(self):
        distances = 1024 * dtw_cost(128, 1, band=12).comparisons
        assert knn_cost(1024, 128, 1, band=12, n_neighbors=5).comparisons - distances == 1024 * 10  # |E| log |E|


class TestEfficientNetworks:
    def test_operations_of_a_convolution_and_of_its_separable_twin(self):
        # 12×12×3, kernel 5, 256 filters → 8×8×256.
        assert conv2d_cost(12, 12, 3, 256, 5).macs == 1_228_800
        assert separable_conv2d_cost(12, 12, 3, 256, 5).macs == 53_952

    def test_groups_divide_the_operations(self):
        assert conv2d_cost(12, 12, 32, 64, 5, groups=8).macs * 8 == conv2d_cost(12, 12, 32, 64, 5).macs

    def test_efficientnets_factors(self):
        scaling = CompoundScaling()
        assert (scaling.alpha, scaling.beta, scaling.gamma) == (1.2, 1.1, 1.15)
        assert scaling.computation == pytest.approx(1.92, abs=0.005)


class TestNumberFormats:
    def test_integers(self):
        assert decode_integer("00110001") == 49
        assert encode_integer(-49, encoding="sign_magnitude") == "10110001"
        assert encode_integer(-49, encoding="twos_complement") == "11001111"

    def test_fixed_point(self):
        assert decode_fixed_point("0011.0001") == 3.0625 == 49 * 2**-4
        assert encode_fixed_point(3.0625) == "0011.0001"

    def test_floating_point(self):
        fields = [(f.exponent_bits, f.fraction_bits) for f in (FP32, FP16, BF16)]
        assert fields == [(8, 23), (5, 10), (8, 7)]
        number = FP32.encode(0.265625)
        assert number.pattern == "0 01111101 00010000000000000000000"
        assert (number.significand, number.power) == (1.0625, -2)
        assert all(f.encode(0.265625).value == 0.265625 for f in (FP32, FP16, BF16))


class TestFourByFourExample:
    @pytest.mark.parametrize("initialization", INITIALIZATIONS)
    def test_k_means(self, initialization):
        book = kmeans_codebook(WEIGHTS, 4, initialization=initialization, random_state=0)
        np.testing.assert_allclose(book.centroids, [-1.00, 0.00, 1.50, 2.00], atol=0.005)
        assert book.indices.tolist() == [[3, 0, 2, 1], [1, 1, 0, 3], [0, 3, 1, 0], [3, 1, 2, 2]]
        # 16 indices of 2 bits and 4 centroids, in the place of 16 numbers of 4 bytes.
        assert (WEIGHTS.nbytes, book.stored_bytes) == (64, 4 + 16)

    def test_asymmetric(self):
        linear = fit_linear(WEIGHTS, bits=2)
        assert (linear.q_min, linear.q_max) == (-2, 1)
        assert linear.scale[0] == pytest.approx((2.12 + 1.08) / 3, rel=1e-6)
        assert round(linear.scale[0], 2) == 1.07
        assert linear.zero_point[0] == -1
        q = linear.quantize(WEIGHTS)
        assert q.tolist() == [[1, -2, 0, -1], [-1, -1, -2, 1], [-2, 1, -1, -2], [1, -1, 0, 0]]

    def test_symmetric(self):
        linear = fit_linear(WEIGHTS, bits=2, symmetric=True)
        assert linear.scale[0] == pytest.approx(2.12, rel=1e-6)
        assert linear.zero_point[0] == 0

    def test_huffman_coded_and_restored(self):
        shared = kmeans_codebook(WEIGHTS, 4).reconstruct()
        np.testing.assert_array_equal(decode_weights(encode_weights([shared]))[0], shared)


class TestPruning:
    def test_the_neuron_drops_its_smallest_weight(self):
        # ReLU(10 x₀ − 8 x₁ + 0.1 x₂)
        kernel = np.array([[10.0], [-8.0], [0.1]])
        assert magnitude_mask(kernel, 1 / 3).ravel().tolist() == [True, True, False]

    @pytest.mark.parametrize("norm", [1, 2, 3])
    def test_a_row_is_as_important_as_its_norm(self, norm):
        kernel = np.array([[3.0, 3.0], [5.0, 0.0], [0.5, 1.0]])
        weakest = np.argsort([(np.abs(row) ** norm).sum() for row in kernel])
        kept = magnitude_mask(kernel, 2 / 3, granularity="row", norm=norm).any(axis=1)
        assert np.flatnonzero(kept).tolist() == [weakest[-1]]
