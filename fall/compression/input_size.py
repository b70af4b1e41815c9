"""Reduce the size of the input images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from common.validation import check_integer
from fall import backend
from fall.compression.graph import copy_layer, rebuild
from fall.compression.tuning import Tuner

if TYPE_CHECKING:
    import pandas as pd


def shrink_input(model: Any, tuner: Tuner, *, size: int = 64) -> tuple[Any, pd.DataFrame]:
    """The same network for smaller images, trained on smaller images.

    Weights are kept if they fit. A network with a mean over the image keeps all weights and is fine-tuned. A dense
    layer on flattened pixels gets new weights, and the whole network is trained as at first.

    Parameters
    ----------
    model : tf_keras.Model
        A trained, flat network, which is not changed.
    tuner : Tuner
        Trains the network; its images have the old size.
    size : int
        Side of the smaller images in pixels.

    Returns
    -------
    model : tf_keras.Model
        A network for images of ``size`` × ``size``.
    history : pandas.DataFrame
        A row for each epoch.

    Raises
    ------
    InvalidInputError
        If ``size`` is below 8 or above the size of the network's images.

    Examples
    --------
    >>> import numpy as np
    >>> from common import Split
    >>> from fall import build_network
    >>> from fall.training import Schedule
    >>> images = np.repeat(np.uint8([20, 230] * 4), 16 * 16 * 3).reshape(8, 16, 16, 3)
    >>> schedule = Schedule("", epochs=1, batch_size=8, learning_rate=1e-3, augment=False, seed=0, verbose=0)
    >>> tuner = Tuner(images, np.arange(8) % 2, Split(np.arange(8), np.arange(0)), None, schedule, epochs=1)
    >>> model = build_network("perceptron", (16, 16, 3), units=8)
    >>> smaller, history = shrink_input(model, tuner, size=8)
    >>> smaller.input_shape, smaller.count_params() < model.count_params() / 3
    ((None, 8, 8, 3), True)
    """
    size = check_integer(size, "size", at_least=8, at_most=model.input_shape[1])
    has_new_weights = False

    def substitute(layer: Any, inputs: Any) -> Any:
        weights = layer.get_weights()
        if not isinstance(layer, backend.keras().layers.Dense) or inputs.shape[-1] == len(weights[0]):
            return copy_layer(layer, inputs)
        nonlocal has_new_weights
        has_new_weights = True
        return type(layer).from_config(layer.get_config())(inputs)

    smaller = rebuild(model, substitute, input_size=size)
    tuner = tuner.at_size(size)
    title = f"{size} pixels"
    return smaller, tuner.train(smaller, title) if has_new_weights else tuner.fine_tune(smaller, title)
