"""Learned profiles: generalised relevance LVQ under banded DTW.

Medoids and means describe a class; learned profiles separate it from the other classes. For each window let d⁺ be
the squared DTW distance to the nearest profile of its own class and d⁻ that to the nearest profile of any other class,
both with channel weights λ. Learning minimises the sum over all windows of

    loss = σ(β μ),    μ = (d⁺ − d⁻) / (d⁺ + d⁻)  in [−1, 1],

a smooth count of errors (Sato & Yamada, NIPS 1995; channel weights: Hammer & Villmann, Neural Networks 15, 2002; in
DTW space: Jain & Schultz, Pattern Recognition 76, 2018). A squared DTW distance is a plain sum of squares along its
optimal path; its gradient with respect to the profile and to λ is that of this sum.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from common.compiled import compiled
from common.learning.adam import Adam
from common.validation import Float64Array, FloatArray, IntArray
from har.dtw.alignments import add_path_gradient, align_with_nearest
from har.dtw.packing import count_multiply_adds, pack, squared_distances
from har.dtw.threads import in_threads, thread_count

# A window that equals profiles of two classes up to rounding, such as one with two labels, shows no direction to learn
# in. In units of the standard deviation, squared; the gradient of a smaller distance would be a quotient of zeros.
MIN_SQUARED_DISTANCE = 1e-24


@dataclass(frozen=True)
class Profiles:
    """Profiles ``(n, n_timesteps, n_channels)``, the class index of each, and the channels' weights."""

    values: Float64Array
    labels: IntArray
    channel_weights: Float64Array

    def predict(self, X: FloatArray, radius: int, *, n_jobs: int | None = None) -> IntArray:
        """The class index of the nearest profile of each window."""
        return self.labels[self.squared_distances(X, radius, n_jobs=n_jobs).argmin(axis=1)]

    def squared_distances(self, X: FloatArray, radius: int, *, n_jobs: int | None = None) -> FloatArray:
        """Squared DTW of each window to each profile, with the channels' weights: ``(len(X), n)``."""
        sqrt_weights = np.sqrt(self.channel_weights)
        return squared_distances(pack(self.values * sqrt_weights), X * sqrt_weights, radius, n_jobs=n_jobs)


@dataclass(frozen=True)
class Epoch:
    """The results of one pass over the training windows."""

    number: int
    n_epochs: int
    loss: float
    training_accuracy: float
    validation_accuracy: float  # NaN without held-out windows


#: Windows changed at random, such as by :class:`har.preprocessing.Augmentation`.
Augment = Callable[[FloatArray, np.random.Generator], FloatArray]


@dataclass(frozen=True)
class Standardization:
    """Windows in units of their own spread, round their centre.

    DTW ignores a common offset, and Adam's steps are as large as the learning rate in any unit. On standardised
    signals, learning therefore does not depend on the unit, and float32 suffices for the search.
    """

    centre: Float64Array  # of each channel
    spread: float

    @classmethod
    def of(cls, X: FloatArray) -> Self:
        """By the mean of each channel of windows ``(n, n_timesteps, n_channels)``, and one spread for all."""
        spread = float(np.sqrt(X.var(axis=(0, 1), dtype=np.float64).mean())) or 1.0
        return cls(X.mean(axis=(0, 1), dtype=np.float64), spread)

    def standardised(self, values: FloatArray) -> Float64Array:
        """Windows or profiles in this unit."""
        return np.ascontiguousarray((values - self.centre) / self.spread, dtype=np.float64)

    def restored(self, values: Float64Array) -> Float64Array:
        """The inverse of :meth:`standardised`."""
        return values * self.spread + self.centre


@dataclass(frozen=True)
class Schedule:
    """Hyperparameters of learning; the defaults were chosen on the training subjects of three data sets."""

    n_epochs: int | None = None  # None: depends on the number of windows, see epochs_for
    batch_size: int = 32
    learning_rate: float = 0.03  # decays exponentially …
    last_learning_rate: float = 0.003  # … to this
    weight_learning_rate: float = 0.01  # of the channel weights; decays likewise
    steepness: float = 8.0  # β
    patience: int = 5  # epochs without progress on held-out windows

    def epochs_for(self, n_windows: int) -> int:
        """Number of epochs; small training sets need more: 60 for 700 windows, 12 for 14 000 unless set."""
        return self.n_epochs or int(np.clip(42_000 // n_windows, 12, 60))


def random_profiles(X: FloatArray, y: IntArray, n_per_class: int, rng: np.random.Generator) -> Profiles:
    """Up to ``n_per_class`` random windows of each class, grouped by class, with equal channel weights."""
    members = [np.flatnonzero(y == c) for c in range(int(y.max()) + 1)]
    chosen = np.concatenate([rng.choice(rows, min(n_per_class, len(rows)), replace=False) for rows in members])
    return Profiles(X[chosen].astype(np.float64), y[chosen], np.ones(X.shape[2]))


def learn_profiles(
    start: Profiles,
    X: FloatArray,
    y: IntArray,
    radius: int,
    *,
    rng: np.random.Generator,
    schedule: Schedule | None = None,
    augment: Augment | None = None,
    held_out: tuple[FloatArray, IntArray] | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
    n_jobs: int | None = None,
) -> Profiles:
    """Improve profiles by gradient descent.

    Parameters
    ----------
    start : Profiles
        Initial profiles, for example random windows or class means.
    X : ndarray of shape (n, n_timesteps, n_channels)
    y : ndarray of shape (n,)
        Class indices.
    radius : int
        The band's radius in samples.
    augment : callable, optional
        Changes windows at random: ``augment(X, rng)``, called in every epoch.
    held_out : pair of windows and class indices, optional
        Of other subjects. Learning stops after ``schedule.patience`` epochs without progress on them, and the profiles
        that were best on them are returned.
    on_epoch : callable, optional
        Called with each :class:`Epoch` as it ends.

    Returns
    -------
    Profiles
        They depend on ``rng`` but not on ``n_jobs``.
    """
    schedule = schedule or Schedule()
    n_epochs = schedule.epochs_for(len(X))
    n_batches = -(-len(X) // schedule.batch_size)
    unit = Standardization.of(X)
    held_out = None if held_out is None else (unit.standardised(held_out[0]), held_out[1])
    current = Profiles(unit.standardised(start.values), start.labels, start.channel_weights.copy())
    value_optimizer, weight_optimizer = Adam(current.values), Adam(current.channel_weights)
    best, best_accuracy, best_epoch = current, -1.0, 0
    with ThreadPoolExecutor(thread_count(n_jobs)) as pool:
        for number in range(1, n_epochs + 1):
            windows = unit.standardised(X if augment is None else augment(X, rng))
            total_loss, n_correct = 0.0, 0
            order = rng.permutation(len(X))
            for index, batch in enumerate(np.array_split(order, n_batches)):
                progress = (number - 1 + index / n_batches) / n_epochs
                decay = (schedule.last_learning_rate / schedule.learning_rate) ** progress
                sums = _batch_sums(
                    windows[batch], y[batch], current, radius, schedule.steepness, n_jobs=n_jobs, pool=pool
                )
                total_loss += sums.loss
                n_correct += sums.n_correct
                value_optimizer.step(sums.profile_gradient / len(batch), schedule.learning_rate * decay)
                weight_optimizer.step(sums.weight_gradient / len(batch), schedule.weight_learning_rate * decay)
                weights = np.maximum(current.channel_weights, 0.0)
                current.channel_weights[:] = weights * (len(weights) / weights.sum())
            accuracy = np.nan
            if held_out is not None:
                accuracy = float(np.mean(current.predict(held_out[0], radius, n_jobs=n_jobs) == held_out[1]))
                if accuracy > best_accuracy:
                    best, best_accuracy, best_epoch = _copy(current), accuracy, number
            if on_epoch is not None:
                on_epoch(Epoch(number, n_epochs, total_loss / len(X), n_correct / len(X), accuracy))
            if held_out is not None and number - best_epoch >= schedule.patience:
                break
    learned = current if held_out is None else best
    return Profiles(unit.restored(learned.values), learned.labels, learned.channel_weights)


def _copy(profiles: Profiles) -> Profiles:
    return Profiles(profiles.values.copy(), profiles.labels, profiles.channel_weights.copy())


@dataclass(frozen=True)
class _BatchSums:
    """Sums over the windows of a batch."""

    loss: float
    n_correct: int
    profile_gradient: Float64Array
    weight_gradient: Float64Array


def _batch_sums(
    X: Float64Array,
    y: IntArray,
    profiles: Profiles,
    radius: int,
    steepness: float,
    *,
    n_jobs: int | None = None,
    pool: ThreadPoolExecutor | None = None,
) -> _BatchSums:
    sqrt_weights = np.sqrt(profiles.channel_weights)
    weighted = profiles.values * sqrt_weights
    # float32 suffices to find the two nearest profiles; the gradient is computed in float64.
    packed = pack(weighted.astype(np.float32))
    windows = X * sqrt_weights
    queries = windows.astype(np.float32).reshape(len(X), -1)
    # Of the nearest profile of a window's class, and of that of any other class.
    nearest, squared = np.empty((len(X), 2), dtype=np.int64), np.empty((len(X), 2))
    paths, begins = np.empty((len(X), 2, 2 * X.shape[1] - 1, 2), dtype=np.int64), np.empty((len(X), 2), dtype=np.int64)

    def align(start: int, stop: int) -> None:
        part = slice(start, stop)
        align_with_nearest(
            windows[part], queries[part], y[part], packed.blocks, packed.shape, weighted, profiles.labels, radius,
            nearest[part], squared[part], paths[part], begins[part],
        )  # fmt: skip

    in_threads(align, len(X), n_jobs, work=count_multiply_adds(len(X), packed, radius), pool=pool)
    totals = np.zeros(2)  # loss, number of correct windows
    profile_gradient, weight_gradient = np.zeros_like(weighted), np.zeros(X.shape[2])
    # Always in the order of the windows, so that the sums do not depend on the threads.
    _add_gradients(
        windows, weighted, nearest, squared, paths, begins, steepness, totals, profile_gradient, weight_gradient
    )
    # The chain rule from the weighted profiles √λ p, in which the gradients were computed, to p and to λ.
    positive_weights = np.where(profiles.channel_weights > 0, profiles.channel_weights, 1.0)
    return _BatchSums(
        float(totals[0]), int(totals[1]), profile_gradient * sqrt_weights, weight_gradient / positive_weights
    )


@compiled
def _add_gradients(
    windows: Any, profiles: Any, nearest: Any, squared: Any, paths: Any, begins: Any, steepness: float,
    totals: Any, profile_gradient: Any, weight_gradient: Any,
) -> None:  # fmt: skip
    """Add loss, number of correct windows and gradients of a batch to the last three arguments."""
    for a in range(len(windows)):
        to_own, to_other = squared[a]
        total = to_own + to_other + 1e-300  # not zero even if the window equals profiles of two classes: loss one half
        loss = 1.0 / (1.0 + np.exp(-steepness * (to_own - to_other) / total))
        totals[0] += loss
        totals[1] += to_own < to_other
        if total < MIN_SQUARED_DISTANCE:
            continue
        slope = steepness * loss * (1.0 - loss) * 2.0 / total**2
        for kind, towards in ((0, to_other), (1, -to_own)):
            p, path = nearest[a, kind], paths[a, kind, begins[a, kind] :]
            add_path_gradient(windows[a], profiles[p], path, slope * towards, profile_gradient[p], weight_gradient)


def epoch_recorder(history: list[Epoch], verbose: int) -> Callable[[Epoch], None]:
    """A callback that appends each epoch to ``history``, and prints it if ``verbose``."""
    began = time.perf_counter()

    def record(epoch: Epoch) -> None:
        history.append(epoch)
        if verbose:
            held_out = f"  held out {epoch.validation_accuracy:.3f}" if np.isfinite(epoch.validation_accuracy) else ""
            print(
                f"learning profiles {epoch.number:>3}/{epoch.n_epochs}  loss {epoch.loss:.4f}  "
                f"training {epoch.training_accuracy:.3f}{held_out}  {time.perf_counter() - began:.1f} s",
                flush=True,
            )

    return record
