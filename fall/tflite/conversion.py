"""Convert networks to .tflite files; the only module that calls TensorFlow Lite's converter."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from common.errors import InvalidInputError
from common.validation import IntArray, check_choice, check_images, check_integer, encode_labels, random_generator
from fall import backend
from fall.frames import ImageArray
from fall.networks.pixels import scale_pixels
from fall.tflite.convertible import all_layers, check_convertible, check_operations, is_wrapped
from fall.tflite.file.sharing import share_equal_vectors
from fall.tflite.inspection import float_operators

SCHEMES = ("float32", "float16", "dynamic_int8", "int8", "int16x8")


def convert(model: Any, scheme: str = "float32", *, representative: Any = None) -> bytes:
    """Convert a network to a .tflite file that takes one image at a time; the same network gives the same bytes.

    Parameters
    ----------
    model : tf_keras.Model
        A network of :func:`fall.build_network`, or another one that takes pixels between −1 and 1.
    scheme : {"float32", "float16", "dynamic_int8", "int8", "int16x8"}
        How numbers are stored and computed:

        - "float32": as trained;
        - "float16": weights in float16, converted to float32 for computing;
        - "dynamic_int8": large weights in int8, activations in float32;
        - "int8": everything in int8, from the image to the probabilities;
        - "int16x8": weights in int8, activations in int16.
    representative : ndarray of uint8 (n, height, width, 3), optional
        Images that determine the ranges of the activations, see :func:`representative_images`; required for "int8" and
        "int16x8". A quantization-aware model contains its ranges and needs no images for "int8".

    Returns
    -------
    bytes
        The content of the file.

    Raises
    ------
    InvalidInputError
        If the model is not a ``tf_keras`` model of one image, see :mod:`fall.tflite.convertible`, is wrapped for
        pruning or clustering, or cannot be converted; if the representative images are missing or do not fit.
    MissingDependencyError
        If TensorFlow or LiteRT is not installed.

    Examples
    --------
    >>> from fall import build_network
    >>> content = convert(build_network("separable_cnn", (32, 32, 3)))
    >>> content[4:8]
    b'TFL3'
    """
    check_convertible(model)
    check_choice(scheme, "scheme", SCHEMES)
    images = _check_representative(model, scheme, representative)
    converter = _converter(model)
    tf = backend.tensorflow()
    if scheme != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if scheme == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if scheme in ("int8", "int16x8"):
        _compute_in_integers(converter, scheme, images)
    try:
        with backend.quiet():
            content = bytes(converter.convert())
    except Exception as error:  # the converter raises many kinds
        raise InvalidInputError(
            f"model cannot be converted with scheme={scheme!r} ({_converters_reason(error)}): use the layers that "
            "fall.build_network uses"
        ) from error
    if scheme == "int8" and images is None:
        _check_integers(content)
    return share_equal_vectors(content)


def representative_images(X: Any, y: Any, *, n: int = 100, random_state: Any = None) -> ImageArray:
    """Draw images for :func:`convert`, equally many of each class, since falls are rare.

    Parameters
    ----------
    X : ndarray of uint8 (n_images, height, width, 3), or DecodedFrames
        Training images.
    y : array-like of shape (n_images,)
        Their classes.
    n : int
        Number of images to draw, or all if there are fewer. If a class has too few, more of the others are drawn.
    random_state : int, Generator, RandomState or None
        The same int draws the same images.

    Returns
    -------
    ndarray of uint8, shape (n, height, width, 3)

    Examples
    --------
    >>> images = np.arange(100, dtype=np.uint8)[:, None, None, None] * np.ones((8, 8, 3), np.uint8)
    >>> drawn = representative_images(images, [1] * 5 + [0] * 95, n=10, random_state=0)[:, 0, 0, 0]
    >>> int((drawn < 5).sum())
    5
    """
    n = check_integer(n, "n")
    images = X if hasattr(X, "shape") and hasattr(X, "__getitem__") else check_images(X, "X")
    _, codes = encode_labels(y, "y", n=len(images))
    return check_images(images[even_rows(codes, n, random_generator(random_state))], "X")


def even_rows(codes: IntArray, n: int, generator: np.random.Generator) -> IntArray:
    """Up to ``n`` rows in ascending order, equally many of each class; if a class has too few, more of the others."""
    order = generator.permutation(len(codes))
    # Take one row of each class, then a second one of each, and so on.
    rank = np.empty(len(codes), np.int64)
    for code in np.unique(codes):
        of_class = order[codes[order] == code]
        rank[of_class] = np.arange(len(of_class))
    return np.sort(order[np.argsort(rank[order], kind="stable")][:n])


def _converter(model: Any) -> Any:
    tf = backend.tensorflow()
    signature = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32, name="images")
    # The converter saves the object that it is given with all its functions, which takes most of the time. So it is
    # given an object that holds the weights alone, not the model.
    weights_only = tf.Module()
    weights_only.weights = model.weights

    def probabilities(images: Any) -> Any:
        return model(images, training=False)

    try:
        function = tf.function(probabilities, autograph=False).get_concrete_function(signature)
    except Exception as error:  # whatever the code of a layer raises
        raise InvalidInputError(
            f"model cannot be called on one image ({str(error).strip()[:500]}): check its own layers and functions"
        ) from error
    check_operations(model, function.graph)
    return tf.lite.TFLiteConverter.from_concrete_functions([function], weights_only)


def _compute_in_integers(converter: Any, scheme: str, images: ImageArray | None) -> None:
    tf = backend.tensorflow()
    if scheme == "int8":
        converter.inference_input_type = converter.inference_output_type = tf.int8
        operators = tf.lite.OpsSet.TFLITE_BUILTINS_INT8
    else:
        converter.inference_input_type = converter.inference_output_type = tf.int16
        operators = tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
    if images is not None:
        converter.target_spec.supported_ops = [operators]
        converter.representative_dataset = lambda: ([scale_pixels(image[None])] for image in images)


def _check_representative(model: Any, scheme: str, representative: Any) -> ImageArray | None:
    if scheme not in ("int8", "int16x8"):
        return None
    is_quantization_aware = any(map(is_wrapped, all_layers(model)))
    if representative is None:
        if is_quantization_aware and scheme == "int8":
            return None
        raise InvalidInputError(
            f"representative is None, but scheme={scheme!r} needs images for the ranges of the activations: "
            "pass fall.tflite.representative_images(X, y)"
        )
    images = check_images(representative, "representative")
    if images.shape[1:] != tuple(model.input_shape[1:]):
        raise InvalidInputError(
            f"representative has images of shape {images.shape[1:]}, but the model takes {model.input_shape[1:]}"
        )
    # A quantization-aware model contains its ranges.
    return None if is_quantization_aware and scheme == "int8" else images


def _converters_reason(error: Exception) -> str:
    """The operations that have no counterpart in a .tflite file, if the converter names them; else its words."""
    lacking = sorted(set(re.findall(r"'tf\.(\w+)' op is neither", str(error))))
    if lacking:
        return f"a .tflite file has no operator for TensorFlow's {', '.join(lacking)}"
    return str(error).strip()[:500] or type(error).__name__


def _check_integers(content: bytes) -> None:
    """Raise unless a quantization-aware model has quantized all of its layers."""
    floats = float_operators(content)
    if floats:
        raise InvalidInputError(
            f"model leaves {', '.join(sorted(set(floats)))} in floating point: quantize all layers, see "
            "fall.compression.train_quantized"
        )
