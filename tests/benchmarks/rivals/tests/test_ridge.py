"""The ridge of random convolutions is scikit-learn's."""

import numpy as np
import pytest
from sklearn.linear_model import RidgeClassifierCV

from tests.benchmarks.rivals.methods.ridge import fit_ridge

ALPHAS = np.logspace(-3, 3, 10)


@pytest.mark.parametrize(("n", "n_features", "n_classes"), [(200, 12, 2), (200, 12, 4), (60, 90, 3), (90, 60, 2)])
@pytest.mark.parametrize("noise", [0.1, 3.0])
def test_penalty_and_weights_are_those_of_scikit_learn(n: int, n_features: int, n_classes: int, noise: float) -> None:
    rng = np.random.default_rng(n_features)
    y = np.arange(n) % n_classes
    X = (5 + np.eye(n_classes, n_features)[y] + noise * rng.normal(size=(n, n_features))).astype(np.float32)
    theirs, ours = RidgeClassifierCV(ALPHAS).fit(X, y), fit_ridge(X, y, ALPHAS)
    assert ours.alpha_ == pytest.approx(theirs.alpha_)
    np.testing.assert_allclose(ours.coef_, np.atleast_2d(theirs.coef_), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(ours.decision_function(X), theirs.decision_function(X), rtol=1e-4, atol=1e-5)


def test_a_constant_feature_and_copies_of_one_do_not_matter() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(80, 3)), np.arange(80) % 2
    X[:, 1], X[:, 2] = 4.0, X[:, 0]
    theirs, ours = RidgeClassifierCV(ALPHAS).fit(X, y), fit_ridge(X, y, ALPHAS)
    np.testing.assert_allclose(ours.decision_function(X), theirs.decision_function(X), rtol=1e-6)
