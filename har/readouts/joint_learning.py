"""Prototypes first, then prototypes and readout together, with probabilities calibrated on people held out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import joblib
import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.evaluation.splits import Split, subject_folds
from common.learning.held_out import hold_out
from common.validation import Float64Array, FloatArray, IntArray
from har.dtw.learning import Augment, Epoch
from har.readouts.calibration import temperature
from har.readouts.choice import N_FOLDS, MakeProfiles
from har.readouts.joint import JointModel, learn_jointly


def learn_prototypes_and_readout(
    make_profiles: MakeProfiles,
    X: FloatArray,
    y: IntArray,
    groups: npt.NDArray[Any] | None,
    radius: int,
    *,
    validation_fraction: float,
    augment: Augment | None,
    rng: np.random.Generator,
    on_epoch: Callable[[Epoch], None] | None = None,
    n_jobs: int | None = None,
) -> JointModel:
    """A model of all windows, whose probabilities are calibrated on people whom it, or its like, has not seen.

    With ``validation_fraction``, that share of the people is held out from everything: they stop the learning and set
    the temperature. Without, a third of the people set the temperature of a model that learns from the others, and
    another learns from all.

    Parameters
    ----------
    make_profiles : callable
        Makes the prototypes to begin with: ``make_profiles(X, y, groups, rng=rng)``.
    X : ndarray of shape (n, n_timesteps, n_channels)
    y : ndarray of shape (n,)
        Class indices 0, 1, …, each at least once.
    groups : ndarray of shape (n,) or None
        People, who are held out whole; without them, single windows are.
    augment : callable, optional
        See :func:`har.readouts.joint.learn_jointly`.
    on_epoch : callable, optional
        Called with each epoch of the model that is returned.
    n_jobs : int or None
        Models at once. The result does not depend on it.
    """

    def learn(train: IntArray, generator: np.random.Generator, **options: Any) -> JointModel:
        people = None if groups is None else groups[train]
        labels = np.unique(y[train], return_inverse=True)[1]
        start = make_profiles(X[train], labels, people, rng=generator)
        return learn_jointly(start, X[train], labels, radius, rng=generator, augment=augment, **options)

    if validation_fraction > 0:
        train, stop = hold_out(y, groups, validation_fraction, rng)
        model = learn(train, rng, held_out=(X[stop], y[stop]), on_epoch=on_epoch, n_jobs=n_jobs)
        return _calibrated(model, model.log_odds(X[stop], radius), y[stop])

    fold = _third_of_people(y, groups, rng)
    # A generator for each, so that neither depends on when the other runs.
    first, second = (np.random.default_rng(seed) for seed in rng.integers(2**63, size=2))
    whole = partial(learn, np.arange(len(y)), first, on_epoch=on_epoch)
    jobs = [joblib.delayed(whole)(), joblib.delayed(learn)(fold.train, second)]
    # Threads: the compiled loops release Python's lock.
    model, without = joblib.Parallel(n_jobs, prefer="threads")(jobs)
    known = np.unique(y[fold.train])
    test = fold.test[np.isin(y[fold.test], known)]
    return _calibrated(model, without.log_odds(X[test], radius), np.searchsorted(known, y[test]))


def _third_of_people(y: IntArray, groups: npt.NDArray[Any] | None, rng: np.random.Generator) -> Split:
    """A fold whose training part holds two classes or more."""
    units = np.arange(len(y)) if groups is None else groups
    n_units = len(np.unique(units))
    if n_units >= 2:
        folds = subject_folds(units, n_folds=min(N_FOLDS, n_units), random_state=int(rng.integers(2**31)))
        for fold in folds:
            if len(np.unique(y[fold.train])) > 1:
                return fold
    raise InvalidInputError(
        f"groups names {n_units} subject{'s' * (n_units != 1)}, and readout='joint' is calibrated on people held out, "
        "from all others of whom two classes can be learned: pass windows of more people, no groups to hold out "
        "single windows, or readout='nearest'"
    )


def _calibrated(model: JointModel, log_odds: Float64Array, y: IntArray) -> JointModel:
    """With the temperature under which the classes ``y`` are most likely."""
    return JointModel(model.profiles, model.readout.with_temperature(temperature(log_odds, y)))
