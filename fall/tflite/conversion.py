"""Convert networks to .tflite files; the only module that calls TensorFlow Lite's converter."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from common.errors import InvalidInputError, ModelIntegrityError
from common.validation import IntArray, check_choice, check_images, check_integer, encode_labels, random_generator
from fall import backend
from fall.frames import ImageArray
from fall.networks.foreign import check_scaling
from fall.networks.pixels import DEFAULT_RANGE, InputRange, check_input_range, scale_pixels
from fall.tflite.convertible import all_layers, check_convertible, check_operations, is_wrapped
from fall.tflite.file.sharing import share_equal_vectors
from fall.tflite.first_run import mark_as_made_here
from fall.tflite.input_range import input_name
from fall.tflite.inspection import float_operators
from fall.tflite.layers.bias_correction import correct_biases

SCHEMES = ("float32", "float16", "dynamic_int8", "int8", "int16x8")

_N_CORRECTION_IMAGES = 64  # that biases are corrected on; more change the result little


def convert(
    model: Any, scheme: str = "float32", *, representative: Any = None, input_range: InputRange = DEFAULT_RANGE
) -> bytes:
    """Convert a network to a .tflite file that takes one image at a time; the same network gives the same bytes.

    Parameters
    ----------
    model : tf_keras.Model
        A network of :func:`fall.build_network`, or another one that takes one square image.
    scheme : {"float32", "float16", "dynamic_int8", "int8", "int16x8"}
        How numbers are stored and computed:

        - "float32": as trained;
        - "float16": weights in float16, converted to float32 for computing;
        - "dynamic_int8": large weights in int8, activations in float32;
        - "int8": everything in int8, from the image to the probabilities;
        - "int16x8": weights in int8, activations in int16.
    representative : ndarray of uint8 (n, height, width, 3), optional
        Images that determine the ranges of the activations, see :func:`representative_images`; required for "int8" and
        "int16x8". They also tell how far the rounded weights shift each channel, which the biases then make up for, see
        :mod:`fall.tflite.layers.bias_correction`; so they improve "dynamic_int8" too. A quantization-aware model
        contains its ranges, has learned its biases, and needs no images for "int8".
    input_range : tuple of float
        What the network expects for black and for white pixels: (-1, 1), (0, 1), or (0, 255) if it scales pixels
        itself. The file tells it to :class:`fall.TFLiteFallClassifier`.

    Returns
    -------
    bytes
        The content of the file.

    Raises
    ------
    InvalidInputError
        If the model is not a ``tf_keras`` model of one image, see :mod:`fall.tflite.convertible`, is wrapped for
        pruning or clustering, or cannot be converted; if the representative images are missing or do not fit; if the
        model scales pixels itself, from another range than ``input_range``.
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
    input_range = check_input_range(input_range)
    check_scaling(model, input_range)
    images = _check_representative(model, scheme, representative)
    converter = _converter(model, input_range)
    tf = backend.tensorflow()
    if scheme != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if scheme == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if scheme in ("int8", "int16x8"):
        _compute_in_integers(converter, scheme, images, input_range)
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
    if images is not None and not _is_quantization_aware(model):
        float_content = convert(model, input_range=input_range)
        content = _with_corrected_biases(content, float_content, images)
    content = share_equal_vectors(content)
    mark_as_made_here(content)
    return content


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

    Raises
    ------
    InvalidInputError
        If ``n`` is not an integer of at least 1, or the images and classes do not fit together.

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
    """Up to ``n`` rows in ascending order, equally many of each class; if a class has too few, more of the others.

    Parameters
    ----------
    codes : ndarray of int of shape (n_rows,)
        Number of each row's class.
    n : int
        Number of rows to draw, or all if there are fewer.
    generator : numpy.random.Generator

    Returns
    -------
    ndarray of int

    Examples
    --------
    >>> codes = np.array([0] * 95 + [1] * 5)
    >>> rows = even_rows(codes, 10, np.random.default_rng(0))
    >>> np.bincount(codes[rows])  # five of each, although falls are rare
    array([5, 5])
    """
    order = generator.permutation(len(codes))
    # Take one row of each class, then a second one of each, and so on.
    rank = np.empty(len(codes), np.int64)
    for code in np.unique(codes):
        of_class = order[codes[order] == code]
        rank[of_class] = np.arange(len(of_class))
    return np.sort(order[np.argsort(rank[order], kind="stable")][:n])


def _converter(model: Any, input_range: InputRange) -> Any:
    tf = backend.tensorflow()
    signature = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32, name=input_name(input_range))
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


def _with_corrected_biases(content: bytes, float_content: bytes, images: ImageArray) -> bytes:
    few = images[:: -(-len(images) // _N_CORRECTION_IMAGES)]
    try:
        return correct_biases(content, float_content, few)
    except (InvalidInputError, ModelIntegrityError):
        # A network with operators that this library cannot read is converted all the same, without the correction.
        return content


def _compute_in_integers(converter: Any, scheme: str, images: ImageArray | None, input_range: InputRange) -> None:
    tf = backend.tensorflow()
    if scheme == "int8":
        converter.inference_input_type = converter.inference_output_type = tf.int8
        operators = tf.lite.OpsSet.TFLITE_BUILTINS_INT8
    else:
        converter.inference_input_type = converter.inference_output_type = tf.int16
        operators = tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
    if images is not None:
        converter.target_spec.supported_ops = [operators]
        converter.representative_dataset = lambda: ([scale_pixels(image[None], input_range)] for image in images)


def _check_representative(model: Any, scheme: str, representative: Any) -> ImageArray | None:
    if scheme in ("float32", "float16") or (scheme == "dynamic_int8" and representative is None):
        return None
    is_quantization_aware = _is_quantization_aware(model)
    if representative is None:
        if is_quantization_aware and scheme == "int8":
            return None
        raise InvalidInputError(
            f"representative is None, but scheme={scheme!r} needs images for the ranges of the activations: "
            "pass fall.tflite.representative_images(X, y)"
        )
    images = check_images(representative, "representative", channels=model.input_shape[-1])
    if images.shape[1:] != tuple(model.input_shape[1:]):
        raise InvalidInputError(
            f"representative has images of shape {images.shape[1:]}, but the model takes {model.input_shape[1:]}"
        )
    # A quantization-aware model contains its ranges.
    return None if is_quantization_aware and scheme == "int8" else images


def _is_quantization_aware(model: Any) -> bool:
    return any(map(is_wrapped, all_layers(model)))


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
