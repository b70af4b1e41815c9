"""Random forest and support vectors of window statistics, and QUANT: by scikit-learn."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from har.preprocessing import WindowStatistics
from tests.benchmarks.rivals.methods.kept import FLOAT32_BYTES, forest_bytes, forest_comparisons
from tests.benchmarks.rivals.methods.method import Array, Fitted, Training, two_columns
from tests.benchmarks.rivals.methods.quant import quant_features

N_TREES = 200
_DEPTH_SAMPLE = 200


def statistics(X: Array) -> Array:
    """Eight statistics of each channel."""
    return WindowStatistics().fit_transform(X)


def random_forest(training: Training, size: str) -> Fitted:
    """``size`` is the smallest number of windows in a leaf."""
    forest = RandomForestClassifier(N_TREES, min_samples_leaf=int(size), random_state=training.seed)
    features = statistics(training.X)
    forest.fit(features, training.y)
    return Fitted(
        lambda X: forest.predict_proba(statistics(X)),
        forest_bytes(forest),
        forest_comparisons(forest, features[:_DEPTH_SAMPLE]),
    )


def support_vectors(training: Training, size: str) -> Fitted:
    """``size`` is C, the weight of training errors."""
    scaler = StandardScaler()
    features = scaler.fit_transform(statistics(training.X))
    model = SVC(C=float(size), random_state=training.seed).fit(features, training.y)
    n_vectors, n_features = model.support_vectors_.shape
    values = model.support_vectors_.size + model.dual_coef_.size + model.intercept_.size + 2 * n_features
    return Fitted(
        lambda X: two_columns(model.decision_function(scaler.transform(statistics(X)))),
        FLOAT32_BYTES * int(values),
        n_vectors * n_features + int(model.dual_coef_.size),
    )


def quant(training: Training, size: str) -> Fitted:
    """``size`` is the depth of the intervals; the forest is the authors'."""
    features = quant_features(training.X, int(size))
    forest = ExtraTreesClassifier(N_TREES, max_features=0.1, criterion="entropy", random_state=training.seed)
    forest.fit(features, training.y)
    return Fitted(
        lambda X: np.asarray(forest.predict_proba(quant_features(X, int(size)))),
        forest_bytes(forest),
        forest_comparisons(forest, features[:_DEPTH_SAMPLE]),
    )
