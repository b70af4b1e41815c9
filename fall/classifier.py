"""Fall detection from images of a person, with scikit-learn's interface."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from common.errors import FrugalWarning, InvalidInputError
from common.evaluation.splits import Split
from common.validation import (
    FloatArray,
    IntArray,
    check_choice,
    check_integer,
    check_number,
    encode_labels,
)
from fall import backend, training
from fall.datasets.streaming import as_frames, is_table
from fall.networks import NETWORKS, build_network
from fall.training import Frames, Schedule

if TYPE_CHECKING:
    import pandas as pd


class FallDecisions(ClassifierMixin, BaseEstimator):
    """Decisions between fall and no fall from images, by the probability of a fall and a threshold."""

    classes_: npt.NDArray[Any]
    threshold_: float

    def predict_proba(self, X: Any) -> FloatArray:
        """Probability of each class, ``(n, 2)`` in the order of ``classes_``."""
        raise NotImplementedError

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The class of each image: ``classes_[1]``, a fall, if its probability is at least ``threshold_``."""
        is_fall = self.predict_proba(X)[:, 1] >= self.threshold_
        return np.asarray(self.classes_[is_fall.astype(np.int64)])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False  # images are 4-D, frame tables hold paths
        tags.classifier_tags.multi_class = False
        return tags


@dataclass(frozen=True)
class TrainingData:
    """Checked training data.

    Attributes
    ----------
    frames : ndarray or DecodedFrames
        The images.
    classes : ndarray of shape (2,)
        The labels, sorted; the second one is the fall.
    codes : ndarray of int
        1 where an image shows a fall, else 0.
    split : Split
        Rows to train on, and rows held out for validation.
    weights : dict or None
        Weight of each class code in the loss.
    seed : int
        Seed of everything random in the training.
    """

    frames: Frames
    classes: npt.NDArray[Any]
    codes: IntArray
    split: Split
    weights: dict[int, float] | None
    seed: int


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
    random_state: Any
    verbose: int

    model_: Any
    history_: pd.DataFrame

    def predict_proba(self, X: Any) -> FloatArray:
        """Probability of each class, ``(n, 2)`` in the order of ``classes_``.

        Parameters
        ----------
        X : ndarray of uint8 (n, input_size, input_size, 3), or frame table
            Images as in ``fit``.
        """
        check_is_fitted(self, "model_")
        return training.predict(self.model_, as_frames(X, self.model_.input_shape[1]))

    def _check_training_parameters(self, *, smallest_size: int) -> None:
        check_integer(self.input_size, "input_size", at_least=smallest_size, at_most=1024)
        check_integer(self.batch_size, "batch_size")
        check_number(self.learning_rate, "learning_rate", above=0)
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
            X = as_frames(X, self.input_size)
        n = len(X)
        classes, codes = encode_labels(y, "y", n=n)
        if len(classes) != 2:
            raise InvalidInputError(
                f"y holds {'one class' if len(classes) == 1 else f'{len(classes)} classes'} ({classes[:5].tolist()}): "
                "there must be two, fall and no fall; leave out frames labelled −1"
            )
        subjects = None if groups is None else encode_labels(groups, "groups", n=n)[1]
        if subjects is None and self.validation_fraction:
            warnings.warn(
                "groups are not given, so the images held out for early stopping show people who are also trained on: "
                "pass the subject of each image, or validation_fraction=0",
                FrugalWarning,
                stacklevel=3,
            )
        seed = self._draw_seed()
        split = training.hold_out(codes, subjects, self.validation_fraction, seed)
        weights = training.class_weights(self.class_weight, classes, codes)
        # Decoding a frame table takes time, so it comes after all checks.
        return TrainingData(as_frames(X, self.input_size), classes, codes, split, weights, seed)

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
            return 0.5
        held_out = data.split.test
        scores = training.predict(model, data.frames, held_out)[:, 1]
        return training.sensitive_threshold(scores, data.codes[held_out] == 1, self.target_sensitivity)


class CNNFallClassifier(ImageClassifier):
    """A small convolutional network, trained from scratch.

    Parameters
    ----------
    network : str
        The network's name, see :func:`fall.build_network`.
    input_size : int
        Side of the images in pixels.
    epochs : int
        Maximum number of epochs, over which the learning rate falls along a cosine. Small networks need about 40 on a
        few hundred images.
    batch_size : int
        Number of images in a training step.
    learning_rate : float
        Adam's highest learning rate.
    augment : bool
        Train on random variants of the images, see :func:`fall.augmentation.augment`.
    class_weight : "balanced", dict of class: weight, or None
        Weights in the loss; "balanced" makes the rare class count as much as the other.
    validation_fraction : float
        Fraction of the subjects held out, at least one, to stop early and keep the best epoch. With 0, training uses
        all images and runs for all epochs.
    target_sensitivity : float, optional
        Fraction of the falls to detect: ``threshold_`` becomes the highest at which this fraction of the held-out
        falls is detected. None leaves it at 0.5.
    network_options : dict, optional
        Further options of the network, such as ``{"filters": (8, 16, 32)}``.
    random_state : int, RandomState or None
        The same int gives the same model, on one machine with one number of threads.
    verbose : int
        1 shows progress.

    Attributes
    ----------
    classes_ : ndarray of shape (2,)
        The labels, sorted; the second one is the fall.
    model_ : tf_keras.Model
        Maps pixels between −1 and 1, see :func:`fall.networks.scale_pixels`, to probabilities.
    threshold_ : float
        An image is a fall if its probability is at least this.
    history_ : pandas.DataFrame
        A row for each epoch: loss and accuracy, also on the held-out subjects.

    Examples
    --------
    Bright images are falls:

    >>> images = np.repeat(np.uint8([20, 230] * 8), 32 * 32 * 3).reshape(16, 32, 32, 3)
    >>> labels, subjects = np.array([0, 1] * 8), np.repeat([1, 2, 3, 4], 4)
    >>> classifier = CNNFallClassifier("separable_cnn", input_size=32, epochs=4, augment=False, random_state=0)
    >>> classifier.fit(images, labels, groups=subjects).predict_proba(images).shape
    (16, 2)
    """

    def __init__(
        self,
        network: str = "lecture_cnn",
        *,
        input_size: int = 96,
        epochs: int = 20,
        batch_size: int = 64,
        learning_rate: float = 1e-3,
        augment: bool = True,
        class_weight: Any = "balanced",
        validation_fraction: float = 0.1,
        target_sensitivity: float | None = None,
        network_options: dict[str, Any] | None = None,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.network = network
        self.input_size = input_size
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.augment = augment
        self.class_weight = class_weight
        self.validation_fraction = validation_fraction
        self.target_sensitivity = target_sensitivity
        self.network_options = network_options
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: Any, y: Any, groups: Any = None) -> CNNFallClassifier:
        """Train on images.

        Parameters
        ----------
        X : ndarray of uint8 (n, input_size, input_size, 3), or frame table
            RGB images, or a table from :mod:`fall.datasets`, whose images are decoded to a temporary file.
        y : array-like of shape (n,)
            Two classes; the greater one is the fall.
        groups : array-like of shape (n,), optional
            The subject in each image; default: the column ``subject`` of a frame table. Without subjects, single
            images are held out, with a warning.

        Raises
        ------
        InvalidInputError
            If the data or a parameter is wrong; an earlier fit is then kept.
        """
        check_choice(self.network, "network", tuple(NETWORKS))
        self._check_training_parameters(smallest_size=8)
        epochs, size = check_integer(self.epochs, "epochs"), self.input_size
        options = {} if self.network_options is None else self.network_options
        if not isinstance(options, dict):
            raise InvalidInputError(f"network_options is {options!r}; pass a dict, such as {{'filters': (8, 16)}}")
        data = self._check_data(X, y, groups)
        backend.set_seed(data.seed)
        model = build_network(self.network, (size, size, 3), 2, **options)
        schedule = self._schedule(self.network, epochs, data.seed)
        history = training.train_on_frames(model, data.frames, data.codes, data.split, schedule, weights=data.weights)
        self.threshold_ = self._choose_threshold(model, data)
        self.model_, self.history_, self.classes_ = model, history, data.classes
        return self
