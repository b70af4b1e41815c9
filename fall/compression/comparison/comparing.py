"""Compare recipes in one table: the cost of each, and its accuracy on people it was not trained on."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from common.errors import FrugalWarning, InvalidInputError
from common.evaluation.decisions import evaluate
from common.validation import IntArray
from fall import costs, training
from fall.compression.comparison.arguments import Arguments, check_arguments
from fall.compression.comparison.choice import choose_recipe
from fall.compression.comparison.folds import Fold, choose_folds
from fall.compression.comparison.results import Results
from fall.compression.comparison.run import Made, Run
from fall.compression.recipes import Recipe
from fall.tflite.model import CompressedModel

if TYPE_CHECKING:
    import pandas as pd

_COSTS = ("input_size", "parameters", "macs", "raw_bytes", "gzip_bytes", "coded_bytes", "working_bytes")
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
    directory: str | os.PathLike[str] | None = None,
    verbose: int = 0,
) -> pd.DataFrame:
    """Apply recipes, evaluate them on held-out training people, and choose one.

    Each fold of people is held out once: the classifier is trained on the others and compressed by every recipe, and
    the files are evaluated on the people held out. The models in the table are compressed from ``classifier`` itself.
    The smallest file is chosen whose accuracy and sensitivity on held-out people are both at most ``tolerance`` below
    those of the first recipe. Test data is not used for the choice.

    All arguments are checked before anything is trained. A recipe that cannot be made, for example because the network
    has too few weights for it, has a row of NaN that says why.

    Parameters
    ----------
    classifier : CNNFallClassifier or MobileNetV2FallClassifier
        Fitted on ``X``.
    recipes : iterable of str or Recipe
        The first one is the reference for the others, for example "float32".
    X, y, groups
        Training images (an array or a frame table), labels and people.
    X_test, y_test, groups_test : optional
        Images, labels and people to report results for; ``groups_test`` is used to check that training and test share
        no person.
    n_folds : int
        Number of folds of people, at most the number of people; with few people more of them, up to one for each
        person, if the classifier could otherwise hold nobody out for early stopping, or would miss a class.
    tolerance : float
        How far accuracy and sensitivity may be below those of the first recipe.
    random_state : int or None
        Determines the folds.
    directory : path, optional
        Where the result of each recipe on each fold is kept as soon as it is finished. The same call, repeated after
        the process was killed, goes on where it was; a fold's classifier is trained again if some of its recipes are
        missing. Results of other data, classifiers or versions are never used, and recipes may be added. Several
        processes may share it.
    verbose : int
        1 tells the number of trainings and the time that they will take, and shows progress.

    Returns
    -------
    pandas.DataFrame
        A row for each recipe, by name: ``input_size``, ``parameters``, ``macs``; ``raw_bytes``, ``gzip_bytes`` and
        ``coded_bytes`` of the file, see :func:`fall.costs.stored_sizes`; ``working_bytes``; ``accuracy``,
        ``sensitivity`` and ``specificity`` on held-out people; the same on the test data, with the prefix ``test_``;
        ``chosen``; ``reason``, why a recipe could not be made, else empty; and ``model``, the :class:`CompressedModel`
        or None.

    Raises
    ------
    InvalidInputError
        If an argument is missing or does not fit the others, no folds of the people have all classes in training, or
        the first recipe cannot be made.

    Warns
    -----
    FrugalWarning
        If in some folds nobody can be held out for early stopping; the classifier is then trained for all epochs.

    Examples
    --------
    >>> import numpy as np
    >>> from fall import CNNFallClassifier
    >>> images = np.repeat(np.uint8([20, 230] * 8), 8 * 8 * 3).reshape(16, 8, 8, 3)
    >>> labels, people = np.arange(16) % 2, np.arange(16) // 4
    >>> small = {"units": 8}
    >>> classifier = CNNFallClassifier("perceptron", input_size=8, epochs=1, network_options=small, random_state=0)
    >>> classifier = classifier.fit(images, labels, groups=people)
    >>> table = compare_recipes(classifier, ["float32", "int8"], images, labels, groups=people, n_folds=2)
    >>> table.index.tolist(), bool(table.loc["int8", "raw_bytes"] < table.loc["float32", "raw_bytes"])
    (['float32', 'int8'], True)
    >>> table["parameters"].tolist()  # 192 x 8 and 8 x 2, without the biases, which are all zero
    [1552, 1552]
    """
    import pandas as pd

    arguments = check_arguments(
        classifier,
        recipes,
        X,
        y,
        groups=groups,
        X_test=X_test,
        y_test=y_test,
        groups_test=groups_test,
        n_folds=n_folds,
        tolerance=tolerance,
        random_state=random_state,
        verbose=verbose,
    )
    results = Results(directory, arguments)
    _fix_seed(arguments.classifier, results)
    folds, everyone = _folds(arguments)
    made = Run(arguments, results, folds, everyone).made()
    truth = np.concatenate([arguments.codes[fold.held_out] for fold in folds])
    rows = {recipe.name: _row(arguments, truth, made[recipe.name]) for recipe in arguments.recipes}
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("recipe")
    table.insert(len(table.columns) - 2, "chosen", table.index == choose_recipe(table, tolerance=arguments.tolerance))
    return table


def _fix_seed(classifier: Any, results: Results) -> None:
    """Give a classifier whose ``random_state`` is no integer one, so that what is checked now is what is trained."""
    if not isinstance(classifier.random_state, Integral):
        classifier.set_params(random_state=results.seed(classifier._draw_seed()))


def _folds(arguments: Arguments) -> tuple[list[Fold], Fold]:
    """The folds of people, and that of all people, for the models in the table."""
    classifier, codes, people = arguments.classifier, arguments.codes, arguments.people
    seed = classifier._draw_seed()

    def can_hold_out(rows: IntArray) -> bool:
        try:
            training.hold_out(codes[rows], people[rows], classifier.validation_fraction, seed)
        except InvalidInputError:
            return False
        return True

    folds = choose_folds(
        people, codes, n_folds=arguments.n_folds, random_state=arguments.random_state, can_hold_out=can_hold_out
    )
    every_row = np.arange(len(codes))
    everyone = Fold(every_row, every_row[:0], can_hold_out(every_row))
    _tell_of_late_stops(classifier, [*folds, everyone])
    return folds, everyone


def _tell_of_late_stops(classifier: Any, folds: Sequence[Fold]) -> None:
    n_late = sum(not fold.stops_early for fold in folds)
    if n_late == 0:
        return
    what = f"in {n_late} of {len(folds)} trainings nobody can be held out so that both sides show all classes"
    if classifier.target_sensitivity is not None:
        raise InvalidInputError(
            f"groups: {what}, but the classifier's target_sensitivity is {classifier.target_sensitivity}, and its "
            "threshold is chosen on people held out: use data of more people, or target_sensitivity=None"
        )
    warnings.warn(
        f"groups: {what}, so these run for all epochs, without early stopping: use data of more people for better "
        "estimates",
        FrugalWarning,
        stacklevel=4,
    )


def _row(arguments: Arguments, truth: IntArray, made: Made) -> dict[str, Any]:
    names = [*_COSTS, *_MEASURES, *(f"test_{name}" for name in _MEASURES if arguments.test is not None)]
    row: dict[str, Any] = dict.fromkeys(names, np.nan)
    if made.model is not None:
        row |= _cost_columns(made.model) | _score_columns(arguments, truth, made.held_out, "")
        if arguments.test is not None and made.tested is not None:
            row |= _score_columns(arguments, arguments.test.codes, made.tested, "test_")
    return row | {"reason": made.reason, "model": made.model}


def _cost_columns(model: CompressedModel) -> dict[str, Any]:
    sizes = costs.stored_sizes(model.graph)
    values = (model.input_size, model.cost.params, model.cost.macs, sizes.raw, sizes.gzip, sizes.coded)
    return dict(zip(_COSTS, (*values, model.cost.activation_bytes), strict=True))


def _score_columns(arguments: Arguments, truth: IntArray, decisions: IntArray, prefix: str) -> dict[str, float]:
    classes = arguments.classes
    result = evaluate(classes[truth], classes[decisions], positive=arguments.positive)
    return {f"{prefix}{measure}": getattr(result, measure) for measure in _MEASURES}
