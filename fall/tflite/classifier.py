"""Run .tflite files with LiteRT, without TensorFlow, as on a small computer beside the camera."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError, ModelIntegrityError
from common.validation import FloatArray, check_choice, check_images, check_integer
from fall.classifier import FallDecisions
from fall.datasets.streaming import as_frames
from fall.networks.pixels import scale_pixels
from fall.tflite import micro
from fall.tflite.file import Graph, Tensor, read_classifier
from fall.tflite.interpreter import Interpreter
from fall.tflite.model import CompressedModel

_BATCH_SIZE = 256  # images in memory at once


class TFLiteFallClassifier(FallDecisions):
    """A converted network that detects falls, without TensorFlow.

    Parameters
    ----------
    model : CompressedModel, path of a bundle or of a .tflite file, or bytes
        A bundle's hash is checked before anything is loaded. A file or bytes have neither classes nor threshold; the
        classes are then 0 and 1, the threshold 0.5.
    num_threads : int
        Threads for one decision.
    reference_kernels : bool
        Compute with TensorFlow Lite's reference kernels, about twenty times slower than the optimized ones. They are
        the closest to a microcontroller's, but not equal: with trained int8 networks, up to 4.5% of the images
        differed, by up to 4 of 256 steps of probability.

    Attributes
    ----------
    classes_ : ndarray of shape (2,)
        The labels; the second one is the fall.
    threshold_ : float
        An image is a fall if its probability is at least this.
    input_size_ : int
        Side of the images in pixels.

    Raises
    ------
    InvalidInputError
        If there is no such file, or its network does not classify square RGB images into two classes.
    ModelIntegrityError
        If the file is damaged.
    MissingDependencyError
        If LiteRT is not installed.

    Notes
    -----
    There is nothing to fit. Threads may share it: each image is answered as if it were alone.
    A file that this process did not make runs once in another process first, which takes about 0.1 s for each file:
    one that crashes LiteRT is a ModelIntegrityError, not the end of the process.

    Examples
    --------
    >>> from fall import build_network, tflite
    >>> classifier = TFLiteFallClassifier(tflite.convert(build_network("separable_cnn", (32, 32, 3))))
    >>> classifier.predict_proba(np.zeros((3, 32, 32, 3), np.uint8)).shape
    (3, 2)
    """

    def __init__(self, model: Any, *, num_threads: int = 1, reference_kernels: bool = False) -> None:
        self.model = model
        self.num_threads = num_threads
        self.reference_kernels = reference_kernels
        check_integer(num_threads, "num_threads", at_most=256)
        loaded = _load(model)
        if isinstance(loaded, CompressedModel):
            self._graph, self.classes_, self.threshold_ = loaded.graph, loaded.classes_, loaded.threshold_
        else:
            self._graph, self.classes_, self.threshold_ = read_classifier(loaded), np.array([0, 1]), 0.5
        if self._graph.output.shape[1] != 2:
            raise InvalidInputError(
                f"model distinguishes {self._graph.output.shape[1]} classes; there must be two, fall and no fall"
            )
        self.input_size_ = self._graph.input_size
        self._interpreter = Interpreter(self._graph, num_threads=num_threads, reference_kernels=bool(reference_kernels))

    def predict_proba(self, X: Any) -> FloatArray:
        """Probability of each class, ``(n, 2)`` in the order of ``classes_``.

        A network that computes in int8 gives steps of 1/256; its rows may then sum to a step more or less than one.

        Parameters
        ----------
        X : ndarray of uint8 (n, input_size_, input_size_, 3), or frame table
            RGB images; a table is decoded as by :func:`fall.read_images`.
        """
        frames = as_frames(X, self.input_size_)
        pixels = pixel_table(self._graph.input)
        batches = (pixels[frames[start : start + _BATCH_SIZE]] for start in range(0, len(frames), _BATCH_SIZE))
        outputs = [self._interpreter.outputs(batch) for batch in batches]
        return dequantize(np.concatenate(outputs), self._graph.output)

    def __sklearn_is_fitted__(self) -> bool:
        return True


def raw_outputs(content: bytes | Graph, images: Any, runtime: str = "litert") -> npt.NDArray[Any]:
    """The output of a .tflite file for each image as stored integers, not probabilities: to compare runtimes.

    Parameters
    ----------
    content : bytes or Graph
        The file, or the graph that was read from it.
    images : ndarray of uint8 (n, size, size, 3)
        RGB images.
    runtime : {"litert", "reference", "micro"}
        LiteRT with its optimized kernels, LiteRT with its reference kernels, or tflite-micro.

    Returns
    -------
    ndarray of shape (n, n_classes)
        In the type of the file's output: int8 for an int8 network, where a step is 1/256 of probability.

    Raises
    ------
    InvalidInputError
        If the images do not fit, or the runtime lacks an operator of the file.
    ModelIntegrityError
        If the file is damaged.
    MissingDependencyError
        If the runtime is not installed.
    """
    check_choice(runtime, "runtime", ("litert", "reference", "micro"))
    graph = read_classifier(content)
    inputs = pixel_table(graph.input)[check_images(images, "images", size=graph.input_size)]
    if runtime == "micro":
        return micro.outputs(graph, inputs)
    return Interpreter(graph, reference_kernels=runtime == "reference").outputs(inputs)


def pixel_table(images: Tensor) -> npt.NDArray[Any]:
    """The network's input for each pixel value from 0 to 255, in the input's type.

    Examples
    --------
    The input of an int8 network that was calibrated with black and white is the pixel minus 128:

    >>> scale, zero_point = np.array([2 / 255]), np.array([-1])
    >>> images = Tensor("images", (1, 96, 96, 3), np.dtype("int8"), scale, zero_point, 0, 0, None)
    >>> pixel_table(images)[[0, 1, 254, 255]]
    array([-128, -127,  126,  127], dtype=int8)
    """
    pixels = scale_pixels(np.arange(256, dtype=np.uint8))
    if images.dtype == np.float32:
        return np.asarray(pixels)
    # Scaled pixels lie halfway between two integers. Rounding half to even would merge pairs of pixel values, so all
    # are rounded up.
    levels = np.floor(pixels.astype(np.float64) / images.scale[0] + images.zero_point[0] + 0.501)
    bounds = np.iinfo(images.dtype)
    return np.asarray(np.clip(levels, bounds.min, bounds.max), images.dtype)


def dequantize(values: npt.NDArray[Any], tensor: Tensor) -> FloatArray:
    """Convert a tensor's stored values to real numbers in float64."""
    if tensor.dtype == np.float32:
        return values.astype(np.float64)
    return np.asarray(np.float64(tensor.scale[0]) * (values.astype(np.float64) - tensor.zero_point[0]))


def _load(model: Any) -> CompressedModel | bytes:
    if isinstance(model, (CompressedModel, bytes)):
        return model
    if isinstance(model, (bytearray, memoryview)):
        return bytes(model)
    if not isinstance(model, (str, os.PathLike)):
        raise InvalidInputError(
            f"model is a {type(model).__name__}; pass a CompressedModel, the path of a bundle or of a .tflite "
            "file, or bytes"
        )
    path = Path(model)
    if path.is_dir():
        return _load_bundle(path)
    if not path.is_file():
        raise InvalidInputError(f"model {str(path)!r} is neither a file nor a bundle: name one that exists")
    try:
        if path.stat().st_size >= 2**31:
            raise ModelIntegrityError(f"model {str(path)!r} has 2 GB or more; that is not a .tflite file")
        return path.read_bytes()
    except OSError as error:
        raise InvalidInputError(f"model {str(path)!r} cannot be read ({error})") from error


def _load_bundle(path: Path) -> CompressedModel:
    from common.bundles.loading import load_bundle

    model = load_bundle(path)
    if not isinstance(model, CompressedModel):
        raise InvalidInputError(
            f"model {str(path)!r} is a bundle of a {type(model).__name__}, not of a CompressedModel"
        )
    return model
