"""Profiles and their readout, learned one after the other or together."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from common.validation import FloatArray, IntArray
from har.dtw.learning import Augment, Epoch, Profiles
from har.readouts.choice import MakeProfiles, learn_readout
from har.readouts.joint_learning import learn_prototypes_and_readout
from har.readouts.linear import LinearReadout


def learn_profiles_and_readout(
    make_profiles: MakeProfiles,
    X: FloatArray,
    y: IntArray,
    groups: npt.NDArray[Any] | None,
    radius: int,
    *,
    readout: str,
    validation_fraction: float,
    augment: Augment | None,
    rng: np.random.Generator,
    on_epoch: Callable[[Epoch], None] | None = None,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> tuple[Profiles, LinearReadout | None]:
    """Profiles, and what reads them; None is the nearest. Parameters are those of the classifier.

    ``make_profiles(X, y, groups, validation_fraction=…, rng=…)`` makes the profiles, or those to begin with.
    """
    if readout == "joint":
        model = learn_prototypes_and_readout(
            partial(make_profiles, validation_fraction=0.0), X, y, groups, radius,
            validation_fraction=validation_fraction, augment=augment, rng=rng, on_epoch=on_epoch, n_jobs=n_jobs,
        )  # fmt: skip
        return model.profiles, model.readout
    make = partial(make_profiles, validation_fraction=validation_fraction)
    profiles = make(X, y, groups, rng=rng, on_epoch=on_epoch)
    if readout == "nearest":
        return profiles, None
    return profiles, learn_readout(
        profiles, make, X, y, groups, radius, or_nearest=readout == "auto", rng=rng, n_jobs=n_jobs, verbose=verbose
    )
