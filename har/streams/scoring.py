"""A fitted classifier as a function of one window, without the checks that the stream has already made."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from common.errors import InvalidInputError
from common.validation import Float64Array
from har.neighbors import DTWKNeighborsClassifier, vote
from har.preprocessing.base import WindowTransformer
from har.prototypes import DTWPrototypeClassifier

Scorer = Callable[[Float64Array], Float64Array]


def fitted_channels(classifier: Any, n_timesteps: int) -> int:
    """The number of channels that the classifier was fitted on, if its windows had ``n_timesteps`` samples."""
    from sklearn.utils.validation import check_is_fitted

    if not hasattr(classifier, "fit") or isinstance(classifier, type):
        raise InvalidInputError(f"classifier is {classifier!r}; pass a fitted one, such as a DTWPrototypeClassifier")
    check_is_fitted(classifier)
    n_features = getattr(classifier, "n_features_in_", None)
    if n_features is None or not hasattr(classifier, "predict_proba"):
        raise InvalidInputError(
            f"classifier is a {type(classifier).__name__} without n_features_in_ or predict_proba: pass a classifier "
            "of har, or a Pipeline that begins with a transformer of har.preprocessing"
        )
    if n_features % n_timesteps:
        raise InvalidInputError(
            f"window_s * rate_hz is {n_timesteps} samples, but the classifier was fitted on windows of {n_features} "
            "numbers, which is not a multiple of it: pass the window_s and rate_hz that it was fitted on"
        )
    return int(n_features // n_timesteps)


def window_scorer(classifier: Any) -> Scorer:
    """A function from one finite window ``(n_timesteps, n_channels)`` to its probabilities ``(n_classes,)``.

    A pipeline of this package's own steps runs without scikit-learn's checks, which take longer than most of the
    steps. Everything else, including subclasses, is called through ``predict_proba``.
    """
    from sklearn.pipeline import Pipeline

    if type(classifier) is Pipeline:
        *steps, last = (step for _, step in classifier.steps)
        steps = [step for step in steps if step is not None and step != "passthrough"]
        if all(_is_ours(step) for step in steps) and type(last) in (DTWPrototypeClassifier, DTWKNeighborsClassifier):
            return partial(_score_transformed, steps, _last_scorer(last))
    if type(classifier) is DTWPrototypeClassifier:
        return classifier.window_scorer()
    return partial(_score_by_predict_proba, classifier)


def _last_scorer(classifier: Any) -> Scorer:
    if type(classifier) is DTWPrototypeClassifier:
        return classifier.window_scorer()
    return partial(_score_by_neighbors, classifier)


def _score_transformed(steps: list[Any], score: Scorer, window: Float64Array) -> Float64Array:
    windows = window[None]
    for step in steps:
        windows = step._apply_finite(windows)
    return score(np.ascontiguousarray(windows[0]))


def _score_by_neighbors(classifier: DTWKNeighborsClassifier, window: Float64Array) -> Float64Array:
    distances, indices = classifier._index.nearest(window[None], classifier.n_neighbors, n_jobs=classifier.n_jobs)
    classes = classifier._class_indices[indices]
    return np.asarray(vote(distances, classes, len(classifier.classes_), classifier.weights)[0])


def _score_by_predict_proba(classifier: Any, window: Float64Array) -> Float64Array:
    return np.asarray(classifier.predict_proba(window[None])[0], dtype=np.float64)


def _is_ours(step: Any) -> bool:
    # WindowStatistics does not return windows, so it never precedes a DTW classifier.
    return (
        isinstance(step, WindowTransformer)
        and type(step).__module__.startswith("har.preprocessing.")
        and type(step).transform is WindowTransformer.transform
    )
