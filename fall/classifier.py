"""Fall detection from images of a person, with scikit-learn's interface."""

from __future__ import annotations

from typing import Any

from common.errors import InvalidInputError
from common.validation import check_choice, check_integer, check_number, positive_label
from fall import backend, training
from fall.estimators.decisions import FallDecisions as FallDecisions
from fall.estimators.image_classifier import ImageClassifier as ImageClassifier
from fall.estimators.training_data import TrainingData as TrainingData
from fall.networks import NETWORKS, build_network
from fall.networks.foreign import check_network, check_scaling, flat_copy
from fall.networks.outputs import check_classes
from fall.networks.pixels import DEFAULT_RANGE, InputRange, check_input_range


class CNNFallClassifier(ImageClassifier):
    """A small convolutional network, trained from scratch; or, by :meth:`from_model`, one that was trained elsewhere.

    Parameters
    ----------
    network : str or tf_keras.Model
        The network's name, see :func:`fall.build_network`; or a network that takes one square image, RGB or grey, and
        ends in a softmax, in logits, or for two classes in one sigmoid. ``fit`` trains a copy of it from new weights;
        only layers that are not trainable keep theirs. The network itself is not changed.
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
        falls is detected. None leaves it at ``threshold``.
    network_options : dict, optional
        Further options of a network with a name, such as ``{"filters": (8, 16, 32)}``.
    positive : label, optional
        The label of the fall. By default 1 of 0 and 1, True of False and True, and of two words the one that plainly
        means a fall, see :func:`common.validation.positive_label`; required for more than two classes.
    classes : array-like, optional
        All labels in the order of the network's outputs. By default those of ``fit``: of two, the fall second; of more,
        sorted.
    input_range : tuple of float
        What the network expects for black and for white pixels: (0, 255) if it scales them itself.
    threshold : float
        An image is a fall if its probability is at least this, unless ``target_sensitivity`` is given.
    random_state : int, RandomState or None
        The same int gives the same model, on one machine with one number of threads.
    verbose : int
        1 shows progress.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels in the order of the network's outputs. Of two the second one is the fall, also where this is not the
        sorted order, unless ``classes`` says otherwise.
    positive_ : label
        The label of the fall.
    input_range_ : tuple of float
        As given.
    model_ : tf_keras.Model
        The network; it takes what :func:`fall.networks.scale_pixels` makes for ``input_range_``.
    threshold_ : float
        An image is a fall if its probability is at least this; else it is of the most probable other class.
    history_ : pandas.DataFrame
        A row for each epoch: loss and accuracy, also on the held-out subjects.

    Examples
    --------
    Bright images are falls:

    >>> import numpy as np
    >>> images = np.repeat(np.uint8([20, 230] * 8), 32 * 32 * 3).reshape(16, 32, 32, 3)
    >>> labels, subjects = np.array([0, 1] * 8), np.repeat([1, 2, 3, 4], 4)
    >>> classifier = CNNFallClassifier("separable_cnn", input_size=32, epochs=4, augment=False, random_state=0)
    >>> classifier.fit(images, labels, groups=subjects).predict_proba(images).shape
    (16, 2)
    >>> classifier.predict(images).shape, len(classifier.history_) <= 4
    ((16,), True)
    """

    def __init__(
        self,
        network: Any = "lecture_cnn",
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
        positive: Any = None,
        classes: Any = None,
        input_range: InputRange = DEFAULT_RANGE,
        threshold: float = 0.5,
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
        self.positive = positive
        self.classes = classes
        self.input_range = input_range
        self.threshold = threshold
        self.random_state = random_state
        self.verbose = verbose

    @classmethod
    def from_model(
        cls,
        keras_model: Any,
        *,
        classes: Any,
        positive: Any,
        input_range: InputRange = DEFAULT_RANGE,
        threshold: float = 0.5,
        **parameters: Any,
    ) -> CNNFallClassifier:
        """A fitted classifier of a network that was trained elsewhere.

        It predicts, and :func:`fall.compress`, :func:`fall.compare_recipes` and :func:`fall.keras_cost` (of ``model_``)
        take it. ``fit`` trains the network anew, as the folds of :func:`fall.compare_recipes` do: see ``network``.

        Parameters
        ----------
        keras_model : tf_keras.Model
            Takes one square image of any size, RGB or grey, and ends in a softmax, in logits, or for two classes in one
            sigmoid. It is copied, without the nesting of models.
        classes : array-like of shape (n_classes,)
            The labels in the order of its outputs; a single output is the probability of the second one.
        positive : label
            The label of the fall.
        input_range : tuple of float
            What it expects for black and for white pixels: (0, 255) if it scales them itself.
        threshold : float
            An image is a fall if its probability is at least this.
        **parameters
            Other parameters of this class, such as ``epochs`` and ``learning_rate``, for training and fine-tuning.

        Raises
        ------
        InvalidInputError
            If the network is no such classifier, or contradicts what is stated.

        Examples
        --------
        >>> import numpy as np
        >>> from fall import build_network
        >>> network = build_network("separable_cnn", (64, 64, 1), n_classes=3)
        >>> classes = ["sitting", "standing", "fallen"]
        >>> classifier = CNNFallClassifier.from_model(network, classes=classes, positive="fallen", input_range=(0, 1))
        >>> classifier.predict_proba(np.zeros((2, 64, 64), np.uint8)).shape
        (2, 3)
        """
        import pandas as pd

        check_network(keras_model, "keras_model")
        if positive is None:
            raise InvalidInputError("positive is None: name the class that is a fall")
        classifier = cls(
            keras_model,
            input_size=keras_model.input_shape[1],
            positive=positive,
            classes=classes,
            input_range=input_range,
            threshold=threshold,
            **parameters,
        )
        classifier.classes_ = check_classes(classes, keras_model.output_shape[1], "classes")
        classifier.positive_ = positive_label(classifier.classes_, positive, name="classes")
        classifier.threshold_ = check_number(threshold, "threshold", at_least=0)
        classifier.input_range_ = check_input_range(input_range)
        check_scaling(keras_model, classifier.input_range_)
        classifier.model_ = flat_copy(keras_model)
        classifier.history_ = pd.DataFrame()
        return classifier

    def fit(self, X: Any, y: Any, groups: Any = None) -> CNNFallClassifier:
        """Train on images.

        Parameters
        ----------
        X : ndarray of uint8 (n, input_size, input_size, 3), or frame table
            RGB images, or a table from :mod:`fall.datasets`, whose images are decoded to a temporary file.
        y : array-like of shape (n,)
            Two classes, fall and no fall; or more, if ``positive`` is given.
        groups : array-like of shape (n,), optional
            The subject in each image; default: the column ``subject`` of a frame table. Without subjects, single
            images are held out, with a warning.

        Raises
        ------
        InvalidInputError
            If the data or a parameter is wrong; an earlier fit is then kept.
        """
        input_range = check_input_range(self.input_range)
        self._check_network(input_range)
        self._check_training_parameters(smallest_size=8)
        epochs = check_integer(self.epochs, "epochs")
        data = self._check_data(X, y, groups)
        if not isinstance(self.network, str):
            check_classes(data.classes, self.network.output_shape[1], "classes" if self.classes is not None else "y")
        backend.set_seed(data.seed)
        model = self._new_network(len(data.classes))
        schedule = self._schedule(model.name, epochs, data.seed)
        history = training.train_on_frames(
            model, data.frames, data.codes, data.split, schedule, weights=data.weights, input_range=input_range
        )
        self.threshold_ = self._choose_threshold(model, data)
        self.model_, self.history_, self.classes_ = model, history, data.classes
        self.positive_, self.input_range_ = data.positive, input_range
        return self

    @property
    def _n_channels(self) -> int:
        return 3 if isinstance(self.network, str) else int(self.network.input_shape[3])

    def _check_network(self, input_range: InputRange) -> None:
        options = {} if self.network_options is None else self.network_options
        if not isinstance(options, dict):
            raise InvalidInputError(f"network_options is {options!r}; pass a dict, such as {{'filters': (8, 16)}}")
        if isinstance(self.network, str):
            check_choice(self.network, "network", tuple(NETWORKS))
            return
        check_network(self.network)
        check_scaling(self.network, input_range)
        if options:
            raise InvalidInputError("network_options are of networks with a name; leave them out, or name the network")
        if self.input_size != self.network.input_shape[1]:
            raise InvalidInputError(
                f"input_size is {self.input_size}, but the network takes images of {self.network.input_shape[1]}: "
                f"pass input_size={self.network.input_shape[1]}"
            )

    def _new_network(self, n_classes: int) -> Any:
        if not isinstance(self.network, str):
            return flat_copy(self.network, fresh=True)
        shape = (self.input_size, self.input_size, self._n_channels)
        return build_network(self.network, shape, n_classes, **(self.network_options or {}))
