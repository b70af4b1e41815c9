"""Recipes: named sequences of compression steps that turn a trained classifier into a small .tflite file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from sklearn.utils.validation import check_is_fitted

from common.errors import InvalidInputError
from common.validation import check_choice
from fall import training
from fall.classifier import ImageClassifier
from fall.compression.channels import prune_channels
from fall.compression.clustering import cluster
from fall.compression.distillation import distill
from fall.compression.factorization import factorize
from fall.compression.input_size import shrink_input
from fall.compression.pruning import prune
from fall.compression.quantization.edge_quantizer import EdgeQuantization
from fall.compression.quantization_aware import train_quantized
from fall.compression.tuning import Tuner
from fall.frames import ImageArray
from fall.networks import build_network, scale_pixels
from fall.networks.pixels import InputRange
from fall.resizing import resize_images
from fall.tflite.classifier import TFLiteFallClassifier
from fall.tflite.conversion import convert
from fall.tflite.file import read_classifier
from fall.tflite.inspection import tflite_cost
from fall.tflite.model import CompressedModel

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

# Maps a network, and what to fine-tune it with, to a smaller network and the history of the fine-tuning.
Step: TypeAlias = "Callable[[Any, Tuner], tuple[Any, pd.DataFrame]]"
# The name of a scheme of fall.tflite.convert, or maps a float32 file and sample inputs to a quantized file.
Scheme: TypeAlias = "str | Callable[[bytes, npt.NDArray[Any]], bytes]"

_SMALL_NETWORK = "separable_cnn"
_N_REPRESENTATIVE_IMAGES = 200
_FINE_TUNE_EPOCHS = 10
_FROM_SCRATCH_EPOCHS = 40  # for MobileNetV2FallClassifier, which does not train from scratch and has no `epochs`


@dataclass(frozen=True)
class Recipe:
    """How to make a smaller file.

    Attributes
    ----------
    name : str
        Name of the recipe.
    description : str
        What it does.
    scheme : str or callable
        How the network is converted, see :func:`fall.tflite.convert`; or a function of the float32 file and of sample
        inputs that returns the quantized file, such as :class:`EdgeQuantization`.
    steps : sequence of callable
        Compression steps in order, each from ``(model, tuner)`` to ``(model, history)``, such as :func:`prune` or
        ``partial(prune, sparsity=0.9)``.

    Examples
    --------
    >>> from fall.compression import prune
    >>> sparser = Recipe("sparser_int8", "95% of the weights pruned", "int8", [partial(prune, sparsity=0.95)])
    """

    name: str
    description: str
    scheme: Scheme
    steps: Sequence[Step] = ()


def _train_small_network(model: Any, tuner: Tuner) -> tuple[Any, pd.DataFrame]:
    small = _small_network(model)
    return small, tuner.train(small, _SMALL_NETWORK)


def _distill_small_network(model: Any, tuner: Tuner) -> tuple[Any, pd.DataFrame]:
    student = _small_network(model)
    return student, distill(model, student, tuner)


def _small_network(model: Any) -> Any:
    """For the same images and classes; one output stands for two classes."""
    return build_network(_SMALL_NETWORK, model.input_shape[1:], max(2, model.output_shape[1]))


_prune_80 = partial(prune, sparsity=0.8)

RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe("float32", "as trained", "float32"),
        Recipe("float16", "weights in half precision", "float16"),
        Recipe("dynamic_int8", "large weights in 8 bits, computation in float", "dynamic_int8"),
        Recipe("int8", "everything in 8 bits", "int8"),
        Recipe("int16x8", "weights in 8 bits, activations in 16", "int16x8"),
        Recipe("pruned_int8", "80% of the weights zero", "int8", [_prune_80]),
        Recipe("two_four_int8", "2 of 4 weights zero", "int8", [partial(prune, granularity="2:4")]),
        Recipe(
            "rows_int8", "60% of the rows of kernels zero", "int8", [partial(prune, sparsity=0.6, granularity="row")]
        ),
        Recipe("channels_int8", "3 of 8 channels kept", "int8", [partial(prune_channels, keep=0.375)]),
        Recipe("clustered_int8", "16 distinct values in each layer", "int8", [cluster]),
        Recipe("factorized_int8", "large layers replaced by low-rank pairs", "int8", [factorize]),
        Recipe("qat_int8", "quantization-aware training", "int8", [train_quantized]),
        Recipe(
            "pqat_int8",
            "pruned, then quantization-aware training",
            "int8",
            [_prune_80, partial(train_quantized, preserve="sparsity")],
        ),
        Recipe(
            "cqat_int8",
            "clustered, then quantization-aware training",
            "int8",
            [cluster, partial(train_quantized, preserve="clusters")],
        ),
        Recipe(
            "pcqat_int8",
            "pruned, clustered, then quantization-aware training",
            "int8",
            [_prune_80, partial(cluster, preserve_sparsity=True), partial(train_quantized, preserve="both")],
        ),
        Recipe("small_input_int8", "images of 64 x 64 pixels", "int8", [partial(shrink_input, size=64)]),
        Recipe(
            "separable_int8",
            "another network: depthwise-separable, trained from scratch",
            "int8",
            [_train_small_network],
        ),
        Recipe(
            "distilled_int8",
            "another network: depthwise-separable, distilled from this one",
            "int8",
            [_distill_small_network],
        ),
        # The file is a plain .tflite file, as large as float32. Its weights become small once they are Huffman coded,
        # see `coded` in fall.costs.stored_sizes.
        Recipe(
            "deep_compression",
            "93% pruned and 16 distinct values in each layer, ready for Huffman coding",
            "float32",
            [partial(prune, sparsity=0.93), partial(cluster, preserve_sparsity=True)],
        ),
        # The same network, quantized by Google's ai-edge-quantizer: pip install 'har-fall[quantizer]'.
        Recipe("edge_dynamic_int8", "weights in 8 bits, by ai-edge-quantizer", EdgeQuantization()),
        Recipe("edge_static_int8", "everything in 8 bits, by ai-edge-quantizer", EdgeQuantization(activations="int8")),
        Recipe("edge_int4", "weights in 4 bits, by ai-edge-quantizer", EdgeQuantization("int4")),
        Recipe(
            "edge_int4_block32",
            "weights in 4 bits, with a scale for 32 inputs of a dense layer, by ai-edge-quantizer",
            EdgeQuantization("int4", block=32),
        ),
        Recipe(
            "edge_octav_int4",
            "weights clipped and in 4 bits, by ai-edge-quantizer",
            EdgeQuantization("int4", algorithm="octav"),
        ),
        Recipe(
            "edge_gptq_int4",
            "weights in 4 bits, of dense layers by GPTQ, by ai-edge-quantizer",
            EdgeQuantization("int4", algorithm="gptq"),
        ),
    )
}


def compress(
    classifier: ImageClassifier, recipe: str | Recipe, X: Any, y: Any, *, groups: Any = None
) -> CompressedModel:
    """Compress a trained classifier to a small file.

    Parameters
    ----------
    classifier : CNNFallClassifier or MobileNetV2FallClassifier
        A fitted classifier, which is not changed. Fine-tuning uses its parameters: batch size, a tenth of its learning
        rate, augmentation, class weights, held-out subjects, random state.
    recipe : str or Recipe
        A name in :data:`fall.compression.RECIPES`, or your own recipe.
    X, y, groups
        The classifier's training data, as in its ``fit``: for fine-tuning and for the ranges of activations.

    Returns
    -------
    CompressedModel
        The ``.tflite`` file, its cost, and what is needed to use it.

    Raises
    ------
    InvalidInputError
        If the classifier is not fitted, there is no such recipe, or the recipe does not fit the network.

    Examples
    --------
    >>> import numpy as np
    >>> from fall import CNNFallClassifier
    >>> images = np.repeat(np.uint8([20, 230] * 8), 32 * 32 * 3).reshape(16, 32, 32, 3)
    >>> labels, subjects = np.array([0, 1] * 8), np.repeat([1, 2, 3, 4], 4)
    >>> classifier = CNNFallClassifier("separable_cnn", input_size=32, epochs=2, random_state=0)
    >>> small = compress(classifier.fit(images, labels, groups=subjects), "int8", images, labels, groups=subjects)
    >>> small.input_size, len(small.tflite) < 40_000
    (32, True)
    """
    import pandas as pd

    recipe = find_recipe(recipe)
    if not isinstance(classifier, ImageClassifier):
        raise InvalidInputError(
            f"classifier is a {type(classifier).__name__}; pass a CNNFallClassifier or a MobileNetV2FallClassifier"
        )
    check_is_fitted(classifier, "model_")
    tuner = make_tuner(classifier, X, y, groups)
    model, histories = classifier.model_, []
    for step in recipe.steps:
        model, history = step(model, tuner)
        histories.append(history)
    size = model.input_shape[1]
    sample = resize_images(tuner.sample(_N_REPRESENTATIVE_IMAGES), size)
    graph = read_classifier(_converted(model, recipe.scheme, sample, tuner.input_range))
    compressed = CompressedModel(
        recipe=recipe.name,
        tflite=graph.content,
        cost=tflite_cost(graph).total,
        history=pd.concat(histories, keys=range(1, len(histories) + 1), names=["step"]) if histories else None,
        classes_=classifier.classes_,
        threshold_=float(classifier.threshold_),
        input_size=size,
        graph=graph,
        positive=classifier.positive_,
        input_range=tuner.input_range,
    )
    if classifier.target_sensitivity is None:
        return compressed
    return replace(compressed, threshold_=_sensitive_threshold(compressed, tuner, classifier.target_sensitivity))


def _converted(model: Any, scheme: Scheme, sample: ImageArray, input_range: InputRange) -> bytes:
    if isinstance(scheme, str):
        return convert(model, scheme, representative=sample, input_range=input_range)
    return scheme(convert(model, input_range=input_range), scale_pixels(sample, input_range))


def find_recipe(recipe: str | Recipe) -> Recipe:
    """The recipe with this name, or the recipe itself."""
    return recipe if isinstance(recipe, Recipe) else RECIPES[check_choice(recipe, "recipe", tuple(RECIPES))]


def make_tuner(classifier: ImageClassifier, X: Any, y: Any, groups: Any) -> Tuner:
    """A tuner with the classifier's training data and parameters."""
    data = classifier._check_data(X, y, groups)
    if data.classes.tolist() != classifier.classes_.tolist():
        raise InvalidInputError(
            f"y holds the classes {data.classes.tolist()}, the classifier {classifier.classes_.tolist()}: "
            "pass the data that it was trained on"
        )
    return Tuner(
        frames=data.frames,
        codes=data.codes,
        split=data.split,
        weights=data.weights,
        schedule=classifier._schedule("", getattr(classifier, "epochs", _FROM_SCRATCH_EPOCHS), data.seed),
        epochs=min(_FINE_TUNE_EPOCHS, getattr(classifier, "epochs", _FINE_TUNE_EPOCHS)),
        input_range=classifier.input_range_,
    )


def _sensitive_threshold(model: CompressedModel, tuner: Tuner, target_sensitivity: float) -> float:
    """The threshold at which the compressed model reaches a sensitivity on the held-out subjects."""
    rows = tuner.split.test
    images = resize_images(tuner.frames[rows], model.input_size)
    fall = model.classes_.tolist().index(model.positive)
    scores = TFLiteFallClassifier(model).predict_proba(images)[:, fall]
    return training.sensitive_threshold(scores, tuner.codes[rows] == fall, target_sensitivity)
