"""Every layer of tf_keras is counted or refused: by hand, and against what TensorFlow's profiler counts."""

import inspect
import math

import numpy as np
import pytest

from common import InvalidInputError
from fall import backend, keras_cost, tflite_cost
from fall.costs.layers import MACS
from fall.tflite.conversion import convert

# Arguments, shape of one input or of several, multiply-accumulates counted by hand.
LINE, IMAGE, VOLUME, VECTOR = (9, 3), (8, 8, 3), (5, 5, 5, 2), (6,)
COUNTED = {
    "Dense": ((4,), VECTOR, 6 * 4),
    "Dense of images": ((4,), IMAGE, 8 * 8 * 3 * 4),
    "Conv1D": ((4, 3), LINE, 7 * 3 * 3 * 4),
    "Conv1D causal": ((4, 3, 2, "causal"), LINE, 5 * 3 * 3 * 4),
    "Conv1D dilated": ({"filters": 4, "kernel_size": 3, "dilation_rate": 2}, LINE, 5 * 3 * 3 * 4),
    "Conv2D": ((4, (3, 2)), IMAGE, 6 * 7 * 3 * 2 * 3 * 4),
    "Conv2D strided": ((4, 3, 2, "same"), IMAGE, 4 * 4 * 9 * 3 * 4),
    "Conv2D dilated": ({"filters": 4, "kernel_size": 3, "dilation_rate": 2}, IMAGE, 4 * 4 * 9 * 3 * 4),
    "Conv2D grouped": ({"filters": 6, "kernel_size": 3, "groups": 3}, IMAGE, 6 * 6 * 9 * 1 * 6),
    "Conv2D channels first": (
        {"filters": 4, "kernel_size": 3, "data_format": "channels_first"},
        (3, 8, 10),
        6 * 8 * 27 * 4,
    ),
    "Conv2D of five images": ((4, 3), (5, *IMAGE), 5 * 6 * 6 * 9 * 3 * 4),
    "Conv3D": ((4, 3), VOLUME, 3**3 * 3**3 * 2 * 4),
    "Conv1DTranspose": ((4, 3), LINE, 9 * 3 * 3 * 4),
    "Conv2DTranspose": ((4, 3, 2), IMAGE, 8 * 8 * 9 * 3 * 4),
    "Conv2DTranspose same": ((4, 3, 2, "same"), IMAGE, 8 * 8 * 9 * 3 * 4),
    "Conv3DTranspose": ((4, 3), VOLUME, 5**3 * 27 * 2 * 4),
    "DepthwiseConv1D": ((3,), LINE, 7 * 3 * 3),
    "DepthwiseConv2D": ((3,), IMAGE, 6 * 6 * 9 * 3),
    "DepthwiseConv2D times two": ({"kernel_size": 3, "depth_multiplier": 2}, IMAGE, 6 * 6 * 9 * 6),
    "SeparableConv1D": ((4, 3), LINE, 7 * (3 * 3 + 3 * 4)),
    "SeparableConv2D": ((4, 3), IMAGE, 6 * 6 * (9 * 3 + 3 * 4)),
    "SeparableConv2D times two": (
        {"filters": 4, "kernel_size": 3, "strides": 2, "depth_multiplier": 2},
        IMAGE,
        3 * 3 * (9 * 6 + 6 * 4),
    ),
    "LocallyConnected1D": ((4, 3), LINE, 7 * 3 * 3 * 4),
    "LocallyConnected2D": ((4, 3), IMAGE, 6 * 6 * 9 * 3 * 4),
    "LocallyConnected2D dense": ({"filters": 4, "kernel_size": 3, "implementation": 2}, IMAGE, 6 * 6 * 9 * 3 * 4),
    "SimpleRNN": ((4,), LINE, 9 * 4 * (3 + 4)),
    "GRU": ((4,), LINE, 9 * 3 * 4 * (3 + 4)),
    "LSTM": ((4,), LINE, 9 * 4 * 4 * (3 + 4)),
    "LSTM sequences and states": ({"units": 4, "return_sequences": True, "return_state": True}, LINE, 9 * 16 * 7),
    "ConvLSTM1D": ((4, 3), (5, *LINE), 5 * 7 * 3 * (3 + 4) * 16),
    "ConvLSTM2D": ((4, 3), (5, *IMAGE), 5 * 36 * 9 * (3 + 4) * 16),
    "ConvLSTM2D sequences": (
        {"filters": 4, "kernel_size": 3, "return_sequences": True},
        (5, *IMAGE),
        5 * 36 * 9 * 7 * 16,
    ),
    "ConvLSTM3D": ((4, 3), (2, *VOLUME), 2 * 27 * 27 * (2 + 4) * 16),
    "Dot": ((2,), [(5, 6), (7, 6)], 5 * 7 * 6),
    "Dot of vectors": ((-1,), [VECTOR, VECTOR], 6),
    "Attention": ((), [(5, 6), (7, 6)], 5 * 7 * (6 + 6)),
    "Attention with keys": ((), [(5, 6), (7, 4), (7, 6)], 5 * 7 * (6 + 4)),
    "EinsumDense": (("ab,bc->ac", 4), VECTOR, 6 * 4),
    "EinsumDense of steps": (("abc,cde->abde", (None, 2, 4)), LINE, 9 * 3 * 2 * 4),
    "EinsumDense of any sides": (("...x,xy->...y", 4), IMAGE, 8 * 8 * 3 * 4),
}
WRAPPED = {
    "RNN": (lambda layers: layers.RNN(layers.LSTMCell(4)), LINE, 9 * 16 * 7),
    "RNN stacked": (lambda layers: layers.RNN([layers.GRUCell(4), layers.GRUCell(5)]), LINE, 9 * 3 * (4 * 7 + 5 * 9)),
    "Bidirectional": (lambda layers: layers.Bidirectional(layers.LSTM(4)), LINE, 2 * 9 * 16 * 7),
    "Bidirectional images": (
        lambda layers: layers.Bidirectional(layers.ConvLSTM2D(4, 3)),
        (5, *IMAGE),
        2 * 5 * 36 * 9 * 7 * 16,
    ),
    "TimeDistributed": (lambda layers: layers.TimeDistributed(layers.Conv2D(4, 3)), (5, *IMAGE), 5 * 36 * 27 * 4),
    "TimeDistributed twice": (
        lambda layers: layers.TimeDistributed(layers.TimeDistributed(layers.Dense(4))),
        (2, 5, 6),
        2 * 5 * 24,
    ),
    "TimeDistributed model": (
        lambda layers: layers.TimeDistributed(_small_model(layers)),
        (5, *IMAGE),
        5 * (6 * 6 * 27 * 4 + 4 * 2),
    ),
}
ARGUMENTS = {
    **dict.fromkeys(("RandomCrop", "CenterCrop", "Resizing"), (2,)),
    **dict.fromkeys(("Cropping1D", "Cropping2D", "Cropping3D", "ZeroPadding1D", "RepeatVector"), (1,)),
    **dict.fromkeys(("Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise"), (0.2,)),
    **dict.fromkeys(("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "RandomBrightness"), (0.2,)),
    **dict.fromkeys(("RandomContrast", "RandomRotation", "RandomZoom", "Rescaling"), (0.2,)),
    **dict.fromkeys(("RandomHeight", "RandomWidth"), (0.2,)),
    **dict.fromkeys(("RandomTranslation",), (0.2, 0.2)),
    **{"Activation": ("relu",), "Reshape": ((-1,),), "GroupNormalization": (3,), "Permute": ((2, 1),)},
    **{"CenterCrop": (2, 2), "RandomCrop": (2, 2), "Resizing": (2, 2), "Embedding": (10, 4), "Hashing": (3,)},
    **{"Discretization": ([0.5],), "CategoryEncoding": (3,)},
}
MERGED = ("Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract")
# No layers of a network: bases, cells, and the input, which computes nothing; one that Keras itself cannot build.
NO_LAYERS = [
    "AbstractRNNCell",
    "GRUCell",
    "InputLayer",
    "InputSpec",
    "LSTMCell",
    "SimpleRNNCell",
    "SpectralNormalization",
    "StackedRNNCells",
    "Wrapper",
]
REFUSED = {
    "AdditiveAttention": lambda layers: (layers.AdditiveAttention(), [(5, 6), (7, 6)]),
    "Lambda": lambda layers: (layers.Lambda(lambda x: x @ np.ones((6, 4), np.float32)), VECTOR),
    "Layer": lambda layers: (layers.Layer(), VECTOR),
    "Attention": lambda layers: (layers.Attention(score_mode="concat"), [(5, 6), (7, 6)]),
    "LSTM": lambda layers: (layers.LSTM(4, time_major=True), LINE),
    "RandomHeight": lambda layers: (layers.RandomHeight(0.2), IMAGE),
    "RandomWidth": lambda layers: (layers.RandomWidth(0.2), IMAGE),
    "RNN": lambda layers: (layers.RNN(_own(layers.LSTMCell)(4)), LINE),
    "Bidirectional": lambda layers: (layers.Bidirectional(_own(layers.LSTM)(4)), LINE),
    "TimeDistributed": lambda layers: (layers.TimeDistributed(_own(layers.Dense)(4)), LINE),
    "Dense": lambda layers: (_own(layers.Dense)(4), VECTOR),
    "ReLU": lambda layers: (_own(layers.ReLU)(), VECTOR),
}
# Layers for words and for tables, not for numbers: they are refused by their kind.
FOR_WORDS = [
    "CategoryEncoding",
    "DenseFeatures",
    "Discretization",
    "Embedding",
    "HashedCrossing",
    "Hashing",
    "IntegerLookup",
    "StringLookup",
    "TextVectorization",
]


def _own(kind):
    return type("Own", (kind,), {})


def _small_model(layers):
    keras = backend.keras()
    images = keras.Input(IMAGE)
    features = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3)(images))
    return keras.Model(images, layers.Dense(2)(features), name="small")


def model_of(layer, shapes):
    keras = backend.keras()
    inputs = [keras.Input(shape) for shape in shapes] if isinstance(shapes, list) else keras.Input(shapes)
    return keras.Model(inputs, layer(inputs))


def counted(case):
    """The model of a case counted by hand, and its number."""
    layers = backend.keras().layers
    if case in WRAPPED:
        make, shapes, expected = WRAPPED[case]
        return model_of(make(layers), shapes), expected
    arguments, shapes, expected = COUNTED[case]
    kind = getattr(layers, case.split()[0])
    layer = kind(**arguments) if isinstance(arguments, dict) else kind(*arguments)
    return model_of(layer, shapes), expected


@pytest.mark.parametrize("case", [*COUNTED, *WRAPPED])
def test_multiply_accumulates_are_those_counted_by_hand(case):
    model, expected = counted(case)
    total = keras_cost(model).total
    assert (total.macs, total.params) == (expected, model.count_params())


@pytest.mark.parametrize("case", ["query and value", "with keys", "of wide values", "by itself"])
def test_attention_of_many_heads(case):
    keras = backend.keras()
    query, value, key = keras.Input((5, 6)), keras.Input((7, 8)), keras.Input((7, 4))
    layer = keras.layers.MultiHeadAttention(2, 3, value_dim=4 if case == "of wide values" else None)
    wide = 4 if case == "of wide values" else 3
    n_keys, key_features, value_features = (5, 6, 6) if case == "by itself" else (7, 8, 8)
    if case == "with keys":
        model, key_features = keras.Model([query, value, key], layer(query, value, key=key)), 4
    elif case == "by itself":
        model = keras.Model(query, layer(query, query))
    else:
        model = keras.Model([query, value], layer(query, value=value))
    projections = 5 * 6 * 3 + n_keys * key_features * 3 + n_keys * value_features * wide
    expected = 2 * (projections + 5 * n_keys * (3 + wide) + 5 * wide * 6)
    assert keras_cost(model).total.macs == expected
    assert keras_cost(model).total.params == model.count_params()


def _public_layers():
    layers = backend.keras().layers
    return sorted({kind.__name__ for _, kind in inspect.getmembers(layers, inspect.isclass)})


@pytest.mark.parametrize("kind", _public_layers())
def test_every_layer_of_keras_is_known_or_refused(kind):
    layers = backend.keras().layers
    cases = {case.split()[0] for case in (*COUNTED, *WRAPPED)} | {"MultiHeadAttention"}
    if kind in NO_LAYERS or kind in FOR_WORDS or (kind in REFUSED and kind not in MACS):
        assert kind not in MACS
        return
    assert kind in MACS, "new in Keras: count it or name it among those refused"
    if kind in cases:
        return
    shapes = VECTOR if kind == "RepeatVector" else LINE if kind.endswith("1D") or kind == "Permute" else IMAGE
    shapes = VOLUME if kind.endswith("3D") else [IMAGE, IMAGE] if kind in MERGED else shapes
    model = model_of(getattr(layers, kind)(*ARGUMENTS.get(kind, ())), shapes)
    total = keras_cost(model).total
    assert (total.macs, total.params) == (0, model.count_params())
    assert total.activation_bytes >= 4 * math.prod(model.output_shape[1:])


@pytest.mark.parametrize("case", REFUSED)
def test_layers_that_may_compute_anything_are_refused(case):
    model = model_of(*REFUSED[case](backend.keras().layers))
    with pytest.raises(InvalidInputError, match=r"layer '.*' (is a|has a)"):
        keras_cost(model)


def test_an_embedding_and_text_are_refused():
    keras = backend.keras()
    words, text = keras.Input((5,), dtype="int32"), keras.Input((1,), dtype="string")
    for model in (
        keras.Model(words, keras.layers.Embedding(10, 4)(words)),
        keras.Model(words, keras.layers.Hashing(3)(words)),
        keras.Model(text, keras.layers.StringLookup(vocabulary=["a"])(text)),
        keras.Model(text, keras.layers.TextVectorization(vocabulary=["a"])(text)),
    ):
        with pytest.raises(InvalidInputError, match=r"which the formulas do not cover|not known"):
            keras_cost(model)


@pytest.mark.parametrize(
    ("name", "known"), [("add", True), ("relu", True), ("slice", True), ("matmul", False), ("einsum", False)]
)
def test_functions_of_tensorflow_are_counted_or_refused(name, known):
    keras, tf = backend.keras(), backend.tensorflow()
    x = keras.Input((6, 6))
    functions = {
        "add": lambda: x + 1.0,
        "relu": lambda: tf.nn.relu(x),
        "slice": lambda: x[:, 1:],
        "matmul": lambda: tf.matmul(x, x),
        "einsum": lambda: tf.einsum("bij,bjk->bik", x, x),
    }
    model = keras.Model(x, functions[name]())
    if known:
        assert keras_cost(model).total.macs == 0
    else:
        with pytest.raises(InvalidInputError, match=r"function tf\."):
            keras_cost(model)


def profiled_macs(model):
    """What TensorFlow's profiler counts: the products of the graph, where two operations are one MAC."""
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    tf = backend.tensorflow()
    signature = [tf.TensorSpec((1, *tensor.shape[1:]), tensor.dtype) for tensor in model.inputs]
    function = tf.function(lambda *inputs: model(list(inputs) if len(inputs) > 1 else inputs[0]), autograph=False)
    graph = convert_variables_to_constants_v2(function.get_concrete_function(*signature)).graph
    options = tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()
    profile = tf.compat.v1.profiler.profile(
        graph, cmd="op", options=tf.compat.v1.profiler.ProfileOptionBuilder(options).with_empty_output().build()
    )
    products = ("MatMul", "BatchMatMulV2", "Conv2D", "DepthwiseConv2dNative")
    count, node = 0, profile
    while node.children:
        node = node.children[0]
        if node.name in products:
            count += node.float_ops
    return count // 2


@pytest.mark.parametrize(
    "case",
    [
        *("Dense", "Dense of images", "Conv1D", "Conv2D", "Conv2D strided", "DepthwiseConv2D"),
        *("DepthwiseConv2D times two", "SeparableConv2D", "SeparableConv2D times two"),
    ],
)
def test_the_profiler_of_tensorflow_counts_the_same(case):
    model, expected = counted(case)
    assert profiled_macs(model) == expected


@pytest.mark.parametrize("kind", ["SimpleRNN", "GRU", "LSTM"])
def test_the_profiler_counts_the_same_steps(kind):
    layer = getattr(backend.keras().layers, kind)(4, unroll=True)
    model = model_of(layer, LINE)
    assert profiled_macs(model) == keras_cost(model).total.macs


@pytest.mark.parametrize("case", ["Conv2D", "Conv2D strided", "Conv2D dilated", "DepthwiseConv2D", "SeparableConv2D"])
def test_the_converted_file_costs_the_same(case):
    model, expected = counted(case)
    assert tflite_cost(convert(model)).total.macs == expected
