"""Files of others: logits, one output, several classes, grey images; what cannot be told is refused."""

import numpy as np
import pytest
from PIL import Image

from common import InvalidInputError
from fall import CompressedModel, TFLiteFallClassifier, backend, tflite_cost
from fall.tflite.classifier import raw_outputs

# They do expect -1 to 1.
pytestmark = pytest.mark.filterwarnings("ignore:the file does not say which pixel range")

GREYS = np.array([0, 60, 100, 140, 170, 200, 255])
FALLS = (GREYS / 127.5 - 1 > 5 / 12).astype(int)


def images(channels=3):
    return np.repeat(GREYS.astype(np.uint8), 16 * 16 * channels).reshape(-1, 16, 16, channels)


def convert(model, integers=None):
    tf = backend.tensorflow()
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if integers:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([one[None] / np.float32(127.5) - 1] for one in images())
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = getattr(tf, integers)
    with backend.quiet():
        return converter.convert()


def model(head, *, n_outputs=2, shape=(16, 16, 3), pool=True):
    """Logits 5 and 12 times the mean of pixels from −1 to 1: a fall above 5/12."""
    keras = backend.keras()
    image = keras.Input(shape)
    mean = keras.layers.GlobalAveragePooling2D()(image) if pool else image
    dense = keras.layers.Dense(n_outputs)
    made = keras.Model(image, head(dense(mean)))
    kernel = np.zeros((shape[-1], n_outputs), np.float32)
    kernel[:, -1] = 12 / shape[-1]
    dense.set_weights([kernel, np.float32([-5] if n_outputs == 1 else [5, *[-9] * (n_outputs - 2), 0])])
    return made


def layer(name):
    return backend.keras().layers.Activation(name)


@pytest.mark.parametrize("integers", [None, "int8", "uint8"])
@pytest.mark.parametrize(
    ("head", "n_outputs"),
    [("linear", 2), ("log_softmax", 2), ("softmax", 2), ("sigmoid", 1), ("linear", 1), ("softmax", 3), ("linear", 3)],
)
def test_outputs_become_probabilities(head, n_outputs, integers):
    if head == "log_softmax" and integers:
        pytest.skip("integers do not hold its range")
    function = backend.tensorflow().nn.log_softmax if head == "log_softmax" else layer(head)
    content = convert(model(function, n_outputs=n_outputs), integers)
    classes = ["up", "between", "down"] if n_outputs == 3 else ["up", "down"]
    classifier = TFLiteFallClassifier(content, classes=classes, positive="down")
    rows = classifier.predict_proba(images())
    logits = np.stack([np.full(7, 5.0), 12 * (GREYS / 127.5 - 1)], axis=1)
    falls = 1 / (1 + np.exp(logits[:, 0] - logits[:, 1]))
    assert rows.shape == (7, len(classes))
    np.testing.assert_allclose(rows.sum(axis=1), 1, atol=0.02)
    np.testing.assert_allclose(rows[:, -1], falls, atol=0.03)
    assert (classifier.predict(images()) == "down").tolist() == FALLS.astype(bool).tolist()


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: model(layer("sigmoid"), n_outputs=2), "LOGISTIC with 2 outputs"),
        (lambda: model(layer("tanh")), "TANH"),
        (lambda: model(layer("relu")), "FULLY_CONNECTED with the activation function RELU and 2 outputs"),
        (lambda: model(layer("relu6"), n_outputs=3), "the activation function RELU6"),
        (lambda: model(lambda x: backend.tensorflow().nn.relu(x + x), n_outputs=1), "ADD .* RELU and 1 output,"),
        (lambda: model(lambda x: pooled(layer("relu")(x))), "FULLY_CONNECTED with the activation function RELU"),
        (lambda: model(lambda x: backend.keras().layers.Concatenate()([layer("sigmoid")(x)] * 2)), "CONCATENATION"),
        (lambda: model(layer("softmax"), pool=False), "dense layer"),
        (lambda: model(layer("softmax"), shape=(None, None, 3)), "fixed size"),
        (lambda: model(layer("softmax"), shape=(16, 18, 3)), "side, side"),
        (lambda: model(layer("softmax"), shape=(16, 16, 4)), "RGB"),
        (lambda: two(inputs=2), "2 inputs"),
        (lambda: two(outputs=2), "2 outputs"),
    ],
)
def test_what_cannot_be_told_is_refused(build, message):
    with pytest.raises(InvalidInputError, match=message):
        TFLiteFallClassifier(convert(build()), input_range=(-1, 1))


def pooled(x):
    layers = backend.keras().layers
    return layers.GlobalAveragePooling2D()(layers.Reshape((1, 1, 2))(x))


def two(inputs=1, outputs=1):
    keras = backend.keras()
    given = [keras.Input((16, 16, 3)) for _ in range(inputs)]
    mean = keras.layers.GlobalAveragePooling2D()(keras.layers.Concatenate()([*given, given[0]]))
    return keras.Model(given, [keras.layers.Dense(2, activation="softmax")(mean) for _ in range(outputs)])


def test_grey_images(tmp_path):
    content = convert(model(layer("softmax"), shape=(16, 16, 1)))
    classifier = TFLiteFallClassifier(content)
    paths = []
    for number, image in enumerate(images()):
        paths.append(tmp_path / f"{number}.png")
        Image.fromarray(image).save(paths[-1])
    for given in (images(1), images(1)[..., 0], images(3), paths):
        assert classifier.predict(given).tolist() == FALLS.tolist()
    assert raw_outputs(content, images(1)[..., 0]).shape == (7, 2)
    red = np.zeros((1, 16, 16, 3), np.uint8)
    red[..., 0] = 255
    luma = np.asarray(Image.fromarray(red[0]).convert("L"))[None]
    np.testing.assert_array_equal(classifier.predict_proba(red), classifier.predict_proba(luma))


@pytest.fixture(scope="module")
def three():
    return convert(model(layer("softmax"), n_outputs=3))


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({}, "3 classes"),
        ({"classes": ["a", "b", "c"]}, "positive="),
        ({"classes": ["a", "b"], "positive": "a"}, "3 different labels"),
        ({"classes": ["a", "b", "b"], "positive": "a"}, "3 different labels"),
        ({"classes": ["a", "b", "c"], "positive": "d"}, "positive is 'd'"),
        ({"classes": ["a", "b", "c"], "positive": "a", "input_range": (1, 0)}, "lower"),
        ({"classes": ["a", "b", "c"], "positive": "a", "threshold": -1}, "threshold"),
    ],
)
def test_what_is_stated_must_fit(three, stated, message):
    with pytest.raises(InvalidInputError, match=message):
        TFLiteFallClassifier(three, **stated)


def test_the_fall_may_be_any_of_the_classes(three):
    stated = {"classes": ["fallen", "sitting", "standing"], "positive": "fallen"}
    classifier = TFLiteFallClassifier(three, **stated, threshold=0.9)
    expected = np.where(GREYS < 170, "fallen", "standing")  # at 170 the probability is 0.73
    assert classifier.predict(images()).tolist() == expected.tolist()
    model = CompressedModel(
        "foreign", three, tflite_cost(three).total, None, np.array(stated["classes"]), 0.9, 16, positive="fallen"
    )
    assert TFLiteFallClassifier(model).predict(images()).tolist() == expected.tolist()
    for contradiction in ({"positive": "sitting"}, {"classes": ["a", "b", "c"]}, {"input_range": (0, 1)}):
        with pytest.raises(InvalidInputError, match=f"{next(iter(contradiction))} is"):
            TFLiteFallClassifier(model, **contradiction)
