"""Learned profiles: generalised relevance LVQ under banded DTW.

Medoids and means describe a class; learned profiles separate it from its neighbours. For each
window take the squared DTW distance d⁺ to the nearest profile of its own class and d⁻ to the nearest
of any other, both with channel weights λ, and lower

    loss = σ(β μ),    μ = (d⁺ − d⁻) / (d⁺ + d⁻)  in [−1, 1],

a smooth count of errors (Sato & Yamada, NIPS 1995; relevances: Hammer & Villmann, Neural Networks 15,
2002; in DTW space: Jain & Schultz, Pattern Recognition 76, 2018). Along its optimal path a squared DTW
distance is a plain sum of squares, so its gradient flows along that path to the profile and to λ.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from common.compiled import compiled
from common.learning.adam import Adam
from common.validation import FloatArray, IntArray
from har.dtw.kernels import banded_path
from har.dtw.lane_kernel import lane_dtw
from har.dtw.packing import pack, squared_distances

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Profiles:
    """Profiles ``(n, n_timesteps, n_channels)``, the class index of each, and the channels' weights."""

    values: Array
    labels: IntArray
    channel_weights: Array

    def predict(self, X: FloatArray, radius: int, *, n_jobs: int | None = None) -> IntArray:
        """The class index of the nearest profile of each window."""
        root = np.sqrt(self.channel_weights)
        squared = squared_distances(pack(self.values * root), X * root, radius, n_jobs=n_jobs)
        return self.labels[squared.argmin(axis=1)]


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training windows gave."""

    number: int
    n_epochs: int
    loss: float
    training_accuracy: float
    validation_accuracy: float  # NaN without held-out windows


@dataclass(frozen=True)
class Schedule:
    """How profiles are learned; the defaults were chosen on training subjects of three data sets."""

    n_epochs: int | None = None  # None: see epochs_for
    batch_size: int = 32
    rate: float = 0.03
    last_rate: float = 0.003
    weight_rate: float = 0.01  # of the channel weights
    steepness: float = 8.0  # β
    patience: int = 5  # epochs without progress on held-out windows

    def epochs_for(self, n_windows: int) -> int:
        """Small sets need more passes: 60 for 700 windows, 12 for 14 000."""
        return self.n_epochs or int(np.clip(42_000 // n_windows, 12, 60))


def learn_profiles(
    start: Profiles,
    X: FloatArray,
    y: IntArray,
    radius: int,
    *,
    rng: np.random.Generator,
    schedule: Schedule | None = None,
    held_out: tuple[FloatArray, IntArray] | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
    n_jobs: int | None = None,
) -> Profiles:
    """Improve profiles by gradient descent.

    Parameters
    ----------
    start : Profiles
        Where to begin, for example random windows or class means.
    X : ndarray of shape (n, n_timesteps, n_channels)
    y : ndarray of shape (n,)
        Class indices.
    radius : int
        The band's radius in samples.
    held_out : pair of windows and class indices, optional
        Of other subjects: the profiles that were best on them are returned, and learning stops after
        ``schedule.patience`` epochs without progress.

    Returns
    -------
    Profiles
        The same for the same ``rng``, whatever ``n_jobs``.
    """
    schedule = schedule or Schedule()
    n_epochs = schedule.epochs_for(len(X))
    n_batches = -(-len(X) // schedule.batch_size)
    # DTW does not feel an offset, and Adam's steps have the size of the rate: in units of the signals'
    # spread about their mean, learning is the same in any unit, and float32 suffices for the search.
    centre = X.mean(axis=(0, 1), dtype=np.float64)
    spread = float(np.sqrt(X.var(axis=(0, 1), dtype=np.float64).mean())) or 1.0

    def standardised(values: FloatArray) -> Array:
        return np.ascontiguousarray((values - centre) / spread, dtype=np.float64)

    X = standardised(X)
    held_out = None if held_out is None else (standardised(held_out[0]), held_out[1])
    current = Profiles(standardised(start.values), start.labels, start.channel_weights.copy())
    value_optimizer, weight_optimizer = Adam(current.values), Adam(current.channel_weights)
    best, best_accuracy, best_epoch = current, -1.0, 0

    for number in range(1, n_epochs + 1):
        losses, hits = 0.0, 0
        order = rng.permutation(len(X))
        for index, batch in enumerate(np.array_split(order, n_batches)):
            progress = (number - 1 + index / n_batches) / n_epochs
            decay = (schedule.last_rate / schedule.rate) ** progress
            loss, correct, to_profiles, to_weights = _batch(X, y, batch, current, radius, schedule.steepness)
            losses += loss
            hits += correct
            value_optimizer.step(to_profiles / len(batch), schedule.rate * decay)
            weight_optimizer.step(to_weights / len(batch), schedule.weight_rate * decay)
            weights = np.maximum(current.channel_weights, 0.0)
            current.channel_weights[:] = weights * (len(weights) / weights.sum())
        accuracy = np.nan
        if held_out is not None:
            accuracy = float(np.mean(current.predict(held_out[0], radius, n_jobs=n_jobs) == held_out[1]))
            if accuracy > best_accuracy:
                best, best_accuracy, best_epoch = _copy(current), accuracy, number
        if on_epoch is not None:
            on_epoch(Epoch(number, n_epochs, losses / len(X), hits / len(X), accuracy))
        if held_out is not None and number - best_epoch >= schedule.patience:
            break
    learned = current if held_out is None else best
    return Profiles(learned.values * spread + centre, learned.labels, learned.channel_weights)


def _copy(profiles: Profiles) -> Profiles:
    return Profiles(profiles.values.copy(), profiles.labels, profiles.channel_weights.copy())


def _batch(
    X: Array, y: IntArray, batch: IntArray, profiles: Profiles, radius: int, steepness: float
) -> tuple[float, int, Array, Array]:
    """Loss, number of windows on the right side, and the two gradients, summed over a batch."""
    root = np.sqrt(profiles.channel_weights)
    scaled = profiles.values * root
    # The search for the two nearest needs no more than float32; the gradient is taken in float64.
    packed = pack(scaled.astype(np.float32))
    windows = X[batch] * root
    size, n_channels = len(batch), X.shape[2]
    totals = np.zeros(2)  # loss, correct
    to_profiles, to_weights = np.zeros_like(scaled), np.zeros(n_channels)
    # On one thread: a batch takes half a millisecond, less than it takes to share it reliably.
    _add_slopes(
        windows, windows.astype(np.float32).reshape(size, -1), y[batch], packed.blocks, packed.shape, scaled,
        profiles.labels, radius, steepness, totals, to_profiles, to_weights,
    )  # fmt: skip
    # ∂/∂p and ∂/∂λ of λ (x − p)², from its root-scaled form.
    safe = np.where(profiles.channel_weights > 0, profiles.channel_weights, 1.0)
    return float(totals[0]), int(totals[1]), to_profiles * root, to_weights / safe


@compiled
def _add_slopes(
    windows: Any, queries: Any, labels: Any, blocks: Any, shape: Any, profiles: Any, profile_labels: Any,
    radius: int, steepness: float, totals: Any, to_profiles: Any, to_weights: Any,
) -> None:  # fmt: skip
    """Add up loss, correct windows and slopes of a batch."""
    n_profiles, n_timesteps, n_channels = profiles.shape
    width = len(shape[1])
    buffer = np.empty((2 * radius + 3) * width, dtype=queries.dtype)
    distances = np.empty(len(blocks) * width, dtype=queries.dtype)
    unlimited = np.full(1, np.inf, dtype=queries.dtype)
    steps = np.empty((2 * n_timesteps - 1, 2), dtype=np.int64)
    for a in range(len(windows)):
        for b in range(len(blocks)):
            lanes = distances[b * width : (b + 1) * width]
            lane_dtw(queries[a], blocks[b], n_channels, shape, radius, unlimited, buffer, lanes)
        own, other = -1, -1
        for p in range(n_profiles):
            if profile_labels[p] == labels[a]:
                if own < 0 or distances[p] < distances[own]:
                    own = p
            elif other < 0 or distances[p] < distances[other]:
                other = p
        near, own_start = banded_path(windows[a], profiles[own], radius, steps)
        own_steps = steps[own_start:].copy()
        far, other_start = banded_path(windows[a], profiles[other], radius, steps)
        total = near + far + 1e-300  # a window that equals profiles of two classes teaches nothing
        value = 1.0 / (1.0 + np.exp(-steepness * (near - far) / total))
        totals[0] += value
        totals[1] += near < far
        slope = steepness * value * (1.0 - value) * 2.0 / total**2
        _add_slope(windows[a], profiles[own], own_steps, slope * far, to_profiles[own], to_weights)
        _add_slope(windows[a], profiles[other], steps[other_start:], -slope * near, to_profiles[other], to_weights)


@compiled
def _add_slope(x: Any, profile: Any, steps: Any, slope: float, to_profile: Any, to_weights: Any) -> None:
    """Add ``slope`` times the derivative of the squared distance along a path."""
    for s in range(len(steps)):
        i, j = steps[s, 0], steps[s, 1]
        for c in range(x.shape[1]):
            difference = profile[j, c] - x[i, c]
            to_profile[j, c] += slope * 2.0 * difference
            to_weights[c] += slope * difference * difference
