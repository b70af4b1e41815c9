"""Magnitude masks against what their names say."""

import numpy as np
import pytest

from common.errors import InvalidInputError
from fall.compression import magnitude_mask

KERNELS = {
    "dense": np.random.default_rng(0).normal(size=(24, 10)),
    "convolution": np.random.default_rng(1).normal(size=(3, 3, 8, 6)),
}


def test_the_lectures_neuron_drops_a_tenth():
    # ReLU(10 x₀ − 8 x₁ + 0.1 x₂): drop 0.1.
    assert magnitude_mask([[10.0], [-8.0], [0.1]], 1 / 3).ravel().tolist() == [True, True, False]


@pytest.mark.parametrize("name", KERNELS)
def test_single_weights_are_kept_by_magnitude(name):
    kernel = KERNELS[name]
    mask = magnitude_mask(kernel, 0.75)
    assert (~mask).sum() == round(0.75 * kernel.size)
    assert np.abs(kernel[~mask]).max() < np.abs(kernel[mask]).min()


@pytest.mark.parametrize("norm", [1, 2, 3.5])
def test_rows_and_kernels_are_kept_by_their_norm(norm):
    dense, convolution = KERNELS.values()
    cases = [(dense, "row", (1,)), (convolution, "row", (1,)), (convolution, "kernel", (0, 1))]
    for kernel, granularity, inside in cases:
        mask = magnitude_mask(kernel, 0.5, granularity=granularity, norm=norm)
        kept = mask.any(axis=inside)
        assert (kept == mask.all(axis=inside)).all(), "a group stands or falls as a whole"
        norms = (np.abs(kernel) ** norm).sum(axis=inside) ** (1 / norm)
        assert norms[~kept].max() < norms[kept].min()
        assert (~kept).sum() == round(0.5 * kept.size)


def test_blocks_fall_as_a_whole():
    kernel = KERNELS["dense"]
    mask = magnitude_mask(kernel, 0.5, granularity="block")
    for row in range(0, 24, 4):
        for column in range(0, 10, 4):
            assert len(np.unique(mask[row : row + 4, column : column + 4])) == 1


@pytest.mark.parametrize("name", KERNELS)
def test_two_of_four_keeps_the_two_greatest_of_each_four_inputs(name):
    kernel = KERNELS[name]
    mask = magnitude_mask(kernel, 0, granularity="2:4")
    inputs = np.moveaxis(kernel, -2, -1).reshape(-1, 4)
    kept = np.moveaxis(mask, -2, -1).reshape(-1, 4)
    assert (kept.sum(axis=1) == 2).all()
    for values, keep in zip(np.abs(inputs), kept, strict=True):
        assert values[~keep].max() < values[keep].min()


def test_equal_magnitudes_are_pruned_to_the_letter():
    assert magnitude_mask(np.ones((10, 10)), 0.3).sum() == 70


@pytest.mark.parametrize(
    ("weights", "options", "message"),
    [
        (np.ones(3), {}, "shape"),
        (np.empty((0, 3)), {}, "shape"),
        ([[np.nan]], {}, "NaN"),
        ([[1.0]], {"sparsity": 1.0}, "sparsity"),
        ([[1.0]], {"sparsity": -0.1}, "sparsity"),
        ([[1.0]], {"granularity": "filter"}, "granularity"),
        ([[1.0]], {"norm": 0}, "norm"),
    ],
)
def test_bad_input_is_named(weights, options, message):
    with pytest.raises(InvalidInputError, match=message):
        magnitude_mask(weights, options.pop("sparsity", 0.5), **options)
