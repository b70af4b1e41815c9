"""Measure how accuracy falls with sparsity, for pruning at once and gradually."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from common.validation import check_choice, check_number
from fall import training
from fall.compression.comparison.arguments import check_images_for, check_labels_for, decode_for
from fall.compression.masks import GRANULARITIES
from fall.compression.pruning import prune
from fall.compression.recipes import make_tuner
from fall.networks.outputs import decide

if TYPE_CHECKING:
    import pandas as pd

SPARSITIES = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98)


def sweep_pruning(
    classifier: Any,
    X: Any,
    y: Any,
    *,
    groups: Any,
    X_other: Any,
    y_other: Any,
    sparsities: Sequence[float] = SPARSITIES,
    granularity: str = "weight",
) -> pd.DataFrame:
    """Prune a trained classifier to several sparsities, at once and gradually, and evaluate it on other people.

    Both ways fine-tune for the same number of epochs; gradual pruning is spread over the first part of them. In the
    lecture's example, iterative pruning raised AlexNet's reduction from 5 to 9 times at the same accuracy.

    Parameters
    ----------
    classifier : CNNFallClassifier or MobileNetV2FallClassifier
        A classifier fitted on ``X``.
    X, y, groups
        Its training data.
    X_other, y_other
        Images of other training people, and their labels.
    sparsities : sequence of float
        Fractions of the weights to prune.
    granularity : str
        As in :func:`fall.compression.prune`.

    Returns
    -------
    pandas.DataFrame
        Columns ``sparsity``, ``way`` ("at once", "gradually") and ``accuracy``; the first row is without pruning.

    Raises
    ------
    InvalidInputError
        If an argument is invalid or does not fit the others; all are checked before anything is trained.

    References
    ----------
    Han et al.: Learning both weights and connections for efficient neural networks. NeurIPS 2015.
    https://arxiv.org/abs/1506.02626

    Examples
    --------
    >>> import numpy as np
    >>> from fall import CNNFallClassifier
    >>> images = np.repeat(np.uint8([20, 230] * 8), 8 * 8 * 3).reshape(16, 8, 8, 3)
    >>> labels, people = np.arange(16) % 2, np.arange(16) // 4
    >>> small = {"units": 8}
    >>> classifier = CNNFallClassifier("perceptron", input_size=8, epochs=1, network_options=small, random_state=0)
    >>> table = sweep_pruning(
    ...     classifier.fit(images[:12], labels[:12], groups=people[:12]),
    ...     images[:12],
    ...     labels[:12],
    ...     groups=people[:12],
    ...     X_other=images[12:],
    ...     y_other=labels[12:],
    ...     sparsities=[0.5],
    ... )
    >>> table[["sparsity", "way"]].values.tolist()
    [[0.0, 'as trained'], [0.5, 'at once'], [0.5, 'gradually']]
    """
    import pandas as pd

    check_is_fitted(classifier, "model_")
    check_choice(granularity, "granularity", GRANULARITIES)
    fractions = [check_number(sparsity, "sparsities", at_least=0, below=1) for sparsity in sparsities]
    images = check_images_for(X, "X", classifier)
    check_labels_for(y, "y", len(images), "X", classifier)
    other = check_images_for(X_other, "X_other", classifier)
    truth = check_labels_for(y_other, "y_other", len(other), "X_other", classifier)
    frames = decode_for(other, "X_other", classifier)
    tuner = make_tuner(classifier, images, y, groups)

    positive = classifier.classes_.tolist().index(classifier.positive_)

    def accuracy(model: Any) -> float:
        probabilities = training.predict_proba(model, frames, input_range=classifier.input_range_)
        return float(np.mean(decide(probabilities, positive, classifier.threshold_) == truth))

    rows = [{"sparsity": 0.0, "way": "as trained", "accuracy": accuracy(classifier.model_)}]
    for sparsity in fractions:
        for way in ("at once", "gradually"):
            pruned, _ = prune(
                classifier.model_, tuner, sparsity=sparsity, granularity=granularity, gradual=way == "gradually"
            )
            rows.append({"sparsity": sparsity, "way": way, "accuracy": accuracy(pruned)})
    return pd.DataFrame(rows)
