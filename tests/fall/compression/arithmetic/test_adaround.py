"""AdaRound against nearest rounding, and on small layers against every possible rounding."""

import itertools

import numpy as np
import pytest

from common import InvalidInputError
from fall import backend
from fall.compression.arithmetic.adaround import adaround, convolution_patches, output_error
from fall.compression.arithmetic.fitting import fit_linear
from fall.compression.arithmetic.granularity import PER_TENSOR, per_channel, per_group


def correlated_inputs(n_samples, n_inputs, n_sources, seed=0):
    """Few sources behind many inputs, as neighbouring pixels and channels have."""
    rng = np.random.default_rng(seed)
    sources = rng.normal(size=(2 * n_samples, n_sources)) @ rng.normal(size=(n_sources, n_inputs))
    inputs = np.maximum(sources, 0) + 0.05 * rng.normal(size=(2 * n_samples, n_inputs))
    return inputs[:n_samples], inputs[n_samples:]


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("granularity", [PER_TENSOR, per_channel(), per_group(16)])
def test_outputs_err_less_than_with_the_nearest_on_seen_and_unseen_inputs(symmetric, granularity):
    seen, unseen = correlated_inputs(400, 64, 8)
    kernel = np.random.default_rng(1).normal(size=(64, 10))
    linear = fit_linear(kernel, bits=4, symmetric=symmetric, granularity=granularity)
    learned = linear.dequantize(adaround(kernel, seen, linear))
    nearest = linear.fake_quantize(kernel)
    assert (output_error(kernel, learned, seen) <= output_error(kernel, nearest, seen)).all()
    assert output_error(kernel, learned, seen).mean() < 0.3 * output_error(kernel, nearest, seen).mean()
    assert output_error(kernel, learned, unseen).mean() < 0.4 * output_error(kernel, nearest, unseen).mean()


@pytest.mark.parametrize("seed", range(4))
def test_on_a_small_layer_it_is_near_the_best_of_all_roundings(seed):
    inputs, _ = correlated_inputs(50, 8, 3, seed)
    kernel = np.random.default_rng(seed).normal(size=(8, 1))
    linear = fit_linear(kernel, bits=4)
    below = np.floor(linear.scaled(kernel))
    roundings = [below + np.reshape(up, (8, 1)) for up in itertools.product([0, 1], repeat=8)]
    errors = sorted(
        output_error(kernel, linear.dequantize(np.clip(q, linear.q_min, linear.q_max).astype(int)), inputs)[0]
        for q in roundings
    )
    learned = output_error(kernel, linear.dequantize(adaround(kernel, inputs, linear)), inputs)[0]
    assert errors[0] * (1 - 1e-9) <= learned <= errors[12]  # among the best twentieth of 256


def test_each_integer_is_the_one_below_or_above_and_fits():
    inputs, _ = correlated_inputs(30, 40, 5)
    kernel = np.random.default_rng(0).standard_t(2, size=(40, 6))
    linear = fit_linear(kernel, bits=3, clipping="mse")
    q = adaround(kernel, inputs, linear, n_steps=200)
    assert q.dtype == np.int8
    assert q.min() >= linear.q_min
    assert q.max() <= linear.q_max
    place = np.clip(linear.scaled(kernel), linear.q_min, linear.q_max)
    assert (np.abs(q - place) < 1).all()


def test_uncorrelated_inputs_leave_the_nearest():
    # With orthogonal inputs each weight has its own error, for which the nearest integer is best.
    kernel = np.random.default_rng(0).normal(size=(20, 4))
    linear = fit_linear(kernel, bits=4)
    np.testing.assert_array_equal(adaround(kernel, np.eye(20), linear), linear.quantize(kernel))


def test_a_convolution_is_rounded_by_its_patches():
    tf = backend.tensorflow()
    rng = np.random.default_rng(0)
    images = np.cumsum(rng.normal(size=(4, 9, 8, 3)), axis=2)
    kernel = rng.normal(size=(3, 3, 3, 5))
    for stride in (1, 2):
        patches = convolution_patches(images, 3, stride=stride)
        theirs = tf.nn.conv2d(images, kernel, stride, "VALID").numpy()
        np.testing.assert_allclose(patches @ kernel.reshape(-1, 5), theirs.reshape(-1, 5), atol=1e-9)
    patches = convolution_patches(images, 3)
    linear = fit_linear(kernel, bits=4, symmetric=True, granularity=per_channel())
    q = adaround(kernel, patches, linear)
    assert q.shape == kernel.shape
    nearest = output_error(kernel, linear.fake_quantize(kernel), patches)
    assert output_error(kernel, linear.dequantize(q), patches).mean() < 0.5 * nearest.mean()


def test_weights_without_error_and_inputs_of_zeros_stay():
    kernel = np.array([[1.0, -1.0], [0.0, 1.0]])
    linear = fit_linear(kernel, bits=2, symmetric=True)
    np.testing.assert_array_equal(adaround(kernel, np.ones((3, 2)), linear, n_steps=50), kernel)
    np.testing.assert_array_equal(adaround(kernel * 0.7, np.zeros((3, 2)), linear, n_steps=5), kernel)


LINEAR = fit_linear([-1.0, 1.0], bits=4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: adaround(np.ones(3), np.ones((2, 3)), LINEAR), r"kernel has the shape \(3,\)"),
        (lambda: adaround(np.ones((3, 2)), np.ones((2, 4)), LINEAR), r"must be \(n_samples, 3\) for a kernel"),
        (lambda: adaround(np.ones((3, 2)), np.full((2, 3), np.nan), LINEAR), "inputs contains nan"),
        (lambda: adaround(np.ones((3, 2)), np.ones((2, 3)), LINEAR, n_steps=0), "n_steps is 0"),
        (lambda: adaround(np.ones((3, 2)), np.ones((2, 3)), LINEAR, learning_rate=0), "learning_rate is 0"),
        (lambda: output_error(np.ones((3, 2)), np.ones((3, 1)), np.ones((2, 3))), "must agree"),
        (lambda: convolution_patches(np.ones((8, 8, 3)), 3), "n_images"),
        (lambda: convolution_patches(np.ones((1, 8, 8, 3)), 9), "at most 8 to fit the images"),
    ],
)
def test_what_cannot_be_rounded_is_refused(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()
