"""The networks of Lab 2, each trained and made into two files: one in float32 and one in int8."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

import fall
from examples.lab2_data import People

LECTURE, SEPARABLE, DISTILLED = "lecture_cnn", "separable_cnn", "distilled_cnn"
HEAD, TUNED = "mobilenet_v2 head", "mobilenet_v2 tuned"
VERSIONS = ("float32", "int8")


@dataclass(frozen=True)
class Trained:
    """A trained network and its files.

    Attributes
    ----------
    classifier : CNNFallClassifier, MobileNetV2FallClassifier or None
        The classifier; None for a network that was distilled from another one's.
    files : dict of str to CompressedModel
        The file of each of :data:`VERSIONS`.
    history : pandas.DataFrame
        Losses and accuracies, epoch by epoch.
    """

    classifier: Any
    files: dict[str, fall.CompressedModel]
    history: pd.DataFrame

    @property
    def parameters(self) -> int:
        """Number of parameters, with batch normalization folded in."""
        return self.files["float32"].cost.params

    @property
    def threshold(self) -> float:
        """An image is a fall if its probability is at least this."""
        return self.files["float32"].threshold_

    def probabilities(self, images: npt.NDArray[np.uint8]) -> dict[str, npt.NDArray[np.float64]]:
        """Probabilities of a fall, as each of the files gives them."""
        return {
            version: fall.TFLiteFallClassifier(model).predict_proba(images)[:, 1]
            for version, model in self.files.items()
        }


def classifiers(
    epochs: int, weights: Path | None, seed: int, *, validation_fraction: float, verbose: int
) -> dict[str, Any]:
    """The lab's classifiers by name; those with MobileNetV2 only if its weights are given.

    Where nobody is to be held out, fine-tuning still holds out one of three people to see whether it helps; in the end
    everybody trains.
    """
    shared = {
        "batch_size": 32,
        "validation_fraction": validation_fraction,
        "random_state": seed,
        "verbose": verbose,
    }
    found = {
        LECTURE: fall.CNNFallClassifier("lecture_cnn", epochs=epochs, **shared),
        SEPARABLE: fall.CNNFallClassifier("separable_cnn", epochs=epochs, learning_rate=2e-3, **shared),
    }
    if weights is not None:
        transfer = {"alpha": 1.0, "weights": weights, "last_block": 10, **shared}
        found[HEAD] = fall.MobileNetV2FallClassifier(**transfer)
        found[TUNED] = fall.MobileNetV2FallClassifier(
            fine_tune_epochs=10, **transfer | {"validation_fraction": validation_fraction or 1 / 3}
        )
    return found


def names(weights: Path | None) -> tuple[str, ...]:
    """The networks in the order in which they are trained."""
    return (LECTURE, SEPARABLE) + ((HEAD, DISTILLED, TUNED) if weights is not None else (DISTILLED,))


def train(
    people: People,
    epochs: int,
    weights: Path | None,
    seed: int,
    *,
    validation_fraction: float = 0.25,
    verbose: int = 0,
) -> Iterator[tuple[str, Trained]]:
    """Train the networks one after the other; the distilled one learns from MobileNetV2 or the lecture's CNN."""
    untrained = classifiers(epochs, weights, seed, validation_fraction=validation_fraction, verbose=verbose)
    trained: dict[str, Trained] = {}
    for name in names(weights):
        if name == DISTILLED:
            trained[name] = _distilled(trained[HEAD if HEAD in trained else LECTURE].classifier, people)
        else:
            classifier = untrained[name].fit(people.images, people.labels, groups=people.subjects)
            trained[name] = Trained(classifier, _files(classifier, people), classifier.history_)
        yield name, trained[name]


@dataclass
class _Once:
    """A compression step that is computed once: the same network is then converted in several ways."""

    step: Any
    results: list[Any] = field(default_factory=list)

    def __call__(self, model: Any, tuner: Any) -> Any:
        if not self.results:
            self.results.append(self.step(model, tuner))
        return self.results[0]


def _files(classifier: Any, people: People, steps: tuple[Any, ...] = ()) -> dict[str, fall.CompressedModel]:
    return {
        version: fall.compress(
            classifier,
            fall.compression.Recipe(version, "the network's file", version, steps),
            people.images,
            people.labels,
            groups=people.subjects,
        )
        for version in VERSIONS
    }


def _distilled(teacher: Any, people: People) -> Trained:
    (step,) = fall.compression.RECIPES["distilled_int8"].steps
    files = _files(teacher, people, (_Once(step),))
    history = files["float32"].history
    assert history is not None
    return Trained(None, files, history)
