"""The fusion on days of simulated residents: what each sensor is worth alone, together, and when one is missing.

There are three sets of days, of different residents in different rooms: the sensors' classifiers learn from the first;
the fusion learns and thresholds are chosen on the second; everything is judged once on the third.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import joblib
from rich.progress import track

import common
from common import AlarmPolicy, DayScenario, InertialSensor, plotting
from examples import fusion_alarms, fusion_decisions, fusion_energy, fusion_figures, fusion_rules, fusion_tables
from examples.fusion_camera import Camera
from examples.fusion_days import ObservedDay, observe_days
from examples.fusion_decisions import Result
from examples.fusion_models import Models
from examples.fusion_sensors import Preparation, Sensor
from examples.fusion_wearable import Wearable
from examples.terminal import console

# The sensors to fuse. To add one, write its class in a separate file and list it here.
SENSORS: tuple[type[Sensor], ...] = (Wearable, Camera)

# Two of the free seeds: common.simulation.day names those that serve training and test.
_DEMO_SEEDS = (841, 842)

THROUGH_ALARMS = "both, by the monitor"
_CAMERA_HZ = 1.0


@dataclass(frozen=True)
class Days:
    """The days to train, validate and test on."""

    training_scenario: DayScenario
    scenario: DayScenario
    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]

    @classmethod
    def whole(cls, sensor: InertialSensor, n_test: int = len(common.DAY_TEST_SEEDS)) -> Days:
        """Whole days; those of the test are looked at once, for the figures of the README."""
        return cls(
            DayScenario(hours=14.0, start_hour=8, n_falls=24, sensor=sensor, camera_hz=_CAMERA_HZ),
            DayScenario(sensor=sensor, camera_hz=_CAMERA_HZ),
            common.DAY_TRAIN_SEEDS,
            common.DAY_VALIDATION_SEEDS,
            common.DAY_TEST_SEEDS[:n_test],
        )

    @classmethod
    def demo(cls, sensor: InertialSensor) -> Days:
        """Two whole days, with models that are trained already."""
        return replace(cls.whole(sensor), train=(), validation=(), test=_DEMO_SEEDS)

    @classmethod
    def short(cls, sensor: InertialSensor) -> Days:
        """A few busy hours, to try everything out within minutes."""
        training = DayScenario(hours=1.0, start_hour=9, n_falls=6, sensor=sensor, camera_hz=0.5)
        return cls(training, replace(training, hours=0.5, n_falls=3), (801, 802), (811, 812, 813), (821, 822))


def run(
    out: Path,
    models: Mapping[str, Any],
    days: Days,
    *,
    jobs: int,
    sensor_types: Sequence[type[Sensor]] = SENSORS,
) -> None:
    """Judge every rule on the test days; tables and figures are written to ``out``.

    ``models`` are classifiers that were trained before, by the name of their sensor.
    """
    console.rule("[bold]Fusion on simulated residents")
    preparation = Preparation(days.training_scenario, days.train, models, jobs)
    sensors = [sensor_type.prepare(preparation) for sensor_type in sensor_types]
    cache = out / "days"
    validation = observe_days(days.scenario, days.validation, sensors, title="validation days", cache=cache, jobs=jobs)
    test = observe_days(days.scenario, days.test, sensors, title="test days", cache=cache, jobs=jobs)

    fusion = fusion_decisions.fit(validation)
    rules = {rule.name: rule for rule in fusion_rules.decision_rules(validation, test, fusion, sensors)}
    names = [sensor.name for sensor in sensors]
    fused = rules[fusion_rules.fused_name(names)]
    logs, by_monitor = _alarms(test, fusion, fused.threshold, jobs=jobs)
    results = {name: rule.result for name, rule in rules.items()}
    results[THROUGH_ALARMS if len(names) == 2 else "all, by the monitor"] = by_monitor

    out.mkdir(parents=True, exist_ok=True)
    by_name = {sensor.name: sensor for sensor in sensors}
    wearable, camera = by_name.get(Wearable.name), by_name.get(Camera.name)
    energy = None
    if isinstance(wearable, Wearable) and isinstance(camera, Camera):
        woken = fusion_energy.cascade(validation, test, fusion, fused.threshold)
        results[woken.rule.name] = woken.rule.result
        energy = fusion_energy.energy_table(
            test, fused.result, woken, wearable, camera, camera_hz=days.scenario.camera_hz
        )
    pairs = fusion_rules.labelled_probabilities(test, fusion)
    errors = {name: common.reliability(*pair).error for name, pair in pairs.items()}
    table = fusion_tables.results_table(results, errors)
    table.to_csv(out / "results.csv", index=False)
    fusion_tables.print_results(results, table, test, bold=fused.name)
    if energy is not None:
        fusion_tables.print_energy(energy)
        energy.to_csv(out / "energy.csv", index=False)
    _print_silence(test[0], fusion, fused.threshold)

    color_of = fusion_figures.colors(names, fused.name)
    monitored = {
        name: [day.truth.monitored(scores) for day, scores in zip(test, rules[name].scores, strict=True)]
        for name in (*names, fused.name)
    }
    _save(
        out,
        {
            "sensitivity_against_alarms": fusion_figures.operating_curves(monitored, color_of, fused.name),
            "timeline": fusion_figures.timeline(
                test[0], fused.scores[0], fused.threshold, logs[0], color_of, fused.name
            ),
            "reliability": fusion_figures.reliability_diagram(pairs),
        },
    )


def show(out: Path, models: Models, days: Days, *, jobs: int) -> None:
    """A couple of days through the monitor with models that are trained already: counts and figures, no rates."""
    console.rule("[bold]Two days of simulated residents, by models that come with the examples")
    preparation = Preparation(days.training_scenario, days.train, models.classifiers, jobs)
    sensors = [sensor_type.prepare(preparation) for sensor_type in SENSORS]
    test = observe_days(days.scenario, days.test, sensors, title="days", cache=out / "days", jobs=jobs)
    fusion, threshold = models.fusion, models.manifest.threshold
    scores = [fusion_decisions.fused(fusion, day.evidence) for day in test]
    logs, by_monitor = _alarms(test, fusion, threshold, jobs=jobs)
    counts = {THROUGH_ALARMS: by_monitor}
    fusion_tables.print_counts(counts)
    out.mkdir(parents=True, exist_ok=True)
    fusion_tables.counts_table(counts).to_csv(out / "counts.csv", index=False)
    _print_silence(test[0], fusion, threshold)
    names = [sensor.name for sensor in sensors]
    fused = fusion_rules.fused_name(names)
    color_of = fusion_figures.colors(names, fused)
    _save(
        out,
        {
            "days": fusion_figures.whole_days(test, scores, threshold, logs),
            "timeline": fusion_figures.timeline(test[0], scores[0], threshold, logs[0], color_of, fused),
        },
    )


def _alarms(
    test: Sequence[ObservedDay], fusion: common.FusionClassifier, threshold: float, *, jobs: int
) -> tuple[list[list[common.AlarmTransition]], Result]:
    """The alarms that staff would have received, with a log for each day, and how right they were."""
    work = (joblib.delayed(fusion_alarms.run_monitor)(day, fusion, _policy(day, threshold)) for day in test)
    parallel = joblib.Parallel(n_jobs=jobs, return_as="generator")
    logs = list(track(parallel(work), "days through the monitor", total=len(test), console=console))
    result = Result.of(fusion_alarms.score_alarms(day.truth, log) for day, log in zip(test, logs, strict=True))
    n_messages = sum(transition.after == common.AlarmPhase.NOTIFIED for log in logs for transition in log)
    told = sum(fusion_alarms.n_told(day.truth, log) for day, log in zip(test, logs, strict=True))
    console.print(
        f"By the monitor, with staff who answer: {result.total.n_detected} of {result.total.n_falls} falls suspected "
        f"in time; staff were told of {told} within a minute; {result.total.n_false_alarms} false suspicions, "
        f"{n_messages} messages to staff.",
        highlight=False,
    )
    return logs, result


def _policy(day: ObservedDay, threshold: float) -> AlarmPolicy:
    return fusion_alarms.policy_for(tuple(day.observations), threshold)


def _print_silence(day: ObservedDay, fusion: common.FusionClassifier, threshold: float) -> None:
    """When technical alarms come if all sensors fail in the middle of a day."""
    after_s = fusion_alarms.silence_of_all(day, fusion, _policy(day, threshold))
    told = ", ".join(f"{name} after {seconds:.0f} s" for name, seconds in after_s.items())
    console.print(f"If all sensors fail at once: technical alarms for {told or 'none'}.", highlight=False)


def _save(out: Path, figures: Mapping[str, Any]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name, figure in figures.items():
        console.print(f"  {plotting.save(figure, out / f'{name}.png')}", highlight=False)
