"""From the evidence of one second to a decision: a fusion of the sensors, a threshold, and its score."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

import common
from common import EventScore, MonitoredDay
from common.validation import FloatArray
from examples.fusion_days import ObservedDay

_FOLDS = 4
_CANDIDATES = 1 / (1 + np.exp(-np.arange(-6.9, 13.9, 0.2)))


def fit(days: Sequence[ObservedDay]) -> common.FusionClassifier:
    """A fusion that has learned from the eventful seconds of these days: most of a day is rest."""
    known = [(day.is_fall >= 0) & day.is_eventful for day in days]
    X = pd.concat([day.evidence()[rows] for day, rows in zip(days, known, strict=True)], ignore_index=True)
    y = np.concatenate([day.is_fall[rows] for day, rows in zip(days, known, strict=True)])
    number = np.repeat(np.arange(len(days)), [int(rows.sum()) for rows in known])
    return common.FusionClassifier().fit(X, y, groups=number)


def fit_out_of_fold(days: Sequence[ObservedDay]) -> list[common.FusionClassifier]:
    """For each day, a fusion that has learned from other days."""
    n_folds = min(_FOLDS, len(days))
    folds = np.arange(len(days)) % n_folds
    training = [[day for day, fold in zip(days, folds, strict=True) if fold != held_out] for held_out in range(n_folds)]
    fusions = [fit(others) for others in training]
    return [fusions[fold] for fold in folds]


def fused(fusion: common.FusionClassifier, evidence: pd.DataFrame) -> FloatArray:
    """Probability of a fall in each second; NaN in those without evidence. A sensor without a column is missing."""
    X = evidence.reindex(columns=fusion.feature_names_in_)
    scores = np.full(len(X), np.nan)
    has_evidence = X.notna().any(axis=1).to_numpy()
    if has_evidence.any():
        scores[has_evidence] = fusion.predict_proba(X[has_evidence])[:, 1]
    return scores


def choose_threshold(days: Sequence[MonitoredDay], *, limit: float) -> tuple[float, str]:
    """The most sensitive threshold whose false alarms are bounded by ``limit`` per day, and a description of it.

    If there are too few days for a bound, it is the threshold with the fewest mistakes on them, counting missed falls
    and false alarms equally.
    """
    try:
        point = common.choose_threshold(days, max_false_alarms_per_day=limit)
        return point.threshold, str(point)
    except common.InvalidInputError:
        points = [(float(value), total(day.score(value) for day in days)) for value in _CANDIDATES]
        value, score = min(points, key=lambda point: point[1].n_falls - point[1].n_detected + point[1].n_false_alarms)
        return value, (
            f"threshold {value:.6g}: {score.n_falls - score.n_detected} falls missed and {score.n_false_alarms} false "
            f"alarms in {score.monitored_s / 3600:.0f} h, too few hours to bound them"
        )


def total(scores: Iterable[EventScore]) -> EventScore:
    """The score of several days together."""
    return sum(scores, EventScore(0, (), 0, 0.0))


def score(days: Sequence[ObservedDay], scores: Sequence[FloatArray], threshold: float) -> EventScore:
    """The result of a rule with these scores on these days."""
    return total(day.monitored(values).score(threshold) for day, values in zip(days, scores, strict=True))


def best_on_test(days: Sequence[MonitoredDay], thresholds: Sequence[float], *, limit: float) -> EventScore:
    """The score with the most sensitive threshold within ``limit`` false alarms per day *on these same days*.

    This is too favourable. It is meant for naive baselines, which should lose even so.
    """
    scores = [total(day.score(float(value)) for day in days) for value in thresholds]
    within = [result for result in scores if result.false_alarms_per_day <= limit]
    return max(within or scores[:1], key=lambda result: result.n_detected)
