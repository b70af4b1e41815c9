"""Prototypes that are kept as integers: what they lose, what they weigh, and how their classifier decides."""

import numpy as np
import pytest

import common
import har
from common.errors import InvalidInputError
from har.embedded.quantization import quantize_prototypes
from tests.har.embedded.models import motion
from tests.oracles import integers as oracles


@pytest.fixture(scope="module")
def learned():
    """The same learned prototypes as numbers, and in 16 and 8 bits."""
    X, y = motion(150)
    return {bits: har.DTWPrototypeClassifier(2, bits=bits, random_state=0).fit(X, y) for bits in (None, 16, 8)}


@pytest.mark.parametrize("bits", [16, 8])
def test_prototypes_are_restored_to_half_a_step(learned, bits):
    floats, integers = learned[None], learned[bits]
    kept = integers.integer_prototypes_
    assert kept.values.dtype == {16: np.int16, 8: np.int8}[bits]
    assert np.abs(kept.values.astype(int)).max() <= kept.limit
    active = kept.channels
    difference = np.abs(integers.prototypes_ - floats.prototypes_)[:, :, active]
    assert (difference <= kept.scale * 0.5001).all()
    assert integers.prototypes_.dtype == floats.prototypes_.dtype
    # Each channel's step, times the root of its weight, is the same.
    np.testing.assert_allclose(integers.channel_weights_[active] * kept.scale**2, kept.distance_scale)


@pytest.mark.parametrize("bits", [16, 8])
def test_decisions_are_those_of_the_floating_point_prototypes(learned, bits):
    X, y = motion(600, seed=1)
    floats, integers = learned[None], learned[bits]
    assert np.mean(floats.predict(X) == integers.predict(X)) >= {16: 0.995, 8: 0.97}[bits]
    assert integers.score(X, y) == pytest.approx(floats.score(X, y), abs=0.01)
    difference = np.abs(integers.predict_proba(X) - floats.predict_proba(X))
    assert difference.max() < {16: 0.02, 8: 0.2}[bits]


@pytest.mark.parametrize("bits", [16, 8])
def test_distances_are_those_of_the_integer_recurrence(learned, bits):
    X, _ = motion(4, seed=2)
    model = learned[bits]
    kept = model.integer_prototypes_
    expected = [
        [oracles.dtw(window, prototype, model._radius, saturates=False) for prototype in kept.values.tolist()]
        for window in kept.quantize(X).astype(int).tolist()
    ]
    found = model._profiles.squared_distances(X) / kept.distance_scale
    assert np.rint(found).astype(int).tolist() == expected
    np.testing.assert_allclose(found, np.rint(found), rtol=1e-12)


def test_costs_count_the_bytes_that_are_kept(learned):
    n, n_timesteps, _ = learned[None].prototypes_.shape
    n_active = len(learned[16].integer_prototypes_.channels)
    values = n * n_timesteps * n_active
    assert learned[None].cost_.weight_bytes == 8 * values
    assert learned[16].cost_.weight_bytes == 2 * values + 8 * n_active
    assert learned[8].cost_.weight_bytes == values + 8 * n_active
    assert {model.cost_.macs for model in learned.values()} == {learned[None].cost_.macs}
    # Of networks in int8, that is said; differences of 8 bits are multiplied in 16.
    assert learned[8].cost_.arithmetic is None


@pytest.mark.parametrize("bits", [16, 8])
def test_streams_and_single_windows_use_the_integers(learned, bits):
    X, _ = motion(20, seed=3)
    model = learned[bits]
    score = model.window_scorer()
    np.testing.assert_array_equal([score(window) for window in X], model.predict_proba(X))
    stream = har.StreamingRecognizer(model, rate_hz=24, window_s=1, step_s=1)
    found = stream.push(X.reshape(-1, X.shape[2]))
    np.testing.assert_array_equal([recognition.probabilities for recognition in found], model.predict_proba(X))


@pytest.mark.parametrize("readout", ["nearest", "linear"])
@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_one_compiled_call_gives_what_a_matrix_of_distances_gives(readout, precision):
    X, y = motion(60)
    X = X.astype(precision)
    model = har.DTWPrototypeClassifier(2, method="medoid", readout=readout, bits=8, random_state=0).fit(X, y)
    far = X[:4] * precision(1e6)  # clipped in the same way
    many = model.predict_proba(np.concatenate([X, far]))
    np.testing.assert_array_equal(model.predict_proba(X[:16]), many[:16])
    np.testing.assert_array_equal(model.predict_proba(far), many[60:])
    np.testing.assert_array_equal(model.window_scorer()(X[0].astype(np.float64)), many[0])


def test_a_bundle_holds_the_integers(learned, tmp_path):
    common.save_bundle(learned[8], tmp_path / "model")
    stored = np.load(tmp_path / "model" / "prototypes.npy")
    assert stored.dtype == np.int8
    assert stored.tolist() == learned[8].integer_prototypes_.values.tolist()


def test_windows_far_outside_are_clipped(learned):
    far = np.full((1, 24, 6), 1e6)
    assert np.abs(learned[16].integer_prototypes_.quantize(far)).max() == learned[16].integer_prototypes_.limit
    assert np.isfinite(learned[16].predict_proba(far)).all()


def test_bits_set_after_fit_wait_for_the_next_fit(learned):
    X, y = motion(60)
    model = har.DTWPrototypeClassifier(1, method="medoid").fit(X, y)
    before = model.predict_proba(X)
    model.set_params(bits=8)
    np.testing.assert_array_equal(model.predict_proba(X), before)
    assert model.fit(X, y).integer_prototypes_.bits == 8


def test_constant_prototypes_have_a_scale_of_some_kind():
    kept = quantize_prototypes(np.full((2, 5, 1), 7.0), np.ones(1), 8)
    assert not kept.values.any()
    assert kept.restored(1, np.float64).tolist() == np.full((2, 5, 1), 7.0).tolist()


@pytest.mark.parametrize("bits", [7, 12, 32, "8", True, 8.0])
def test_other_numbers_of_bits_are_refused(bits):
    X, y = motion(12)
    with pytest.raises(InvalidInputError, match="bits is "):
        har.DTWPrototypeClassifier(1, method="medoid", bits=bits).fit(X, y)


def test_values_whose_squares_underflow_are_refused():
    with pytest.raises(InvalidInputError, match="whose square float64 does not hold: use another unit"):
        quantize_prototypes(np.array([[[0.0], [1e-200]]]), np.ones(1), 16)


def test_a_refused_fit_leaves_the_classifier_unchanged():
    X, y = motion(30)
    model = har.DTWPrototypeClassifier(1, method="medoid", bits=16).fit(X, y)
    before = dict(vars(model))
    with pytest.raises(InvalidInputError, match="whose square float64 does not hold"):
        model.fit(X[:, :5, :2] * 1e-170, np.where(y == 0, "a", "b"))
    assert vars(model) == before
