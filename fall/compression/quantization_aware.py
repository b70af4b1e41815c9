"""Quantization-aware training: train with the rounding of quantization, through which gradients pass unchanged.

The result simulates integers in floating point; :func:`fall.tflite.convert` turns it into an integer network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from common.validation import check_choice
from fall import backend
from fall.compression.graph import copy_model
from fall.compression.tuning import Tuner

if TYPE_CHECKING:
    import pandas as pd

PRESERVING = ("nothing", "sparsity", "clusters", "both")


def train_quantized(model: Any, tuner: Tuner, *, preserve: str = "nothing") -> tuple[Any, pd.DataFrame]:
    """Train a network further while its weights and activations are rounded to 8 bits.

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

    References
    ----------
    Jacob et al.: Quantization and training of neural networks for efficient integer-arithmetic-only inference. CVPR
    2018. https://arxiv.org/abs/1712.05877
    """
    check_choice(preserve, "preserve", PRESERVING)
    tfmot = backend.tfmot()
    quantize, combine = tfmot.quantization.keras, tfmot.experimental.combine
    annotated = quantize.quantize_annotate_model(copy_model(model))
    with quantize.quantize_scope():
        if preserve == "nothing":
            aware = quantize.quantize_apply(annotated)
        elif preserve == "sparsity":
            aware = quantize.quantize_apply(annotated, combine.Default8BitPrunePreserveQuantizeScheme())
        else:
            scheme = combine.Default8BitClusterPreserveQuantizeScheme(preserve_sparsity=preserve == "both")
            aware = quantize.quantize_apply(annotated, scheme)
    history = tuner.fine_tune(aware, "quantization-aware training")
    return (combine.strip_clustering_cqat(aware) if preserve in ("clusters", "both") else aware), history
