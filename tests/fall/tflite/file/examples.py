"""Sound .tflite files that the library does not make itself, and changes of single parts."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from fall.tflite.conversion import convert
from tests.fall.converted import content
from tests.fall.tflite.file.mutants import packed


def changed(sound: bytes, change: Callable[[Any, Any], None]) -> bytes:
    """The file after ``change(model, model.subgraphs[0])``."""
    model = schema.ModelT.InitFromPackedBuf(sound)
    change(model, model.subgraphs[0])
    return packed(model)


def names(model: Any) -> list[str]:
    """The operators' names in order."""
    by_number = {number: name for name, number in vars(schema.BuiltinOperator).items()}
    return [by_number[model.operatorCodes[o.opcodeIndex].builtinCode] for o in model.subgraphs[0].operators]


def make_int4(model: Any, graph: Any, layers: tuple[str, ...] = ("CONV_2D", "FULLY_CONNECTED")) -> None:
    """Weights of four bits in place of eight, two to a byte."""
    for name, operator in zip(names(model), graph.operators, strict=True):
        if name not in layers:
            continue
        weights = graph.tensors[operator.inputs[1]]
        eight = np.array(model.buffers[weights.buffer].data, np.uint8).view(np.int8)
        four = np.clip(np.rint(eight / 16), -7, 7).astype(np.int8)
        four = np.append(four, np.int8(0)) if len(four) % 2 else four
        buffer = schema.BufferT()
        buffer.data = ((four[::2] & 15) | ((four[1::2] & 15) << 4)).astype(np.uint8)
        if [tensor.buffer for tensor in graph.tensors].count(weights.buffer) == 1:
            model.buffers[weights.buffer].data = None
        weights.buffer, weights.type = len(model.buffers), schema.TensorType.INT4
        model.buffers.append(buffer)
        weights.quantization.scale = [16 * scale for scale in weights.quantization.scale]


@cache
def int4_content() -> bytes:
    """The int8 file of a network, with int4 weights in its convolutions and dense layers."""
    return changed(content(scheme="int8"), make_int4)


def make_blockwise(model: Any, graph: Any, size: int = 32) -> None:
    """int4 weights in the dense layers of a float32 file, with a scale for each block of ``size`` inputs."""
    for name, operator in zip(names(model), graph.operators, strict=True):
        weights = graph.tensors[operator.inputs[1]] if name == "FULLY_CONNECTED" else None
        if weights is None or weights.shape[1] % size:
            continue
        values = np.array(model.buffers[weights.buffer].data, np.uint8).view(np.float32).reshape(-1, size)
        scales = (np.abs(values).max(axis=1) / 7).astype(np.float16)
        four = np.clip(np.rint(values / np.float32(scales)[:, None]), -7, 7).astype(np.int8).ravel()
        for data in (((four[::2] & 15) | ((four[1::2] & 15) << 4)).astype(np.uint8), scales.view(np.uint8)):
            buffer = schema.BufferT()
            buffer.data = data
            model.buffers.append(buffer)
        weights.buffer, weights.type = len(model.buffers) - 2, schema.TensorType.INT4
        tensor = schema.TensorT()
        tensor.name, tensor.type, tensor.buffer = b"scales", schema.TensorType.FLOAT16, len(model.buffers) - 1
        tensor.shape = [int(weights.shape[0]), int(weights.shape[1]) // size]
        weights.quantization = schema.QuantizationParametersT()
        weights.quantization.detailsType = schema.QuantizationDetails.BlockwiseQuantization
        blocks = weights.quantization.details = schema.BlockwiseQuantizationT()
        blocks.scales, blocks.zeroPoints, blocks.blockSize = len(graph.tensors), -1, size
        graph.tensors.append(tensor)


@cache
def shape_content() -> bytes:
    """A network of nearly all operators that move numbers about: pads, slices, splits, resizes, means."""
    import tensorflow as tf
    import tf_keras as keras

    layers = keras.layers
    images = keras.Input((32, 32, 3))
    x = layers.Conv2D(8, 3, strides=2, activation="relu6")(images)
    x = layers.Cropping2D(1)(layers.ZeroPadding2D(1)(x))
    halves = layers.Lambda(lambda y: tf.split(y, 2, axis=3))(x)
    x = layers.Concatenate()([layers.LeakyReLU()(halves[0]), layers.Activation("tanh")(halves[1])])
    x = layers.UpSampling2D(2)(layers.AveragePooling2D(3)(x))
    x = layers.UpSampling2D(2, interpolation="bilinear")(x)
    x = layers.Permute((2, 1, 3))(layers.PReLU(shared_axes=[1, 2])(x))
    x = layers.Multiply()([x, layers.Activation("sigmoid")(layers.GlobalAveragePooling2D(keepdims=True)(x))])
    x = layers.Lambda(lambda y: tf.nn.space_to_depth(y, 2))(x)
    x = layers.Lambda(lambda y: tf.stack([y[:, 0], y[:, 1]], axis=1))(layers.Maximum()([x, layers.Subtract()([x, x])]))
    x = layers.GlobalMaxPooling2D()(layers.LayerNormalization()(x))
    return convert(keras.Model(images, layers.Dense(2, activation="softmax")(x)))
