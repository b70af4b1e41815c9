"""Quantization-aware training: train with the rounding of quantization, through which gradients pass unchanged.

The result simulates integers in floating point; :func:`fall.tflite.convert` turns it into an integer network.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from common.errors import InvalidInputError
from common.validation import check_choice
from fall import backend
from fall.compression.quantizable import quantizable
from fall.compression.tuning import Tuner

if TYPE_CHECKING:
    import pandas as pd

PRESERVING = ("nothing", "sparsity", "clusters", "both")


def train_quantized(model: Any, tuner: Tuner, *, preserve: str = "nothing") -> tuple[Any, pd.DataFrame]:
    """Train a network further while its weights and activations are rounded to 8 bits.

    The network is rewritten by :func:`fall.compression.quantizable.quantizable` first, where that is needed.

    Parameters
    ----------
    model : tf_keras.Model
        A trained, flat network, which may be pruned or clustered; it is not changed.
    tuner : Tuner
        Fine-tunes the network.
    preserve : "nothing", "sparsity", "clusters" or "both"
        Plain quantization-aware training undoes pruning and clustering; the other three preserve them (PQAT, CQAT,
        PCQAT).

    Returns
    -------
    model : tf_keras.Model
        A network with quantization-aware layers, which cannot be loaded from a file.
    history : pandas.DataFrame
        A row for each epoch.

    Raises
    ------
    InvalidInputError
        If the network is not flat, or has a layer that cannot be trained in 8 bits; the message names it.

    References
    ----------
    Jacob et al.: Quantization and training of neural networks for efficient integer-arithmetic-only inference. CVPR
    2018. https://arxiv.org/abs/1712.05877

    Examples
    --------
    >>> import numpy as np
    >>> from common import Split
    >>> from fall import build_network
    >>> from fall.training import Schedule
    >>> images = np.repeat(np.uint8([20, 230] * 4), 8 * 8 * 3).reshape(8, 8, 8, 3)
    >>> schedule = Schedule("", epochs=1, batch_size=8, learning_rate=1e-3, augment=False, seed=0, verbose=0)
    >>> tuner = Tuner(images, np.arange(8) % 2, Split(np.arange(8), np.arange(0)), None, schedule, epochs=1)
    >>> model = build_network("perceptron", (8, 8, 3), units=8)
    >>> quantized, history = train_quantized(model, tuner)
    >>> from fall.costs import float_operators
    >>> from fall.tflite import convert
    >>> float_operators(convert(quantized, "int8"))  # it has learned its ranges: no sample images are needed
    []
    """
    check_choice(preserve, "preserve", PRESERVING)
    tfmot = backend.tfmot()
    quantize, combine = tfmot.quantization.keras, tfmot.experimental.combine
    schemes = {
        "nothing": quantize.default_8bit.Default8BitQuantizeScheme,
        "sparsity": combine.Default8BitPrunePreserveQuantizeScheme,
        "clusters": combine.Default8BitClusterPreserveQuantizeScheme,
        "both": partial(combine.Default8BitClusterPreserveQuantizeScheme, preserve_sparsity=True),
    }
    plain = quantizable(model)
    try:
        with quantize.quantize_scope():
            aware = quantize.quantize_apply(quantize.quantize_annotate_model(plain), schemes[preserve]())
    except (RuntimeError, TypeError, ValueError) as error:
        raise InvalidInputError(
            f"model cannot be trained in 8 bits ({str(error).strip()[:300]}): use the layers that fall.build_network "
            "uses"
        ) from error
    history = tuner.fine_tune(aware, "quantization-aware training")
    return (combine.strip_clustering_cqat(aware) if preserve in ("clusters", "both") else aware), history
