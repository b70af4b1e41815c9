"""Compare recipes in one table: the cost of each, and its accuracy on people it was not trained on."""

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
    """Apply recipes, evaluate them on held-out training people, and choose one.

    Each fold of people is held out once: the classifier is trained on the others and compressed by every recipe, and
    the files are evaluated on the people held out. The models in the table are compressed from ``classifier`` itself.
    The smallest file is chosen whose accuracy and sensitivity on held-out people are both at most ``tolerance`` below
    those of the first recipe. Test data is not used for the choice.

    Parameters
    ----------
    classifier : CNNFallClassifier or MobileNetV2FallClassifier
        Fitted on ``X``.
    recipes : iterable of str or Recipe
        The first one is the reference for the others, for example "float32".
    X, y, groups
        Training images (an array), labels and people.
    X_test, y_test, groups_test : optional
        Images, labels and people to report results for; ``groups_test`` is used to check that training and test share
        no person.
    n_folds : int
        Number of folds of people, at most the number of people.
    tolerance : float
        How far accuracy and sensitivity may be below those of the first recipe.
    random_state : int or None
        Determines the folds.
    verbose : int
        1 shows progress.

    Returns
    -------
    pandas.DataFrame
        A row for each recipe, by name: ``input_size``, ``parameters``, ``macs``; ``raw_bytes``, ``gzip_bytes`` and
        ``coded_bytes`` of the file, see :func:`fall.costs.stored_sizes`; ``working_bytes``; ``accuracy``,
        ``sensitivity`` and ``specificity`` on held-out people; the same on the test data, with the prefix ``test_``;
        ``chosen``; and ``model``, the :class:`CompressedModel`.

    Raises
    ------
    InvalidInputError
        If an argument is missing or does not fit the others.
    """
    import pandas as pd

    compared = [find_recipe(recipe) for recipe in recipes]
    if not compared:
        raise InvalidInputError('recipes is empty; name some, such as ["float32", "int8"]')
    check_is_fitted(classifier, "model_")
    check_number(tolerance, "tolerance", at_least=0)
    people, codes = encode_labels(groups, "groups", n=len(X))
    n_folds = check_integer(n_folds, "n_folds", at_least=2)
    if len(people) < 2:
        raise InvalidInputError("groups names one subject: at least two are needed, to hold one out")
    if groups_test is not None:
        check_no_leakage(groups, groups_test)
    folds = subject_folds(codes, n_folds=min(n_folds, len(people)), y=y, random_state=random_state)
    X, y = np.asarray(X), np.asarray(y)
    silent = copy(classifier).set_params(verbose=0)  # only one progress bar

    with Progress("recipes", (len(folds) + 1) * len(compared), verbose=verbose) as progress:
        decisions: dict[str, list[Any]] = {recipe.name: [] for recipe in compared}
        for number, (train, held_out) in enumerate(folds, start=1):
            fold = clone(silent).fit(X[train], y[train], groups=codes[train])
            for recipe, model in _compressed(fold, compared, X[train], y[train], codes[train]):
                decisions[recipe].append(_predict(model, X[held_out]))
                progress.step(f"fold {number} of {len(folds)}: {recipe}")
        truth = np.concatenate([y[held_out] for _, held_out in folds])
        rows = {}
        for recipe, model in _compressed(silent, compared, X, y, codes):
            rows[recipe] = _cost_columns(model) | _score_columns(truth, np.concatenate(decisions[recipe]), "")
            if X_test is not None:
                rows[recipe] |= _score_columns(np.asarray(y_test), _predict(model, np.asarray(X_test)), "test_")
            rows[recipe]["model"] = model
            progress.step(f"all people: {recipe}")
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("recipe")
    table.insert(len(table.columns) - 1, "chosen", table.index == choose_recipe(table, tolerance=tolerance))
    return table


def choose_recipe(table: pd.DataFrame, *, tolerance: float = 0.01) -> str:
    """The smallest file that is nearly as good on held-out people as the one in the first row.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``raw_bytes``, ``accuracy`` and ``sensitivity``, indexed by recipe.
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
    # Slightly more, so that a loss of exactly the tolerance passes despite rounding.
    good = (measures >= measures.iloc[0] - tolerance - 1e-9).all(axis=1)
    return str(table["raw_bytes"][good].idxmin())


def _compressed(
    classifier: Any, recipes: list[Recipe], X: Any, y: Any, groups: Any
) -> Iterator[tuple[str, CompressedModel]]:
    for recipe in recipes:
        yield recipe.name, compress(classifier, recipe, X, y, groups=groups)


def _cost_columns(model: CompressedModel) -> dict[str, Any]:
    sizes = costs.stored_sizes(model.graph)
    return {
        "input_size": model.input_size,
        "parameters": model.cost.params,
        "macs": model.cost.macs,
        "raw_bytes": sizes.raw,
        "gzip_bytes": sizes.gzip,
        "coded_bytes": sizes.coded,
        "working_bytes": model.cost.activation_bytes,
    }


def _score_columns(truth: Any, decisions: Any, prefix: str) -> dict[str, float]:
    result = evaluate(truth, decisions, positive=np.unique(truth)[-1])
    return {f"{prefix}{measure}": getattr(result, measure) for measure in _MEASURES}


def _predict(model: CompressedModel, images: Any) -> Any:
    return TFLiteFallClassifier(model).predict(resize_images(images, model.input_size))
