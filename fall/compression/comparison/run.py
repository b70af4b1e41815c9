"""Make every model of a comparison: train a classifier in each fold, and compress it by each recipe."""

from __future__ import annotations

import time
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone

from common.errors import FrugalError, InvalidInputError, MissingDependencyError
from common.progress import Progress
from common.validation import IntArray
from fall import backend
from fall.compression.comparison.arguments import Arguments
from fall.compression.comparison.folds import Fold
from fall.compression.comparison.forecast import (
    Forecast,
    Task,
    as_text,
    recipe_task,
    seconds_per_image,
    training_task,
)
from fall.compression.comparison.results import ALL_PEOPLE, Outcome, Results, as_decisions
from fall.compression.recipes import Recipe, compress
from fall.resizing import resize_images
from fall.tflite.classifier import TFLiteFallClassifier
from fall.tflite.model import CompressedModel
from fall.training import Frames


@dataclass(frozen=True, eq=False)
class Made:
    """What came of a recipe.

    Attributes
    ----------
    reason : str
        Why it could not be made; empty if it could.
    held_out : ndarray of int
        The class decided for each image, in the order of the folds' held-out rows.
    tested : ndarray of int or None
        The class decided for each test image.
    model : CompressedModel or None
        Made of the classifier itself.
    """

    reason: str
    held_out: IntArray
    tested: IntArray | None
    model: CompressedModel | None


class Run:
    """One run of a comparison; what earlier runs finished is read from the results.

    Parameters
    ----------
    arguments : Arguments
        Checked.
    results : Results
        Where what is finished is kept.
    folds : sequence of Fold
        People to train on, and others to decide on.
    everyone : Fold
        All people, for the models themselves.
    """

    def __init__(self, arguments: Arguments, results: Results, folds: Sequence[Fold], everyone: Fold) -> None:
        self._arguments, self._results = arguments, results
        self._folds = {f"fold {number}": fold for number, fold in enumerate(folds, start=1)}
        self._everyone = everyone
        self._failed: dict[str, str] = {}  # why, by the recipe's name
        n_steps = (len(folds) + 1) * len(arguments.recipes)
        self._progress = Progress("recipes", n_steps, verbose=arguments.verbose, logger=__name__, estimates=True)
        self._forecast = Forecast(self._missing_tasks(), seconds_per_image=0.0)

    def made(self) -> dict[str, Made]:
        """What came of each recipe, by its name.

        Raises
        ------
        InvalidInputError
            If the first recipe cannot be made.
        """
        with self._progress:
            self._tell_the_time()
            decided = [self._decide(part, fold) for part, fold in self._folds.items()]
            return {recipe.name: self._make(recipe, decided) for recipe in self._arguments.recipes}

    def _decide(self, part: str, fold: Fold) -> dict[str, Outcome]:
        """The outcome of each recipe on one fold; the fold's classifier is trained if any is missing."""
        outcomes, trained = {}, None
        for recipe in self._arguments.recipes:
            outcome = self._finished_before(part, recipe, fold)
            if outcome is None and recipe.name not in self._failed:
                trained = self._train(part, fold) if trained is None else trained
                outcome = self._decide_by(recipe, part, fold, trained)
            if outcome is not None:
                outcomes[recipe.name] = outcome
                self._note_failure(recipe, outcome.reason)
            self._finish(part, recipe, 0.0)
        return outcomes

    def _finished_before(self, part: str, recipe: Recipe, fold: Fold) -> Outcome | None:
        outcome = self._results.read(part, recipe)
        is_whole = outcome is None or outcome.reason or len(outcome.decisions) == len(fold.held_out)
        return outcome if is_whole else None

    def _train(self, part: str, fold: Fold) -> Any:
        start = time.monotonic()
        classifier = _adapted(clone(self._arguments.classifier), fold)
        arguments, rows = self._arguments, fold.train
        labels = arguments.classes[arguments.codes[rows]]
        classifier.fit(arguments.images[rows], labels, groups=arguments.people[rows])
        self._forecast.finished(training_task(part, classifier, len(rows)), time.monotonic() - start)
        return classifier

    def _decide_by(self, recipe: Recipe, part: str, fold: Fold, trained: Any) -> Outcome:
        start = time.monotonic()
        try:
            model = self._compress(trained, recipe, fold)
            decisions = self._codes(model, self._arguments.images[fold.held_out])
            outcome = Outcome("", time.monotonic() - start, tuple(decisions.tolist()))
        except FrugalError as error:
            outcome = Outcome(str(error), time.monotonic() - start)
            if isinstance(error, MissingDependencyError):  # another day it may be installed
                return outcome
        self._results.write(part, recipe, outcome)
        self._forecast.finished(self._task(part, recipe, fold), outcome.seconds)
        return outcome

    def _make(self, recipe: Recipe, decided: Sequence[dict[str, Outcome]]) -> Made:
        """The model of all people, unless the recipe failed on some of them."""
        model = None
        if recipe.name not in self._failed:
            earlier = self._results.read(ALL_PEOPLE, recipe)
            model = self._results.read_model(recipe)
            if model is None and earlier is None:
                model = self._compress_for_everyone(recipe)
            elif model is None and earlier is not None:
                self._note_failure(recipe, earlier.reason)
        self._finish(ALL_PEOPLE, recipe, 0.0)
        nothing = np.empty(0, np.int64)
        if model is None:
            return Made(self._failed[recipe.name], nothing, None, None)
        test = self._arguments.test
        held_out = np.concatenate([as_decisions(outcomes[recipe.name]) for outcomes in decided])
        return Made("", held_out, None if test is None else self._codes(model, test.images), model)

    def _compress_for_everyone(self, recipe: Recipe) -> CompressedModel | None:
        start = time.monotonic()
        try:
            model = self._compress(_adapted(copy(self._arguments.classifier), self._everyone), recipe, self._everyone)
        except FrugalError as error:
            if not isinstance(error, MissingDependencyError):
                self._results.write(ALL_PEOPLE, recipe, Outcome(str(error), time.monotonic() - start))
            self._note_failure(recipe, str(error))
            return None
        self._results.write_model(recipe, model)
        self._forecast.finished(self._task(ALL_PEOPLE, recipe, self._everyone), time.monotonic() - start)
        return model

    def _compress(self, classifier: Any, recipe: Recipe, fold: Fold) -> CompressedModel:
        arguments, rows = self._arguments, fold.train
        labels = arguments.classes[arguments.codes[rows]]
        # What is made must not depend on what was made before it in this process: a resumed run leaves that out.
        backend.set_seed(classifier._draw_seed())
        return compress(classifier, recipe, arguments.images[rows], labels, groups=arguments.people[rows])

    def _codes(self, model: CompressedModel, images: Frames) -> IntArray:
        """The decisions of a file, as indices into the classes."""
        decided = TFLiteFallClassifier(model).predict(resize_images(images, model.input_size))
        classes = self._arguments.classes.tolist()
        return np.array([classes.index(label) for label in decided.tolist()], np.int64)

    def _note_failure(self, recipe: Recipe, reason: str) -> None:
        if not reason:
            return
        if recipe is self._arguments.recipes[0]:
            raise InvalidInputError(
                f"recipes begins with {recipe.name!r}, the reference for the others, which cannot be made: {reason}"
            )
        self._failed.setdefault(recipe.name, reason)

    def _finish(self, part: str, recipe: Recipe, seconds: float) -> None:
        fold = self._folds.get(part, self._everyone)
        self._forecast.finished(self._task(part, recipe, fold), seconds)
        left = f"about {as_text(self._forecast.remaining_s)} left" if self._forecast.remaining_s else "done"
        people = "all people" if part == ALL_PEOPLE else f"{part} of {len(self._folds)}"
        self._progress.step(f"{people}: {recipe.name}", left)

    def _task(self, part: str, recipe: Recipe, fold: Fold) -> Task:
        return recipe_task(part, self._arguments.classifier, recipe, len(fold.train))

    def _missing_tasks(self) -> list[Task]:
        """What earlier runs have not finished."""
        tasks: list[Task] = []
        for part, fold in {**self._folds, ALL_PEOPLE: self._everyone}.items():
            missing = [recipe for recipe in self._arguments.recipes if not self._results.has(part, recipe)]
            if missing and part != ALL_PEOPLE:
                tasks.append(training_task(part, self._arguments.classifier, len(fold.train)))
            tasks += [self._task(part, recipe, fold) for recipe in missing]
        return tasks

    def _tell_the_time(self) -> None:
        if not self._arguments.verbose:
            return
        speed = seconds_per_image(self._arguments.classifier, self._arguments.images)
        self._forecast = Forecast(self._missing_tasks(), seconds_per_image=speed)
        self._progress.note(
            f"{len(self._arguments.recipes)} recipes on {len(self._folds)} folds and on all people: "
            f"{self._forecast.n_trainings} trainings are left, about {as_text(self._forecast.remaining_s)} by the time "
            "of one training step; corrected after each recipe"
        )


def _adapted(classifier: Any, fold: Fold) -> Any:
    """The classifier, which holds nobody out of people who cannot be divided."""
    return classifier if fold.stops_early else classifier.set_params(validation_fraction=0)
