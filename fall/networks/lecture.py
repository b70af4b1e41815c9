"""The lecture's two networks: a perceptron, and a CNN with a hundredth of its parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fall import backend
from fall.networks.blocks import classify, conv_block

InputShape = tuple[int, int, int]


def perceptron(input_shape: InputShape, n_classes: int, *, units: int = 1000) -> Any:
    """Every pixel is connected to every unit: (height·width·3 + 1)·units parameters in the hidden layer.

    Parameters
    ----------
    input_shape : tuple of int
        Height, width, channels.
    n_classes : int
        Outputs. The lecture counts the 150,529,000 parameters of ``dense`` alone, at 224×224×3.
    units : int
        Width of the hidden layer.

    Returns
    -------
    tf_keras.Model

    Examples
    --------
    >>> perceptron((224, 224, 3), 2, units=10).layers[-2].count_params() == (224 * 224 * 3 + 1) * 10
    True
    """
    layers = backend.keras().layers
    images = layers.Input(input_shape, name="images")
    x = layers.Flatten(name="flatten")(images)
    x = layers.Dense(units, activation="relu", name="dense")(x)
    return backend.keras().Model(images, classify(x, n_classes), name="perceptron")


def lecture_cnn(
    input_shape: InputShape,
    n_classes: int,
    *,
    filters: Sequence[int] = (8, 16),
    kernel: int = 5,
    dense_units: int = 32,
    dropout: float = 0.0,
) -> Any:
    """The lecture's CNN: convolution, batch normalization, ReLU and max-pooling, twice; then two dense layers.

    1,442,226 parameters at 224×224×3 (608 + 32 + 3,216 + 64 + 1,438,240 + 66) and 229,810 at 96×96×3, nearly all in the
    first dense layer.

    Parameters
    ----------
    input_shape : tuple of int
        Height, width, channels.
    n_classes : int
        Outputs.
    filters : sequence of int
        Number of filters of each convolution.
    kernel : int
        Side of their kernels.
    dense_units : int
        Width of the first dense layer.
    dropout : float
        Fraction of the pooled values dropped in each training step, before the dense layers; the lecture has none.

    Returns
    -------
    tf_keras.Model

    Examples
    --------
    >>> lecture_cnn((224, 224, 3), 2).count_params() == 608 + 32 + 3_216 + 64 + 1_438_240 + 66
    True
    """
    layers = backend.keras().layers
    images = x = layers.Input(input_shape, name="images")
    for number, width in enumerate(filters, start=1):
        x = conv_block(x, width, kernel, name=f"block{number}", padding="valid", bias=True)
        x = layers.MaxPooling2D(name=f"block{number}_pool")(x)
    x = layers.Flatten(name="flatten")(x)
    if dropout:
        x = layers.Dropout(dropout, name="dropout")(x)
    x = layers.Dense(dense_units, activation="relu", name="dense")(x)
    return backend.keras().Model(images, classify(x, n_classes), name="lecture_cnn")
