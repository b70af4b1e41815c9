"""The base class of the transformers of windows: checks before and after, and the shape of the result."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.estimators.base import BaseEstimator, TransformerMixin
from common.validation import FloatArray, check_fitted_windows, check_rate, check_windows, remember_windows


class WindowTransformer(TransformerMixin, BaseEstimator, ABC):
    """A transformer of windows; unless it overrides ``fit``, it learns nothing but their shape."""

    @abstractmethod
    def _apply(self, windows: FloatArray) -> FloatArray:
        """The transformed windows. ``windows`` have been checked; parameters are checked here."""

    def fit(self, X: npt.ArrayLike, y: Any = None) -> Self:
        """Check the parameters and remember the shape of a window; ``y`` is ignored.

        Parameters
        ----------
        X : array-like of shape (n, n_timesteps) or (n, n_timesteps, n_channels)

        Raises
        ------
        InvalidInputError
            For NaN, empty input, or parameters that do not fit these windows. The transformer is then unchanged.
        """
        windows = check_windows(X)
        check_rate(self, X)
        # Parameters are checked where they are used: transforming one window checks all of them.
        self._apply_finite(windows[:1])
        remember_windows(self, X, windows)
        return self

    def transform(self, X: npt.ArrayLike) -> FloatArray:
        """Transformed windows in the precision of ``X``: 3-D, or 2-D if ``X`` is 2-D and the result has one channel.

        Parameters
        ----------
        X : array-like of shape (n, n_timesteps) or (n, n_timesteps, n_channels)

        Raises
        ------
        InvalidInputError
            For windows shaped other than in ``fit``, NaN, or numbers so large that the result overflows.
        """
        windows = check_fitted_windows(self, X)
        result = self._apply_finite(windows)
        # Not np.ndim, which array-likes of other libraries may override.
        return result[:, :, 0] if np.asarray(X).ndim == 2 and result.shape[2] == 1 else result

    def _apply_finite(self, windows: FloatArray) -> FloatArray:
        """The transformed windows in the precision of ``windows``; overflow is an error."""
        with np.errstate(over="ignore", invalid="ignore"):
            result = self._apply(windows).astype(windows.dtype, copy=False)
        if not np.isfinite(result).all():
            raise InvalidInputError(f"X holds numbers too large for {type(self).__name__}: use a larger unit")
        return result

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
