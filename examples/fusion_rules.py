"""The decision rules compared: each sensor alone, all fused, with faults, with one missing; and baselines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

import common
from common import EventScore
from common.validation import FloatArray
from examples import fusion_decisions
from examples.fusion_days import ObservedDay
from examples.fusion_decisions import fused
from examples.fusion_sensors import BoolArray, Sensor
from examples.terminal import console

# False alarms per resident-day that a threshold may cause on the validation days.
_LIMIT, _LIMIT_FUSED = 1.0, 0.5


@dataclass(frozen=True)
class DecisionRule:
    """One rule: its scores on every test day, its threshold, and its result."""

    name: str
    scores: list[FloatArray]
    threshold: float
    result: EventScore


def fused_name(sensors: Sequence[str]) -> str:
    """The name of the fusion of all sensors in tables and figures."""
    return "both, fused" if len(sensors) == 2 else "all, fused"


def missing_name(sensor: str) -> str:
    """The name of the fusion without one sensor in tables and figures."""
    return f"fused, {sensor} missing"


def decision_rules(
    validation: Sequence[ObservedDay], test: Sequence[ObservedDay], fusion: common.FusionClassifier
) -> Iterator[DecisionRule]:
    """Every rule, with its threshold chosen on the validation days, where the fusion's scores are out of fold."""
    sensors = list(fusion.feature_names_in_)
    fusions = fusion_decisions.fit_out_of_fold(validation)

    def rule(name: str, known: list[FloatArray], new: list[FloatArray], limit: float = _LIMIT) -> DecisionRule:
        days = [day.monitored(scores) for day, scores in zip(validation, known, strict=True)]
        threshold, reason = fusion_decisions.choose_threshold(days, limit=limit)
        console.print(f"{name}: {reason}", style="dim", highlight=False)
        return DecisionRule(name, new, threshold, fusion_decisions.score(test, new, threshold))

    def fuse(present: list[str]) -> tuple[list[FloatArray], list[FloatArray]]:
        known = [fused(other, day.evidence()[present]) for other, day in zip(fusions, validation, strict=True)]
        return known, [fused(fusion, day.evidence()[present]) for day in test]

    for sensor in sensors:
        known, new = ([day.evidence()[sensor].to_numpy() for day in days] for days in (validation, test))
        yield rule(sensor, known, new)
    everything = rule(fused_name(sensors), *fuse(sensors), _LIMIT_FUSED)
    yield everything
    for fault in _faults(test):
        scores = [fused(fusion, day.evidence(fault=fault)) for day in test]
        result = fusion_decisions.score(test, scores, everything.threshold)
        yield DecisionRule(fault, scores, everything.threshold, result)
    for sensor in sensors:
        yield rule(missing_name(sensor), *fuse([name for name in sensors if name != sensor]))


def _faults(days: Sequence[ObservedDay]) -> list[str]:
    """The names of all degraded evidence."""
    return list(dict.fromkeys(name for seen in days[0].observations.values() for name in seen.degraded))


def baselines(test: Sequence[ObservedDay], sensors: Sequence[Sensor]) -> dict[str, EventScore]:
    """Every sensor's rules without training, at their best on the test days."""
    return {
        baseline.name: fusion_decisions.best_on_test(
            [day.monitored(day.observations[sensor.name].series[baseline.series]) for day in test],
            baseline.thresholds,
            limit=_LIMIT,
        )
        for sensor in sensors
        for baseline in sensor.baselines
    }


def labelled_probabilities(
    test: Sequence[ObservedDay], fusion: common.FusionClassifier
) -> dict[str, tuple[BoolArray, FloatArray]]:
    """Truth and the fusion's probability in the eventful seconds, with all sensors and with each one missing."""
    sensors = list(fusion.feature_names_in_)
    present = {fused_name(sensors): sensors}
    present |= {missing_name(sensor): [name for name in sensors if name != sensor] for sensor in sensors}
    pairs = {}
    for name, columns in present.items():
        truth, probability = [], []
        for day in test:
            p = fused(fusion, day.evidence()[columns])
            known = (day.is_fall >= 0) & day.is_eventful & ~np.isnan(p)
            truth.append(day.is_fall[known] == 1)
            probability.append(p[known])
        pairs[name] = np.concatenate(truth), np.concatenate(probability)
    return pairs
