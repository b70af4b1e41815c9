"""How strongly a readout is penalised, and whether it replaces the nearest prototype: decided by held-out people.

Prototypes have seen the windows that they learned from, and lie closer to them than to those of anybody else. So for
every decision the prototypes are made again, without the people on whom it is judged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.evaluation.splits import Split, subject_folds
from common.validation import Float64Array, FloatArray, IntArray, check_choice
from har.dtw.learning import Profiles
from har.readouts.calibration import likelihood, temperature
from har.readouts.linear import LinearReadout, distance_features

_READOUTS = ("nearest", "linear", "joint", "auto")

#: Inverse strengths of the penalty, strongest first: of two that are equally good, the stronger is taken.
C_GRID = (0.03, 0.3, 3.0)
#: Parts into which the people are divided; each is held out once.
N_FOLDS = 3

#: From windows, their class indices 0, 1, … and their groups; ``rng`` is its only randomness.
MakeProfiles = Callable[..., Profiles]


def check_readout(readout: object, n_neighbors: object) -> None:
    """Refuse other names, and neighbours that would have to vote where all prototypes are weighed."""
    check_choice(readout, "readout", _READOUTS)
    if readout != "nearest" and n_neighbors != 1:
        raise InvalidInputError(
            f"n_neighbors is {n_neighbors!r} but readout is {readout!r}, which weighs all prototypes: "
            "use n_neighbors=1, or readout='nearest'"
        )


@dataclass(frozen=True)
class Choice:
    """What the windows held out decided."""

    C: float
    temperature: float
    accuracy: float  # of the linear readout, on the windows held out
    nearest_accuracy: float  # of the nearest prototype, on the same windows

    def __str__(self) -> str:
        return (
            f"held out: linear readout {self.accuracy:.3f} (C {self.C:g}, temperature {self.temperature:.2f}), "
            f"nearest prototype {self.nearest_accuracy:.3f}"
        )


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Windows held out from prototypes and weights, and what these say about them."""

    y: IntArray
    nearest: IntArray  # the class of the nearest prototype
    log_odds: Float64Array  # (n_penalties, n, n_classes): a readout for each of C_GRID; −inf: no such class was learned


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
    verbose: int = 0,
) -> LinearReadout | None:
    """A linear readout of distances to ``profiles``; None if ``or_nearest`` and the nearest one does as well.

    Parameters
    ----------
    profiles : Profiles
        Made from all windows.
    make_profiles : callable
        Makes profiles from some of the windows: ``make_profiles(X, y, groups, rng=rng)``.
    X : ndarray of shape (n, n_timesteps, n_channels)
    y : ndarray of shape (n,)
        Class indices.
    groups : ndarray of shape (n,) or None
        People, who are held out whole; without them, single windows are.
    radius : int
        The band's radius in samples.
    n_jobs : int or None
        Folds at once. The result does not depend on it.
    verbose : int
        1 prints the choice.
    """
    choice = choose(hold_out_each(make_profiles, X, y, groups, radius, rng=rng, n_jobs=n_jobs))
    if verbose:
        print(choice, flush=True)
    if or_nearest and choice.nearest_accuracy >= choice.accuracy:
        return None
    features = distance_features(profiles.squared_distances(X, radius, n_jobs=n_jobs))
    return LinearReadout.fit(features, y, choice.C).with_temperature(choice.temperature)


def hold_out_each(
    make_profiles: MakeProfiles,
    X: FloatArray,
    y: IntArray,
    groups: npt.NDArray[Any] | None,
    radius: int,
    *,
    rng: np.random.Generator,
    n_jobs: int | None = None,
) -> list[HeldOut]:
    """Every window, held out once with all of its group; parameters as for :func:`learn_readout`.

    A fold is left out if only one class remains to learn.
    """
    units = np.arange(len(y)) if groups is None else groups
    n_units = len(np.unique(units))
    if n_units < 2:
        raise InvalidInputError(
            f"groups names one subject ({units[0]}), and readout is chosen on people held out: pass windows of two "
            "or more, no groups to hold out single windows, or readout='nearest'"
        )
    folds = subject_folds(units, n_folds=min(N_FOLDS, n_units), random_state=int(rng.integers(2**31)))
    # A seed for each, so that folds do not depend on the order in which they run.
    seeds = rng.integers(2**63, size=len(folds))
    jobs = [
        joblib.delayed(_hold_out)(make_profiles, X, y, groups, radius, fold, np.random.default_rng(seed))
        for fold, seed in zip(folds, seeds, strict=True)
        if len(np.unique(y[fold.train])) > 1
    ]
    # Threads: the compiled loops release Python's lock.
    return list(joblib.Parallel(n_jobs, prefer="threads")(jobs))


def _hold_out(
    make_profiles: MakeProfiles,
    X: FloatArray,
    y: IntArray,
    groups: npt.NDArray[Any] | None,
    radius: int,
    fold: Split,
    rng: np.random.Generator,
) -> HeldOut:
    train, test = fold
    classes, renumbered = np.unique(y[train], return_inverse=True)
    try:
        profiles = make_profiles(X[train], renumbered, None if groups is None else groups[train], rng=rng)
    except InvalidInputError as error:
        raise InvalidInputError(
            f"readout is chosen on windows held out, and the {len(train)} of {len(X)} that are left to learn from do "
            f"not suffice: {error}; or use readout='nearest'"
        ) from error
    squared = profiles.squared_distances(X, radius)
    features = distance_features(squared)
    log_odds = np.full((len(C_GRID), len(test), int(y.max()) + 1), -np.inf)
    for number, C in enumerate(C_GRID):
        log_odds[number][:, classes] = LinearReadout.fit(features[train], y[train], C).log_odds(features[test])
    return HeldOut(y[test], classes[profiles.labels[squared[test].argmin(axis=1)]], log_odds)


def choose(held_out: list[HeldOut]) -> Choice:
    """The C and the temperature under which the windows held out are most likely.

    Without any, nothing is known: the strongest penalty, and log-odds as they are.
    """
    if not held_out:
        return Choice(C_GRID[0], 1.0, 0.0, 0.0)
    y = np.concatenate([part.y for part in held_out])
    nearest = np.concatenate([part.nearest for part in held_out])
    log_odds = np.concatenate([part.log_odds for part in held_out], axis=1)
    # Every C makes the same mistake of a class that was not learned; its likelihood is zero.
    known = np.isfinite(log_odds[0, np.arange(len(y)), y])
    temperatures = [temperature(odds[known], y[known]) for odds in log_odds]
    likelihoods = [likelihood(odds[known] / T, y[known]) for odds, T in zip(log_odds, temperatures, strict=True)]
    best = int(np.argmax(likelihoods))
    accuracy = float(np.mean(log_odds[best].argmax(axis=1) == y))
    return Choice(C_GRID[best], temperatures[best], accuracy, float(np.mean(nearest == y)))
