"""The fusion on days of simulated residents: what each sensor is worth alone, together, and when one is missing.

There are three sets of days, of different residents in different rooms: the sensors' classifiers learn from the first;
the fusion learns and thresholds are chosen on the second; everything is judged once on the third.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import common
from common import AlarmPolicy, DayScenario, InertialSensor, plotting
from examples import fusion_alarms, fusion_decisions, fusion_energy, fusion_figures, fusion_rules, fusion_tables
from examples.fusion_camera import Camera
from examples.fusion_days import ObservedDay, observe_days
from examples.fusion_rules import DecisionRule
from examples.fusion_sensors import Preparation, Sensor
from examples.fusion_wearable import Wearable
from examples.terminal import console

# The sensors to fuse. To add one, write its class in a separate file and list it here.
SENSORS: tuple[type[Sensor], ...] = (Wearable, Camera)

# Seeds from 800 on are free; these serve the demo.
_DEMO_SEEDS = ((801, 802, 803, 804), (811, 812, 813), (821, 822))


@dataclass(frozen=True)
class Days:
    """The days to train, validate and test on."""

    training_scenario: DayScenario
    scenario: DayScenario
    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]

    @classmethod
    def choose(cls, position: str, n_test: int, quick: bool) -> Days:
        """Whole days, or a few busy hours for a demo."""
        sensor = InertialSensor(position, rate_hz=25.0)
        if quick:
            train, validation, test = _DEMO_SEEDS
            busy = DayScenario(hours=1.5, start_hour=9, n_falls=9, sensor=sensor)
            return cls(busy, replace(busy, hours=1.0, n_falls=5, camera_hz=1.0), train, validation, test)
        return cls(
            DayScenario(hours=14.0, start_hour=8, n_falls=40, sensor=sensor),
            DayScenario(sensor=sensor, camera_hz=1.0),
            common.DAY_TRAIN_SEEDS,
            common.DAY_VALIDATION_SEEDS,
            common.DAY_TEST_SEEDS[:n_test],
        )


def run(
    out: Path,
    models: Mapping[str, Any],
    days: Days,
    *,
    jobs: int,
    sensor_types: Sequence[type[Sensor]] = SENSORS,
) -> None:
    """Run the whole example; tables and figures are written to ``out``.

    ``models`` are classifiers that were trained before, by the name of their sensor.
    """
    console.rule("[bold]Fusion on simulated residents")
    preparation = Preparation(days.training_scenario, days.train, models, jobs)
    sensors = [sensor_type.prepare(preparation) for sensor_type in sensor_types]
    cache = out / "days"
    validation = observe_days(days.scenario, days.validation, sensors, title="validation days", cache=cache, jobs=jobs)
    test = observe_days(days.scenario, days.test, sensors, title="test days", cache=cache, jobs=jobs)

    fusion = fusion_decisions.fit(validation)
    rules = {rule.name: rule for rule in fusion_rules.decision_rules(validation, test, fusion)}
    pairs = fusion_rules.labelled_probabilities(test, fusion)
    results = {name: rule.result for name, rule in rules.items()} | fusion_rules.baselines(test, sensors)
    errors = {name: common.reliability(*pair).error for name, pair in pairs.items()}
    table = fusion_tables.results_table(results, errors)
    names = [sensor.name for sensor in sensors]
    fused = rules[fusion_rules.fused_name(names)]
    fusion_tables.print_results(table, test, highlighted=fused.name)
    out.mkdir(parents=True, exist_ok=True)
    table.to_csv(out / "results.csv", index=False)

    logs = _alarms(test, fused)
    by_name = {sensor.name: sensor for sensor in sensors}
    wearable, camera = by_name.get(Wearable.name), by_name.get(Camera.name)
    if isinstance(wearable, Wearable) and isinstance(camera, Camera):
        energy = fusion_energy.energy_table(
            validation, test, fusion, fused.threshold, wearable, camera, camera_hz=days.scenario.camera_hz
        )
        fusion_tables.print_energy(energy)
        energy.to_csv(out / "energy.csv", index=False)
    _print_silence(test[0], fused)

    color_of = fusion_figures.colors(names, fused.name)
    monitored = {
        name: [day.monitored(scores) for day, scores in zip(test, rules[name].scores, strict=True)]
        for name in (*names, fused.name)
    }
    figures = {
        "sensitivity_against_alarms": fusion_figures.operating_curves(monitored, color_of, fused.name),
        "timeline": fusion_figures.timeline(test[0], fused.scores[0], fused.threshold, logs[0], color_of, fused.name),
        "reliability": fusion_figures.reliability_diagram(pairs),
    }
    for name, figure in figures.items():
        console.print(f"  {plotting.save(figure, out / f'{name}.png')}", highlight=False)


def _alarms(test: Sequence[ObservedDay], fused: DecisionRule) -> list[list[common.AlarmTransition]]:
    """The alarms that staff would have received, with a log for each day."""
    logs = [
        fusion_alarms.track_alarms(day, scores, _policy(day, fused))
        for day, scores in zip(test, fused.scores, strict=True)
    ]
    result = fusion_decisions.total(fusion_alarms.score_alarms(day, log) for day, log in zip(test, logs, strict=True))
    n_messages = sum(transition.after == common.AlarmPhase.NOTIFIED for log in logs for transition in log)
    console.print(
        f"Through the alarm tracker: {result.n_detected} of {result.n_falls} falls suspected in time, "
        f"{result.n_false_alarms} false suspicions, {n_messages} messages to staff.",
        highlight=False,
    )
    return logs


def _policy(day: ObservedDay, fused: DecisionRule) -> AlarmPolicy:
    """The default policy for these sensors, with the fusion's threshold for a suspicion."""
    return AlarmPolicy(
        sensors=tuple(day.observations),
        suspect_probability=fused.threshold,
        confirm_probability=max(AlarmPolicy().confirm_probability, fused.threshold),
    )


def _print_silence(day: ObservedDay, fused: DecisionRule) -> None:
    """What the tracker reports when all sensors fail in the middle of a day."""
    dead_s = len(day.seconds) // 2
    every = "Both" if len(day.observations) == 2 else "All"
    for transition in fusion_alarms.track_alarms(day, fused.scores[0], _policy(day, fused), dead_from_s=dead_s):
        is_silent = transition.subject.startswith("sensor") and transition.after == "silent"
        if is_silent and transition.time_s > dead_s:
            console.print(f"{every} sensors die at {dead_s} s. {transition}", highlight=False)
