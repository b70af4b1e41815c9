"""Transfer learning, the lab's third part: MobileNetV2 reused, a dense layer trained, the last convolutions tuned."""

import os
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss

from common.evaluation.splits import Split
from common.validation import IntArray, check_integer, check_number
from fall import backend, training
from fall.augmentation import augment
from fall.classifier import Examples, ImageClassifier
from fall.networks import build_network
from fall.training import FloatArray, Schedule

# Augmented variants of each image that the dense layer learns from, besides the image and its mirror image.
_VARIANTS = 8
# The dense layer's inputs are standardized and its loss is convex, so its rate may be higher than a deep network's.
_HEAD_RATE = 10.0
_HEAD_PENALTY = 1e-3
_FINE_TUNE_RATE = 0.1


class MobileNetV2FallClassifier(ImageClassifier):
    """MobileNetV2, trained on ImageNet, with a dense layer trained on falls.

    First the convolutions are frozen: the features of every image, of its mirror image and of a few augmented
    variants are computed once, and the dense layer is trained on those. Then the last layers are trained further at
    a tenth of the rate, with batch normalization in inference mode.

    Held-out subjects tell whether that helped, and which threshold to use; then everything that helped is done once
    more on all subjects. Few people to train on (three or four) and it rarely helps.

    Parameters
    ----------
    alpha : float
        Width of the network; ImageNet weights exist for 0.35, 0.5, 0.75, 1.0, 1.3 and 1.4.
    weights : "imagenet", path, or None
        The backbone's weights without top: Keras' own, downloaded once; a file (HDF5); or random ones.
    last_block : int, optional
        Keras' number of the last block kept, 0 to 16; None keeps everything. To choose it by subject:
        ``GridSearchCV(classifier, {"last_block": [8, 10, 12]}, cv=GroupKFold(4))``.
    input_size : int
        Side of the images in pixels, at least 32.
    head_epochs : int
        Epochs of the dense layer.
    fine_tune_layers : int
        Keras layers at the backbone's end that are trained further; a block has eight or nine.
    fine_tune_epochs : int
        Epochs for that; 0 leaves the convolutions frozen.
    weights_sha256 : str, optional
        SHA-256 that the file of weights must have. Keras publishes none for its files;
        :func:`fall.networks.file_sha256` tells that of one you trust.
    learning_rate : float
        As for a training from scratch: the dense layer learns ten times faster, the convolutions ten times slower.
    batch_size, augment, class_weight, validation_fraction, target_sensitivity, random_state, verbose
        As in :class:`fall.CNNFallClassifier`.

    Attributes
    ----------
    classes_, model_, threshold_
        As in :class:`fall.CNNFallClassifier`.
    history_ : pandas.DataFrame
        A row an epoch, with the column ``step``: "head", "fine-tune", and the same "on all" subjects.
    fine_tuned_ : bool
        Whether convolutions were trained further.

    Examples
    --------
    >>> classifier = MobileNetV2FallClassifier(alpha=1.0, weights="mobilenet_v2_no_top.h5")  # doctest: +SKIP
    >>> classifier.fit(images, labels, groups=subjects).predict(images)  # doctest: +SKIP
    """

    fine_tuned_: bool

    def __init__(
        self,
        *,
        alpha: float = 0.35,
        weights: str | os.PathLike[str] | None = "imagenet",
        last_block: int | None = 10,
        input_size: int = 96,
        head_epochs: int = 10,
        fine_tune_layers: int = 20,
        fine_tune_epochs: int = 10,
        weights_sha256: str | None = None,
        batch_size: int = 64,
        learning_rate: float = 1e-3,
        augment: bool = True,
        class_weight: Any = "balanced",
        validation_fraction: float = 0.1,
        target_sensitivity: float | None = None,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.alpha = alpha
        self.weights = weights
        self.last_block = last_block
        self.input_size = input_size
        self.head_epochs = head_epochs
        self.fine_tune_layers = fine_tune_layers
        self.fine_tune_epochs = fine_tune_epochs
        self.weights_sha256 = weights_sha256
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.augment = augment
        self.class_weight = class_weight
        self.validation_fraction = validation_fraction
        self.target_sensitivity = target_sensitivity
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: Any, y: Any, groups: Any = None) -> "MobileNetV2FallClassifier":
        """Train on images; parameters as in :meth:`fall.CNNFallClassifier.fit`.

        Raises
        ------
        InvalidInputError
            If the data or a parameter is wrong, or there are no such weights; an earlier fit is kept then.
        ModelIntegrityError
            If the file of weights has another SHA-256.
        """
        self._check_parameters()
        examples = self._check_examples(X, y, groups)
        seed = self._draw_seed()
        weights = training.class_weights(self.class_weight, examples.classes, examples.codes)
        split = training.hold_out(examples.codes, examples.groups, self.validation_fraction, seed)
        backend.set_seed(seed)
        model = self._build()
        pretrained, features = model.get_weights(), self._features(model, examples, seed)
        histories = [self._train_head(model, features, examples, split, weights, seed).assign(step="head")]
        fine_tuned = False
        if self.fine_tune_epochs:
            frozen, frozen_loss = model.get_weights(), _loss(model, examples, split.test)
            histories.append(self._fine_tune(model, examples, split, weights, seed).assign(step="fine-tune"))
            fine_tuned = len(split.test) == 0 or _loss(model, examples, split.test) < frozen_loss
            if not fine_tuned:
                model.set_weights(frozen)
        threshold = self._choose_threshold(model, examples, split.test)
        if len(split.test):
            model.set_weights(pretrained)
            everyone = Split(np.arange(len(examples.codes)), np.empty(0, np.int64))
            head = self._train_head(model, features, examples, everyone, weights, seed)
            histories.append(head.assign(step="head, on all"))
            if fine_tuned:
                tuning = self._fine_tune(model, examples, everyone, weights, seed)
                histories.append(tuning.assign(step="fine-tune, on all"))
        self.model_, self.history_, self.classes_ = model, pd.concat(histories), examples.classes
        self.threshold_, self.fine_tuned_ = threshold, fine_tuned
        return self

    def _check_parameters(self) -> None:
        self._check_validation()
        check_integer(self.input_size, "input_size", at_least=32, at_most=1024)
        check_integer(self.head_epochs, "head_epochs")
        check_integer(self.fine_tune_epochs, "fine_tune_epochs", at_least=0)
        check_integer(self.fine_tune_layers, "fine_tune_layers")
        check_integer(self.batch_size, "batch_size")
        check_number(self.learning_rate, "learning_rate", above=0)

    def _build(self) -> Any:
        shape = (self.input_size, self.input_size, 3)
        return build_network(
            "mobilenet_v2",
            shape,
            alpha=self.alpha,
            last_block=self.last_block,
            weights=self.weights,
            weights_sha256=self.weights_sha256,
        )

    def _train_head(
        self,
        model: Any,
        features: FloatArray,
        examples: Examples,
        split: Split,
        weights: dict[int, float] | None,
        seed: int,
    ) -> pd.DataFrame:
        """Train the dense layer on the features of all variants, and put it into the model."""
        keras, tf = backend.keras(), backend.tensorflow()
        shown = features[:, split.train].reshape(-1, features.shape[2])
        codes = np.tile(examples.codes[split.train], len(features))
        mean, deviation = shown.mean(axis=0), shown.std(axis=0) + 1e-6

        def batches(rows: FloatArray, codes: IntArray) -> Any:
            return tf.data.Dataset.from_tensor_slices((((rows - mean) / deviation).astype(np.float32), codes))

        validation = None
        if len(split.test):
            held_out = features[0, split.test]
            validation = batches(held_out, examples.codes[split.test]).batch(len(held_out))
        inputs = keras.layers.Input(shown.shape[1:])
        penalty = keras.regularizers.L2(_HEAD_PENALTY)
        head = keras.layers.Dense(2, activation="softmax", kernel_regularizer=penalty)
        history = training.train(
            keras.Model(inputs, head(inputs)),
            batches(shown, codes).shuffle(len(shown), seed=seed).batch(self.batch_size),
            validation,
            self._schedule("dense layer", self.head_epochs, _HEAD_RATE, seed),
            weights=weights,
        )
        # The standardization becomes part of the layer: w·(x − m)/s + b = (w/s)·x + (b − w·m/s).
        kernel, bias = head.get_weights()
        kernel = kernel / deviation[:, None]
        model.get_layer("probabilities").set_weights([kernel, bias - mean @ kernel])
        return history

    def _features(self, model: Any, examples: Examples, seed: int) -> FloatArray:
        """Features ``(n_variants, n_images, n_features)`` of the images and, with augmentation, of their variants."""
        backbone = backend.keras().Model(model.input, model.get_layer("mean").output)
        n = len(examples.codes)
        features = [training.predict(backbone, examples.frames)]
        if self.augment:
            features.append(training.predict(backbone, examples.frames, augment=_mirror))
            variants = np.tile(np.arange(n), _VARIANTS)
            features.append(training.predict(backbone, examples.frames, variants, augment=augment, seed=seed))
        return np.concatenate(features).reshape(-1, n, features[0].shape[1])

    def _fine_tune(
        self, model: Any, examples: Examples, split: Split, weights: dict[int, float] | None, seed: int
    ) -> pd.DataFrame:
        """Train the last layers of the backbone, and the dense layer, on images."""
        backbone = model.layers[: model.layers.index(model.get_layer("mean"))]
        for number, layer in enumerate(reversed(backbone)):
            is_normalization = isinstance(layer, backend.keras().layers.BatchNormalization)
            # Keras runs a batch normalization that is not trainable in inference mode.
            layer.trainable = number < self.fine_tune_layers and not is_normalization
        schedule = self._schedule("last convolutions", self.fine_tune_epochs, _FINE_TUNE_RATE, seed)
        return training.train_on_frames(model, examples.frames, examples.codes, split, schedule, weights=weights)

    def _schedule(self, title: str, epochs: int, rate: float, seed: int) -> Schedule:
        return Schedule(
            title=title,
            epochs=epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate * rate,
            augment=bool(self.augment),
            seed=seed,
            verbose=self.verbose,
        )


def _mirror(images: Any, seed: Any) -> Any:
    return images[:, :, ::-1]


def _loss(model: Any, examples: Examples, rows: IntArray) -> float:
    """Log loss on held-out images; 0 if there are none."""
    if len(rows) == 0:
        return 0.0
    # In float64, since the two float32 probabilities of a row need not sum to one as closely as the measure checks.
    probability = training.predict(model, examples.frames, rows)[:, 1].astype(np.float64)
    return float(log_loss(examples.codes[rows], probability, labels=[0, 1]))
