"""What training a network on frames takes, whatever the network: held-out people, weights, a schedule, a threshold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.utils.class_weight import compute_class_weight

from common.errors import InvalidInputError
from common.evaluation.splits import Split, subject_folds
from common.validation import IntArray
from fall import backend
from fall.augmentation import augment
from fall.datasets.streaming import Augment, DecodedFrames, to_tf_dataset
from fall.frames import ImageArray
from fall.networks.pixels import scale_pixels
from fall.progress import Progress, figures

Frames = ImageArray | DecodedFrames
FloatArray = npt.NDArray[np.float64]

# Early stopping waits for this part of the epochs without an improvement.
_PATIENCE = 0.25
_PREDICTION_BATCH = 256


@dataclass(frozen=True)
class Schedule:
    """How a network is trained: Adam whose rate falls from ``learning_rate`` to zero along a cosine."""

    title: str
    epochs: int
    batch_size: int
    learning_rate: float
    augment: bool
    seed: int
    verbose: int


def hold_out(codes: IntArray, groups: IntArray | None, fraction: float, seed: int) -> Split:
    """Rows to train on and rows to validate on: whole subjects where ``groups`` are known, else rows by class.

    A fraction of 0 trains on all and validates on nothing.
    """
    if fraction == 0:
        return Split(np.arange(len(codes)), np.empty(0, np.int64))
    if groups is None:
        try:
            rows = train_test_split(np.arange(len(codes)), test_size=fraction, stratify=codes, random_state=seed)
        except ValueError as error:
            raise InvalidInputError(
                f"validation_fraction is {fraction:g}, too little or too much of {len(codes)} images ({error}): "
                "choose another, or 0 for no validation"
            ) from error
        return Split(*map(np.sort, rows))
    n_subjects = len(np.unique(groups))
    n_folds = min(max(2, round(1 / fraction)), n_subjects, int(np.bincount(codes).min()))
    folds = subject_folds(groups, n_folds=n_folds, y=codes, random_state=seed) if n_folds > 1 else []
    for train, validation in folds:
        if len(np.unique(codes[train])) == len(np.unique(codes[validation])) == 2:
            return Split(train, validation)
    raise InvalidInputError(
        f"groups names {n_subjects} subjects, and none of them can be held out so that both classes are on both sides: "
        "use data of more people, or validation_fraction=0"
    )


def class_weights(class_weight: Any, classes: npt.NDArray[Any], codes: IntArray) -> dict[int, float] | None:
    """The weight of each class code in the loss."""
    if class_weight is None:
        return None
    if not (isinstance(class_weight, Mapping) or class_weight == "balanced"):
        raise InvalidInputError(f"class_weight is {class_weight!r}; use 'balanced', None, or a dict of class: weight")
    try:
        weights = compute_class_weight(class_weight, classes=classes, y=classes[codes])
    except ValueError as error:
        raise InvalidInputError(
            f"class_weight is {class_weight!r}, which does not fit the classes {classes.tolist()} ({error})"
        ) from error
    if not (np.isfinite(weights).all() and (weights > 0).all()):
        raise InvalidInputError(f"class_weight is {class_weight!r}; weights must be finite and above 0")
    return dict(enumerate(weights.tolist()))


def train(
    model: Any,
    batches: Any,
    validation: Any,
    schedule: Schedule,
    *,
    weights: dict[int, float] | None = None,
    callbacks: Sequence[Any] = (),
) -> pd.DataFrame:
    """Train in place. With validation batches, stop early and keep the epoch with the lowest loss on them.

    Returns
    -------
    pandas.DataFrame
        A row an epoch: ``loss``, ``accuracy`` and, with validation batches, ``val_loss`` and ``val_accuracy``.
    """
    keras = backend.keras()
    # One epoch to warm up: at full speed from the start, the lecture's CNN now and then dies at its dense layer's ReLU.
    rate = keras.optimizers.schedules.CosineDecay(
        0.0,
        decay_steps=max(1, (schedule.epochs - 1) * len(batches)),
        warmup_target=schedule.learning_rate,
        warmup_steps=len(batches),
    )
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    with Progress(schedule.title, schedule.epochs, verbose=schedule.verbose) as progress:
        told = keras.callbacks.LambdaCallback(on_epoch_end=lambda _, logs: progress.step(figures(logs)))
        callbacks = [*callbacks, told]
        if validation is not None:
            patience = max(3, round(_PATIENCE * schedule.epochs))
            callbacks.append(keras.callbacks.EarlyStopping(patience=patience, restore_best_weights=True))
        history = model.fit(
            batches,
            epochs=schedule.epochs,
            validation_data=validation,
            class_weight=weights,
            callbacks=callbacks,
            verbose=0,
        )
    return pd.DataFrame(history.history, index=pd.RangeIndex(1, len(history.epoch) + 1, name="epoch"))


def train_on_frames(
    model: Any,
    frames: Frames,
    codes: IntArray,
    split: Split,
    schedule: Schedule,
    *,
    weights: dict[int, float] | None = None,
    callbacks: Sequence[Any] = (),
) -> pd.DataFrame:
    """:func:`train` on the images of ``split.train``, watching those of ``split.test`` if there are any."""
    batches = _batches(
        frames,
        codes,
        split.train,
        batch_size=schedule.batch_size,
        shuffle=True,
        seed=schedule.seed,
        augment=augment if schedule.augment else None,
    )
    validation = _batches(frames, codes, split.test, batch_size=_PREDICTION_BATCH) if len(split.test) else None
    return train(model, batches, validation, schedule, weights=weights, callbacks=callbacks)


def predict(
    model: Any, frames: Frames, rows: IntArray | None = None, *, augment: Augment | None = None, seed: int = 0
) -> FloatArray:
    """What the model says of each image, or of an augmented variant of it: probabilities or features."""
    batches = _batches(frames, None, rows, batch_size=_PREDICTION_BATCH, augment=augment, seed=seed)
    return np.asarray(model.predict(batches, verbose=0), np.float64)


def sensitive_threshold(scores: FloatArray, is_fall: npt.NDArray[np.bool_], target: float) -> float:
    """The highest threshold at which ``score >= threshold`` finds the part ``target`` of the falls.

    Examples
    --------
    >>> scores, is_fall = np.array([0.9, 0.6, 0.4, 0.2]), np.array([True, True, True, False])
    >>> sensitive_threshold(scores, is_fall, 0.6), sensitive_threshold(scores, is_fall, 1.0)
    (0.6, 0.4)
    """
    falls = np.sort(scores[is_fall])[::-1]
    return float(falls[int(np.ceil(target * len(falls) - 1e-9)) - 1])


def _batches(frames: Frames, codes: IntArray | None, rows: IntArray | None, **options: Any) -> Any:
    """As :func:`fall.datasets.to_tf_dataset`, with pixels as the networks expect them."""
    if options.get("augment") is not None:
        options["augment"] = _as_is(options["augment"])
    dataset = to_tf_dataset(frames, codes, rows=rows, **options)
    if codes is None:
        return dataset.map(_as_is(scale_pixels))
    return dataset.map(_as_is(lambda images, labels: (scale_pixels(images), labels)))


def _as_is(function: Any) -> Any:
    """Keras' tracing suffices; AutoGraph would also try to rewrite the functions that import TensorFlow."""
    return backend.tensorflow().autograph.experimental.do_not_convert(function)
