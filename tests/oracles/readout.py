"""A linear readout, slow and plain: NumPy on a matrix of distances, and scikit-learn's own pipeline."""

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

Array = npt.NDArray[np.float64]


def distance_features(distances: Array) -> Array:
    """Of DTW distances ``(n, n_prototypes)``, not squared."""
    squared = distances**2
    mean = squared.mean(axis=1, keepdims=True)
    return np.hstack([np.log(squared + 1e-6 * mean), squared / mean])


def fitted_readout(distances: Array, y: npt.NDArray[np.int64], C: float) -> Pipeline:
    """Fitted on :func:`distance_features`."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=C, tol=1e-10, max_iter=10_000))
    return model.fit(distance_features(distances), y)
