"""The columns an estimator was fitted on: their number, and their names if they came in a data frame."""

from __future__ import annotations

from typing import Any

from common.errors import InvalidInputError
from common.validation.arrays import WrongTypeError


def remember_features(estimator: Any, X: Any) -> None:
    """Store ``n_features_in_`` on ``estimator``, and ``feature_names_in_`` if ``X`` is a data frame.

    Call it after all other checks of ``fit``, so that a refused ``fit`` leaves the estimator unchanged.
    """
    from sklearn.utils.validation import validate_data

    try:
        validate_data(estimator, X, skip_check_array=True, reset=True)
    except TypeError as error:
        raise WrongTypeError(f"X has column names of several types ({error}): use text for all") from error


def check_fitted_features(estimator: Any, X: Any) -> None:
    """Refuse another number of columns than in ``fit``, and other names or another order of names."""
    from sklearn.utils.validation import check_is_fitted, validate_data

    check_is_fitted(estimator)
    try:
        validate_data(estimator, X, skip_check_array=True, reset=False)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(str(error)) from error
