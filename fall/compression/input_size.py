"""Fewer pixels: the lecture's first lever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from common.validation import check_integer
from fall import backend
from fall.compression.graph import copy_layer, rebuild
from fall.compression.tuning import Tuner

if TYPE_CHECKING:
    import pandas as pd


def shrink_input(model: Any, tuner: Tuner, *, size: int = 64) -> tuple[Any, pd.DataFrame]:
    """The same network for smaller images, trained on those.

    Weights are kept where they fit. A network with a mean over the image keeps all of them and is fine-tuned;
    a dense layer on flattened pixels starts anew, and everything is trained as it was at first.

    Parameters
    ----------
    model : tf_keras.Model
        A trained, flat network; it stays as it is.
    tuner : Tuner
        What to train on, at the old size.
    size : int
        Side of the smaller images in pixels.

    Returns
    -------
    model : tf_keras.Model
        For images of ``size`` × ``size``.
    history : pandas.DataFrame
        A row an epoch.
    """
    size = check_integer(size, "size", at_least=8, at_most=model.input_shape[1])
    fresh = []

    def substitute(layer: Any, inputs: Any) -> Any:
        weights = layer.get_weights()
        if not isinstance(layer, backend.keras().layers.Dense) or inputs.shape[-1] == len(weights[0]):
            return copy_layer(layer, inputs)
        fresh.append(layer.name)
        return type(layer).from_config(layer.get_config())(inputs)

    smaller = rebuild(model, substitute, input_size=size)
    tuner = tuner.at_size(size)
    title = f"{size} pixels"
    return smaller, tuner.train(smaller, title) if fresh else tuner.fine_tune(smaller, title)
