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

    The centered features are ``X = U diag(s) V'``: the eigenvectors of the smaller of X X' and X' X give both. With
    ``Z = U diag(s)``, the prediction of all windows is ``Z w`` with ``w = Z' t / (s² + alpha)``, and the part of a
    window in its own is ``h = sum(Z² / (s² + alpha)) + 1 / n``: without the window its error would be
    ``(t - prediction) / (1 - h)``.
    """
    X = np.asarray(features, dtype=np.float64)
    targets = 2.0 * (y[:, None] == np.arange(y.max() + 1)) - 1
    if targets.shape[1] == 2:
        targets = targets[:, 1:]
    X_mean, t_mean = X.mean(axis=0), targets.mean(axis=0)
    X, centered = X - X_mean, targets - t_mean
    is_wide = X.shape[0] < X.shape[1]
    squares, vectors = np.linalg.eigh(X @ X.T if is_wide else X.T @ X)
    squares = np.maximum(squares, 0)
    Z = vectors * np.sqrt(squares) if is_wide else X @ vectors
    own_parts = Z**2 @ (1 / (squares[:, None] + alphas)) + 1 / len(X)
    errors = []
    for alpha, own_part in zip(alphas, own_parts.T, strict=True):
        residuals = centered - Z @ (Z.T @ centered / (squares[:, None] + alpha))
        errors.append(np.mean((residuals / (1 - own_part[:, None])) ** 2))
    alpha = float(alphas[int(np.argmin(errors))])
    if is_wide:
        coef = X.T @ (vectors @ (vectors.T @ centered / (squares[:, None] + alpha)))
    else:
        coef = vectors @ (Z.T @ centered / (squares[:, None] + alpha))
    return Ridge(coef.T, t_mean - coef.T @ X_mean, alpha)
