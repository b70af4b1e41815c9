"""Linear quantization against TensorFlow's kernels, TFLite's converter, and the definitions."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy.stats import entropy

from common import InvalidInputError
from fall import backend
from fall.compression.arithmetic.clipping import kl_range, min_max_range, moving_average_range, mse_range
from fall.compression.arithmetic.fitting import fit_linear, tflite_activations, tflite_weights
from fall.compression.arithmetic.granularity import PER_TENSOR, Granularity, per_channel, per_group
from fall.compression.arithmetic.linear import LinearQuantization, straight_through

REALS = arrays(np.float64, array_shapes(max_dims=4, max_side=4), elements=st.floats(-1e6, 1e6))


@settings(deadline=None)
@given(REALS, st.integers(2, 16), st.booleans(), st.booleans())
def test_what_is_not_clipped_moves_by_half_a_step_at_most(reals, bits, symmetric, narrow):
    linear = fit_linear(reals, bits=bits, symmetric=symmetric, narrow=narrow)
    q = linear.quantize(reals)
    assert linear.q_min <= q.min() <= q.max() <= linear.q_max
    assert linear.dtype == (np.int8 if bits <= 8 else np.int16)
    inside = linear.gradient_mask(reals)
    error = np.abs(linear.dequantize(q) - reals)
    assert (error[inside] <= linear.scale * (0.5 + 1e-9)).all()
    # The zero point is rounded, so the ends of a range may lie half a step outside.
    assert (error <= linear.scale * (1 + 1e-9)).all()
    np.testing.assert_array_equal(linear.quantize(linear.dequantize(q)), q)


@settings(deadline=None)
@given(REALS, st.integers(2, 8), st.booleans())
def test_zero_stays_zero(reals, bits, symmetric):
    linear = fit_linear(reals, bits=bits, symmetric=symmetric)
    assert linear.fake_quantize(np.zeros(3)).tolist() == [0, 0, 0]


@settings(deadline=None, max_examples=20)
@given(REALS, st.integers(1, 5))
def test_every_channel_and_group_is_quantized_by_itself(reals, size):
    channels = reals.shape[-1]
    together = fit_linear(reals, granularity=per_channel())
    apart = [fit_linear(reals[..., channel]).fake_quantize(reals[..., channel]) for channel in range(channels)]
    np.testing.assert_array_equal(together.fake_quantize(reals), np.stack(apart, axis=-1))
    grouped = fit_linear(reals, granularity=per_group(size)).fake_quantize(reals).reshape(-1, channels)
    matrix = reals.reshape(-1, channels)
    for channel in range(channels):
        for first in range(0, len(matrix), size):
            part = matrix[first : first + size, channel]
            np.testing.assert_array_equal(grouped[first : first + size, channel], fit_linear(part).fake_quantize(part))


def test_depthwise_kernels_have_their_channels_on_the_last_axis_but_one():
    kernel = np.random.default_rng(0).normal(size=(3, 3, 8, 1))
    assert len(tflite_weights(kernel, axis=-2).scale) == 8
    np.testing.assert_allclose(tflite_weights(kernel, axis=-2).scale, np.abs(kernel).max(axis=(0, 1, 3)) / 127)


@pytest.mark.parametrize("bits", [2, 4, 8])
@pytest.mark.parametrize("narrow", [False, True])
def test_fake_quantization_and_its_gradient_are_tensorflows(bits, narrow):
    tf = backend.tensorflow()
    reals = np.random.default_rng(bits).normal(size=500).astype(np.float32)
    options = {"min": -1.5, "max": 1.0, "num_bits": bits, "narrow_range": narrow}
    linear = LinearQuantization.from_range(-1.5, 1.0, bits=bits, narrow=narrow)
    theirs = tf.quantization.fake_quant_with_min_max_args(reals, **options).numpy()
    np.testing.assert_allclose(linear.fake_quantize(reals), theirs, atol=1e-6)
    upstream = np.ones_like(reals)
    gradient = tf.quantization.fake_quant_with_min_max_args_gradient(upstream, reals, **options).numpy()
    np.testing.assert_array_equal(straight_through(upstream, reals, linear), gradient)
    assert 0 < gradient.mean() < 1


def test_weights_are_quantized_as_tflites_converter_does(tmp_path):
    keras, tf = backend.keras(), backend.tensorflow()
    kernel = np.random.default_rng(0).normal(size=(3, 3, 2, 4)).astype(np.float32)
    model = keras.Sequential([keras.layers.Conv2D(4, 3, input_shape=(8, 8, 2), use_bias=False)])
    model.layers[0].set_weights([kernel])
    batches = [np.random.default_rng(i).uniform(-1, 3, (1, 8, 8, 2)).astype(np.float32) for i in range(8)]
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([batch] for batch in batches)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=converter.convert())
    interpreter.allocate_tensors()
    details = next(d for d in interpreter.get_tensor_details() if tuple(d["shape"]) == (4, 3, 3, 2))
    ours = tflite_weights(kernel)
    np.testing.assert_allclose(details["quantization_parameters"]["scales"], ours.scale, rtol=1e-6)
    theirs = interpreter.get_tensor(details["index"])
    np.testing.assert_array_equal(np.moveaxis(theirs, 0, -1), ours.quantize(kernel))
    # The converter keeps the least and the greatest value of all batches: the whole set as one batch.
    scale, zero_point = interpreter.get_input_details()[0]["quantization"]
    activations = tflite_activations([np.concatenate(batches)])
    assert (scale, zero_point) == (pytest.approx(activations.scale[0], rel=1e-6), activations.zero_point[0])


def test_moving_average_follows_its_definition():
    batches = [np.array([-1.0, 4.0]), np.array([-3.0, 2.0]), np.array([1.0, 8.0])]
    average = moving_average_range(batches, momentum=0.5)
    assert average.low == [0.5 * (0.5 * -1 + 0.5 * -3) + 0.5 * 0]  # a range holds 0
    assert average.high == [0.5 * (0.5 * 4 + 0.5 * 2) + 0.5 * 8]


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("granularity", [PER_TENSOR, per_channel(), per_group(50)])
def test_mse_clipping_beats_the_whole_range(symmetric, granularity):
    reals = np.random.default_rng(0).standard_t(3, size=(200, 5))

    def error(clipping):
        linear = fit_linear(reals, bits=4, symmetric=symmetric, granularity=granularity, clipping=clipping)
        return ((linear.fake_quantize(reals) - reals) ** 2).mean()

    assert error("mse") < 0.95 * error("min_max")


def test_mse_clipping_of_a_normal_distribution_is_the_optimal_uniform_quantizer():
    # Max 1960, table II: 16 output levels of equal spacing for N(0, 1) are 0.3352 apart, mean square error 0.01154.
    reals = np.random.default_rng(0).normal(size=100_000)
    linear = fit_linear(reals, bits=4, clipping="mse")
    assert linear.scale[0] == pytest.approx(0.3352, abs=0.02)
    assert ((linear.fake_quantize(reals) - reals) ** 2).mean() == pytest.approx(0.01154, rel=0.05)


def slow_kl_threshold(reals, n_bins=2048, levels=128):
    """TensorRT's pseudocode (Migacz 2017), bin by bin."""
    histogram, edges = np.histogram(np.abs(reals), bins=n_bins, range=(0, np.abs(reals).max()))
    best = (np.inf, 0.0)
    for i in range(levels, n_bins + 1, 16):
        reference = histogram[:i].astype(float)
        reference[-1] += histogram[i:].sum()
        candidate = np.zeros(i)
        for level in range(levels):
            bins = [b for b in range(level * i // levels, (level + 1) * i // levels) if histogram[b]]
            if bins:
                candidate[bins] = histogram[bins].sum() / len(bins)
        if candidate.any():
            best = min(best, (entropy(reference, candidate), edges[i]))
    return best[1]


def test_kl_clipping_is_tensorrts():
    # The oracle tries every sixteenth threshold, the library every second one.
    reals = np.maximum(np.random.default_rng(1).standard_t(4, size=3000), 0)
    step = reals.max() / 2048
    expected = slow_kl_threshold(reals)
    found = kl_range(reals)
    assert found.low == 0
    assert found.high[0] == pytest.approx(expected, abs=32 * step)


def test_kl_clipping_cuts_an_outlier_and_keeps_a_flat_distribution():
    rng = np.random.default_rng(0)
    outlier = np.append(rng.normal(size=20_000), 40.0)
    assert kl_range(outlier).high < 8
    assert kl_range(rng.uniform(-1, 1, 20_000)).high > 0.95
    assert fit_linear(outlier, clipping="kl").scale < fit_linear(outlier).scale / 4


@settings(deadline=None, max_examples=30)
@given(arrays(np.float64, st.integers(1, 50), elements=st.floats(-1e38, 1e38)))
def test_extreme_numbers_have_finite_quantizations(reals):
    for clipping in ("min_max", "mse", "kl"):
        linear = fit_linear(reals, clipping=clipping)
        assert np.isfinite(linear.fake_quantize(reals)).all()


def test_types_are_kept():
    assert LinearQuantization(0.1, 0).fake_quantize(np.float32([1, 2])).dtype == np.float32
    assert LinearQuantization(0.1, 0).quantize(np.float32(3)).shape == ()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: LinearQuantization(0.0, 0), "one positive number"),
        (lambda: LinearQuantization(np.nan, 0), "scale contains nan"),
        (lambda: LinearQuantization(1.0, 128), r"zero_point is 128 at index \(\); it must lie from -128 to 127"),
        (lambda: LinearQuantization([1.0, 2.0], 0), "give one of each"),
        (lambda: LinearQuantization(1.0, 0.5), "must hold integers"),
        (lambda: LinearQuantization(1.0, 0, 1), "bits is 1"),
        (lambda: LinearQuantization([1.0, 2.0], [0, 0]).quantize([1.0]), "has 1 groups per tensor, but there are 2"),
        (lambda: LinearQuantization(1.0, 0).dequantize([200]), "integers is 200"),
        (lambda: LinearQuantization(1.0, 0).quantize([np.inf]), r"values contains inf at index \(0,\)"),
        (lambda: straight_through([1.0], [1.0, 2.0], LinearQuantization(1.0, 0)), "they must agree"),
        (lambda: LinearQuantization.from_range([1.0], [1.0, 2.0]), "give one of each"),
        (lambda: LinearQuantization.from_range(0.0, 1.7e308), "beyond 1e\\+38"),
        (lambda: fit_linear([]), "values is empty"),
        (lambda: fit_linear([[1.0], [1.0, 2.0]]), "not a rectangular array"),
        (lambda: fit_linear([1.0], clipping="max"), "clipping is 'max'"),
        (lambda: fit_linear([1.0], clipping="kl", granularity=per_channel()), "whole tensor"),
        (lambda: fit_linear([1.0], granularity=per_channel(1)), "choose one of its axes"),
        (lambda: kl_range([1.0], bits=16), "at most 12"),
        (lambda: moving_average_range([]), "batches is empty"),
        (lambda: moving_average_range([[1.0]], momentum=1.0), "momentum is 1"),
        (lambda: mse_range([1.0], bits=1), "bits is 1"),
        (lambda: min_max_range(["a"]), "values is not"),
        (lambda: per_group(0), "size is 0"),
        (lambda: per_channel(0.5), "axis is 0.5"),
        (lambda: Granularity("row"), "kind is 'row'"),
    ],
)
def test_what_cannot_be_quantized_is_refused(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()
