"""Batches of windows, and the shape and the names that an estimator was fitted on."""

from __future__ import annotations

from typing import Any

from common.errors import InvalidInputError
from common.validation.arrays import FloatArray, as_float_array, check_finite, check_not_empty
from common.validation.channels import has_channels, in_fitted_order, remember_channels
from common.validation.features import check_fitted_features, remember_features


def check_windows(value: Any, name: str = "X") -> FloatArray:
    """A batch as ``(n_windows, n_timesteps, n_channels)``; two dimensions mean one channel."""
    array = as_float_array(value, name)
    if array.ndim not in (2, 3):
        raise InvalidInputError(
            f"{name} has {array.ndim} dimension{'s' if array.ndim != 1 else ''}; windows are (n_windows, n_timesteps) "
            "or (n_windows, n_timesteps, n_channels). Reshape your data: a single window is x[None]"
        )
    check_not_empty(array, name, "Pass at least one window, timestep and channel")
    if array.ndim == 2:
        array = array[:, :, None]
    check_finite(array, name)
    return array


def remember_windows(estimator: Any, X: Any, windows: FloatArray) -> None:
    """Store on ``estimator`` the shape of a window, and what ``X`` tells: names of columns, or channels and rate.

    Call it after all other checks of ``fit``, so that a refused ``fit`` leaves the estimator unchanged.
    """
    remember_features(estimator, _as_table(X, windows))
    remember_channels(estimator, X)
    estimator.n_timesteps_in_, estimator.n_channels_in_ = windows.shape[1:]


def check_fitted_windows(estimator: Any, X: Any) -> FloatArray:
    """Windows for a fitted estimator, with the length and the channels of those in ``fit``; named ones in its order."""
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(estimator)
    windows = in_fitted_order(estimator, X, check_windows(X))
    fitted = (estimator.n_timesteps_in_, estimator.n_channels_in_)
    if windows.shape[1:] == fitted[::-1] and fitted[0] != fitted[1]:
        raise InvalidInputError(
            f"X has windows of shape {windows.shape[1:]}, but {type(estimator).__name__} was fitted on {fitted}, "
            "timesteps before channels: pass X.transpose(0, 2, 1)"
        )
    check_fitted_features(estimator, _as_table(X, windows))
    if windows.shape[1:] != fitted:
        raise InvalidInputError(
            f"X has windows of {windows.shape[1]} timesteps and {windows.shape[2]} channels, but "
            f"{type(estimator).__name__} was fitted on {fitted[0]} timesteps and {fitted[1]} channels: "
            "segment and preprocess both alike"
        )
    return windows


def _as_table(X: Any, windows: FloatArray) -> Any:
    """A table with the features of scikit-learn: the data frame itself, or windows flattened to rows."""
    return X if hasattr(X, "columns") and not has_channels(X) else windows.reshape(len(windows), -1)
