"""Windows, and what an estimator remembers of those that it was fitted on."""

from __future__ import annotations

from typing import Any

from common.errors import InvalidInputError
from common.validation.arrays import FloatArray, WrongTypeError, as_float_array, check_finite


def check_windows(value: Any, name: str = "X") -> FloatArray:
    """A batch as ``(n_windows, n_timesteps, n_channels)``; two dimensions mean one channel."""
    array = as_float_array(value, name)
    if array.ndim not in (2, 3):
        raise InvalidInputError(
            f"{name} has {array.ndim} dimension{'s' if array.ndim != 1 else ''}; windows are (n_windows, n_timesteps) "
            "or (n_windows, n_timesteps, n_channels). Reshape your data: a single window is x[None]"
        )
    if 0 in array.shape:
        lacking = "sample" if len(array) == 0 else "feature"
        raise InvalidInputError(
            f"{name} is empty: 0 {lacking}(s) (shape={array.shape}) while a minimum of 1 is required. "
            "Pass at least one window, timestep and channel"
        )
    if array.ndim == 2:
        array = array[:, :, None]
    check_finite(array, name)
    return array


def remember_windows(estimator: Any, X: Any, windows: FloatArray) -> None:
    """Note on ``estimator`` what it was fitted on: the shape of a window, and names if ``X`` is a data frame.

    It comes after all other checks of ``fit``, so that a refused ``fit`` leaves the estimator as it was.
    """
    from sklearn.utils.validation import validate_data

    try:
        validate_data(estimator, _as_table(X, windows), skip_check_array=True, reset=True)
    except TypeError as error:
        raise WrongTypeError(f"X has column names of several types ({error})") from error
    estimator.n_timesteps_in_, estimator.n_channels_in_ = windows.shape[1:]


def fit_windows(estimator: Any, X: Any) -> FloatArray:
    """:func:`check_windows` and :func:`remember_windows` at once, where ``fit`` has nothing else to check."""
    windows = check_windows(X)
    remember_windows(estimator, X, windows)
    return windows


def check_fitted_windows(estimator: Any, X: Any) -> FloatArray:
    """Windows for a fitted estimator: as long, and with as many channels, as those of ``fit``."""
    from sklearn.utils.validation import check_is_fitted, validate_data

    check_is_fitted(estimator)
    windows = check_windows(X)
    try:
        validate_data(estimator, _as_table(X, windows), skip_check_array=True, reset=False)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(str(error)) from error
    fitted = (estimator.n_timesteps_in_, estimator.n_channels_in_)
    if windows.shape[1:] != fitted:
        raise InvalidInputError(
            f"X has windows of {windows.shape[1]} timesteps and {windows.shape[2]} channels, but "
            f"{type(estimator).__name__} was fitted on {fitted[0]} timesteps and {fitted[1]} channels: "
            "segment and preprocess both alike"
        )
    return windows


def _as_table(X: Any, windows: FloatArray) -> Any:
    """What scikit-learn reads names and the number of features from: a data frame itself, or flat windows."""
    return X if hasattr(X, "columns") else windows.reshape(len(windows), -1)
