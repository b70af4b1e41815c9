"""Weight clustering: a layer's weights share a few values, and each weight is stored as an index into a code book.

This is the weight sharing of *Deep Compression*: computation stays in floating point, the file shrinks once it
is coded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from common.errors import InvalidInputError
from common.validation import check_integer
from fall import backend
from fall.compression.graph import copy_layer, rebuild, unwrapped, weighted_layers
from fall.compression.pruning import LEAST_WEIGHTS
from fall.compression.tuning import Tuner

if TYPE_CHECKING:
    import pandas as pd


def cluster(
    model: Any, tuner: Tuner, *, n_clusters: int = 16, preserve_sparsity: bool = False
) -> tuple[Any, pd.DataFrame]:
    """Cluster the weights of convolutions and dense layers of at least 1,000 weights, and fine-tune the centroids.

    Parameters
    ----------
    model : tf_keras.Model
        A trained, flat network; it stays as it is (TensorFlow's toolkit would change it).
    tuner : Tuner
        What to fine-tune with.
    n_clusters : int
        Values that each layer may use: 16 makes indices of 4 bits.
    preserve_sparsity : bool
        Keep pruned weights at zero, one of the values. A layer with fewer other values than clusters is left as
        it is.

    Returns
    -------
    model : tf_keras.Model
        The clustered network.
    history : pandas.DataFrame
        A row an epoch.

    References
    ----------
    Han et al.: Deep compression. ICLR 2016. https://arxiv.org/abs/1510.00149
    """
    clustering = backend.tfmot().clustering.keras
    n_clusters = check_integer(n_clusters, "n_clusters", at_least=2)
    names = {
        layer.name
        for layer in weighted_layers(model, at_least=LEAST_WEIGHTS)
        if len(np.unique(layer.kernel.numpy())) > n_clusters
    }
    if not names:
        raise InvalidInputError(
            f"model has no layer of {LEAST_WEIGHTS} weights or more with more than {n_clusters} values"
        )
    options = {
        "number_of_clusters": n_clusters,
        "cluster_centroids_init": clustering.CentroidInitialization.KMEANS_PLUS_PLUS,
    }

    def substitute(layer: Any, inputs: Any) -> Any:
        if layer.name not in names:
            return copy_layer(layer, inputs)
        twin = type(layer).from_config(layer.get_config() | {"trainable": True})
        # The centroids are found in the weights when the wrapper is built, so the weights must be there before.
        twin.build(inputs.shape)
        twin.set_weights(layer.get_weights())
        return _wrap(twin, options, preserve_sparsity)(inputs)

    wrapped = rebuild(model, substitute)
    history = tuner.fine_tune(wrapped, "clustering")
    return unwrapped(clustering.strip_clustering(wrapped)), history


def _wrap(layer: Any, options: dict[str, Any], preserve_sparsity: bool) -> Any:
    if not preserve_sparsity:
        return backend.tfmot().clustering.keras.cluster_weights(layer, **options)
    # The toolkit exports the sparsity-preserving variant from this module alone.
    from tensorflow_model_optimization.python.core.clustering.keras.experimental import cluster as experimental

    return experimental.cluster_weights(layer, preserve_sparsity=True, **options)
