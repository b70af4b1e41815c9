"""What each mechanism promises, on small networks: that it is really there afterwards, and that the rest is intact."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from common import Split
from common.errors import InvalidInputError
from fall import backend, build_network
from fall.compression import (
    Tuner,
    cluster,
    copy_model,
    distill,
    factorize,
    fuse_batch_norm,
    prune,
    prune_channels,
    shrink_input,
    train_quantized,
)
from fall.compression.channel_groups import find_groups
from fall.compression.channels import channel_importance, without_channels
from fall.compression.graph import check_flat, weighted_layers
from fall.compression.masks import magnitude_mask
from fall.networks import NETWORKS, scale_pixels
from fall.training import Schedule
from tests.fall.synthetic import SIZE, bright_below

# Every kind of layer and tie is in the first three; the others take as long and differ in numbers.
QUICK = ("lecture_cnn", "separable_cnn", "residual_cnn")
CNNS = [
    *QUICK,
    *(pytest.param(name, marks=pytest.mark.slow) for name in NETWORKS if name not in (*QUICK, "perceptron")),
]


@pytest.fixture(scope="module")
def tuner():
    images, codes = bright_below(96)
    schedule = Schedule("", epochs=8, batch_size=16, learning_rate=3e-3, augment=False, seed=0, verbose=0)
    return Tuner(images, codes, Split(np.arange(64), np.arange(64, 96)), None, schedule, epochs=3)


@pytest.fixture(scope="module")
def trained(tuner):
    """The lecture's CNN, which tells all images apart, and its weights."""
    backend.set_seed(0)
    model = build_network("lecture_cnn", (SIZE, SIZE, 3))
    tuner.train(model, "")
    assert accuracy(model, tuner) == 1.0
    return SimpleNamespace(model=model, weights=model.get_weights())


@pytest.fixture(autouse=True)
def untouched(request):
    """No mechanism changes the network that it is given."""
    yield
    if "trained" in request.fixturenames:
        trained = request.getfixturevalue("trained")
        assert all(map(np.array_equal, trained.model.get_weights(), trained.weights))


def accuracy(model, tuner):
    size = model.input_shape[1]
    return np.mean(probabilities(model, tuner.at_size(size).frames).argmax(axis=1) == tuner.codes)


def probabilities(model, images):
    return model(scale_pixels(images), training=False).numpy()


def kernels(model, *, at_least=1000):
    return [layer.kernel.numpy() for layer in weighted_layers(model, at_least=at_least)]


def with_statistics(name, **options):
    """A network with random weights whose normalizations do something."""
    backend.set_seed(1)
    model = build_network(name, (SIZE, SIZE, 3), **options)
    rng = np.random.default_rng(2)
    model.set_weights([w + rng.uniform(0.1, 0.5, w.shape) if w.ndim == 1 else w for w in model.get_weights()])
    return model


# The graph


@pytest.mark.parametrize("name", CNNS)
def test_a_copy_computes_the_same_and_shares_nothing(name, tuner):
    model = with_statistics(name)
    copy = copy_model(model)
    before = probabilities(model, tuner.frames[:4])
    assert np.array_equal(before, probabilities(copy, tuner.frames[:4]))
    copy.set_weights([0 * w for w in copy.get_weights()])
    assert np.array_equal(before, probabilities(model, tuner.frames[:4]))


def test_models_that_cannot_be_taken_apart_are_refused():
    keras = backend.keras()
    inner = build_network("separable_cnn", (SIZE, SIZE, 3))
    nested = keras.Sequential([inner])
    nested.build((None, SIZE, SIZE, 3))
    with pytest.raises(InvalidInputError, match="flat"):
        check_flat(nested)
    dense, images = keras.layers.Dense(3), keras.layers.Input((3,))
    with pytest.raises(InvalidInputError, match="2 times"):
        check_flat(keras.Model(images, dense(dense(images))))
    with pytest.raises(InvalidInputError, match="2 outputs"):
        check_flat(keras.Model(images, [dense(images), images]))
    with pytest.raises(InvalidInputError, match="tf_keras"):
        check_flat("model.h5")


# Pruning


@pytest.mark.parametrize(
    ("granularity", "gradual"),
    [
        ("weight", True),
        ("kernel", False),
        ("2:4", True),
        *(pytest.param(*case, marks=pytest.mark.slow) for case in (("weight", False), ("row", True), ("block", True))),
    ],
)
def test_pruned_weights_are_zero_and_the_rest_still_decides(trained, tuner, granularity, gradual):
    pruned, history = prune(trained.model, tuner, sparsity=0.75, granularity=granularity, gradual=gradual)
    assert accuracy(pruned, tuner) > 0.9
    assert len(history) == tuner.epochs
    for kernel in kernels(pruned):
        zero = kernel == 0
        assert zero.mean() == pytest.approx(0.5 if granularity == "2:4" else 0.75, abs=0.02)
        if granularity == "row":
            assert (zero.any(axis=1) == zero.all(axis=1)).all()
        if granularity == "kernel" and kernel.ndim == 4:
            assert (zero.any(axis=(0, 1)) == zero.all(axis=(0, 1))).all()
        if granularity == "2:4":
            inputs = np.moveaxis(zero, -2, -1).reshape(-1, 4)
            assert (inputs.sum(axis=1) >= 2).all()


def test_pruning_at_once_keeps_the_greatest(trained, tuner):
    still = replace(tuner, schedule=replace(tuner.schedule, learning_rate=1e-9))
    pruned, _ = prune(trained.model, still, sparsity=0.6, gradual=False)
    for kernel, original in zip(kernels(pruned), kernels(trained.model), strict=True):
        assert np.mean((kernel != 0) == magnitude_mask(original, 0.6)) > 0.999


def test_nothing_to_prune_is_an_error(tuner):
    tiny = build_network("separable_cnn", (SIZE, SIZE, 3), filters=(4, 4))
    with pytest.raises(InvalidInputError, match="nothing to prune"):
        prune(tiny, tuner)


# Channels


@pytest.mark.parametrize("name", CNNS)
def test_removing_channels_that_carry_nothing_changes_nothing(name, tuner):
    model = with_statistics(name)
    groups = find_groups(model)
    free = [group for group in groups.groups() if not group.fixed]
    kept = {}
    for group in free:
        keep = np.arange(group.n_channels) % 3 > 0
        kept[id(group)] = keep
        # Silence the others: no weight leads to them, and their normalization leaves them at zero.
        for layer in [*group.producers, *group.normalizations]:
            layer.set_weights([w * keep if w.shape[-1] == len(keep) else w for w in layer.get_weights()])
    silenced = probabilities(model, tuner.frames[:4])
    smaller = without_channels(model, groups, kept)
    assert smaller.count_params() < model.count_params()
    assert probabilities(smaller, tuner.frames[:4]) == pytest.approx(silenced, abs=1e-5)


@pytest.mark.parametrize("importance", ["activation", "batch_norm"])
def test_pruned_channels_are_gone(trained, tuner, importance):
    smaller, history = prune_channels(trained.model, tuner, keep=0.5, importance=importance)
    widths = [layer.kernel.shape[-1] for layer in weighted_layers(smaller)]
    assert widths == [4, 8, 16, 2]
    assert smaller.count_params() < trained.model.count_params() / 3
    assert set(history["round"]) == {1, 2}
    assert accuracy(smaller, tuner) > 0.9


def test_neurons_that_never_fire_are_the_least_important(trained, tuner):
    model = copy_model(trained.model)
    dense = model.get_layer("dense")
    kernel, bias = dense.get_weights()
    kernel[:, 5], bias[5] = -100 * np.abs(kernel[:, 5]), -1000.0  # the largest weights, and always below zero
    dense.set_weights([kernel, bias])
    groups = find_groups(model)
    scores = channel_importance(model, groups, tuner.sample(32), "activation")
    hidden = next(score for score, group in zip(scores, groups.groups(), strict=True) if dense in group.producers)
    assert hidden[5] == 0 == hidden.min()


# Clustering, quantization-aware training


def test_a_clustered_layer_has_its_few_values(trained, tuner):
    clustered, _ = cluster(trained.model, tuner, n_clusters=8)
    assert accuracy(clustered, tuner) > 0.9
    assert all(len(np.unique(kernel)) <= 8 for kernel in kernels(clustered))


def test_clustering_keeps_pruned_weights_pruned(trained, tuner):
    pruned, _ = prune(trained.model, tuner, sparsity=0.75)
    both, _ = cluster(pruned, tuner, n_clusters=8, preserve_sparsity=True)
    for kernel, before in zip(kernels(both), kernels(pruned), strict=True):
        assert (kernel[before == 0] == 0).all()
        assert len(np.unique(kernel)) <= 8 + 1


def test_clustering_needs_more_values_than_clusters(tuner):
    tiny = build_network("separable_cnn", (SIZE, SIZE, 3), filters=(4, 4))
    with pytest.raises(InvalidInputError, match="more than 16 values"):
        cluster(tiny, tuner)


def test_quantization_aware_training_learns_with_rounded_weights(trained, tuner):
    aware, history = train_quantized(trained.model, tuner)
    assert accuracy(aware, tuner) > 0.9
    assert 1 <= len(history) <= tuner.epochs
    kernels_after = [weight.numpy() for weight in aware.weights if "kernel" in weight.name and weight.shape.rank > 1]
    kernels_before = [layer.kernel.numpy() for layer in weighted_layers(trained.model)]
    for after, before in zip(kernels_after, kernels_before, strict=True):
        assert not np.array_equal(after, before)
    # Probabilities are rounded, too: to 8 bits.
    assert len(np.unique(probabilities(aware, tuner.frames))) <= 256


# Distillation, low rank, fusion, fewer pixels


def test_a_student_learns_from_a_teacher_alone(trained, tuner):
    backend.set_seed(3)
    student = build_network("lecture_cnn", (SIZE, SIZE, 3), filters=(4, 8), dense_units=8)
    wrong = replace(tuner, codes=1 - tuner.codes)  # labels that say the opposite have no weight
    distill(trained.model, student, replace(wrong, split=Split(np.arange(64), np.empty(0, int))), hard=0.0)
    assert accuracy(student, tuner) > 0.9


def test_low_rank_factors_are_the_best_of_their_rank(trained, tuner):
    still = replace(tuner, schedule=replace(tuner.schedule, learning_rate=1e-9))
    factorized, _ = factorize(trained.model, still, energy=0.6)
    low = factorized.get_layer("dense_low").kernel.numpy()
    product = low @ factorized.get_layer("dense").kernel.numpy()
    kernel = trained.model.get_layer("dense").kernel.numpy()
    values = np.linalg.svd(kernel, compute_uv=False)
    # Eckart & Young 1936: what is left over is the tail of the singular values.
    assert np.linalg.norm(kernel - product) == pytest.approx(np.linalg.norm(values[low.shape[1] :]), rel=1e-3)
    assert factorized.count_params() < trained.model.count_params()


@pytest.mark.parametrize("name", CNNS)
def test_fused_normalizations_compute_the_same(name, tuner):
    model = with_statistics(name)
    fused = fuse_batch_norm(model)
    assert not [layer for layer in fused.layers if "BatchNormalization" in type(layer).__name__]
    assert probabilities(fused, tuner.frames[:4]) == pytest.approx(probabilities(model, tuner.frames[:4]), abs=1e-5)


@pytest.mark.parametrize("name", ["lecture_cnn", "separable_cnn"])
def test_fewer_pixels_make_a_network_of_that_size(name, tuner):
    backend.set_seed(4)
    model = build_network(name, (SIZE, SIZE, 3))
    smaller, history = shrink_input(model, tuner, size=24)
    assert smaller.input_shape == (None, 24, 24, 3)
    # Where the dense layer starts anew, all is trained as at first; else it is fine-tuned.
    assert len(history) > tuner.epochs if name == "lecture_cnn" else len(history) <= tuner.epochs
