"""The cost of a network, layer by layer."""

from __future__ import annotations

import math
from typing import Any

from common.costs.ledger import Cost, Ledger
from fall import backend
from fall.costs.layers import layer_macs
from fall.costs.uses import Use, uses

_FLOAT32_BYTES = 4


def keras_cost(model: Any) -> Ledger:
    """The cost of one image, with a row for each layer, by the formulas of :mod:`common.costs`, in float32.

    Multiply-accumulates are those of convolutions, dense and recurrent layers and attention, as often as a layer is
    used; its parameters count once. Working memory is a layer's inputs and outputs: the least that a runtime needs if
    it keeps no other activations. The layers of a model inside the model have rows named "inner/layer".

    Parameters
    ----------
    model : tf_keras.Model
        A network of layers, such as those of :func:`fall.build_network`, for inputs of one size.

    Returns
    -------
    Ledger

    Raises
    ------
    InvalidInputError
        If it is not a ``tf_keras`` model, is not built or for inputs of any size, or has a layer whose cost is not
        known: :data:`fall.costs.layers.MACS` lists those that are.

    Examples
    --------
    >>> from fall import build_network
    >>> total = keras_cost(build_network("lecture_cnn")).total
    >>> total.params, total.macs
    (229810, 10949056)
    """
    backend.check_keras_model(model)
    rows: dict[str, Cost] = {}
    _add_rows(rows, model, "", set())
    return Ledger(rows)


def _add_rows(rows: dict[str, Cost], model: Any, prefix: str, counted: set[Any]) -> None:
    """Add the cost of each use of each layer to its row; ``counted`` holds the weights that already have a row."""
    for layer, use in uses(model):
        if isinstance(layer, backend.keras().Model):
            _add_rows(rows, layer, f"{prefix}{layer.name}/", counted)
            continue
        name = prefix + layer.name
        rows[name] = rows.get(name, Cost()) + _use_cost(layer, use, counted)


def _use_cost(layer: Any, use: Use, counted: set[Any]) -> Cost:
    new = [weight for weight in layer.weights if weight.ref() not in counted]
    macs = layer_macs(layer, use)
    counted.update(weight.ref() for weight in new)
    params = sum(math.prod(weight.shape) for weight in new)
    return Cost(
        params=params,
        macs=macs,
        weight_bytes=_FLOAT32_BYTES * params,
        activation_bytes=_FLOAT32_BYTES * use.n_elements,
        arithmetic="float32",
    )
