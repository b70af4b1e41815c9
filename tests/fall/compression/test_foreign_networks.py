"""A network that was trained elsewhere, compressed: decisions, multiply-accumulates and bytes, counted by hand."""

import numpy as np
import pytest
from sklearn.base import clone

from common import InvalidInputError
from fall import CNNFallClassifier, TFLiteFallClassifier, backend, compare_recipes, compress, keras_cost

SIDE = 64
CLASSES = ["lying", "sitting", "standing"]
SHAPES = {"lying": (12, 40), "sitting": (24, 24), "standing": (40, 12)}  # height and width of the person

# By hand: two convolutions of 3 x 3 at strides of 2, from 1 to 8 to 16 channels, the mean, and 3 classes.
MACS = 32 * 32 * 8 * 9 * 1 + 16 * 16 * 16 * 9 * 8 + 16 * 3
WEIGHTS = 9 * 1 * 8 + 9 * 8 * 16 + 16 * 3
BIASES = 8 + 16 + 3
INT8_BYTES = WEIGHTS + 4 * BIASES  # biases have 32 bits


def people(n, seed):
    """Bright rectangles on a dark ground, in grey: images, labels, subjects."""
    rng = np.random.default_rng(seed)
    labels = np.array(CLASSES)[np.arange(n) % 3]
    images = rng.integers(0, 60, (n, SIDE, SIDE)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        height, width = SHAPES[str(label)]
        top, left = rng.integers(0, SIDE - height), rng.integers(0, SIDE - width)
        image[top : top + height, left : left + width] = rng.integers(150, 256)
    return images, labels, np.arange(n) * 4 // n


@pytest.fixture(scope="module")
def network():
    """Built and trained without this library's help, on pixels from 0 to 1; with a nested model, as many are."""
    keras = backend.keras()
    backend.set_seed(0)
    layers = keras.layers
    body = keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1)),
            layers.Conv2D(8, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"),
        ]
    )
    image = keras.Input((SIDE, SIDE, 1))
    mean = layers.GlobalAveragePooling2D()(body(image))
    model = keras.Model(image, layers.Dense(3, activation="softmax")(mean))
    images, labels, _ = people(240, seed=0)
    codes = np.searchsorted(CLASSES, labels)
    model.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy")
    model.fit(images[..., None] / np.float32(255), codes, epochs=25, batch_size=16, verbose=0)
    return model


@pytest.fixture(scope="module")
def classifier(network):
    return CNNFallClassifier.from_model(
        network, classes=CLASSES, positive="lying", input_range=(0, 1), epochs=10, batch_size=16, augment=False,
        validation_fraction=0.25, random_state=0, learning_rate=3e-2,
    )  # fmt: skip


def test_it_decides_as_the_network_does(network, classifier):
    images, labels, _ = people(90, seed=1)
    probabilities = network.predict(images[..., None] / np.float32(255), verbose=0)
    np.testing.assert_allclose(classifier.predict_proba(images), probabilities, atol=1e-5)
    assert classifier.score(images, labels) > 0.9
    rgb = np.repeat(images[..., None], 3, axis=3)
    np.testing.assert_array_equal(classifier.predict(rgb), classifier.predict(images))
    total = keras_cost(classifier.model_).total
    assert (total.macs, total.params, total.weight_bytes) == (MACS, WEIGHTS + BIASES, 4 * (WEIGHTS + BIASES))


@pytest.mark.parametrize(
    ("recipe", "weight_bytes"),
    [
        ("float32", 4 * (WEIGHTS + BIASES)),
        ("float16", 2 * (WEIGHTS + BIASES)),
        ("int8", INT8_BYTES),
        ("pruned_int8", INT8_BYTES),
        ("clustered_int8", INT8_BYTES),
        ("qat_int8", INT8_BYTES),
    ],
)
def test_six_recipes(classifier, recipe, weight_bytes):
    images, labels, groups = people(240, seed=0)
    model = compress(classifier, recipe, images, labels, groups=groups)
    assert (model.classes_.tolist(), model.positive, model.input_range) == (CLASSES, "lying", (0.0, 1.0))
    assert (model.cost.macs, model.cost.weight_bytes) == (MACS, weight_bytes)
    test_images, test_labels, _ = people(90, seed=1)
    small = TFLiteFallClassifier(model)
    assert small.score(test_images, test_labels) > 0.85
    if recipe in ("float32", "float16", "int8"):
        assert np.mean(small.predict(test_images) == classifier.predict(test_images)) > 0.97
    # The file alone tells its range, but not its labels.
    alone = TFLiteFallClassifier(model.tflite, classes=CLASSES, positive="lying")
    np.testing.assert_array_equal(alone.predict_proba(test_images), small.predict_proba(test_images))


def test_folds_train_it_anew(classifier):
    images, labels, groups = people(48, seed=0)
    fresh = clone(classifier).set_params(epochs=1).fit(images, labels, groups=groups)
    assert not np.array_equal(fresh.model_.get_weights()[0], classifier.model_.get_weights()[0])
    assert (fresh.classes_.tolist(), fresh.input_range_) == (CLASSES, (0.0, 1.0))
    table = compare_recipes(
        clone(classifier).set_params(epochs=1).fit(images, labels, groups=groups), ["float32", "int8"], images, labels,
        groups=groups, n_folds=2,
    )  # fmt: skip
    assert table["macs"].tolist() == [MACS, MACS]
    # With the fall as positive class, not the last label.
    assert table["sensitivity"].notna().all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"classes": ["lying", "standing"]}, "3 different labels"),
        ({"positive": None}, "positive is None"),
        ({"positive": "fallen"}, "positive is 'fallen'"),
        ({"input_range": (1, 0)}, "the lower one"),
        ({"threshold": -1}, "threshold"),
    ],
)
def test_what_does_not_fit_the_network_is_refused(network, change, message):
    stated = {"classes": CLASSES, "positive": "lying", "input_range": (0, 1)} | change
    with pytest.raises(InvalidInputError, match=message):
        CNNFallClassifier.from_model(network, **stated)


@pytest.mark.parametrize("n_outputs", [1, 2])
@pytest.mark.parametrize("activation", ["own", None])
def test_every_kind_of_output_is_trained_and_compressed(n_outputs, activation):
    layers = backend.keras().layers
    backend.set_seed(0)
    function = {1: "sigmoid", 2: "softmax"}[n_outputs] if activation else None
    image = layers.Input((16, 16, 3))
    model = backend.keras().Model(image, layers.Dense(n_outputs, activation=function)(layers.Flatten()(image)))
    X = np.repeat(np.uint8([40, 200] * 20), 16 * 16 * 3).reshape(40, 16, 16, 3)
    y, groups = np.array(["dark", "bright"] * 20), np.arange(40) // 10
    classifier = CNNFallClassifier(
        model, input_size=16, positive="bright", epochs=20, batch_size=8, learning_rate=1e-2, augment=False,
        random_state=0, validation_fraction=0.25,
    ).fit(X, y, groups=groups)  # fmt: skip
    assert classifier.score(X, y) == 1
    assert classifier.history_["accuracy"].iloc[-1] == 1
    np.testing.assert_allclose(classifier.predict_proba(X).sum(axis=1), 1, atol=1e-6)
    for recipe in ("int8", "distilled_int8"):
        small = TFLiteFallClassifier(compress(classifier, recipe, X, y, groups=groups))
        assert small.classes_.tolist() == ["dark", "bright"]
        np.testing.assert_allclose(small.predict_proba(X).sum(axis=1), 1, atol=2 / 256)
        assert recipe != "int8" or small.score(X, y) == 1
