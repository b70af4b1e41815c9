"""Profiles by name of the method: learned from random windows, or representative ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from common.learning.held_out import hold_out
from common.validation import FloatArray, IntArray
from har.dtw.learning import Augment, Epoch, Profiles, Schedule, learn_profiles, random_profiles
from har.dtw.representatives import representative_profiles

METHODS = ("learned", "medoid", "barycenter", "soft_barycenter", "greedy")


def make_profiles(
    X: FloatArray,
    y: IntArray,
    groups: npt.NDArray[Any] | None,
    *,
    method: str,
    n_per_class: int,
    radius: int,
    validation_fraction: float,
    schedule: Schedule,
    rng: np.random.Generator,
    augment: Augment | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
    n_jobs: int | None = None,
) -> Profiles:
    """Up to ``n_per_class`` profiles of each class; parameters are those of :class:`har.DTWPrototypeClassifier`.

    Learned ones start at random windows of their class. ``groups``, ``validation_fraction``, ``schedule``, ``augment``
    and ``on_epoch`` concern these alone.
    """
    if method != "learned":
        return representative_profiles(X, y, n_per_class, radius, method=method, rng=rng, n_jobs=n_jobs)
    held_out = None
    if validation_fraction > 0:
        train, stop = hold_out(y, groups, validation_fraction, rng)
        held_out = X[stop], y[stop]
        X, y = X[train], y[train]
    return learn_profiles(
        random_profiles(X, y, n_per_class, rng),
        X,
        y,
        radius,
        rng=rng,
        schedule=schedule,
        augment=augment,
        held_out=held_out,
        on_epoch=on_epoch,
        n_jobs=n_jobs,
    )
