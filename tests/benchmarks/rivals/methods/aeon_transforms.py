"""MiniRocket, MultiRocket with Hydra, and random dilated shapelets: by aeon, in an environment of its own.

Imports nothing of this library, which needs a newer Numba than aeon allows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from aeon.transformations.collection.convolution_based import MiniRocket, MultiRocket
from aeon.transformations.collection.shapelet_based import RandomDilatedShapeletTransform
from sklearn.preprocessing import StandardScaler

from tests.benchmarks.rivals.methods.hydra import Hydra, SparseScaler
from tests.benchmarks.rivals.methods.kept import FLOAT32_BYTES, ridge_bytes
from tests.benchmarks.rivals.methods.method import UNKNOWN, Array, Fitted, Training, two_columns
from tests.benchmarks.rivals.methods.ridge import fit_ridge

ALPHAS = np.logspace(-3, 3, 10)  # the authors'
_POOLINGS = 4  # features of each kernel and bias in MultiRocket


def mini_rocket(training: Training, size: str) -> Fitted:
    """``size`` is the number of features."""
    rocket = MiniRocket(int(size), random_state=training.seed)
    features = rocket.fit_transform(turned(training.X))
    n_channels, channels, _, _, biases = rocket.parameters
    stored = FLOAT32_BYTES * biases.size + channels.size + n_channels.size
    return ridge_of(
        lambda X: rocket.transform(turned(X)), StandardScaler(with_mean=False), features, training.y, stored
    )


def multi_rocket_hydra(training: Training, size: str) -> Fitted:
    """``size`` is the number of MultiRocket's kernels and of Hydra's groups, such as "336 64"."""
    n_kernels, n_groups = map(int, size.split())
    rocket = MultiRocket(n_kernels, n_features_per_kernel=_POOLINGS, random_state=training.seed)
    rocket.fit(turned(training.X))
    hydra = Hydra(*training.X.shape[1:], n_groups=n_groups, seed=training.seed)
    rocket_scaler, hydra_scaler = StandardScaler(), SparseScaler()
    features = np.concatenate(
        [
            rocket_scaler.fit_transform(rocket.transform(turned(training.X))),
            hydra_scaler.fit(counts := hydra.transform(training.X)).transform(counts),
        ],
        axis=1,
    )

    def transform(X: Array) -> Array:
        return np.concatenate(
            [
                rocket_scaler.transform(rocket.transform(turned(X))),
                hydra_scaler.transform(hydra.transform(X)),
            ],
            axis=1,
        )

    n_biases = rocket_scaler.scale_.size // _POOLINGS
    # Hydra's scaling comes after a root and keeps zeros: it is no part of the weights.
    stored = FLOAT32_BYTES * (n_biases + 2 * hydra_scaler.mean.size) + hydra.stored_bytes
    return ridge_of(transform, None, features, training.y, stored)


def dilated_shapelets(training: Training, size: str) -> Fitted:
    """``size`` is the number of shapelets, each with three features."""
    shapelets = RandomDilatedShapeletTransform(int(size), random_state=training.seed)
    X = turned(training.X).astype(np.float64)
    features = shapelets.fit(X, training.y).transform(X).astype(np.float32)
    values = shapelets.shapelets_[0]
    # A threshold, a dilation, and whether it is normalised, beside the values.
    stored = FLOAT32_BYTES * values.size + 8 * len(values)
    return ridge_of(
        lambda X: shapelets.transform(turned(X).astype(np.float64)).astype(np.float32),
        StandardScaler(), features, training.y, stored,
    )  # fmt: skip


def ridge_of(transform: Callable[[Array], Array], scaler: Any, features: Array, y: Array, stored_bytes: int) -> Fitted:
    """A ridge classifier of features, its penalty by leaving one out, as the authors of all three do."""
    scaled = features if scaler is None else scaler.fit_transform(features)
    ridge = fit_ridge(scaled, y, ALPHAS)

    def scores(X: Array) -> Array:
        new = transform(X)
        return two_columns(ridge.decision_function(new if scaler is None else scaler.transform(new)))

    return Fitted(scores, stored_bytes + ridge_bytes(ridge), UNKNOWN)


def turned(X: Array) -> Array:
    """In aeon's order (n, n_channels, n_timesteps)."""
    return np.ascontiguousarray(X.transpose(0, 2, 1), dtype=np.float32)


METHODS: dict[str, Callable[[Training, str], Fitted]] = {
    "MiniRocket": mini_rocket,
    "MultiRocket + Hydra": multi_rocket_hydra,
    "RDST": dilated_shapelets,
}
