"""Random walks of several people, with a drift by class."""

from functools import partial
from typing import Any

import numpy as np

from har.dtw.learning import Profiles, Schedule
from har.dtw.methods import make_profiles

RADIUS = 2


def windows_classes_people(n_classes: int = 3, n: int = 90) -> tuple[Any, Any, Any]:
    """``X`` (n, 15, 3), class indices, and nine people."""
    rng = np.random.default_rng(0)
    y = np.arange(n) % n_classes
    X = rng.normal(size=(n, 15, 3)).cumsum(axis=1)
    X += np.linspace(0, 3, 15)[:, None] * (y - (n_classes - 1) / 2)[:, None, None]
    return X, y, np.arange(n) // (n // 9)


def medoids(X: Any, y: Any, groups: Any, *, rng: Any) -> Profiles:
    """Two of each class."""
    make = partial(make_profiles, method="medoid", n_per_class=2, radius=RADIUS, validation_fraction=0.0)
    return make(X, y, groups, schedule=Schedule(), rng=rng)
