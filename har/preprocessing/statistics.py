"""A few statistics per channel of a window, for forests and linear models."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import FloatArray, check_fitted_windows
from har.preprocessing.base import WindowTransformer

#: In the order of the features.
STATISTICS = (
    *("mean", "standard deviation", "minimum", "maximum"),
    *("lower quartile", "median", "upper quartile", "mean absolute change"),
)


class WindowStatistics(WindowTransformer):
    """Eight statistics of each channel, the usual features for random forests on worn sensors.

    Mean, standard deviation, minimum, maximum, quartiles, and the mean absolute change from sample to sample. Features
    are grouped by statistic: the mean of every channel, then the standard deviation of every channel, and so on.

    Parameters
    ----------
    channels : sequence of str, optional
        Names of the channels, for :meth:`get_feature_names_out`; by default ``channel0``, ``channel1`` …

    Attributes
    ----------
    n_features_in_ : int
        Timesteps × channels.

    Examples
    --------
    >>> statistics = WindowStatistics(channels=["ax"]).fit([[0.0, 1.0, 2.0, 5.0]])
    >>> statistics.transform([[0.0, 1.0, 2.0, 5.0]]).round(3).tolist()
    [[2.0, 1.871, 0.0, 5.0, 0.75, 1.5, 2.75, 1.667]]
    >>> statistics.get_feature_names_out()[[0, 7]].tolist()
    ['ax mean', 'ax mean absolute change']
    """

    def __init__(self, *, channels: Any = None) -> None:
        self.channels = channels

    def transform(self, X: npt.ArrayLike) -> FloatArray:
        """Features ``(n_windows, 8 * n_channels)`` in the precision of ``X``.

        Parameters
        ----------
        X : array-like of shape (n, n_timesteps) or (n, n_timesteps, n_channels)

        Raises
        ------
        InvalidInputError
            For windows of another shape than in ``fit``, NaN, or numbers so large that the result overflows.
        """
        features: FloatArray = self._apply_finite(check_fitted_windows(self, X))
        return features

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[np.object_]:
        """Names of the features: channel and statistic."""
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self)
        names = self._names(self.n_channels_in_)
        return np.array([f"{name} {statistic}" for statistic in STATISTICS for name in names], dtype=object)

    def _apply(self, windows: FloatArray) -> FloatArray:
        self._names(windows.shape[2])
        quartiles = np.percentile(windows, [25, 50, 75], axis=1)
        steps = np.abs(np.diff(windows, axis=1))
        change = steps.mean(axis=1) if steps.shape[1] else np.zeros_like(windows[:, 0])
        ends = windows.min(axis=1), windows.max(axis=1)
        features = [windows.mean(axis=1), windows.std(axis=1), *ends, *quartiles, change]
        return np.asarray(np.concatenate(features, axis=1))

    def _names(self, n_channels: int) -> list[str]:
        if self.channels is None:
            return [f"channel{i}" for i in range(n_channels)]
        names = [] if isinstance(self.channels, str) else list(self.channels)
        if len(names) != n_channels or len(set(names)) < n_channels or not all(isinstance(name, str) for name in names):
            raise InvalidInputError(
                f"channels is {self.channels!r}; pass {n_channels} different names, one per channel of X"
            )
        return names
