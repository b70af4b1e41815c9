"""From the evidence of one second to a decision: a fusion of the sensors, a threshold, and its score."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

import common
from common import EventScore, MonitoredDay
from common.evaluation.by_resident import ResidentIntervals, intervals_by_resident
from common.evaluation.operating_point import PROBABILITIES
from common.validation import BoolArray, FloatArray
from examples.fusion_days import ObservedDay

# One limit for every row: the most sensitive threshold whose false alarms on the validation residents are, with 95%
# confidence, at most this many an hour of movement.
MAX_FALSE_ALARMS_PER_MOVEMENT_HOUR = 0.2

_FOLDS = 4
_CHANGED_BY = 0.01
_CHANGED_WITHIN_S = 10  # longer than an impact is held, so that the seconds of a held one count


@dataclass(frozen=True)
class Result:
    """The score of a rule on some days: of all together, and of each resident."""

    total: EventScore
    by_resident: tuple[EventScore, ...]

    @classmethod
    def of(cls, scores: Iterable[EventScore]) -> Result:
        """One score a resident, since every simulated day is that of another resident."""
        residents = tuple(scores)
        return cls(total(residents), residents)

    @property
    def intervals(self) -> ResidentIntervals:
        """95% intervals over residents."""
        return intervals_by_resident(self.by_resident)


def fit(days: Sequence[ObservedDay]) -> common.FusionClassifier:
    """A fusion that has learned from the seconds of these days in which the evidence changes: most of a day is rest.

    Rows are chosen by the evidence alone, so that the probability of a fall given the evidence stays that of the days;
    the curve with which the fusion calibrates its probabilities then undoes the share of falls on which the sensors'
    classifiers were trained.
    """
    labels = [day.truth.labels for day in days]
    known = [(label >= 0) & is_eventful(day.evidence) for label, day in zip(labels, days, strict=True)]
    X = pd.concat([day.evidence[rows] for day, rows in zip(days, known, strict=True)], ignore_index=True)
    y = np.concatenate([label[rows] for label, rows in zip(labels, known, strict=True)])
    resident = np.repeat(np.arange(len(days)), [int(rows.sum()) for rows in known])
    return common.FusionClassifier().fit(X, y, groups=resident)


def is_eventful(evidence: pd.DataFrame) -> BoolArray:
    """The seconds in which the evidence of a sensor has changed in the last ten, has come or has gone."""
    recent = evidence.rolling(_CHANGED_WITHIN_S, min_periods=1)
    changed = (recent.max() - recent.min() > _CHANGED_BY).any(axis=1)
    came_or_went = (evidence.isna() != evidence.isna().shift(1, fill_value=True)).any(axis=1)
    return np.asarray(changed | came_or_went)


def fit_out_of_fold(days: Sequence[ObservedDay]) -> list[common.FusionClassifier]:
    """For each day, a fusion that has learned from other days."""
    n_folds = min(_FOLDS, len(days))
    folds = np.arange(len(days)) % n_folds
    training = [[day for day, fold in zip(days, folds, strict=True) if fold != held_out] for held_out in range(n_folds)]
    fusions = [fit(others) for others in training]
    return [fusions[fold] for fold in folds]


def scores_out_of_fold(days: Sequence[ObservedDay]) -> list[FloatArray]:
    """The fused probability in each second of each day, by a fusion that has learned from other days."""
    return [fused(fusion, day.evidence) for fusion, day in zip(fit_out_of_fold(days), days, strict=True)]


def calibration_error(days: Sequence[ObservedDay], scores: Sequence[FloatArray]) -> float:
    """Expected calibration error in the seconds in which the evidence changes."""
    return common.reliability(*labelled(days, scores)).error


def labelled(days: Sequence[ObservedDay], scores: Sequence[FloatArray]) -> tuple[BoolArray, FloatArray]:
    """Whether an alarm was due, and the probability, in the seconds in which the evidence changes."""
    truth, probability = [], []
    for day, p in zip(days, scores, strict=True):
        label = day.truth.labels
        known = (label >= 0) & is_eventful(day.evidence) & ~np.isnan(p)
        truth.append(label[known] == 1)
        probability.append(p[known])
    return np.concatenate(truth), np.concatenate(probability)


def fused(fusion: common.FusionClassifier, evidence: pd.DataFrame) -> FloatArray:
    """Probability of a fall in each second; NaN in those without evidence. A sensor without a column is missing."""
    X = evidence.reindex(columns=fusion.feature_names_in_)
    scores = np.full(len(X), np.nan)
    has_evidence = X.notna().any(axis=1).to_numpy()
    if has_evidence.any():
        # Evidence is held for seconds and, of a camera, for hours: equal rows are fused once.
        rows, inverse = np.unique(X[has_evidence].to_numpy(), axis=0, return_inverse=True)
        distinct = pd.DataFrame(rows, columns=X.columns)
        scores[has_evidence] = fusion.predict_proba(distinct)[:, 1][inverse.ravel()]
    return scores


def choose_threshold(days: Sequence[MonitoredDay]) -> tuple[float, str]:
    """The threshold for the limit that all rows share, and a description of it.

    If there are too few hours of movement for a bound, it is the threshold with the fewest mistakes on these days,
    counting missed falls and false alarms equally. If the false alarms are too many at any threshold, the rule never
    alarms.
    """
    limit = MAX_FALSE_ALARMS_PER_MOVEMENT_HOUR
    try:
        point = common.choose_threshold(days, max_false_alarms_per_movement_hour=limit)
        return point.threshold, str(point)
    except common.InvalidInputError as error:
        hours = sum(day.movement_s or 0.0 for day in days) / 3600
        if hours * limit >= common.poisson_upper_bound(0, 1):
            return math.inf, f"no threshold keeps the limit, so it never alarms ({error})"
    points = [(float(value), total(day.score(value) for day in days)) for value in PROBABILITIES[::2]]
    value, score = min(points, key=lambda point: point[1].n_falls - point[1].n_detected + point[1].n_false_alarms)
    return value, (
        f"threshold {value:.6g}: {score.n_falls - score.n_detected} falls missed and {score.n_false_alarms} false "
        f"alarms in {hours:.1f} h of movement, too few hours to bound them"
    )


def total(scores: Iterable[EventScore]) -> EventScore:
    """The score of several days together."""
    return sum(scores, EventScore(0, (), 0, 0.0))


def score(days: Sequence[ObservedDay], scores: Sequence[FloatArray], threshold: float) -> Result:
    """The result of a rule with these scores on these days."""
    pairs = zip(days, scores, strict=True)
    return Result.of(day.truth.monitored(values).score(threshold) for day, values in pairs)
