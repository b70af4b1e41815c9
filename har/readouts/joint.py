"""Prototypes and linear readout learned together, by cross-entropy.

Learned one after the other, the prototypes first serve the nearest-prototype rule, and the readout takes them as they
are. Here the loss of the readout's probabilities flows through the distances to all prototypes and to the channels'
weights, as it does to a network's first layer (cf. Grabocka et al., *Learning time-series shapelets*, KDD 2014, where
distances to short patterns are the features). Free to move, prototypes soon fit the people that they learn from: in
every epoch each window is therefore changed at random, labels are smoothed, and weights decay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import log_softmax, softmax

from common.learning.adam import Adam
from common.validation import Float64Array, FloatArray, IntArray
from har.dtw.alignments import Alignments
from har.dtw.learning import Augment, Epoch, Profiles, Standardization
from har.readouts.calibration import likelihood
from har.readouts.linear import LinearReadout, distance_features
from har.readouts.scores import SMALLEST_SHARE


@dataclass(frozen=True)
class JointSchedule:
    """Hyperparameters of joint learning; the defaults were chosen on people held out from training."""

    n_epochs: int | None = None  # None: depends on the number of windows, see epochs_for
    batch_size: int = 32
    learning_rate: float = 0.02  # of prototypes and readout; decays exponentially …
    weight_learning_rate: float = 0.003  # of the channel weights; decays likewise …
    last_share: float = 0.03  # … to this share
    weight_decay: float = 1e-3  # of the readout's weights
    label_smoothing: float = 0.1  # the share of each label that is spread over all classes
    patience: int = 10  # epochs without progress on held-out windows

    def epochs_for(self, n_windows: int) -> int:
        """Number of epochs; small training sets need more: 30 for 2,800 windows, 6 for 14,000 unless set."""
        return self.n_epochs or int(np.clip(85_000 // n_windows, 6, 30))


@dataclass(frozen=True, eq=False)
class JointModel:
    """Prototypes, and the readout that was learned with them."""

    profiles: Profiles
    readout: LinearReadout

    def log_odds(self, X: FloatArray, radius: int, *, n_jobs: int | None = None) -> Float64Array:
        """The unnormalised log-probability ``(n, n_classes)`` of each class."""
        return self.readout.log_odds(distance_features(self.profiles.squared_distances(X, radius, n_jobs=n_jobs)))


#: The readout begins at the regression on this many windows, with this penalty: it is learned further anyway.
_FIRST_WINDOWS, _FIRST_C = 2_000, 0.1


def learn_jointly(
    start: Profiles,
    X: FloatArray,
    y: IntArray,
    radius: int,
    *,
    rng: np.random.Generator,
    schedule: JointSchedule | None = None,
    augment: Augment | None = None,
    held_out: tuple[FloatArray, IntArray] | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
    n_jobs: int | None = None,
) -> JointModel:
    """Learn a readout of distances to ``start``, and improve both by gradient descent.

    Parameters
    ----------
    start : Profiles
    X : ndarray of shape (n, n_timesteps, n_channels)
    y : ndarray of shape (n,)
        Class indices 0, 1, …, each at least once.
    radius : int
        The band's radius in samples.
    augment : callable, optional
        Changes windows at random: ``augment(X, rng)``, called in every epoch.
    held_out : pair of windows and class indices, optional
        Of other people. Learning stops after ``schedule.patience`` epochs without progress of their likelihood, and
        the model under which they were most likely is returned.
    on_epoch : callable, optional
        Called with each :class:`har.dtw.learning.Epoch` as it ends.

    Returns
    -------
    JointModel
        It depends on ``rng`` but not on ``n_jobs``.
    """
    schedule = schedule or JointSchedule()
    n_epochs = schedule.epochs_for(len(X))
    n_batches = -(-len(X) // schedule.batch_size)
    unit = Standardization.of(X)
    learner = _JointLearner(_first_model(start, X, y, radius, rng, augment), unit, schedule)
    targets = np.eye(int(y.max()) + 1)[y]
    targets += schedule.label_smoothing * (1 / targets.shape[1] - targets)
    best, best_likelihood, best_epoch = learner.model(), -np.inf, 0

    for number in range(1, n_epochs + 1):
        windows = unit.standardised(X if augment is None else augment(X, rng))
        total_loss, n_correct, accuracy = 0.0, 0, np.nan
        for index, batch in enumerate(np.array_split(rng.permutation(len(X)), n_batches)):
            decay = schedule.last_share ** ((number - 1 + index / n_batches) / n_epochs)
            log_probabilities = learner.step(windows[batch], targets[batch], radius, decay)
            total_loss -= float((targets[batch] * log_probabilities).sum())
            n_correct += int((log_probabilities.argmax(axis=1) == y[batch]).sum())
        if held_out is not None:
            log_odds = learner.model().log_odds(held_out[0], radius, n_jobs=n_jobs)
            accuracy = float(np.mean(log_odds.argmax(axis=1) == held_out[1]))
            if (reached := likelihood(log_odds, held_out[1])) > best_likelihood:
                best, best_likelihood, best_epoch = learner.model(), reached, number
        if on_epoch is not None:
            on_epoch(Epoch(number, n_epochs, total_loss / len(X), n_correct / len(X), accuracy))
        if held_out is not None and number - best_epoch >= schedule.patience:
            break
    return learner.model() if held_out is None else best


def _first_model(
    start: Profiles, X: FloatArray, y: IntArray, radius: int, rng: np.random.Generator, augment: Augment | None
) -> JointModel:
    """The given profiles, and a regression on the distances of some of the windows, with all classes among them."""
    first_of_each = np.unique(y, return_index=True)[1]
    some = np.union1d(first_of_each, rng.permutation(len(X))[:_FIRST_WINDOWS])
    windows = X[some] if augment is None else augment(X[some], rng)
    features = distance_features(start.squared_distances(windows, radius))
    return JointModel(start, LinearReadout.fit(features, y[some], _FIRST_C))


class _JointLearner:
    """Prototypes, channel weights and readout, and an optimiser for each."""

    def __init__(self, model: JointModel, unit: Standardization, schedule: JointSchedule) -> None:
        self._unit, self._schedule = unit, schedule
        self._labels = model.profiles.labels
        self._values = unit.standardised(model.profiles.values)
        self._channel_weights = model.profiles.channel_weights.copy()
        # Distances in another unit differ by a factor, and their logarithms by a number.
        self._logarithms = slice(len(self._values))
        self._mean, self._scale = model.readout.mean.copy(), model.readout.scale
        self._mean[self._logarithms] -= 2 * np.log(unit.spread)
        # Two classes have a row each while they are learned.
        self._coef, self._intercept = model.readout.rows()
        learned = (self._values, self._channel_weights, self._coef, self._intercept)
        self._optimizers = [Adam(parameters) for parameters in learned]

    def step(self, windows: FloatArray, targets: Float64Array, radius: int, decay: float) -> Float64Array:
        """Learn from a batch; returns the log-probabilities that it had before."""
        alignments = Alignments.of(windows, self._values, self._channel_weights, radius)
        features = (distance_features(alignments.squared) - self._mean) / self._scale
        log_odds = features @ self._coef.T + self._intercept
        error = (softmax(log_odds, axis=1) - targets) / len(windows)
        slopes = distance_slopes(alignments.squared, error @ self._coef / self._scale)
        profile_gradient, weight_gradient = alignments.gradients(slopes)

        rate = self._schedule.learning_rate * decay
        values, channel_weights, coef, intercept = self._optimizers
        values.step(profile_gradient, rate)
        channel_weights.step(weight_gradient, self._schedule.weight_learning_rate * decay)
        coef.step(error.T @ features + self._schedule.weight_decay * self._coef, rate)
        intercept.step(error.sum(axis=0), rate)
        weights = np.maximum(self._channel_weights, 0.0)
        self._channel_weights[:] = weights * (len(weights) / weights.sum())
        return np.asarray(log_softmax(log_odds, axis=1))

    def model(self) -> JointModel:
        """A copy of what has been learned, in the windows' unit."""
        profiles = Profiles(self._unit.restored(self._values), self._labels, self._channel_weights.copy())
        coef, intercept = self._coef.copy(), self._intercept.copy()
        if len(coef) == 2:  # one row gives the log-odds of the second class
            coef, intercept = coef[1:] - coef[:1], intercept[1:] - intercept[:1]
        mean = self._mean.copy()
        mean[self._logarithms] += 2 * np.log(self._unit.spread)
        return JointModel(profiles, LinearReadout(mean, self._scale, coef, intercept))


def distance_slopes(squared: Float64Array, slopes: Float64Array) -> Float64Array:
    """Derivatives of a loss with respect to squared distances, from those with respect to their features.

    Parameters
    ----------
    squared : ndarray of shape (n, n_prototypes)
    slopes : ndarray of shape (n, 2 n_prototypes)
        With respect to :func:`har.readouts.linear.distance_features` of ``squared``.
    """
    n = squared.shape[1]
    mean = np.maximum(squared.mean(axis=1, keepdims=True), 1e-300)
    of_logarithms, of_shares = slopes[:, :n], slopes[:, n:]
    # A window may equal all prototypes: their distances then have no slope, and the quotient none that is finite.
    with np.errstate(over="ignore", invalid="ignore"):
        direct = of_logarithms / (squared + SMALLEST_SHARE * mean) + of_shares / mean
        through_mean = (SMALLEST_SHARE * of_logarithms / (squared + SMALLEST_SHARE * mean)).sum(axis=1, keepdims=True)
        through_mean -= (of_shares * squared).sum(axis=1, keepdims=True) / mean**2
    return np.asarray(np.nan_to_num(direct + through_mean / n, posinf=0.0, neginf=0.0))
