"""Low-rank factorization: one large layer becomes two small ones in a row.

A dense kernel of n × m is replaced by n × r and r × m, a k × k convolution from M to N channels by a k × k one to r
channels and a 1 × 1 one to N. The singular value decomposition gives the best factors of each rank; fine-tuning then
recovers accuracy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from common.errors import InvalidInputError
from common.validation import FloatArray, check_number
from fall import backend
from fall.compression.graph import copy_layer, rebuild, weighted_layers
from fall.compression.pruning import MIN_WEIGHTS
from fall.compression.tuning import Tuner

if TYPE_CHECKING:
    import pandas as pd


def factorize(model: Any, tuner: Tuner, *, energy: float = 0.8) -> tuple[Any, pd.DataFrame]:
    """Factorize layers of at least 1,000 weights if that makes them smaller, and fine-tune.

    Parameters
    ----------
    model : tf_keras.Model
        A trained, flat network, which is not changed.
    tuner : Tuner
        Fine-tunes the network.
    energy : float
        Fraction of the kernel's squared singular values to keep, in (0, 1]; it determines the rank.

    Returns
    -------
    model : tf_keras.Model
        The network in which pairs of layers ``name_low`` and ``name`` replace some layers.
    history : pandas.DataFrame
        A row for each epoch.

    Raises
    ------
    InvalidInputError
        If ``energy`` does not lie above 0 and up to 1, or no layer gets smaller.

    References
    ----------
    Denton et al.: Exploiting linear structure within convolutional networks for efficient evaluation. NeurIPS 2014.
    https://arxiv.org/abs/1404.0736

    Examples
    --------
    >>> import numpy as np
    >>> from common import Split
    >>> from fall import build_network
    >>> from fall.training import Schedule
    >>> images = np.repeat(np.uint8([20, 230] * 4), 8 * 8 * 3).reshape(8, 8, 8, 3)
    >>> schedule = Schedule("", epochs=1, batch_size=8, learning_rate=1e-3, augment=False, seed=0, verbose=0)
    >>> tuner = Tuner(images, np.arange(8) % 2, Split(np.arange(8), np.arange(0)), None, schedule, epochs=1)
    >>> model = build_network("perceptron", (8, 8, 3), units=8)  # 1,536 + 16 weights
    >>> smaller, history = factorize(model, tuner, energy=0.5)
    >>> [layer.name for layer in smaller.layers if layer.get_weights()]
    ['dense_low', 'dense', 'probabilities']
    >>> smaller.count_params() < model.count_params()
    True
    """
    check_number(energy, "energy", above=0, below=1 + 1e-12)
    factors = {}
    for layer in weighted_layers(model, at_least=MIN_WEIGHTS):
        kernel = layer.get_weights()[0]
        down, up = low_rank(kernel, energy)
        if down.size + up.size < kernel.size and getattr(layer, "groups", 1) == 1:
            factors[layer.name] = down, up
    if not factors:
        raise InvalidInputError(f"model has no layer that gets smaller with energy {energy:g}: lower it")
    factorized = rebuild(model, lambda layer, inputs: _pair(layer, inputs, factors.get(layer.name)))
    return factorized, tuner.fine_tune(factorized, "low rank")


def low_rank(kernel: FloatArray, energy: float) -> tuple[FloatArray, FloatArray]:
    """Two factors whose product approximates ``kernel`` as a matrix with a column for each output.

    Parameters
    ----------
    kernel : ndarray of shape (..., outputs)
        Kernel of a dense layer or a convolution.
    energy : float
        Fraction of the squared singular values to keep.

    Returns
    -------
    tuple of ndarray
        ``(inputs, rank)`` and ``(rank, outputs)``.

    Examples
    --------
    >>> down, up = low_rank(np.outer(np.arange(1.0, 7), np.arange(1.0, 5)), energy=0.99)
    >>> down.shape, up.shape, bool(np.allclose(down @ up, np.outer(np.arange(1.0, 7), np.arange(1.0, 5))))
    ((6, 1), (1, 4), True)
    """
    left, values, right = np.linalg.svd(kernel.reshape(-1, kernel.shape[-1]), full_matrices=False)
    kept = np.cumsum(values**2) / np.sum(values**2)
    rank = int(np.searchsorted(kept, min(energy, kept[-1]))) + 1
    root = np.sqrt(values[:rank])
    return left[:, :rank] * root, root[:, None] * right[:rank]


def _pair(layer: Any, inputs: Any, factors: tuple[FloatArray, FloatArray] | None) -> Any:
    if factors is None:
        return copy_layer(layer, inputs)
    layers = backend.keras().layers
    down, up = factors
    rank, bias = down.shape[1], layer.get_weights()[1:]
    config = layer.get_config() | {"trainable": True}
    low = {"name": f"{layer.name}_low", "use_bias": False, "activation": "linear"}
    if isinstance(layer, layers.Dense):
        first = layers.Dense.from_config(config | low | {"units": rank})
        second = layers.Dense.from_config(config)
    else:
        first = layers.Conv2D.from_config(config | low | {"filters": rank})
        second = layers.Conv2D.from_config(config | {"kernel_size": (1, 1), "strides": (1, 1), "padding": "valid"})
        down, up = down.reshape(*layer.kernel.shape[:3], rank), up[None, None]
    output = second(first(inputs))
    first.set_weights([down])
    second.set_weights([up, *bias])
    return output
