"""A small convolutional network and one after TinyHAR, in tf_keras; stopped early on people held out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from common.evaluation.splits import subject_folds
from har.preprocessing import ScaleChannels
from tests.benchmarks.rivals.methods.kept import FLOAT32_BYTES
from tests.benchmarks.rivals.methods.method import Array, Fitted, Training

MAX_EPOCHS = 60
PATIENCE = 8
BATCH = 64


def convolutional(inputs: Any, n_classes: int, filters: int) -> Any:
    """Three convolutions, global average, dropout, one dense layer."""
    from tf_keras import layers

    x = inputs
    for n_filters, width, pool in ((filters, 5, True), (filters, 5, True), (2 * filters, 3, False)):
        x = layers.Conv1D(n_filters, width, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
        x = layers.MaxPool1D(2)(x) if pool else x
    return layers.Dense(n_classes)(layers.Dropout(0.3)(layers.GlobalAveragePooling1D()(x)))


def tiny_har(inputs: Any, n_classes: int, filters: int) -> Any:
    """Convolutions for each channel alone, attention among channels, one recurrent layer, attention over time.

    After Zhou et al., "TinyHAR: a lightweight deep learning model designed for human activity recognition", ISWC 2022.
    """
    from tf_keras import layers

    n_channels = inputs.shape[2]
    x = layers.Reshape((inputs.shape[1], n_channels, 1))(inputs)
    for stride in (1, 2, 1, 2):
        x = layers.Conv2D(filters, (5, 1), strides=(stride, 1), padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    n_timesteps = x.shape[1]
    attended = layers.MultiHeadAttention(1, filters, attention_axes=2)(x, x)
    x = layers.LayerNormalization()(x + attended)
    forward = layers.Dense(filters)(layers.Dense(2 * filters, activation="relu")(x))
    x = layers.LayerNormalization()(x + forward)
    x = layers.Dense(2 * filters, activation="relu")(layers.Reshape((n_timesteps, n_channels * filters))(x))
    states = layers.LSTM(2 * filters, return_sequences=True)(layers.Dropout(0.3)(x))
    weights = layers.Softmax(axis=1)(layers.Dense(1)(layers.Dense(2 * filters, activation="tanh")(states)))
    return layers.Dense(n_classes)(layers.Flatten()(layers.Dot(axes=1)([weights, states])))


def network(training: Training, size: str, *, build: Any) -> Fitted:
    """``size`` is the number of filters."""
    import tensorflow as tf
    import tf_keras

    tf.config.experimental.enable_op_determinism()
    tf_keras.utils.set_random_seed(training.seed)
    scale = ScaleChannels().fit(training.X)
    inputs = tf_keras.Input(training.X.shape[1:])
    model = tf_keras.Model(inputs, build(inputs, training.n_classes, int(size)))
    loss = tf_keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(tf_keras.optimizers.Adam(1e-3), loss)
    kept, held_out = people_held_out(training)
    stop = tf_keras.callbacks.EarlyStopping(patience=PATIENCE, restore_best_weights=True)
    batches = tf.data.Dataset.from_generator(
        partial(changed_batches, training, kept, scale, np.random.default_rng(training.seed)),
        output_signature=(tf.TensorSpec((None, *inputs.shape[1:])), tf.TensorSpec((None,), tf.int64)),
    )
    others = (scaled(scale, training.X[held_out]), training.y[held_out])
    model.fit(batches, validation_data=others, epochs=MAX_EPOCHS, callbacks=[stop], verbose=0)
    call = tf.function(partial(model, training=False), reduce_retracing=True)

    def scores(windows: Array) -> Array:
        X = scaled(scale, windows)
        parts = [call(tf.constant(X[at : at + 512])).numpy() for at in range(0, len(X), 512)]
        return np.concatenate(parts)

    return Fitted(scores, FLOAT32_BYTES * model.count_params(), network_macs(model))


def scaled(scale: ScaleChannels, X: Array) -> Array:
    """Windows as the networks take them."""
    return scale.transform(X).astype(np.float32)


def changed_batches(
    training: Training, rows: Array, scale: ScaleChannels, rng: np.random.Generator
) -> Iterator[tuple[Array, Array]]:
    """The windows of one epoch in random order, changed at random if they are to be."""
    order = rng.permutation(rows)
    X = training.X[order]
    X = scaled(scale, X if training.augmentation is None else training.augmentation(X, rng))
    for at in range(0, len(order), BATCH):
        yield X[at : at + BATCH], training.y[order[at : at + BATCH]]


def people_held_out(training: Training) -> tuple[Array, Array]:
    """Windows of about four fifths of the people, and those of the others, on whom training stops."""
    n_people = len(np.unique(training.people))
    kept, held_out = subject_folds(training.people, n_folds=min(5, n_people), random_state=training.seed)[0]
    return kept, held_out


def network_macs(model: Any) -> int:
    """Multiply-accumulates of convolutions, dense and recurrent layers; attention's products are left out."""
    macs = 0
    for layer in model.layers:
        kind, weights = type(layer).__name__, layer.get_weights()
        if kind in ("Conv1D", "Conv2D"):
            positions = int(np.prod(layer.output_shape[1:-1]))
            macs += positions * weights[0].size
        elif kind == "Dense":
            macs += int(np.prod(layer.output_shape[1:-1])) * weights[0].size
        elif kind == "LSTM":
            macs += layer.output_shape[1] * (weights[0].size + weights[1].size)
        elif kind == "MultiHeadAttention":
            positions = int(np.prod(layer.output_shape[1:-1]))
            macs += positions * sum(array.size for array in weights if array.ndim == 3)
    return macs
