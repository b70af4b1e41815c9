"""Networks that were built elsewhere: what is refused, flat copies, and scalings inside."""

import numpy as np
import pytest

from common import InvalidInputError
from fall import backend, build_network
from fall.networks import scale_pixels
from fall.networks.foreign import check_network, check_scaling, flat_copy
from fall.networks.outputs import decide, output_kind, to_probabilities
from fall.networks.pixels import check_input_range

keras = backend.keras()
layers = keras.layers


def network(*front, shape=(16, 16, 3), head=None):
    """A classifier with layers of preprocessing."""
    head = head or [layers.Conv2D(4, 3), layers.GlobalAveragePooling2D(), layers.Dense(2, activation="softmax")]
    return keras.Sequential([keras.Input(shape), *front, *head])


def adapted(*, low=0, high=255):
    layer = layers.Normalization()
    layer.adapt(np.random.default_rng(0).uniform(low, high, (8, 16, 16, 3)).astype(np.float32))
    return layer


def functional(scale):
    image = keras.Input((16, 16, 3))
    return keras.Model(image, network()(scale(image)))


def part(*inner):
    return keras.Sequential([keras.Input((16, 16, 3)), *inner])


SCALINGS = {
    "Rescaling": (lambda: network(layers.Rescaling(1 / 255)), (0, 255)),
    "Rescaling with offset": (lambda: network(layers.Rescaling(1 / 127.5, -1)), (0, 255)),
    "Rescaling from 0..1": (lambda: network(layers.Rescaling(2.0, -1)), (0, 1)),
    "after others": (lambda: network(layers.RandomFlip(), layers.ZeroPadding2D(), layers.Rescaling(1 / 255)), (0, 255)),
    "Normalization": (lambda: network(adapted()), (0, 255)),
    "operators": (lambda: functional(lambda image: image / 127.5 - 1.0), (0, 255)),
    "preprocess_input": (lambda: functional(keras.applications.mobilenet_v2.preprocess_input), (0, 255)),
    "mean of ImageNet": (lambda: functional(keras.applications.resnet.preprocess_input), (0, 255)),
    "nested": (lambda: functional(part(layers.Rescaling(1 / 255))), (0, 255)),
    "nested operators": (lambda: functional(lambda image: part(layers.Rescaling(0.5))(image / 127.5)), (0, 255)),
    "Lambda": (lambda: network(layers.Lambda(lambda pixels: pixels / 255)), (0, 255)),
}


@pytest.mark.parametrize("kind", SCALINGS)
def test_a_scaling_inside_is_noticed(kind):
    build, right = SCALINGS[kind]
    model = build()
    check_scaling(model, right)
    for wrong in {(0, 255), (0, 1), (-1, 1)} - {right}:
        with pytest.raises(InvalidInputError, match=rf"pass input_range=\({right[0]}, {right[1]}\)"):
            check_scaling(model, wrong)
    for any_range in ((0, 255), (0, 1), (-1, 1)):
        check_scaling(network(), any_range)
        check_scaling(build_network("separable_cnn", (32, 32, 3)), any_range)


@pytest.mark.parametrize("kind", [*SCALINGS, "shared layer", "the same name twice"])
def test_a_flat_copy_computes_the_same(kind):
    if kind == "shared layer":
        dense, image = layers.Conv2D(3, 1), keras.Input((16, 16, 3))
        model = keras.Model(image, network()(dense(dense(image))))
    elif kind == "the same name twice":
        image, parts = keras.Input((16, 16, 3)), [layers.Conv2D(3, 1, name="conv") for _ in range(2)]
        first, second = (keras.Sequential([keras.Input((16, 16, 3)), part]) for part in parts)
        model = keras.Model(image, network()(second(first(image))))
    else:
        model = SCALINGS[kind][0]()
    images = np.random.default_rng(1).integers(0, 256, (4, 16, 16, 3)).astype(np.float32)
    copied = flat_copy(model)
    np.testing.assert_allclose(copied(images, training=False), model(images, training=False), atol=1e-6)
    assert not any(isinstance(layer, keras.Model) for layer in copied.layers)
    assert len({layer.name for layer in copied.layers}) == len(copied.layers)
    before = copied.get_weights()[-1]
    model.layers[-1].set_weights([weights + 1 for weights in model.layers[-1].get_weights()])
    np.testing.assert_array_equal(copied.get_weights()[-1], before)


def test_fresh_weights_but_for_what_is_not_trainable():
    normalization, frozen, trained = adapted(), layers.Conv2D(4, 3, trainable=False), layers.Dense(2, "softmax")
    model = network(normalization, head=[frozen, layers.BatchNormalization(), layers.Flatten(), trained])
    copied = flat_copy(model, fresh=True)
    for layer in (normalization, frozen):
        for own, other in zip(layer.get_weights(), copied.get_layer(layer.name).get_weights(), strict=True):
            np.testing.assert_array_equal(own, other)
    assert not np.array_equal(copied.get_layer(trained.name).get_weights()[0], trained.get_weights()[0])
    model.trainable = False
    with pytest.raises(InvalidInputError, match="trainable"):
        flat_copy(model, fresh=True)


class Subclass(keras.Model):
    def call(self, images):
        return images


def two(inputs, outputs):
    images = [keras.Input((16, 16, 3)) for _ in range(inputs)]
    classes = [network()(images[0]) for _ in range(outputs)]
    return keras.Model(images, classes)


REFUSED = {
    "two inputs": (lambda: two(2, 1), "2 inputs"),
    "two outputs": (lambda: two(1, 2), "2 outputs"),
    "any size": (lambda: network(shape=(None, None, 3)), "any size"),
    "not square": (lambda: network(shape=(16, 20, 3)), "square"),
    "two channels": (lambda: network(shape=(16, 16, 2)), "grey"),
    "no image": (lambda: network(shape=(16,), head=[layers.Dense(2, "softmax")]), "square"),
    "not built": (lambda: keras.Sequential([layers.Flatten(), layers.Dense(2)]), "not built"),
    "subclass": (Subclass, "keras.Sequential or keras.Model"),
    "a map of classes": (lambda: network(head=[layers.Conv2D(2, 1, activation="softmax")]), "dense layer"),
    "independent classes": (lambda: network(head=[layers.Flatten(), layers.Dense(3, "sigmoid")]), "3 outputs"),
    "softmax of one": (lambda: network(head=[layers.Flatten(), layers.Dense(1, "softmax")]), "1 output"),
    "relu": (lambda: network(head=[layers.Flatten(), layers.Dense(2, "relu")]), "ends in relu"),
    "unknown": (lambda: network(head=[layers.Flatten(), layers.Lambda(lambda x: x[:, :2])]), "ends in Lambda"),
    "half precision": (lambda: network(layers.Conv2D(3, 3, dtype="mixed_float16")), "mixed-precision"),
    "integers": (lambda: keras.Sequential([keras.Input((16, 16, 3), dtype="uint8"), layers.Rescaling(1 / 255),
                                           layers.Flatten(), layers.Dense(2, "softmax")]), "uint8"),
    "no network": (lambda: "lecture_cnn", "is a str"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_classifier_of_square_images_is_refused(kind):
    build, message = REFUSED[kind]
    with pytest.raises(InvalidInputError, match=message):
        check_network(build())


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ([layers.Dense(3, "softmax")], "softmax"),
        ([layers.Dense(3), layers.Softmax()], "softmax"),
        ([layers.Dense(3), layers.Activation("softmax"), layers.Dropout(0.1)], "softmax"),
        ([layers.Dense(3)], "logits"),
        ([layers.Dense(3), layers.BatchNormalization()], "logits"),
        ([layers.Dense(1, "sigmoid")], "sigmoid"),
        ([layers.Dense(1), layers.Activation("sigmoid")], "sigmoid"),
        ([layers.Dense(1)], "logit"),
    ],
)
def test_the_kind_of_outputs_is_seen_also_in_nested_models(head, kind):
    inner = network(head=[layers.Flatten(), *head])
    image = keras.Input((16, 16, 3))
    for model in (inner, keras.Model(image, inner(image)), flat_copy(inner)):
        assert output_kind(model) == kind


@pytest.mark.parametrize("kind", ["softmax", "logits", "sigmoid", "logit"])
def test_probabilities_of_arrays_and_tensors(kind):
    logits = np.array([[-2.0, 1.0], [0.0, 0.0], [300.0, -300.0]])
    one = logits[:, 1:] - logits[:, :1]
    expected = np.exp(logits - logits.max(axis=1, keepdims=True))
    expected /= expected.sum(axis=1, keepdims=True)
    outputs = {"softmax": expected, "logits": logits, "sigmoid": expected[:, 1:], "logit": one}[kind]
    np.testing.assert_allclose(to_probabilities(outputs, kind), expected, atol=1e-12)
    tensor = to_probabilities(backend.tensorflow().constant(outputs), kind)
    np.testing.assert_allclose(tensor.numpy(), expected, atol=1e-12)


def test_decisions_between_several_classes():
    probabilities = np.array([[0.5, 0.3, 0.2], [0.2, 0.3, 0.5], [0.4, 0.29, 0.31], [0.0, 1.0, 0.0]])
    assert decide(probabilities, 1, 0.3).tolist() == [1, 1, 0, 1]
    assert decide(probabilities, 1, 1.1).tolist() == [0, 2, 0, 0]


@pytest.mark.parametrize("input_range", [(-1.0, 1.0), (0.0, 1.0), (0.0, 255.0), (-0.5, 0.5)])
def test_pixels_are_scaled_from_end_to_end(input_range):
    pixels = np.arange(256, dtype=np.uint8)
    expected = np.linspace(*input_range, 256)
    np.testing.assert_allclose(scale_pixels(pixels, input_range), expected, atol=1e-4)
    tensor = scale_pixels(backend.tensorflow().constant(pixels), input_range)
    np.testing.assert_array_equal(tensor.numpy(), scale_pixels(pixels, input_range))


@pytest.mark.parametrize("value", [None, 1, (0,), (1, 0), (0, 0), (0, float("inf")), ("0", "1"), (0, 1, 2), "01"])
def test_wrong_ranges_are_named(value):
    with pytest.raises(InvalidInputError, match="input_range is"):
        check_input_range(value)
