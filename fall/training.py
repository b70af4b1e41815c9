"""Train any network on images: held-out people, class weights, a schedule, a decision threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import train_test_split
from sklearn.utils.class_weight import compute_class_weight

from common.errors import InvalidInputError
from common.evaluation.splits import Split, subject_folds
from common.progress import Progress, figures
from common.validation import FloatArray, IntArray
from fall import backend
from fall.augmentation import augment
from fall.datasets.streaming import Augment, DecodedFrames, to_tf_dataset
from fall.frames import ImageArray
from fall.networks.outputs import OutputKind, output_kind, to_probabilities
from fall.networks.pixels import DEFAULT_RANGE, InputRange, scale_pixels

if TYPE_CHECKING:
    import pandas as pd

Frames = ImageArray | DecodedFrames

# Training stops early after this fraction of the epochs without an improvement.
_PATIENCE = 0.25
_PREDICTION_BATCH_SIZE = 256


@dataclass(frozen=True)
class Schedule:
    """How a network is trained by Adam: its rate rises to ``learning_rate`` and then falls to zero along a cosine."""

    title: str
    epochs: int
    batch_size: int
    learning_rate: float
    augment: bool
    seed: int
    verbose: int


def hold_out(codes: IntArray, groups: IntArray | None, fraction: float, seed: int, *, positive: int = 1) -> Split:
    """Split rows into training and validation: whole subjects if ``groups`` are known, else single rows by class.

    With a fraction of 0, all rows are for training. There are falls, of the code ``positive``, and others on both
    sides, and all classes in training.
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
    classes, counts = np.unique(codes, return_counts=True)
    n_folds = min(max(2, round(1 / fraction)), n_subjects, int(counts.min()))
    folds = subject_folds(groups, n_folds=n_folds, y=codes, random_state=seed) if n_folds > 1 else []
    for train, validation in folds:
        has_both = len(np.unique(codes[validation] == positive)) == 2
        if has_both and len(np.unique(codes[train])) == len(classes):
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
    # A class that is not among the images needs no weight, and has no balanced one.
    occurring = np.unique(codes) if class_weight == "balanced" else np.arange(len(classes))
    try:
        weights = compute_class_weight(class_weight, classes=classes[occurring], y=classes[codes])
    except ValueError as error:
        raise InvalidInputError(
            f"class_weight is {class_weight!r}, which does not fit the classes {classes.tolist()} ({error})"
        ) from error
    if not (np.isfinite(weights).all() and (weights > 0).all()):
        raise InvalidInputError(f"class_weight is {class_weight!r}; weights must be finite and above 0")
    return dict.fromkeys(range(len(classes)), 1.0) | dict(zip(occurring.tolist(), weights.tolist(), strict=True))


def train(
    model: Any,
    batches: Any,
    validation: Any,
    schedule: Schedule,
    *,
    weights: dict[int, float] | None = None,
    callbacks: Sequence[Any] = (),
    outputs: OutputKind | None = None,
) -> pd.DataFrame:
    """Train in place. With validation batches, stop early and keep the epoch with the lowest loss on them.

    ``outputs`` says what the model's outputs are where its layers do not.

    Returns
    -------
    pandas.DataFrame
        A row for each epoch: ``loss``, ``accuracy`` and, with validation batches, ``val_loss`` and ``val_accuracy``.
    """
    import pandas as pd

    keras = backend.keras()
    # One epoch of warm-up: at the full rate from the start, all ReLUs of the lecture CNN's dense layer sometimes die.
    rate = keras.optimizers.schedules.CosineDecay(
        0.0,
        decay_steps=max(1, (schedule.epochs - 1) * len(batches)),
        warmup_target=schedule.learning_rate,
        warmup_steps=len(batches),
    )
    loss, accuracy = _loss_and_accuracy(outputs or output_kind(model))
    model.compile(keras.optimizers.Adam(rate), loss, metrics=[accuracy])
    with Progress(schedule.title, schedule.epochs, verbose=schedule.verbose, logger=__name__) as progress:
        report = keras.callbacks.LambdaCallback(on_epoch_end=lambda _, logs: progress.step(figures(logs)))
        callbacks = [*callbacks, report]
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
    outputs: OutputKind | None = None,
    input_range: InputRange = DEFAULT_RANGE,
) -> pd.DataFrame:
    """:func:`train` on the rows ``split.train``, validated on the rows ``split.test`` if there are any."""
    batches = _batches(
        frames,
        codes,
        split.train,
        batch_size=schedule.batch_size,
        shuffle=True,
        seed=schedule.seed,
        augment=augment if schedule.augment else None,
        input_range=input_range,
    )
    validation = None
    if len(split.test):
        validation = _batches(frames, codes, split.test, batch_size=_PREDICTION_BATCH_SIZE, input_range=input_range)
    return train(model, batches, validation, schedule, weights=weights, callbacks=callbacks, outputs=outputs)


def predict(
    model: Any,
    frames: Frames,
    rows: IntArray | None = None,
    *,
    augment: Augment | None = None,
    seed: int = 0,
    input_range: InputRange = DEFAULT_RANGE,
) -> FloatArray:
    """The model's output for each image, or for an augmented variant of it, in float64."""
    batches = _batches(
        frames,
        None,
        rows,
        batch_size=_PREDICTION_BATCH_SIZE,
        augment=augment,
        seed=seed,
        input_range=input_range,
    )
    return np.asarray(model.predict(batches, verbose=0), np.float64)


def predict_proba(
    model: Any, frames: Frames, rows: IntArray | None = None, *, input_range: InputRange = DEFAULT_RANGE
) -> FloatArray:
    """Probability of each class for each image, whatever the model's outputs are."""
    outputs = predict(model, frames, rows, input_range=input_range)
    return np.asarray(to_probabilities(outputs, output_kind(model)))


def sensitive_threshold(scores: FloatArray, is_fall: npt.NDArray[np.bool_], target: float) -> float:
    """The highest threshold at which ``score >= threshold`` detects the fraction ``target`` of the falls.

    Examples
    --------
    >>> scores, is_fall = np.array([0.9, 0.6, 0.4, 0.2]), np.array([True, True, True, False])
    >>> sensitive_threshold(scores, is_fall, 0.6), sensitive_threshold(scores, is_fall, 1.0)
    (0.6, 0.4)
    """
    falls = np.sort(scores[is_fall])[::-1]
    return float(falls[int(np.ceil(target * len(falls) - 1e-9)) - 1])


def _loss_and_accuracy(outputs: OutputKind) -> tuple[Any, Any]:
    """What training minimizes, and what it reports."""
    keras = backend.keras()
    if outputs == "softmax":
        return "sparse_categorical_crossentropy", "accuracy"
    if outputs == "logits":
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True), "accuracy"
    threshold = 0.0 if outputs == "logit" else 0.5
    loss = keras.losses.BinaryCrossentropy(from_logits=outputs == "logit")
    return loss, keras.metrics.BinaryAccuracy("accuracy", threshold=threshold)


def _batches(
    frames: Frames, codes: IntArray | None, rows: IntArray | None, *, input_range: InputRange, **options: Any
) -> Any:
    """:func:`fall.datasets.to_tf_dataset` with pixels scaled as the network expects them."""
    if options.get("augment") is not None:
        options["augment"] = _without_autograph(options["augment"])
    dataset = to_tf_dataset(frames, codes, rows=rows, **options)
    if codes is None:
        return dataset.map(_without_autograph(lambda images: scale_pixels(images, input_range)))
    return dataset.map(_without_autograph(lambda images, labels: (scale_pixels(images, input_range), labels)))


def _without_autograph(function: Any) -> Any:
    """The function without AutoGraph, which would try to rewrite the functions that import TensorFlow."""
    return backend.tensorflow().autograph.experimental.do_not_convert(function)
