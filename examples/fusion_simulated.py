"""The fusion on days of simulated residents: what each sensor is worth alone, together, and when one is missing.

Three kinds of days, of different residents in different rooms: on the first the wearable learns, on the second the
fusion learns and thresholds are chosen, on the third all is judged, once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table

import common
import fall
import har
from common import AlarmPolicy, DayScenario, EventScore, InertialSensor, plotting
from examples import fusion_days, fusion_decisions, fusion_figures
from examples.fusion_decisions import Day, FloatArray, fused
from examples.terminal import console

# Of more days than these somebody else may judge: whoever wants others takes seeds from 800 on.
_DEMO_SEEDS = ((801, 802, 803, 804), (811, 812, 813), (821, 822))
_ALLOWED = {"both, fused": 0.5}  # false alarms a resident-day; others may have one
_AWAKE_S = 60
_WAKES = 0.98  # of the falls of validation days wake the camera
PEAK_G = 2.5


@dataclass(frozen=True)
class Days:
    """Which days serve what."""

    training: DayScenario
    watching: DayScenario
    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]

    @classmethod
    def choose_furniture(cls, position: str, n_test: int, quick: bool) -> "Days":
        """Whole days, or a few busy hours for a demo."""
        sensor = InertialSensor(position, rate_hz=25.0)
        if quick:
            train, validation, test = _DEMO_SEEDS
            learning = DayScenario(hours=1.5, start_hour=9, n_falls=9, sensor=sensor)
            return cls(learning, replace(learning, hours=1.0, n_falls=5, camera_hz=1.0), train, validation, test)
        return cls(
            DayScenario(hours=14.0, start_hour=8, n_falls=40, sensor=sensor),
            DayScenario(sensor=sensor, camera_hz=1.0),
            common.DAY_TRAIN_SEEDS,
            common.DAY_VALIDATION_SEEDS,
            common.DAY_TEST_SEEDS[:n_test],
        )


@dataclass(frozen=True)
class Way:
    """One way to decide: scores for a day, the threshold, and how the test went."""

    name: str
    scores: list[FloatArray]
    threshold: float
    result: EventScore


def run(out: Path, camera: "fall.CompressedModel", *, position: str, n_test: int, quick: bool, jobs: int) -> None:
    """The whole story, with its tables and figures in ``out``."""
    chosen = Days.choose(position, n_test, quick)
    console.rule("[bold]Fusion on simulated residents")
    wearable = fusion_days.train_wearable(chosen.training, chosen.train, jobs=jobs)
    watch = partial(_watched, chosen.watching, wearable, camera, out / "days", jobs)
    validation, test = watch("validation days", chosen.validation), watch("test days", chosen.test)

    fusion, others = fusion_decisions.fit(validation), fusion_decisions.out_of_fold(validation)
    ways = list(_ways(validation, test, fusion, others))
    table = _table(ways, _baselines(test), _errors(test, fusion))
    _show(table, test)
    out.mkdir(parents=True, exist_ok=True)
    table.to_csv(out / "results.csv", index=False)

    both = next(way for way in ways if way.name == "both, fused")
    logs = _follow(test, both)
    _show_energy(_cascade(validation, test, fusion, both.threshold, chosen.watching, wearable, camera), out)
    _show_silence(test[0], both)
    figures = {
        "sensitivity_against_alarms": fusion_figures.operating_curves(
            {way.name: [day.monitored(s) for day, s in zip(test, way.scores, strict=True)] for way in ways[:3]}
        ),
        "timeline": fusion_figures.timeline(test[0], both.scores[0], both.threshold, logs[0]),
        "reliability": fusion_figures.reliability(_promises(test, fusion)),
    }
    for name, figure in figures.items():
        console.print(f"  {plotting.save(figure, out / f'{name}.png')}", highlight=False)


def _watched(
    scenario: DayScenario,
    wearable: har.DTWPrototypeClassifier,
    camera: "fall.CompressedModel",
    keep: Path,
    jobs: int,
    title: str,
    seeds: tuple[int, ...],
) -> list[Day]:
    said = fusion_days.watch(scenario, seeds, wearable, camera, title=title, keep=keep, jobs=jobs)
    days = (common.simulate_resident(scenario, seed=seed) for seed in seeds)
    return [Day(one, day.labels) for one, day in zip(said, days, strict=True)]


def _ways(
    validation: Sequence[Day],
    test: Sequence[Day],
    fusion: common.FusionClassifier,
    others: Sequence[common.FusionClassifier],
) -> Iterator[Way]:
    """Every way to decide, with a threshold from the validation days; of the fusion out of fold."""

    def alone(column: int) -> tuple[Any, Any]:
        return [day.evidence()[:, column] for day in validation], [day.evidence()[:, column] for day in test]

    def together(without: str | None) -> tuple[Any, Any]:
        known = [fused(one, day.evidence(), without=without) for one, day in zip(others, validation, strict=True)]
        return known, [fused(fusion, day.evidence(), without=without) for day in test]

    sources = {
        "wearable": alone(0),
        "camera": alone(1),
        "both, fused": together(None),
        "fused, camera missing": together("camera"),
        "fused, wearable missing": together("wearable"),
    }
    for name, (known, new) in sources.items():
        days = [day.monitored(scores) for day, scores in zip(validation, known, strict=True)]
        threshold, reason = fusion_decisions.threshold(days, limit=_ALLOWED.get(name, 1.0))
        console.print(f"{name}: {reason}", style="dim", highlight=False)
        way = Way(name, new, threshold, _score(test, new, threshold))
        yield way
        if name == "both, fused":
            for lost in ("short", "long"):
                seconds = "≤ 0.2 s" if lost == "short" else "≤ 1 s"
                scores = [fused(fusion, day.evidence(f"wearable_{lost}")) for day in test]
                label = f"10% lost, gaps {seconds}"
                yield Way(label, scores, threshold, _score(test, scores, threshold))


def _score(days: Sequence[Day], scores: Sequence[FloatArray], threshold: float) -> EventScore:
    return fusion_decisions.total(day.monitored(s).score(threshold) for day, s in zip(days, scores, strict=True))


def _baselines(test: Sequence[Day]) -> dict[str, EventScore]:
    """What needs no learning: one fixed threshold, and each at its best on the test days, which flatters it."""
    peaks = [day.monitored(day.said.peak_g) for day in test]
    boxes = [day.monitored(day.said.aspect) for day in test]
    _, peak = fusion_decisions.best_within(peaks, np.arange(1.2, 8.0, 0.1), limit=1.0)
    _, box = fusion_decisions.best_within(boxes, np.arange(0.3, 5.0, 0.05), limit=1.0)
    return {
        f"peak > {PEAK_G} g": fusion_decisions.total(day.score(PEAK_G) for day in peaks),
        "peak at its best": peak,
        "aspect ratio at its best": box,
    }


def _promises(test: Sequence[Day], fusion: common.FusionClassifier) -> dict[str, tuple[Any, FloatArray]]:
    """By availability: what was true and what was said, in the seconds in which something happens."""
    promises = {}
    for name, without in (("both", None), ("camera missing", "camera"), ("wearable missing", "wearable")):
        truth, said = [], []
        for day in test:
            p = fused(fusion, day.evidence(), without=without)
            known = (day.is_fall >= 0) & day.is_eventful & ~np.isnan(p)
            truth.append(day.is_fall[known] == 1)
            said.append(p[known])
        promises[name] = np.concatenate(truth), np.concatenate(said)
    return promises


def _errors(test: Sequence[Day], fusion: common.FusionClassifier) -> dict[str, float]:
    """Calibration errors by the name of the way to decide."""
    errors = {name: common.reliability(*promise).error for name, promise in _promises(test, fusion).items()}
    return {
        "both, fused": errors["both"],
        "fused, camera missing": errors["camera missing"],
        "fused, wearable missing": errors["wearable missing"],
    }


def _table(ways: Sequence[Way], baselines: dict[str, EventScore], errors: dict[str, float]) -> pd.DataFrame:
    results = {way.name: way.result for way in ways} | baselines
    return pd.DataFrame(
        {
            "decided by": name,
            "falls found": result.sensitivity,
            "95%": f"{result.sensitivity_interval}",
            "false alarms a day": result.false_alarms_per_day,
            "95% a day": f"{result.false_alarm_interval}",
            "at most a day": result.false_alarm_bound,
            "delay [s]": result.median_delay_s,
            "ECE": errors.get(name, np.nan),
        }
        for name, result in results.items()
    )


def _show(table: pd.DataFrame, test: Sequence[Day]) -> None:
    n_falls = sum(len(day.labels.falls) for day in test)
    hours = sum(len(day.seconds) for day in test) / 3600
    console.print(
        f"[bold]Simulated[/]: {n_falls} falls in {hours / 24:.1f} days of {len(test)} residents, in unseen rooms"
    )
    shown = Table(box=SIMPLE_HEAD, pad_edge=False)
    shown.add_column("decided by", no_wrap=True)
    for column in ("found", "95%", "a day", "bound", "delay", "ECE"):
        shown.add_column(column, justify="right", no_wrap=True)
    for name, found, interval, alarms, _, at_most, delay, error in table.itertuples(index=False):
        # Of a few busy hours come a hundred a day.
        rates = [f"{rate:.2f}" if at_most < 100 else f"{rate:.0f}" for rate in (alarms, at_most)]
        cells = [f"{found:.3f}", interval, *rates, f"{delay:.1f} s", f"{error:.3f}"]
        shown.add_row(
            name,
            *("–" if cell.startswith("nan") else cell for cell in cells),
            style="bold" if name == "both, fused" else None,
        )
    console.print(shown)
    if hours < 24:
        console.print(
            "[bold]A demo of busy hours[/]: too few to choose a good threshold, and with as many mishaps as a day. "
            "`make results` judges whole days.",
            highlight=False,
        )
    console.print(
        "found: share of the falls for which an alarm came in time. a day: false alarms a resident-day; bound: their "
        "one-sided 95% bound. Thresholds were chosen on other days. Intervals assume independent falls and days. ECE: "
        "calibration error in the seconds in which something happens, 10 bins of equal mass. At its best: with the "
        "best threshold on these very days, within one false alarm a day.",
        style="dim",
        highlight=False,
    )


def _follow(test: Sequence[Day], both: Way) -> list[list[common.AlarmTransition]]:
    """The alarms that staff would have had."""
    policy = AlarmPolicy(
        suspect_probability=both.threshold, confirm_probability=max(AlarmPolicy().confirm_probability, both.threshold)
    )
    logs = [fusion_decisions.follow(day, scores, policy) for day, scores in zip(test, both.scores, strict=True)]
    result = fusion_decisions.total(
        fusion_decisions.score_tracker(day, log) for day, log in zip(test, logs, strict=True)
    )
    messages = sum(one.after == common.AlarmPhase.NOTIFIED for log in logs for one in log)
    console.print(
        f"Through the alarm tracker: {result.n_detected} of {result.n_falls} falls suspected in time, "
        f"{result.n_false_alarms} false suspicions, {messages} messages to staff.",
        highlight=False,
    )
    return logs


def _cascade(
    validation: Sequence[Day],
    test: Sequence[Day],
    fusion: common.FusionClassifier,
    threshold: float,
    scenario: DayScenario,
    wearable: har.DTWPrototypeClassifier,
    camera: "fall.CompressedModel",
) -> pd.DataFrame:
    """The wearable wakes the camera: what that saves, and what it costs."""
    loudest = [
        np.nanmax(day.evidence()[int(one.impact_s) : int(one.impact_s) + 6, 0])
        for day in validation
        for one in day.labels.falls
    ]
    wakes = float(np.quantile(loudest, 1 - _WAKES))
    results, frames = [], 0.0
    for day in test:
        X = day.evidence()
        woken = np.nan_to_num(X[:, 0]) >= wakes
        awake = np.convolve(woken, np.ones(_AWAKE_S))[: len(woken)] > 0
        frames += day.said.frames[awake].sum() + (np.diff(awake.astype(int)) == 1).sum()
        X[~awake, 1] = np.nan
        results.append(day.monitored(fused(fusion, X)).score(threshold))
    days = sum(len(day.seconds) for day in test) / 86_400
    moving = sum(day.said.frames.sum() for day in test) / days
    whole = _score(test, [fused(fusion, day.evidence()) for day in test], threshold)
    cascade = fusion_decisions.total(results)
    watt = common.CORTEX_M4.average_power(wearable.cost_, decisions_per_day=86_400, dtype="float32")
    picture_j = common.RASPBERRY_PI_4.estimate(camera.cost).energy_j
    rows = [
        ("camera judges every frame", scenario.camera_hz * 86_400, whole),
        ("camera judges what moves", moving, whole),
        ("wearable wakes the camera", frames / days, cascade),
    ]
    return pd.DataFrame(
        {
            "camera": name,
            "frames a day": count,
            "camera [J a day]": count * picture_j,
            "wearable [J a day]": 86_400 * watt,
            "falls found": result.sensitivity,
            "false alarms a day": result.false_alarms_per_day,
        }
        for name, count, result in rows
    )


def _show_energy(table: pd.DataFrame, out: Path) -> None:
    shown = Table(box=SIMPLE_HEAD, pad_edge=False)
    shown.add_column("energy of a day", no_wrap=True)
    for column in ("frames", "camera", "wearable", "found", "a day"):
        shown.add_column(column, justify="right", no_wrap=True)
    for name, frames, camera_j, wearable_j, found, alarms in table.itertuples(index=False):
        shown.add_row(
            name, f"{frames:,.0f}", f"{camera_j:,.0f} J", f"{wearable_j:,.0f} J", f"{found:.3f}", f"{alarms:.2f}"
        )
    console.print(shown)
    console.print(
        f"Estimates, computing only: {common.RASPBERRY_PI_4.name} for the camera, {common.CORTEX_M4.name} for "
        "the wearable's.",
        style="dim",
        highlight=False,
    )
    table.to_csv(out / "energy.csv", index=False)


def _show_silence(day: Day, both: Way) -> None:
    """What is said when both sensors die in the middle of a day."""
    dead_s = len(day.seconds) // 2
    policy = AlarmPolicy(suspect_probability=both.threshold, confirm_probability=max(0.8, both.threshold))
    for one in fusion_decisions.follow(day, both.scores[0], policy, dead_from_s=dead_s):
        if one.subject.startswith("sensor") and one.after == "silent" and one.time_s > dead_s:
            console.print(f"Both sensors die at {dead_s} s. {one}", highlight=False)
