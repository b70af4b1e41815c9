"""Weight clustering: a layer's weights share a few values, so that each can be stored as an index into a code book.

This is the weight sharing of *Deep Compression*: computation stays in floating point, and the file becomes smaller once
it is coded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from common.errors import InvalidInputError
from common.validation import check_integer
from fall import backend
from fall.compression.graph import copy_layer, rebuild, unwrapped, weighted_layers
from fall.compression.pruning import MIN_WEIGHTS
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
        A trained, flat network, which is not changed (TensorFlow's toolkit would change it).
    tuner : Tuner
        Fine-tunes the network.
    n_clusters : int
        Number of distinct values in each layer; 16 gives indices of 4 bits.
    preserve_sparsity : bool
        Keep pruned weights at zero, in addition to the other values. Layers with too few distinct values are not
        changed.

    Returns
    -------
    model : tf_keras.Model
        The clustered network.
    history : pandas.DataFrame
        A row for each epoch.

    Raises
    ------
    InvalidInputError
        If there are fewer than two clusters, or the network has no layer that is large enough.

    References
    ----------
    Han et al.: Deep compression. ICLR 2016. https://arxiv.org/abs/1510.00149

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
    >>> clustered, history = cluster(model, tuner, n_clusters=4)
    >>> [len(np.unique(layer.get_weights()[0])) for layer in clustered.layers if layer.get_weights()]
    [4, 16]
    """
    clustering = backend.tfmot().clustering.keras
    n_clusters = check_integer(n_clusters, "n_clusters", at_least=2)
    names = {
        layer.name
        for layer in weighted_layers(model, at_least=MIN_WEIGHTS)
        if len(np.unique(layer.kernel.numpy())) > n_clusters
    }
    if not names:
        raise InvalidInputError(
            f"model has no layer of {MIN_WEIGHTS} weights or more with more than {n_clusters} values"
        )
    options = {
        "number_of_clusters": n_clusters,
        "cluster_centroids_init": clustering.CentroidInitialization.KMEANS_PLUS_PLUS,
    }

    def substitute(layer: Any, inputs: Any) -> Any:
        if layer.name not in names:
            return copy_layer(layer, inputs)
        copied = type(layer).from_config(layer.get_config() | {"trainable": True})
        # The wrapper computes the centroids from the weights when it is built, so they must be set before.
        copied.build(inputs.shape)
        copied.set_weights(layer.get_weights())
        return _wrap(copied, options, preserve_sparsity)(inputs)

    wrapped = rebuild(model, substitute)
    history = tuner.fine_tune(wrapped, "clustering")
    return unwrapped(clustering.strip_clustering(wrapped)), history


def _wrap(layer: Any, options: dict[str, Any], preserve_sparsity: bool) -> Any:
    if not preserve_sparsity:
        return backend.tfmot().clustering.keras.cluster_weights(layer, **options)
    # Only this module of the toolkit has the variant that preserves sparsity.
    from tensorflow_model_optimization.python.core.clustering.keras.experimental import cluster as experimental

    return experimental.cluster_weights(layer, preserve_sparsity=True, **options)
