"""Recipes: named sequences of the mechanisms, from a trained classifier to the file that ships."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from common.errors import InvalidInputError
from common.validation import check_choice
from fall import training
from fall.classifier import Examples, ImageClassifier
from fall.compression.channels import prune_channels
from fall.compression.clustering import cluster
from fall.compression.distillation import distill
from fall.compression.factorization import factorize
from fall.compression.input_size import shrink_input
from fall.compression.pruning import prune
from fall.compression.quantization_aware import train_quantized
from fall.compression.tuning import Tuner
from fall.costs import tflite_cost
from fall.networks import build_network
from fall.resizing import resize_images
from fall.tflite.classifier import TFLiteFallClassifier
from fall.tflite.conversion import convert
from fall.tflite.model import CompressedModel
from fall.training import Schedule

# From a network and what to train it with to another network, and how the training went.
Step = Callable[[Any, Tuner], tuple[Any, pd.DataFrame]]

_SMALL = "separable_cnn"
_REPRESENTATIVE = 200  # images that the ranges of activations are taken from
_FINE_TUNE_EPOCHS = 10
_FROM_SCRATCH_EPOCHS = 40  # where the classifier does not say, since its convolutions came trained


@dataclass(frozen=True)
class Recipe:
    """A way to a smaller file.

    Attributes
    ----------
    name : str
        What to call it.
    description : str
        What is done.
    scheme : str
        How the network is converted, see :func:`fall.tflite.convert`.
    steps : sequence of callable
        Mechanisms in order, each from ``(model, tuner)`` to ``(model, history)``, such as :func:`prune` or
        ``partial(prune, sparsity=0.9)``.

    Examples
    --------
    >>> from fall.compression import prune
    >>> sparser = Recipe("sparser_int8", "95% of the weights pruned", "int8", [partial(prune, sparsity=0.95)])
    """

    name: str
    description: str
    scheme: str
    steps: Sequence[Step] = ()


def _anew(model: Any, tuner: Tuner) -> tuple[Any, pd.DataFrame]:
    small = build_network(_SMALL, model.input_shape[1:])
    return small, tuner.train(small, _SMALL)


def _taught(model: Any, tuner: Tuner) -> tuple[Any, pd.DataFrame]:
    student = build_network(_SMALL, model.input_shape[1:])
    return student, distill(model, student, tuner)


_sparse = partial(prune, sparsity=0.8)
_aware_of_both = partial(train_quantized, preserve="both")

RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe("float32", "as trained", "float32"),
        Recipe("float16", "weights in half precision", "float16"),
        Recipe("dynamic_int8", "weights in 8 bits, computation in float", "dynamic_int8"),
        Recipe("int8", "everything in 8 bits", "int8"),
        Recipe("int16x8", "weights in 8 bits, activations in 16", "int16x8"),
        Recipe("pruned_int8", "80% of the weights zero", "int8", [_sparse]),
        Recipe("two_four_int8", "2 of 4 weights zero", "int8", [partial(prune, granularity="2:4")]),
        Recipe("rows_int8", "60% of the rows zero", "int8", [partial(prune, sparsity=0.6, granularity="row")]),
        Recipe("channels_int8", "3 of 8 channels left", "int8", [partial(prune_channels, keep=0.375)]),
        Recipe("clustered_int8", "16 values a layer", "int8", [cluster]),
        Recipe("factorized_int8", "low rank", "int8", [factorize]),
        Recipe("qat_int8", "trained while rounded to 8 bits", "int8", [train_quantized]),
        Recipe("pqat_int8", "pruned, then QAT", "int8", [_sparse, partial(train_quantized, preserve="sparsity")]),
        Recipe("cqat_int8", "clustered, then QAT", "int8", [cluster, partial(train_quantized, preserve="clusters")]),
        Recipe(
            "pcqat_int8",
            "pruned, clustered, then QAT",
            "int8",
            [_sparse, partial(cluster, preserve_sparsity=True), _aware_of_both],
        ),
        Recipe("small_input_int8", "64 x 64 pixels", "int8", [partial(shrink_input, size=64)]),
        Recipe("separable_int8", "depthwise-separable network", "int8", [_anew]),
        Recipe("distilled_int8", "depthwise-separable network, taught by this one", "int8", [_taught]),
        Recipe(
            "deep_compression",
            "93% pruned, 16 values a layer, Huffman coding",
            "float32",
            [partial(prune, sparsity=0.93), partial(cluster, preserve_sparsity=True)],
        ),
    )
}


def compress(
    classifier: ImageClassifier, recipe: str | Recipe, X: Any, y: Any, *, groups: Any = None
) -> CompressedModel:
    """Make a small file of a trained classifier.

    Parameters
    ----------
    classifier : CNNFallClassifier or MobileNetV2FallClassifier
        Fitted; it stays as it is. Its parameters say how to fine-tune: batch size, a tenth of its rate,
        augmentation, class weights, held-out subjects, random state.
    recipe : str or Recipe
        A name in :data:`fall.compression.RECIPES`, or a recipe of your own.
    X, y, groups
        The classifier's training data, as in its ``fit``: for fine-tuning and for the ranges of activations.

    Returns
    -------
    CompressedModel
        The ``.tflite`` file, what it costs, and what is needed to use it.

    Raises
    ------
    InvalidInputError
        If the classifier is not fitted, there is no such recipe, or it does not suit the network.

    Examples
    --------
    >>> from fall import CNNFallClassifier
    >>> images = np.repeat(np.uint8([20, 230] * 8), 32 * 32 * 3).reshape(16, 32, 32, 3)
    >>> labels, subjects = np.array([0, 1] * 8), np.repeat([1, 2, 3, 4], 4)
    >>> classifier = CNNFallClassifier("separable_cnn", input_size=32, epochs=2, random_state=0)
    >>> small = compress(classifier.fit(images, labels, groups=subjects), "int8", images, labels, groups=subjects)
    >>> small.input_size, len(small.tflite) < 40_000
    (32, True)
    """
    recipe = find_recipe(recipe)
    if not isinstance(classifier, ImageClassifier):
        raise InvalidInputError(f"classifier is a {type(classifier).__name__}; pass a CNNFallClassifier or a relative")
    check_is_fitted(classifier, "model_")
    tuner = tuner_of(classifier, X, y, groups)
    model, histories = classifier.model_, []
    for step in recipe.steps:
        model, history = step(model, tuner)
        histories.append(history)
    size = model.input_shape[1]
    sample = resize_images(tuner.sample(_REPRESENTATIVE), size)
    content = convert(model, recipe.scheme, representative=sample)
    return CompressedModel(
        recipe=recipe.name,
        tflite=content,
        cost=tflite_cost(content).total,
        history=pd.concat(histories, keys=range(1, len(histories) + 1), names=["step"]) if histories else None,
        classes_=classifier.classes_,
        threshold_=_threshold(classifier, content, tuner, size),
        input_size=size,
    )


def find_recipe(recipe: str | Recipe) -> Recipe:
    """The recipe of that name, or the recipe itself."""
    return recipe if isinstance(recipe, Recipe) else RECIPES[check_choice(recipe, "recipe", tuple(RECIPES))]


def tuner_of(classifier: Any, X: Any, y: Any, groups: Any) -> Tuner:
    """What fine-tuning needs, as the classifier was trained."""
    examples: Examples = classifier._check_examples(X, y, groups)
    if not (examples.classes == classifier.classes_).all():
        raise InvalidInputError(
            f"y holds the classes {examples.classes.tolist()}, the classifier {classifier.classes_.tolist()}: "
            "pass the data that it was trained on"
        )
    seed = classifier._draw_seed()
    return Tuner(
        frames=examples.frames,
        codes=examples.codes,
        split=training.hold_out(examples.codes, examples.groups, classifier.validation_fraction, seed),
        weights=training.class_weights(classifier.class_weight, examples.classes, examples.codes),
        schedule=Schedule(
            title="",
            epochs=getattr(classifier, "epochs", _FROM_SCRATCH_EPOCHS),
            batch_size=classifier.batch_size,
            learning_rate=classifier.learning_rate,
            augment=bool(classifier.augment),
            seed=seed,
            verbose=classifier.verbose,
        ),
        epochs=min(_FINE_TUNE_EPOCHS, getattr(classifier, "epochs", _FINE_TUNE_EPOCHS)),
    )


def _threshold(classifier: Any, content: bytes, tuner: Tuner, size: int) -> float:
    """The classifier's threshold; where it was chosen for a sensitivity, chosen again, for this file."""
    if classifier.target_sensitivity is None:
        return float(classifier.threshold_)
    rows = tuner.split.test
    images = resize_images(tuner.frames[rows], size)
    scores = TFLiteFallClassifier(content).predict_proba(images)[:, 1].astype(np.float64)
    return training.sensitive_threshold(scores, tuner.codes[rows] == 1, classifier.target_sensitivity)
