"""How strongly a readout is penalised, and whether it replaces the nearest prototype: decided by held-out people.

Prototypes have seen the windows that they learned from and lie closer to them than to those of anybody else. So for
every choice the prototypes are learned again without the people on whom it is judged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from common.evaluation.splits import subject_folds
from common.validation import Float64Array, FloatArray, IntArray
from har.dtw.learning import Profiles
from har.readouts.calibration import temperature
from har.readouts.linear import LinearReadout, distance_features

#: Inverse strengths of the penalty, strongest first: of two that are equally good, the stronger is taken.
C_GRID = (0.01, 0.1, 1.0)
#: Parts into which the people are divided; each is held out once.
N_FOLDS = 3

READOUTS = ("nearest", "linear", "auto")

#: From windows, their class indices 0, 1, … and their groups.
MakeProfiles = Callable[[FloatArray, IntArray, npt.NDArray[Any] | None], Profiles]


def learn_readout(
    profiles: Profiles,
    make_profiles: MakeProfiles,
    X: FloatArray,
    y: IntArray,
    groups: npt.NDArray[Any] | None,
    radius: int,
    *,
    or_nearest: bool,
    rng: np.random.Generator,
    n_jobs: int | None = None,
) -> LinearReadout | None:
    """A linear readout of distances to ``profiles``; None if ``or_nearest`` and the nearest one does as well.

    Parameters
    ----------
    profiles : Profiles
        Made from all windows.
    make_profiles : callable
        Makes them from some of the windows.
    X : ndarray of shape (n, n_timesteps, n_channels)
    y : ndarray of shape (n,)
        Class indices.
    groups : ndarray of shape (n,) or None
        People, who are held out whole; single windows are if there are none.
    radius : int
        The band's radius in samples.
    """
    folds = held_out_folds(make_profiles, X, y, groups, radius, rng=rng, n_jobs=n_jobs)
    choice = choose(folds, int(y.max()) + 1)
    if or_nearest and choice.nearest_accuracy >= choice.accuracy:
        return None
    features = distance_features(profiles.squared_distances(X, radius, n_jobs=n_jobs))
    return LinearReadout.fit(features, y, choice.C).cooled(choice.temperature)


@dataclass(frozen=True, eq=False)
class HeldOutFold:
    """Distances to prototypes that were made without the people held out."""

    train: Float64Array  # features (n_train, 2 n_prototypes) of the windows that the prototypes were made from
    y_train: IntArray
    held_out: Float64Array  # features of the windows held out
    y_held_out: IntArray
    nearest: IntArray  # the class of the prototype nearest to each window held out


@dataclass(frozen=True)
class Choice:
    """What held-out people decided."""

    C: float
    temperature: float
    accuracy: float  # of the linear readout, on the people held out
    nearest_accuracy: float  # of the nearest prototype, on the same windows


def held_out_folds(
    make_profiles: MakeProfiles,
    X: FloatArray,
    y: IntArray,
    groups: npt.NDArray[Any] | None,
    radius: int,
    *,
    rng: np.random.Generator,
    n_jobs: int | None = None,
) -> list[HeldOutFold]:
    """Folds over the groups, or over windows if there are none. A fold with a single class to learn is left out."""
    units = np.arange(len(y)) if groups is None else groups
    n_folds = min(N_FOLDS, len(np.unique(units)))
    folds = []
    for train, test in subject_folds(units, n_folds=n_folds, random_state=int(rng.integers(2**31))):
        classes, renumbered = np.unique(y[train], return_inverse=True)
        if len(classes) < 2:
            continue
        profiles = make_profiles(X[train], renumbered, None if groups is None else groups[train])
        squared = profiles.squared_distances(X, radius, n_jobs=n_jobs)
        features = distance_features(squared)
        nearest = classes[profiles.labels[squared[test].argmin(axis=1)]]
        folds.append(HeldOutFold(features[train], y[train], features[test], y[test], nearest))
    return folds


def choose(folds: list[HeldOutFold], n_classes: int) -> Choice:
    """The C whose decisions are right most often on the windows held out, and the temperature of its probabilities.

    Without any fold, there is nobody to ask: the strongest penalty, probabilities as they are.
    """
    if not folds:
        return Choice(C_GRID[0], 1.0, 0.0, 0.0)
    y = np.concatenate([fold.y_held_out for fold in folds])
    nearest = np.concatenate([fold.nearest for fold in folds])
    log_odds = [np.concatenate([_held_out_log_odds(fold, C, n_classes) for fold in folds]) for C in C_GRID]
    accuracies = [float(np.mean(odds.argmax(axis=1) == y)) for odds in log_odds]
    best = int(np.argmax(accuracies))
    known = np.isfinite(log_odds[best][np.arange(len(y)), y])
    return Choice(
        C_GRID[best], temperature(log_odds[best][known], y[known]), accuracies[best], float(np.mean(nearest == y))
    )


def _held_out_log_odds(fold: HeldOutFold, C: float, n_classes: int) -> Float64Array:
    """Of the windows held out, ``(n, n_classes)``: −inf for a class that the fold did not learn."""
    log_odds = np.full((len(fold.y_held_out), n_classes), -np.inf)
    log_odds[:, np.unique(fold.y_train)] = LinearReadout.fit(fold.train, fold.y_train, C).log_odds(fold.held_out)
    return log_odds
