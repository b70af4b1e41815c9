"""The network that `fall train` trains, and its figures on people whom it has not met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

import common
import fall
from common.command_line.options import people_folds
from common.errors import InvalidInputError
from common.progress import Progress

if TYPE_CHECKING:
    import pandas as pd

    from common.evaluation.decisions import Evaluation
    from fall.classifier import CNNFallClassifier

FALL = 1
_HELD_OUT = 0.25  # of the people, to stop early
_IMAGES_PER_TRAINING = 24_000  # over all epochs
_MOST_EPOCHS, _FEWEST_EPOCHS = 40, 10
_SMALLEST_BATCH, _LARGEST_BATCH = 8, 32


@dataclass(frozen=True)
class Settings:
    """How a network is trained on a frame table."""

    epochs: int | None
    seed: int
    network: str = "separable_cnn"
    input_size: int = 96
    learning_rate: float = 1e-3

    def fitted(self, table: pd.DataFrame, *, verbose: int = 0) -> CNNFallClassifier:
        """A network that was trained on these images."""
        classifier = fall.CNNFallClassifier(
            self.network, input_size=self.input_size, **self.training_parameters(table), verbose=verbose
        )
        return classifier.fit(table, table["label"], groups=table["subject"])

    def training_parameters(self, table: pd.DataFrame) -> dict[str, Any]:
        """Parameters of :class:`fall.CNNFallClassifier` that suit so many images of so many people."""
        few = max(_FEWEST_EPOCHS, min(_MOST_EPOCHS, _IMAGES_PER_TRAINING // len(table)))
        return {
            "epochs": few if self.epochs is None else self.epochs,
            # Ten steps an epoch: with fewer, batch normalization does not settle.
            "batch_size": max(_SMALLEST_BATCH, min(_LARGEST_BATCH, len(table) // 10)),
            "learning_rate": self.learning_rate,
            "validation_fraction": _HELD_OUT if self._can_hold_out(table) else 0.0,
            "random_state": self.seed,
        }

    def _can_hold_out(self, table: pd.DataFrame) -> bool:
        """Whether people can be held out so that both sides show falls and other images."""
        from fall import training  # loads scikit-learn, which help does not need

        codes, people = table["label"].to_numpy(), np.unique(table["subject"], return_inverse=True)[1]
        try:
            training.hold_out(codes, people, _HELD_OUT, self.seed)
        except InvalidInputError:
            return False
        return True


def judge_by_person(table: pd.DataFrame, settings: Settings, *, folds: int) -> Evaluation:
    """Decisions on everybody, each by a network that has met neither the person nor anybody of the same fold."""
    people, labels = table["subject"].to_numpy(), table["label"].to_numpy()
    n_folds = people_folds(len(np.unique(people)), folds, source="DIR")
    splits = common.subject_folds(people, n_folds=n_folds, random_state=settings.seed)
    predicted = np.empty_like(labels)
    with Progress("people left out", len(splits), verbose=1, logger=__name__) as progress:
        for split in splits:
            classifier = settings.fitted(table.iloc[split.train])
            predicted[split.test] = classifier.predict(table.iloc[split.test])
            right = float(np.mean(predicted[split.test] == labels[split.test]))
            progress.step(f"accuracy {right:.3f}")
    return common.evaluate(labels, predicted, groups=people, positive=FALL)
