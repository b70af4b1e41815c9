"""Run .tflite files with LiteRT, without TensorFlow, as on a small computer beside the camera."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError, ModelIntegrityError
from common.validation import FloatArray, check_choice, check_images, check_integer, check_number, positive_label
from fall.datasets.streaming import as_frames
from fall.estimators.decisions import FallDecisions
from fall.networks.outputs import check_classes, to_probabilities
from fall.networks.pixels import InputRange, check_input_range
from fall.tflite import micro
from fall.tflite.file import Graph, output_kind, read_classifier
from fall.tflite.input_range import find_input_range
from fall.tflite.interpreter import Interpreter
from fall.tflite.model import CompressedModel
from fall.tflite.stored_numbers import dequantize, pixel_table

_BATCH_SIZE = 256  # images in memory at once


class TFLiteFallClassifier(FallDecisions):
    """A converted network that detects falls, without TensorFlow.

    Parameters
    ----------
    model : CompressedModel, path of a bundle or of a .tflite file, or bytes
        A bundle's hash is checked before anything is loaded. A network of somebody else takes one square image, RGB or
        grey, and gives probabilities (softmax), logits, or one sigmoid or logit for two classes.
    classes : array-like of shape (n_classes,), optional
        The labels in the order of the network's outputs; a single output is the probability of the second one. By
        default the model's own; for a file or bytes with two classes 0 and 1.
    positive : label, optional
        The label of the fall. By default the model's own; for a file or bytes the one that the classes name, see
        :func:`common.validation.positive_label`.
    input_range : tuple of float, optional
        What the network expects for black and for white pixels. By default the model's own; for a file or bytes what
        the file tells: integers by their scale and zero point, a network that scales pixels itself by its first
        operators, a file of :func:`fall.tflite.convert` by the name of its input. A float file that tells nothing is
        taken to expect (-1, 1), with a warning.
    threshold : float, optional
        An image is a fall if its probability is at least this; by default the model's own, or 0.5.
    num_threads : int
        Threads for one decision.
    reference_kernels : bool
        Compute with TensorFlow Lite's reference kernels, about twenty times slower than the optimized ones. They are
        the closest to a microcontroller's, but not equal: with trained int8 networks, up to 4.5% of the images
        differed, by up to 4 of 256 steps of probability.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels in the order of the network's outputs.
    positive_ : label
        The label of the fall.
    threshold_ : float
        An image is a fall if its probability is at least this; else it is the most probable other class.
    input_size_ : int
        Side of the images in pixels.
    input_range_ : tuple of float
        What the network expects for black and for white pixels.

    Raises
    ------
    InvalidInputError
        If there is no such file, its network does not classify square images, the file does not tell what is left out
        above, or contradicts what is stated.
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
    >>> classifier.predict(np.zeros((3, 32, 32, 3), np.uint8)).shape
    (3,)
    """

    def __init__(
        self,
        model: Any,
        *,
        classes: Any = None,
        positive: Any = None,
        input_range: InputRange | None = None,
        threshold: float | None = None,
        num_threads: int = 1,
        reference_kernels: bool = False,
    ) -> None:
        self.model = model
        self.classes = classes
        self.positive = positive
        self.input_range = input_range
        self.threshold = threshold
        self.num_threads = num_threads
        self.reference_kernels = reference_kernels
        check_integer(num_threads, "num_threads", at_most=256)
        loaded = _load(model)
        self._graph = loaded.graph if isinstance(loaded, CompressedModel) else read_classifier(loaded)
        self._output_kind = output_kind(self._graph)
        self.input_size_ = self._graph.input_size
        if isinstance(loaded, CompressedModel):
            self._take(loaded)
        else:
            self._identify()
        if threshold is not None:
            self.threshold_ = check_number(threshold, "threshold", at_least=0)
        self._interpreter = Interpreter(self._graph, num_threads=num_threads, reference_kernels=bool(reference_kernels))

    def _take(self, model: CompressedModel) -> None:
        """The model's own labels and range, which must not be contradicted."""
        self.classes_, self.positive_, self.input_range_ = model.classes_, model.positive, model.input_range
        self.threshold_ = model.threshold_
        stated = {
            "classes": (None if self.classes is None else np.asarray(self.classes).tolist(), model.classes_.tolist()),
            "positive": (self.positive, model.positive),
            "input_range": (self.input_range and check_input_range(self.input_range), model.input_range),
        }
        for name, (told, own) in stated.items():
            if told is not None and told != own:
                raise InvalidInputError(f"{name} is {told!r}, but the model's own is {own!r}: leave {name} out")

    def _identify(self) -> None:
        """Labels and range of a file, from the arguments and from the file."""
        n_outputs = self._graph.output.shape[1]
        if self.classes is None and n_outputs > 2:
            raise InvalidInputError(
                f"classes is None, but the network distinguishes {n_outputs} classes: name them in their order, and "
                "the fall, such as "
                "classes=['sitting', 'standing', 'fallen'], positive='fallen'"
            )
        classes = [0, 1] if self.classes is None else self.classes
        self.classes_ = check_classes(classes, n_outputs, "classes")
        self.positive_ = positive_label(self.classes_, self.positive, name="classes")
        stated = None if self.input_range is None else check_input_range(self.input_range)
        self.input_range_ = find_input_range(self._graph, stated)
        self.threshold_ = 0.5

    def predict_proba(self, X: Any) -> FloatArray:
        """Probability of each class, ``(n, n_classes)`` in the order of ``classes_``.

        A network that computes in int8 gives steps of 1/256; its rows may then sum to a step more or less than one.

        Parameters
        ----------
        X : ndarray of uint8 (n, input_size_, input_size_, 3), or frame table
            RGB images; a table is decoded as by :func:`fall.read_images`. For a network that takes grey images they
            are converted, and ``(n, input_size_, input_size_)`` is accepted as well.
        """
        frames = as_frames(X, self.input_size_, channels=self._graph.input.shape[3])
        pixels = pixel_table(self._graph.input, self.input_range_)
        batches = (pixels[frames[start : start + _BATCH_SIZE]] for start in range(0, len(frames), _BATCH_SIZE))
        outputs = [self._interpreter.outputs(batch) for batch in batches]
        real = dequantize(np.concatenate(outputs), self._graph.output)
        return np.asarray(to_probabilities(real, self._output_kind))

    def __sklearn_is_fitted__(self) -> bool:
        return True


def raw_outputs(
    content: bytes | Graph, images: Any, runtime: str = "litert", *, input_range: InputRange | None = None
) -> npt.NDArray[Any]:
    """The output of a .tflite file for each image as stored integers, not probabilities: to compare runtimes.

    Parameters
    ----------
    content : bytes or Graph
        The file, or the graph that was read from it.
    images : ndarray of uint8 (n, size, size, 3)
        RGB images.
    runtime : {"litert", "reference", "micro"}
        LiteRT with its optimized kernels, LiteRT with its reference kernels, or tflite-micro.
    input_range : tuple of float, optional
        As in :class:`TFLiteFallClassifier`.

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
    stated = None if input_range is None else check_input_range(input_range)
    frames = check_images(images, "images", size=graph.input_size, channels=graph.input.shape[3])
    inputs = pixel_table(graph.input, find_input_range(graph, stated))[frames]
    if runtime == "micro":
        return micro.outputs(graph, inputs)
    return Interpreter(graph, reference_kernels=runtime == "reference").outputs(inputs)


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
