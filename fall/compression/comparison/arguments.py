"""The arguments of a comparison, all checked before anything is trained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils.validation import check_is_fitted

from common.errors import FrugalError, InvalidInputError
from common.evaluation.splits import check_no_leakage
from common.validation import (
    IntArray,
    check_choice,
    check_images,
    check_integer,
    check_number,
    check_same_kind,
    check_vector,
    encode_labels,
)
from fall.classifier import ImageClassifier
from fall.compression.recipes import Recipe, find_recipe
from fall.datasets.streaming import DecodedFrames, is_table
from fall.tflite.conversion import SCHEMES
from fall.training import Frames


@dataclass(frozen=True, eq=False)
class Reported:
    """Images and their classes, as indices into the classifier's ``classes_``, that results are reported for."""

    images: Frames
    codes: IntArray


@dataclass(frozen=True, eq=False)
class Arguments:
    """Checked arguments of :func:`fall.compare_recipes`.

    Attributes
    ----------
    classifier : ImageClassifier
        A copy that shows no progress of its own.
    recipes : list of Recipe
        The first one is the reference.
    images : ndarray or DecodedFrames
        Training images.
    codes, people : ndarray of int
        Their classes, as indices into the classifier's ``classes_``, and their people.
    test : Reported or None
        What results are reported for.
    n_folds, tolerance, random_state, verbose
        As given.
    """

    classifier: Any
    recipes: list[Recipe]
    images: Frames
    codes: IntArray
    people: IntArray
    test: Reported | None
    n_folds: int
    tolerance: float
    random_state: int | None
    verbose: int

    @property
    def classes(self) -> npt.NDArray[Any]:
        """The labels, in the order of the network's outputs."""
        return np.asarray(self.classifier.classes_)

    @property
    def positive(self) -> Any:
        """The label of the fall."""
        return self.classifier.positive_


def check_arguments(
    classifier: Any,
    recipes: Any,
    X: Any,
    y: Any,
    *,
    groups: Any,
    X_test: Any,
    y_test: Any,
    groups_test: Any,
    n_folds: Any,
    tolerance: Any,
    random_state: Any,
    verbose: Any,
) -> Arguments:
    """Check all arguments; frame tables are decoded last, since that takes time.

    Raises
    ------
    InvalidInputError
        If an argument is missing, invalid, or does not fit the others; the message names it.
    UnsafeInputError
        If an image of a frame table is refused.
    sklearn.exceptions.NotFittedError
        If the classifier is not fitted.
    """
    if not isinstance(classifier, ImageClassifier):
        raise InvalidInputError(
            f"classifier is a {type(classifier).__name__}; pass a fitted CNNFallClassifier or MobileNetV2FallClassifier"
        )
    check_is_fitted(classifier, "model_")
    checked_recipes = _check_recipes(recipes)
    tolerance = check_number(tolerance, "tolerance", at_least=0)
    n_folds = check_integer(n_folds, "n_folds", at_least=2)
    if random_state is not None:
        random_state = check_integer(random_state, "random_state", at_least=0, at_most=2**32 - 1)
    verbose = check_integer(int(verbose) if isinstance(verbose, bool) else verbose, "verbose", at_least=0)
    images = check_images_for(X, "X", classifier)
    codes = check_labels_for(y, "y", len(images), "X", classifier)
    absent = np.setdiff1d(np.arange(len(classifier.classes_)), codes)
    if len(absent):
        raise InvalidInputError(
            f"y lacks the class {classifier.classes_[absent[0]]!r} of the classifier: pass the data that it was "
            "trained on"
        )
    subjects, people = encode_labels(_given(groups, "groups", "X"), "groups", n=len(images))
    if len(subjects) < 2:
        raise InvalidInputError("groups names one subject: at least two are needed, to hold one out")
    test = _check_test(X_test, y_test, groups_test, groups, classifier)
    return Arguments(
        classifier=copy(classifier).set_params(verbose=0),  # only one progress bar
        recipes=checked_recipes,
        images=decode_for(images, "X", classifier),
        codes=codes,
        people=people,
        test=None if test is None else Reported(decode_for(test[0], "X_test", classifier), test[1]),
        n_folds=n_folds,
        tolerance=tolerance,
        random_state=random_state,
        verbose=verbose,
    )


def _check_recipes(recipes: Any) -> list[Recipe]:
    if isinstance(recipes, (str, Recipe)) or not isinstance(recipes, Iterable):
        raise InvalidInputError(f"recipes is {recipes!r}; pass several recipes or names in a list")
    checked = [find_recipe(recipe) for recipe in recipes]
    if not checked:
        raise InvalidInputError('recipes is empty; name some, such as ["float32", "int8"]')
    names = [recipe.name for recipe in checked]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InvalidInputError(
            f"recipes holds {names.count(twice)} recipes with the name {twice!r}; the table has a row for each name: "
            "rename or remove one"
        )
    for recipe in checked:
        _check_recipe(recipe.name, recipe.scheme, recipe.steps)
    return checked


def _check_recipe(name: Any, scheme: Any, steps: Any) -> None:
    if not isinstance(name, str) or not name:
        raise InvalidInputError(f"recipes holds a recipe with the name {name!r}; give it some text")
    if not callable(scheme):
        check_choice(scheme, f"recipe {name!r}: scheme", SCHEMES)
    if not isinstance(steps, Sequence) or not all(map(callable, steps)):
        raise InvalidInputError(
            f"recipe {name!r}: steps is {steps!r}; pass a list of functions of (model, tuner), such as "
            "fall.compression.prune"
        )


def _check_test(
    X_test: Any, y_test: Any, groups_test: Any, groups: Any, classifier: ImageClassifier
) -> tuple[Any, IntArray] | None:
    given = {"X_test": X_test, "y_test": y_test, "groups_test": groups_test}
    for name, missing in (("X_test", "y_test"), ("y_test", "X_test"), ("groups_test", "X_test")):
        if given[name] is not None and given[missing] is None:
            raise InvalidInputError(f"{missing} is not given, but {name} is: pass both, or neither")
    if X_test is None:
        return None
    images = check_images_for(X_test, "X_test", classifier)
    codes = check_labels_for(y_test, "y_test", len(images), "X_test", classifier)
    if groups_test is not None:
        encode_labels(groups_test, "groups_test", n=len(images), of="X_test")
        try:
            check_no_leakage(groups, groups_test)
        except InvalidInputError as error:
            raise InvalidInputError(f"groups and groups_test: {error}") from error
    return images, codes


def check_images_for(value: Any, name: str, classifier: ImageClassifier) -> Any:
    """Images that a classifier takes, or a frame table as it is; errors name the argument."""
    _, height, width, channels = classifier.model_.input_shape
    if isinstance(_given(value, name), DecodedFrames):
        if value.shape[1:] != (height, width, channels):
            raise InvalidInputError(
                f"{name} was decoded to {value.shape[1:]}, but the classifier takes {(height, width, channels)}"
            )
        return value
    if is_table(value):
        if len(value) == 0:
            raise InvalidInputError(f"{name} is an empty table: it needs at least one image")
        return value
    options = {} if channels == 3 else {"channels": channels}
    return check_images(value, name, size=height, **options)


def decode_for(images: Any, name: str, classifier: ImageClassifier) -> Frames:
    """Images of :func:`check_images_for`, those of a frame table decoded to disk."""
    if not is_table(images):
        return images  # type: ignore[no-any-return]  # checked, so an array
    _, height, _, channels = classifier.model_.input_shape
    options = {} if channels == 3 else {"channels": channels}
    try:
        return DecodedFrames(images, size=height, **options)
    except FrugalError as error:
        raise type(error)(f"{name}: {error}") from error


def check_labels_for(value: Any, name: str, n: int, of: str, classifier: ImageClassifier) -> IntArray:
    """The index of each label in the classifier's ``classes_``."""
    labels = check_vector(_given(value, name, of), n, name, of=of)
    classes = np.asarray(classifier.classes_)
    check_same_kind(labels, classes, (name, "classifier.classes_"))
    unknown = np.setdiff1d(labels, classes)
    if len(unknown):
        raise InvalidInputError(
            f"{name} holds {unknown[:5].tolist()}, but the classes of the classifier are {classes.tolist()}: leave out "
            "images without a label (−1), and use the labels that it was trained on"
        )
    order = np.argsort(classes)
    return np.asarray(order[np.searchsorted(classes[order], labels)], np.int64)


def _given(value: Any, name: str, of: str = "") -> Any:
    if value is None:
        raise InvalidInputError(f"{name} is None; pass {f'one entry for each image of {of}' if of else 'images'}")
    return value
