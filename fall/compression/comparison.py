"""All recipes in one table: what each costs, and what it is worth on people that it has not seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from common.errors import InvalidInputError
from common.evaluation.decisions import evaluate
from common.evaluation.splits import check_no_leakage, subject_folds
from common.validation import check_integer, check_number, encode_labels
from fall import costs
from fall.compression.recipes import Recipe, compress, find_recipe
from fall.progress import Progress
from fall.resizing import resize_images
from fall.tflite.classifier import TFLiteFallClassifier
from fall.tflite.model import CompressedModel

if TYPE_CHECKING:
    import pandas as pd

_MEASURES = ("accuracy", "sensitivity", "specificity")


def compare_recipes(
    classifier: Any,
    recipes: Iterable[str | Recipe],
    X: Any,
    y: Any,
    *,
    groups: Any,
    X_test: Any = None,
    y_test: Any = None,
    groups_test: Any = None,
    n_folds: int = 3,
    tolerance: float = 0.01,
    random_state: Any = 0,
    verbose: int = 0,
) -> pd.DataFrame:
    """Try recipes, judge them on held-out training people, and choose one.

    Each fold of people is held out once: the classifier is trained on the others, compressed by every recipe, and the
    files judge the people held out. The files that ship come from ``classifier`` itself. The one chosen is the
    smallest, of those whose accuracy and sensitivity for held-out people are both at most ``tolerance`` below those of
    the first recipe. Test data plays no part in that.

    Parameters
    ----------
    classifier : CNNFallClassifier or MobileNetV2FallClassifier
        Fitted on ``X``.
    recipes : iterable of str or Recipe
        The first one is what the others are compared with: "float32".
    X, y, groups
        Training images (an array), labels and people.
    X_test, y_test, groups_test : optional
        Images, labels and people that are only reported on; with ``groups_test`` it is checked that nobody is on both
        sides.
    n_folds : int
        Folds of people, at most as many as there are.
    tolerance : float
        See above.
    random_state : int or None
        Which people form a fold.
    verbose : int
        1 shows progress.

    Returns
    -------
    pandas.DataFrame
        A row a recipe, by name: ``input_size``, ``parameters``, ``macs``, ``raw_bytes`` of the file, ``gzip_bytes``
        and ``coded_bytes`` of the same file compressed, ``working_bytes``; ``accuracy``, ``sensitivity`` and
        ``specificity`` for people held out; the same with ``test_`` before it; ``chosen``; and ``model``, the
        :class:`CompressedModel`.

    Raises
    ------
    InvalidInputError
        If something is missing or does not fit.
    """
    import pandas as pd

    tried = [find_recipe(recipe) for recipe in recipes]
    if not tried:
        raise InvalidInputError('recipes is empty; name some, such as ["float32", "int8"]')
    check_is_fitted(classifier, "model_")
    check_number(tolerance, "tolerance", at_least=0)
    people, codes = encode_labels(groups, "groups", n=len(X))
    n_folds = check_integer(n_folds, "n_folds", at_least=2)
    if len(people) < 2:
        raise InvalidInputError("groups names one subject: there must be two at least, to hold one out")
    if groups_test is not None:
        check_no_leakage(groups, groups_test)
    folds = subject_folds(codes, n_folds=min(n_folds, len(people)), y=y, random_state=random_state)
    X, y = np.asarray(X), np.asarray(y)
    quiet = copy(classifier).set_params(verbose=0)  # one bar at a time

    with Progress("recipes", (len(folds) + 1) * len(tried), verbose=verbose) as progress:
        decisions: dict[str, list[Any]] = {recipe.name: [] for recipe in tried}
        for number, (train, held_out) in enumerate(folds, start=1):
            fold = clone(quiet).fit(X[train], y[train], groups=codes[train])
            for recipe, model in _compressed(fold, tried, X[train], y[train], codes[train]):
                decisions[recipe].append(_predict(model, X[held_out]))
                progress.step(f"fold {number} of {len(folds)}: {recipe}")
        truth = np.concatenate([y[held_out] for _, held_out in folds])
        rows = {}
        for recipe, model in _compressed(quiet, tried, X, y, codes):
            rows[recipe] = _figures(model) | _judged(truth, np.concatenate(decisions[recipe]), "")
            if X_test is not None:
                rows[recipe] |= _judged(np.asarray(y_test), _predict(model, np.asarray(X_test)), "test_")
            rows[recipe]["model"] = model
            progress.step(f"all people: {recipe}")
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("recipe")
    table.insert(len(table.columns) - 1, "chosen", table.index == choose_recipe(table, tolerance=tolerance))
    return table


def choose_recipe(table: pd.DataFrame, *, tolerance: float = 0.01) -> str:
    """The smallest file that is nearly as good, for people held out, as the one in the first row.

    Parameters
    ----------
    table : pandas.DataFrame
        With ``raw_bytes``, ``accuracy`` and ``sensitivity``, by name of the recipe.
    tolerance : float
        How far accuracy and sensitivity may be below the first row's.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"raw_bytes": [900, 230, 40], "accuracy": [0.93, 0.93, 0.90],
    ...                       "sensitivity": [0.9, 0.89, 0.9]}, index=["float32", "int8", "channels_int8"])
    >>> choose_recipe(table), choose_recipe(table, tolerance=0.03)
    ('int8', 'channels_int8')
    """
    measures = table[["accuracy", "sensitivity"]]
    # A hair more, so that a loss of exactly the tolerance passes whatever the rounding.
    good = (measures >= measures.iloc[0] - tolerance - 1e-9).all(axis=1)
    return str(table["raw_bytes"][good].idxmin())


def _compressed(
    classifier: Any, recipes: list[Recipe], X: Any, y: Any, groups: Any
) -> Iterator[tuple[str, CompressedModel]]:
    for recipe in recipes:
        yield recipe.name, compress(classifier, recipe, X, y, groups=groups)


def _figures(model: CompressedModel) -> dict[str, Any]:
    sizes = costs.stored_sizes(model.tflite)
    return {
        "input_size": model.input_size,
        "parameters": model.cost.params,
        "macs": model.cost.macs,
        "raw_bytes": sizes.raw,
        "gzip_bytes": sizes.gzip,
        "coded_bytes": sizes.coded,
        "working_bytes": model.cost.activation_bytes,
    }


def _judged(truth: Any, decisions: Any, prefix: str) -> dict[str, float]:
    result = evaluate(truth, decisions, positive=np.unique(truth)[-1])
    return {f"{prefix}{measure}": getattr(result, measure) for measure in _MEASURES}


def _predict(model: CompressedModel, images: Any) -> Any:
    return TFLiteFallClassifier(model).predict(resize_images(images, model.input_size))
