"""The base of the classifiers that train a network."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from common.errors import FrugalWarning, InvalidInputError
from common.validation import FloatArray, check_integer, check_number, encode_labels
from fall import training
from fall.datasets.streaming import as_frames, is_table
from fall.estimators.decisions import FallDecisions
from fall.estimators.training_data import TrainingData, check_labels
from fall.networks.pixels import DEFAULT_RANGE, InputRange
from fall.training import Schedule

if TYPE_CHECKING:
    import pandas as pd


class ImageClassifier(FallDecisions):
    """Base of the classifiers that train a network: checks of the training data, the schedule and the threshold."""

    # Set by the subclasses' constructors.
    input_size: int
    batch_size: int
    learning_rate: float
    augment: bool
    class_weight: Any
    validation_fraction: float
    target_sensitivity: float | None
    positive: Any
    random_state: Any
    verbose: int

    # Parameters that not every subclass has.
    classes: Any = None
    input_range: InputRange = DEFAULT_RANGE
    threshold: float = 0.5

    model_: Any
    history_: pd.DataFrame

    def predict_proba(self, X: Any) -> FloatArray:
        """Probability of each class, ``(n, n_classes)`` in the order of ``classes_``.

        Parameters
        ----------
        X : ndarray of uint8 (n, input_size, input_size, 3), or frame table
            Images as in ``fit``.
        """
        check_is_fitted(self, "model_")
        _, size, _, channels = self.model_.input_shape
        return training.predict_proba(self.model_, as_frames(X, size, channels), input_range=self.input_range_)

    @property
    def _n_channels(self) -> int:
        """Channels of the images that the network is trained on."""
        return 3

    def _check_training_parameters(self, *, smallest_size: int) -> None:
        check_integer(self.input_size, "input_size", at_least=smallest_size, at_most=1024)
        check_integer(self.batch_size, "batch_size")
        check_number(self.learning_rate, "learning_rate", above=0)
        check_number(self.threshold, "threshold", at_least=0)
        fraction = check_number(self.validation_fraction, "validation_fraction", at_least=0, below=0.6)
        if self.target_sensitivity is None:
            return
        check_number(self.target_sensitivity, "target_sensitivity", above=0, below=1 + 1e-12)
        if fraction == 0:
            raise InvalidInputError(
                f"target_sensitivity is {self.target_sensitivity}, but validation_fraction is 0: "
                "the threshold is chosen on held-out subjects, hold some out"
            )

    def _check_data(self, X: Any, y: Any, groups: Any) -> TrainingData:
        import pandas as pd

        if groups is None and isinstance(X, pd.DataFrame) and "subject" in X.columns:
            groups = X["subject"].to_numpy()
        if not is_table(X):
            X = as_frames(X, self.input_size, self._n_channels)
        n = len(X)
        labels = check_labels(y, n, classes=self.classes, positive=self.positive)
        subjects = None if groups is None else encode_labels(groups, "groups", n=n)[1]
        if subjects is None and self.validation_fraction:
            warnings.warn(
                "groups are not given, so the images held out for early stopping show people who are also trained on: "
                "pass the subject of each image, or validation_fraction=0",
                FrugalWarning,
                stacklevel=3,
            )
        seed = self._draw_seed()
        split = training.hold_out(
            labels.codes, subjects, self.validation_fraction, seed, positive=labels.positive_index
        )
        weights = training.class_weights(self.class_weight, labels.classes, labels.codes)
        # Decoding a frame table takes time, so it comes after all checks.
        frames = as_frames(X, self.input_size, self._n_channels)
        return TrainingData(frames, labels.classes, labels.codes, split, weights, seed, labels.positive)

    def _schedule(self, title: str, epochs: int, seed: int, *, rate_factor: float = 1.0) -> Schedule:
        return Schedule(
            title=title,
            epochs=epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate * rate_factor,
            augment=bool(self.augment),
            seed=seed,
            verbose=self.verbose,
        )

    def _draw_seed(self) -> int:
        try:
            return int(check_random_state(self.random_state).randint(2**31 - 1))
        except ValueError as error:
            raise InvalidInputError(
                f"random_state is {self.random_state!r}; use an integer of at least 0, a RandomState, or None"
            ) from error

    def _choose_threshold(self, model: Any, data: TrainingData) -> float:
        if self.target_sensitivity is None:
            return float(self.threshold)
        held_out = data.split.test
        probabilities = training.predict_proba(model, data.frames, held_out, input_range=self.input_range)
        return training.sensitive_threshold(
            probabilities[:, data.positive_index], data.is_fall[held_out], self.target_sensitivity
        )
