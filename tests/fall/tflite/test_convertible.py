"""Networks of any kind become a file that runs, or are refused in the library's words before anything is computed."""

import numpy as np
import pytest

from common import InvalidInputError
from fall import TFLiteFallClassifier, backend
from fall.tflite.conversion import SCHEMES, convert

SIDE = 16
IMAGES = np.random.default_rng(0).integers(0, 256, (4, SIDE, SIDE, 3), dtype=np.uint8)


def sequential(*layers, shape=(SIDE, SIDE, 3)):
    keras = backend.keras()
    head = [keras.layers.Flatten(), keras.layers.Dense(2, activation="softmax")]
    return keras.Sequential([keras.Input(shape), *layers, *head])


def functional(function, *shapes, n_outputs=1, **options):
    keras = backend.keras()
    inputs = [keras.Input(shape, **options) for shape in shapes or [(SIDE, SIDE, 3)]]
    features = function(*inputs)
    outputs = [keras.layers.Dense(2)(keras.layers.Flatten()(features)) for _ in range(n_outputs)]
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], outputs if n_outputs > 1 else outputs[0])


def steps(layer):
    return sequential(backend.keras().layers.Reshape((4, -1)), layer)


def subclass(call=lambda inputs: inputs):
    model = type("Own", (backend.keras().Model,), {"call": lambda self, inputs: call(inputs)})()
    model.build((None, SIDE, SIDE, 3))
    return model


def own_layer(call):
    def shape(self, input_shape):
        return input_shape

    kind = type(
        "Own", (backend.keras().layers.Layer,), {"call": lambda self, x: call(x), "compute_output_shape": shape}
    )
    return kind(dynamic=True)


def keras_3():
    import keras

    return keras.Sequential([keras.Input((SIDE, SIDE, 3)), keras.layers.Flatten(), keras.layers.Dense(2)])


def broken(inputs):
    raise ZeroDivisionError("by this layer")


def pruned(model):
    return backend.tfmot().sparsity.keras.prune_low_magnitude(model)


def clustered(model):
    tfmot = backend.tfmot()
    start = tfmot.clustering.keras.CentroidInitialization.LINEAR
    return tfmot.clustering.keras.cluster_weights(model, number_of_clusters=4, cluster_centroids_init=start)


def inside(model):
    return functional(model)


def annotated(model):
    return backend.tfmot().quantization.keras.quantize_annotate_model(model)


REFUSED = {
    "an unbuilt Sequential": (lambda keras: keras.Sequential([keras.layers.Flatten()]), "no input of a known shape"),
    "a subclass": (lambda keras: subclass(), "no input of a known shape"),
    "a model of Keras 3": (lambda keras: keras_3(), "Keras 3"),
    "a layer": (lambda keras: keras.layers.Dense(2), "tf_keras model"),
    "two inputs": (lambda keras: two(keras), "2 inputs"),
    "two outputs": (lambda keras: functional(keras.layers.Flatten(), n_outputs=2), "2 outputs"),
    "an input with a name": (lambda keras: named(keras), "in a dict"),
    "any height": (lambda keras: pooled(keras, (None, 16, 3)), "any size"),
    "any size": (lambda keras: pooled(keras, (None, None, 3)), "any size"),
    "any number of channels": (lambda keras: pooled(keras, (16, 16, 2)), "images are"),
    "numbers": (lambda keras: sequential(shape=(12,)), "images are"),
    "a series": (lambda keras: sequential(shape=(12, 3)), "images are"),
    "a video": (lambda keras: sequential(shape=(2, 16, 16, 3)), "images are"),
    "bytes": (lambda keras: functional(keras.layers.Rescaling(1 / 255), dtype="uint8"), "takes uint8"),
    "text": (lambda keras: words(keras), "images are"),
    "words": (lambda keras: sequential(keras.layers.Flatten(), keras.layers.Embedding(9, 2)), "not pixels"),
    "an LSTM": (lambda keras: steps(keras.layers.LSTM(4)), "is a LSTM"),
    "a GRU": (lambda keras: steps(keras.layers.GRU(4)), "is a GRU"),
    "steps both ways": (lambda keras: steps(keras.layers.Bidirectional(keras.layers.SimpleRNN(4))), "is a SimpleRNN"),
    "steps of images": (
        lambda keras: sequential(keras.layers.Reshape((4, 4, 16, 3)), keras.layers.ConvLSTM2D(4, 3)),
        "is a ConvLSTM2D",
    ),
    "a loop in a Lambda": (lambda keras: sequential(keras.layers.Lambda(looped, name="looped")), "'looped' loops"),
    "an unknown operation": (lambda keras: sequential(keras.layers.Lambda(inverse_error)), "Erfinv"),
    "Python in a layer": (lambda keras: sequential(own_layer(broken)), "by this layer"),
    "pruned": (lambda keras: pruned(sequential(keras.layers.Conv2D(4, 3))), "strip"),
    "pruned inside": (lambda keras: inside(pruned(sequential(keras.layers.Conv2D(4, 3)))), "strip"),
    "clustered": (lambda keras: clustered(sequential(keras.layers.Conv2D(4, 3))), "strip"),
    "annotated": (lambda keras: annotated(sequential(keras.layers.Conv2D(4, 3))), "quantize_apply"),
}


def two(keras):
    return functional(lambda left, right: keras.layers.Add()([left, right]), (8, 8, 3), (8, 8, 3))


def named(keras):
    image = keras.Input((SIDE, SIDE, 3))
    return keras.Model({"image": image}, keras.layers.Flatten()(image))


def pooled(keras, shape):
    return functional(lambda image: keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(4, 3)(image)), shape)


def words(keras):
    text = keras.Input((), dtype="string")
    return keras.Model(text, keras.layers.StringLookup(vocabulary=["a"])(text))


def looped(images):
    tf = backend.tensorflow()
    return tf.map_fn(lambda image: image * 2, images)


def inverse_error(images):
    return backend.tensorflow().math.erfinv(images)


@pytest.mark.parametrize("scheme", ["float32", "int8"])
@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_become_a_file_is_refused(case, scheme):
    make, message = REFUSED[case]
    with pytest.raises(InvalidInputError, match=message):
        convert(make(backend.keras()), scheme, representative=IMAGES)


RUNS = {
    "a model inside": lambda keras: inside(sequential(keras.layers.Conv2D(4, 3))),
    "a Lambda": lambda keras: sequential(keras.layers.Lambda(lambda images: images * 2)),
    "functions without layers": lambda keras: functional(lambda images: images * 2.0 + 1.0),
    "a batch of four": lambda keras: functional(keras.layers.Flatten(), batch_size=4),
    "random layers": lambda keras: sequential(keras.layers.RandomFlip(), keras.layers.RandomRotation(0.1)),
    "unrolled steps": lambda keras: steps(keras.layers.LSTM(4, unroll=True)),
    "attention": lambda keras: functional(lambda images: attention(keras, images)),
    "one dimension": lambda keras: steps(keras.layers.Conv1D(4, 3)),
    "a slope of its own": lambda keras: sequential(keras.layers.Conv2D(4, 3), keras.layers.PReLU()),
}


def attention(keras, images):
    rows = keras.layers.Reshape((SIDE, 3 * SIDE))(images)
    return keras.layers.MultiHeadAttention(2, 3)(rows, rows)


@pytest.mark.parametrize("scheme", ["float32", "int8"])
@pytest.mark.parametrize("case", RUNS)
def test_what_is_converted_runs(case, scheme):
    made = convert(RUNS[case](backend.keras()), scheme, representative=IMAGES)
    assert TFLiteFallClassifier(made).predict(IMAGES).shape == (4,)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_network_is_looked_at_before_the_scheme(scheme):
    with pytest.raises(InvalidInputError, match="any size"):
        convert(pooled(backend.keras(), (None, None, 3)), scheme)
