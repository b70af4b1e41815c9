"""Fall detection from images of a person, in the manner of scikit-learn."""

import os
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from common.errors import FrugalWarning, InvalidInputError
from common.validation import IntArray, check_choice, check_images, check_integer, check_number, encode_labels
from fall import backend, training
from fall.datasets.streaming import DecodedFrames
from fall.networks import NETWORKS, build_network
from fall.training import Frames, Schedule


@dataclass(frozen=True)
class Examples:
    """Checked training data: images, class codes 0 and 1, and codes of the subjects where they are known."""

    frames: Frames
    classes: npt.NDArray[Any]
    codes: IntArray
    groups: IntArray | None


class ImageClassifier(ClassifierMixin, BaseEstimator):
    """What the fall classifiers share: checks, and decisions by a network and a threshold."""

    # Set by the subclasses' constructors.
    input_size: int
    validation_fraction: float
    target_sensitivity: float | None
    random_state: Any

    classes_: npt.NDArray[Any]
    model_: Any
    history_: pd.DataFrame
    threshold_: float

    def predict_proba(self, X: Any) -> npt.NDArray[np.float64]:
        """Probability of each class, ``(n, 2)`` in the order of ``classes_``.

        Parameters
        ----------
        X : ndarray of uint8 (n, input_size, input_size, 3), or frame table
            Images as in ``fit``.
        """
        check_is_fitted(self, "model_")
        return training.predict(self.model_, as_frames(X, self.model_.input_shape[1]))

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The class of each image: ``classes_[1]``, a fall, from the probability ``threshold_`` on."""
        is_fall = self.predict_proba(X)[:, 1] >= self.threshold_
        return np.asarray(self.classes_[is_fall.astype(np.int64)])

    def _check_validation(self) -> None:
        fraction = check_number(self.validation_fraction, "validation_fraction", at_least=0, below=0.6)
        if self.target_sensitivity is None:
            return
        check_number(self.target_sensitivity, "target_sensitivity", above=0, below=1 + 1e-12)
        if fraction == 0:
            raise InvalidInputError(
                f"target_sensitivity is {self.target_sensitivity}, but validation_fraction is 0: "
                "the threshold is chosen on held-out subjects, hold some out"
            )

    def _check_examples(self, X: Any, y: Any, groups: Any) -> Examples:
        if groups is None and isinstance(X, pd.DataFrame) and "subject" in X.columns:
            groups = X["subject"].to_numpy()
        if not _is_table(X):
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
                "groups are not given, so early stopping watches rows of people it was trained on, which flatters: "
                "pass the subject of each image, or validation_fraction=0",
                FrugalWarning,
                stacklevel=3,
            )
        # A frame table comes last, since decoding it takes time.
        return Examples(as_frames(X, self.input_size), classes, codes, subjects)

    def _draw_seed(self) -> int:
        try:
            return int(check_random_state(self.random_state).randint(2**31 - 1))
        except ValueError as error:
            raise InvalidInputError(
                f"random_state is {self.random_state!r}; use an integer of at least 0, a RandomState, or None"
            ) from error

    def _choose_threshold(self, model: Any, examples: Examples, validation: IntArray) -> float:
        if self.target_sensitivity is None:
            return 0.5
        scores = training.predict(model, examples.frames, validation)[:, 1]
        is_fall = examples.codes[validation] == 1
        return training.sensitive_threshold(scores, is_fall, self.target_sensitivity)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False  # images are 4-D, frame tables hold paths
        tags.classifier_tags.multi_class = False
        return tags


class CNNFallClassifier(ImageClassifier):
    """A small convolutional network, trained from scratch.

    Parameters
    ----------
    network : str
        A name that :func:`fall.build_network` knows.
    input_size : int
        Side of the images in pixels.
    epochs : int
        Epochs at most, and the length of the learning rate's cosine. Small networks on a few hundred images want
        about 40.
    batch_size : int
        Images in a step.
    learning_rate : float
        Adam's rate at the beginning.
    augment : bool
        Train on random variants, see :func:`fall.augmentation.augment`.
    class_weight : "balanced", dict of class: weight, or None
        Weights in the loss; "balanced" makes the rare class count as much as the other.
    validation_fraction : float
        Part of the subjects held out, at least one of them, to stop early and keep the best epoch. With 0 all
        images train through all epochs.
    target_sensitivity : float, optional
        Part of the falls to be found: ``threshold_`` becomes the highest at which that part of the held-out falls
        is found. None leaves it at 0.5.
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
        From pixels between −1 and 1, see :func:`fall.networks.scale_pixels`, to probabilities.
    threshold_ : float
        Probability from which on an image shows a fall.
    history_ : pandas.DataFrame
        A row an epoch: loss and accuracy, also of the held-out subjects.

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

    def fit(self, X: Any, y: Any, groups: Any = None) -> "CNNFallClassifier":
        """Train on images.

        Parameters
        ----------
        X : ndarray of uint8 (n, input_size, input_size, 3), or frame table
            RGB images, or a table from :mod:`fall.datasets`, which is decoded to a temporary file and streamed.
        y : array-like of shape (n,)
            Two classes; the greater one is the fall.
        groups : array-like of shape (n,), optional
            The subject in each image; default: the column ``subject`` of a frame table. Without it rows are held out
            instead of subjects, with a warning.

        Raises
        ------
        InvalidInputError
            If the data or a parameter is wrong; an earlier fit is kept then.
        """
        check_choice(self.network, "network", tuple(NETWORKS))
        self._check_validation()
        seed = self._draw_seed()
        schedule = Schedule(
            title=self.network,
            epochs=check_integer(self.epochs, "epochs"),
            batch_size=check_integer(self.batch_size, "batch_size"),
            learning_rate=check_number(self.learning_rate, "learning_rate", above=0),
            augment=bool(self.augment),
            seed=seed,
            verbose=self.verbose,
        )
        size = check_integer(self.input_size, "input_size", at_least=8, at_most=1024)
        options = {} if self.network_options is None else self.network_options
        if not isinstance(options, dict):
            raise InvalidInputError(f"network_options is {options!r}; pass a dict, such as {{'filters': (8, 16)}}")
        examples = self._check_examples(X, y, groups)
        weights = training.class_weights(self.class_weight, examples.classes, examples.codes)
        split = training.hold_out(examples.codes, examples.groups, self.validation_fraction, seed)
        backend.set_seed(seed)
        model = build_network(self.network, (size, size, 3), 2, **options)
        history = training.train_on_frames(model, examples.frames, examples.codes, split, schedule, weights=weights)
        self.threshold_ = self._choose_threshold(model, examples, split.test)
        self.model_, self.history_, self.classes_ = model, history, examples.classes
        return self


def as_frames(X: Any, size: int) -> Frames:
    """Images of one size, ready for batches: an array as it is, a frame table or list of paths decoded to disk."""
    if isinstance(X, DecodedFrames):
        if X.shape[1] != size:
            raise InvalidInputError(f"X was decoded with size={X.shape[1]}; decode it with size={size}")
        return X
    return DecodedFrames(X, size=size) if _is_table(X) else check_images(X, "X", size=size)


def _is_table(X: Any) -> bool:
    """Whether images must be read from files first: a frame table or a list of paths."""
    is_paths = isinstance(X, (list, tuple)) and len(X) > 0 and isinstance(X[0], (str, os.PathLike))
    return is_paths or isinstance(X, pd.DataFrame)
