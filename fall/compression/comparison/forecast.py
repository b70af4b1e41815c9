"""How long a comparison will take: first from one timed training step, then from what its parts took."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from fall import backend
from fall.compression.recipes import Recipe
from fall.networks.pixels import scale_pixels
from fall.training import Frames

TRAINING = "training the classifier"
_FINE_TUNE_EPOCHS = 10
_USUAL_EPOCHS = 20  # of classifiers that have no parameter for them
_CONVERSION_S = 2.0
_TIMED_STEPS = 3


@dataclass(frozen=True)
class Task:
    """A part of a comparison: the training of a fold's classifier, or a recipe on the people of a fold.

    Attributes
    ----------
    part : str
        The fold.
    name : str
        :data:`TRAINING`, or the recipe.
    rows : int
        Number of images that it works on.
    epochs : int
        How often it is expected to train on each of them.
    trainings : int
        In how many trainings.
    """

    part: str
    name: str
    rows: int
    epochs: int
    trainings: int


def training_task(part: str, classifier: Any, rows: int) -> Task:
    """The training of a classifier."""
    return Task(part, TRAINING, rows, getattr(classifier, "epochs", _USUAL_EPOCHS), 1)


def recipe_task(part: str, classifier: Any, recipe: Recipe, rows: int) -> Task:
    """A recipe, each of whose steps is expected to fine-tune."""
    n_steps = len(list(recipe.steps))
    epochs = min(_FINE_TUNE_EPOCHS, getattr(classifier, "epochs", _FINE_TUNE_EPOCHS))
    return Task(part, recipe.name, rows, n_steps * epochs, n_steps)


class Forecast:
    """The time that is left, from what was measured.

    Parameters
    ----------
    tasks : iterable of Task
        What there is to do.
    seconds_per_image : float
        Of one training step, for tasks of a kind that was not measured yet.

    Examples
    --------
    >>> tasks = [Task(f"fold {number}", "int8", 100, 0, 0) for number in (1, 2, 3)]
    >>> forecast = Forecast(tasks, seconds_per_image=0.0)
    >>> forecast.finished(tasks[0], 30.0)
    >>> forecast.remaining_s
    60.0
    """

    def __init__(self, tasks: Iterable[Task], *, seconds_per_image: float) -> None:
        self._open = dict.fromkeys(tasks)
        self._seconds_per_image = seconds_per_image
        self._measured: dict[str, list[float]] = {}  # seconds for an image, by the task's name

    @property
    def remaining_s(self) -> float:
        """Seconds that the unfinished tasks will take."""
        return sum(map(self._expected_s, self._open))

    @property
    def n_trainings(self) -> int:
        """Number of trainings in the unfinished tasks."""
        return sum(task.trainings for task in self._open)

    def finished(self, task: Task, seconds: float) -> None:
        """Record how long a task took; 0 if it needed not be done."""
        self._open.pop(task, None)
        if seconds:
            self._measured.setdefault(task.name, []).append(seconds / task.rows)

    def _expected_s(self, task: Task) -> float:
        if task.name in self._measured:
            return float(np.mean(self._measured[task.name])) * task.rows
        return _CONVERSION_S + self._seconds_per_image * task.rows * task.epochs


def seconds_per_image(classifier: Any, images: Frames) -> float:
    """Time of one training step of the classifier's network, for an image of the batch."""
    keras = backend.keras()
    model = keras.models.clone_model(classifier.model_)
    model.compile(keras.optimizers.Adam(), "sparse_categorical_crossentropy")
    batch = scale_pixels(images[np.arange(min(classifier.batch_size, len(images)))])
    labels = np.zeros(len(batch), np.int64)
    model.train_on_batch(batch, labels)  # the first one compiles
    start = time.perf_counter()
    for _ in range(_TIMED_STEPS):
        model.train_on_batch(batch, labels)
    return (time.perf_counter() - start) / (_TIMED_STEPS * len(batch))


def as_text(seconds: float) -> str:
    """A duration in words.

    Examples
    --------
    >>> as_text(7), as_text(140), as_text(8000)
    ('10 s', '2 min', '2 h 13 min')
    """
    if seconds < 60:
        return f"{10 * max(1, round(seconds / 10))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
