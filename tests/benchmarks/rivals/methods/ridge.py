"""Ridge classification whose penalty is chosen by leaving one out.

The same as scikit-learn's ``RidgeClassifierCV``, which is its test; several times faster where there are more windows
than features, since all penalties share one decomposition and one product. Nothing of this library is imported: the
environment that trains with it may lack it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.benchmarks.rivals.methods.method import Array


@dataclass(frozen=True, eq=False)
class Ridge:
    """A linear decision of each class; for two classes of the second one alone."""

    coef_: Array
    intercept_: Array
    alpha_: float

    def decision_function(self, features: Array) -> Array:
        """Scores ``(n, n_classes)``, or ``(n,)`` for two classes."""
        scores = features @ self.coef_.T + self.intercept_
        return scores[:, 0] if len(self.coef_) == 1 else scores


def fit_ridge(features: Array, y: Array, alphas: Array) -> Ridge:
    """Fit classes 0 … n − 1, as targets −1 and 1, with the penalty whose errors of left-out windows are the smallest.

    With ``C = V diag(l) V'`` the covariance of the centered features X, and ``Z = X V``, the prediction of a window
    is ``Z w`` with ``w = Z' t / (l + alpha)``, and its own part in it is ``h = sum(Z² / (l + alpha)) + 1 / n``: without
    the window its error would be ``(t − prediction) / (1 − h)``.
    """
    X = np.asarray(features, dtype=np.float64)
    targets = 2.0 * (y[:, None] == np.arange(y.max() + 1)) - 1
    if targets.shape[1] == 2:
        targets = targets[:, 1:]
    X_mean, t_mean = X.mean(axis=0), targets.mean(axis=0)
    X, centered = X - X_mean, targets - t_mean
    eigenvalues, V = np.linalg.eigh(X.T @ X)
    eigenvalues = np.maximum(eigenvalues, 0)
    Z = X @ V
    moments = Z.T @ centered
    own_parts = Z**2 @ (1 / (eigenvalues[:, None] + alphas)) + 1 / len(X)
    errors = []
    for number, alpha in enumerate(alphas):
        residuals = centered - Z @ (moments / (eigenvalues[:, None] + alpha))
        errors.append(np.mean((residuals / (1 - own_parts[:, [number]])) ** 2))
    alpha = float(alphas[int(np.argmin(errors))])
    coef = (V @ (moments / (eigenvalues[:, None] + alpha))).T
    return Ridge(coef, t_mean - coef @ X_mean, alpha)
