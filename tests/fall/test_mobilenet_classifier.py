"""MobileNetV2FallClassifier: checked weights, features computed once, an exact head, tuning that helps."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone

from common import InvalidInputError, ModelIntegrityError
from fall import backend, training
from fall.mobilenet_classifier import MobileNetV2FallClassifier
from fall.networks import build_network, file_sha256, scale_pixels

SIZE = 32
QUICK = {"alpha": 0.35, "last_block": 2, "input_size": SIZE, "batch_size": 16, "random_state": 0, "augment": False,
         "head_epochs": 5, "fine_tune_epochs": 0}  # fmt: skip


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A file of (random) weights in Keras' layout."""
    backend.set_seed(0)
    path = tmp_path_factory.mktemp("weights") / "no_top.h5"
    backend.keras().applications.MobileNetV2((SIZE, SIZE, 3), alpha=0.35, include_top=False, weights=None).save_weights(
        path
    )
    return path


def bright_and_dark(n=40):
    rng = np.random.default_rng(0)
    labels = np.arange(n) % 2
    images = rng.integers(0, 100, (n, SIZE, SIZE, 3), dtype=np.uint8)
    images[labels == 1] += 100
    return images, labels, np.arange(n) * 4 // n


def test_the_frozen_backbone_keeps_its_weights_and_the_head_learns(weights):
    X, y, groups = bright_and_dark()
    classifier = MobileNetV2FallClassifier(**QUICK, weights=weights).fit(X, y, groups=groups)
    assert classifier.score(X, y) >= 0.9
    assert not classifier.fine_tuned_
    assert set(classifier.history_["step"]) == {"head", "head, on all"}
    untouched = build_network("mobilenet_v2", (SIZE, SIZE, 3), alpha=0.35, last_block=2, weights=weights)
    for before, after in zip(untouched.get_weights()[:-2], classifier.model_.get_weights()[:-2], strict=True):
        np.testing.assert_array_equal(before, after)
    again = pickle.loads(pickle.dumps(classifier))
    np.testing.assert_array_equal(again.predict_proba(X), classifier.predict_proba(X))


def test_the_standardization_is_folded_into_the_head(weights):
    # The history's last loss was computed on standardized features, the model's on images: they agree.
    X, y, groups = bright_and_dark()
    classifier = MobileNetV2FallClassifier(**QUICK, weights=weights)
    data, model = classifier._check_data(X, y, groups), classifier._build()
    held_out = data.split.test
    history = classifier._train_head(model, classifier._features(model, data), data)
    right = (training.predict(model, X, held_out).argmax(axis=1) == y[held_out]).mean()
    assert right == pytest.approx(history["val_accuracy"].iloc[history["val_loss"].argmin()])


def test_fine_tuning_changes_the_last_layers_only_and_no_batch_normalization(weights):
    X, y, _ = bright_and_dark()
    options = QUICK | {"fine_tune_epochs": 1, "fine_tune_layers": 9, "validation_fraction": 0, "learning_rate": 1e-2}
    classifier = MobileNetV2FallClassifier(**options, weights=weights).fit(X, y)
    assert classifier.fine_tuned_
    assert classifier.history_["step"].tolist() == ["head"] * 5 + ["fine-tune"]
    untouched = build_network("mobilenet_v2", (SIZE, SIZE, 3), alpha=0.35, last_block=2, weights=weights)
    changed = {
        layer.name
        for layer, old in zip(classifier.model_.layers, untouched.layers, strict=True)
        if any(not np.array_equal(a, b) for a, b in zip(layer.get_weights(), old.get_weights(), strict=True))
    }
    assert changed == {"block_2_expand", "block_2_depthwise", "block_2_project", "probabilities"}


def test_tuning_that_harms_is_undone(weights, monkeypatch):
    losses = iter([0.5, 0.7])
    monkeypatch.setattr("fall.mobilenet_classifier._held_out_loss", lambda *arguments: next(losses))
    X, y, groups = bright_and_dark()
    options = QUICK | {"fine_tune_epochs": 1, "learning_rate": 1e-2}
    tuned = MobileNetV2FallClassifier(**options, weights=weights).fit(X, y, groups=groups)
    frozen = MobileNetV2FallClassifier(**QUICK | {"learning_rate": 1e-2}, weights=weights).fit(X, y, groups=groups)
    assert not tuned.fine_tuned_
    np.testing.assert_array_equal(tuned.predict_proba(X), frozen.predict_proba(X))


def test_augmentation_and_the_seed():
    X, y, _ = bright_and_dark(16)
    options = QUICK | {"weights": None, "augment": True, "head_epochs": 1, "validation_fraction": 0}
    first, again = (MobileNetV2FallClassifier(**options).fit(X, y).predict_proba(X) for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_parameters_are_kept_as_given(weights):
    classifier = MobileNetV2FallClassifier(**QUICK, weights=weights)
    assert clone(classifier).get_params() == classifier.get_params()


def test_the_hash_of_the_weights_is_checked(weights):
    digest = file_sha256(weights)
    build_network("mobilenet_v2", (SIZE, SIZE, 3), alpha=0.35, weights=weights, weights_sha256=digest.upper())
    X, y, groups = bright_and_dark()
    classifier = MobileNetV2FallClassifier(**QUICK, weights=weights, weights_sha256="0" * 64)
    with pytest.raises(ModelIntegrityError, match=digest):
        classifier.fit(X, y, groups=groups)
    assert not hasattr(classifier, "model_")


def test_weights_that_are_none_are_refused(weights, tmp_path, monkeypatch):
    text = tmp_path / "text.h5"
    text.write_text("not HDF5")
    with pytest.raises(InvalidInputError, match="do not fit this network"):
        build_network("mobilenet_v2", weights=text)
    with pytest.raises(InvalidInputError, match="of the same alpha"):
        build_network("mobilenet_v2", alpha=1.0, weights=weights)
    with pytest.raises(InvalidInputError, match="cannot be read"):
        build_network("mobilenet_v2", weights=tmp_path)
    with pytest.raises(InvalidInputError, match=r"ImageNet weights exist for 0\.35"):
        build_network("mobilenet_v2", alpha=0.4, weights="imagenet")

    def no_network(*arguments, **options):
        raise OSError("no route to host")

    monkeypatch.setattr(backend.keras().utils, "get_file", no_network)
    with pytest.raises(InvalidInputError, match=r"put it into ~/\.keras/models"):
        build_network("mobilenet_v2", weights="imagenet")


@pytest.mark.parametrize(
    "parameters",
    [{"alpha": 0}, {"alpha": "wide"}, {"last_block": 17}, {"input_size": 16}, {"head_epochs": 0},
     {"fine_tune_epochs": -1}, {"fine_tune_layers": 0}, {"learning_rate": -1.0}, {"weights": 3}],
)  # fmt: skip
def test_bad_parameters_are_refused_in_fit(parameters):
    X, y, groups = bright_and_dark()
    with pytest.raises(InvalidInputError, match=next(iter(parameters))):
        MobileNetV2FallClassifier(**QUICK | {"weights": None} | parameters).fit(X, y, groups=groups)


@pytest.mark.real_data
def test_real_weights_load_and_give_features_that_differ(real_data):
    path = real_data / "mobilenetv2" / "mobilenet_v2_1.0_224_no_top_dequant.h5"
    digest = "7becc757fcc973087ae9410121ea8c58b90ad96741acb421a9afe867c777aa90"
    model = build_network("mobilenet_v2", alpha=1.0, weights=path, weights_sha256=digest)
    assert model.count_params() == 317_314  # 317 k after block 10
    images = np.random.default_rng(0).integers(0, 256, (4, 96, 96, 3), dtype=np.uint8)
    features = backend.keras().Model(model.input, model.get_layer("mean").output)(scale_pixels(images)).numpy()
    assert features.shape == (4, 96)
    assert features.std(axis=0).mean() > 0.01
