"""The decision rules compared: each sensor alone, all fused, with faults, with one missing; and baselines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

import common
from common.validation import BoolArray, FloatArray
from examples import fusion_decisions
from examples.fusion_days import ObservedDay
from examples.fusion_decisions import Result, fused
from examples.fusion_sensors import Sensor
from examples.terminal import console


@dataclass(frozen=True, eq=False)
class DecisionRule:
    """One rule: its scores on every test day, its threshold, and its result."""

    name: str
    scores: list[FloatArray]
    threshold: float
    result: Result


def fused_name(sensors: Sequence[str]) -> str:
    """The name of the fusion of all sensors in tables and figures."""
    return "both, fused" if len(sensors) == 2 else "all, fused"


def missing_name(sensor: str) -> str:
    """The name of the fusion without one sensor in tables and figures."""
    return f"{sensor} missing"


def decision_rules(
    validation: Sequence[ObservedDay],
    test: Sequence[ObservedDay],
    fusion: common.FusionClassifier,
    sensors: Sequence[Sensor],
) -> Iterator[DecisionRule]:
    """Every rule. Sensors, fusion and baselines have thresholds chosen on the validation days, all in the same way.

    The fusion with a fault, or without a sensor, keeps the threshold of the fusion of all, as it would in use.
    """
    for sensor in sensors:
        yield _of_evidence(sensor.name, lambda day, name=sensor.name: day.evidence[name].to_numpy(), validation, test)
    everything = _fused_rule(validation, test, fusion, sensors)
    yield everything

    def same_threshold(name: str, evidence: Callable[[ObservedDay], pd.DataFrame]) -> DecisionRule:
        scores = [fused(fusion, evidence(day)) for day in test]
        result = fusion_decisions.score(test, scores, everything.threshold)
        return DecisionRule(name, scores, everything.threshold, result)

    for sensor in sensors:
        for fault in sensor.faults:
            yield same_threshold(fault, lambda day, fault=fault: day.evidence_with(fault))
    for sensor in sensors:
        yield same_threshold(missing_name(sensor.name), lambda day, name=sensor.name: day.evidence.drop(columns=name))
    for sensor in sensors:
        for baseline in sensor.baselines:
            yield _of_evidence(
                baseline,
                lambda day, name=sensor.name, baseline=baseline: day.evidence_of(name, baseline),
                validation,
                test,
            )


def _fused_rule(
    validation: Sequence[ObservedDay],
    test: Sequence[ObservedDay],
    fusion: common.FusionClassifier,
    sensors: Sequence[Sensor],
) -> DecisionRule:
    """The fusion of all sensors; its scores on the validation days are out of fold."""
    known = fusion_decisions.scores_out_of_fold(validation)
    name = fused_name([sensor.name for sensor in sensors])
    return _rule(name, validation, known, test, [fused(fusion, day.evidence) for day in test])


def _of_evidence(
    name: str,
    evidence: Callable[[ObservedDay], FloatArray],
    validation: Sequence[ObservedDay],
    test: Sequence[ObservedDay],
) -> DecisionRule:
    """A rule that takes the evidence of one sensor as it is."""
    return _rule(name, validation, [evidence(day) for day in validation], test, [evidence(day) for day in test])


def _rule(
    name: str,
    validation: Sequence[ObservedDay],
    known: list[FloatArray],
    test: Sequence[ObservedDay],
    new: list[FloatArray],
) -> DecisionRule:
    """A rule with the threshold that its scores on the validation days allow."""
    days = [day.truth.monitored(scores) for day, scores in zip(validation, known, strict=True)]
    threshold, reason = fusion_decisions.choose_threshold(days)
    console.print(f"{name}: {reason}", style="dim", highlight=False)
    return DecisionRule(name, new, threshold, fusion_decisions.score(test, new, threshold))


def labelled_probabilities(
    test: Sequence[ObservedDay], fusion: common.FusionClassifier
) -> dict[str, tuple[BoolArray, FloatArray]]:
    """Truth and the fusion's probability in the eventful seconds, with all sensors and with each one missing."""
    sensors = list(fusion.feature_names_in_)
    present = {fused_name(sensors): sensors}
    if len(sensors) > 1:
        present |= {missing_name(sensor): [name for name in sensors if name != sensor] for sensor in sensors}
    return {
        name: fusion_decisions.labelled(test, [fused(fusion, day.evidence[columns]) for day in test])
        for name, columns in present.items()
    }
