"""What the folds of SisFall's people add up to: a table, notes needed to read it, and a figure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import numpy as np
import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table
from scipy.special import expit, logit

import common
from common import EventScore, MonitoredDay, plotting
from common.evaluation.intervals import Interval, bootstrap_by_group, clopper_pearson
from common.evaluation.rates import poisson_interval, poisson_upper_bound
from common.validation import BoolArray, FloatArray
from examples.fusion_sisfall_folds import Judged
from examples.fusion_sisfall_windows import Indices, Streams
from examples.terminal import console

_THRESHOLDS = expit(np.arange(-6.0, 8.1, 0.5))


@dataclass(frozen=True, eq=False)
class FoldResult:
    """A fold of one seed, with the recordings of its test people."""

    seed: int
    test: Indices
    judged: Judged

    @property
    def threshold(self) -> float:
        """Chosen on the training people."""
        return float(self.judged.setting["threshold"])


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What happened in each recording, ``(n_seeds, n_recordings)``, at the threshold of its fold.

    Attributes
    ----------
    found : ndarray of bool
        Whether a fall was found, by the definitions of :func:`common.score_events`.
    false_alarms : ndarray of int
    delay_s : ndarray
        From the impact to the alarm; NaN where no fall was found.
    """

    found: BoolArray
    false_alarms: Indices
    delay_s: FloatArray


def outcomes(streams: Streams, folds: Sequence[FoldResult], threshold: float | None = None) -> Outcomes:
    """Score every recording at the thresholds of the folds, or all of them at this one."""
    shape = (1 + max(fold.seed for fold in folds), len(streams))
    found, false_alarms, delay_s = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=int), np.full(shape, np.nan)
    for fold in folds:
        limit = fold.threshold if threshold is None else threshold
        for recording, score in _scores(streams, fold, limit):
            at = fold.seed, recording
            found[at], false_alarms[at] = bool(score.n_detected), score.n_false_alarms
            if score.n_detected:
                delay_s[at] = score.delays_s[0]
    return Outcomes(found, false_alarms, delay_s)


def _scores(streams: Streams, fold: FoldResult, threshold: float) -> list[tuple[int, EventScore]]:
    scores, is_fall, seconds = [], streams.is_fall, 3600 * streams.hours
    for recording, rows in fold.judged.decisions.groupby("recording", sort=False):
        number = int(recording)
        if rows["held"].max() >= threshold:  # the others raise no alarm
            impacts = streams.impact_s[[number]][is_fall[[number]]]
            day = MonitoredDay(rows["time_s"].to_numpy(), rows["held"].to_numpy(), impacts, seconds[number])
            scores.append((number, day.score(threshold)))
    return scores


def results_table(streams: Streams, judged: Mapping[str, Sequence[FoldResult]]) -> pd.DataFrame:
    """A row for each recogniser: all seeds pooled, except for the bound, which holds for one."""
    return pd.DataFrame([_row(streams, name, folds) for name, folds in judged.items()])


def _row(streams: Streams, name: str, folds: Sequence[FoldResult]) -> dict[str, Any]:
    result = outcomes(streams, folds)
    n_seeds = len(result.found)
    falls, old = streams.is_fall, streams.is_old
    row: dict[str, Any] = {"decided by": name}
    for who, rows in (("old", old & ~falls), ("young", ~old & ~falls)):
        hours, counts = float(streams.hours[rows].sum()), result.false_alarms[:, rows].sum(axis=1)
        row[f"hours, {who}"] = hours
        row[f"false alarms by seed, {who}"] = " ".join(map(str, counts))
        row[f"false alarms an hour, {who}"] = counts.mean() / hours
        # The seeds judge the same recordings, so they do not add up to more hours: the worst of them is bounded.
        row[f"95% an hour, {who}"] = str(poisson_interval(int(counts.max()), hours))
        row[f"at most an hour, {who}"] = poisson_upper_bound(int(counts.max()), hours)
    for who, rows in (("young", falls & ~old), ("old", falls & old)):
        row[f"falls found, {who}"] = result.found[:, rows].mean()
        row[f"95% found, {who}"] = str(_by_person(result.found[:, rows], streams.subject[rows]))
        row[f"n falls, {who}"] = int(rows.sum())
    types = {activity: result.found[:, streams.activity == activity].mean() for activity in _activities(streams)}
    row["hardest type"] = min(types, key=lambda activity: types[activity])
    row["found of the hardest type"] = types[row["hardest type"]]
    row["delay [s]"] = float(np.nanmedian(result.delay_s)) if result.found.any() else np.nan
    decisions = pd.concat([fold.judged.decisions for fold in folds])
    row["ECE"] = _calibration_error(decisions[decisions["label"] >= 0])
    row["ECE, moving"] = _calibration_error(decisions[(decisions["label"] >= 0) & decisions["moving"]])
    row["ECE, peaks"] = _calibration_error(_peak_windows(streams, decisions))
    row["windows [s]"] = " ".join(f"{fold.judged.setting['window_s']:g}" for fold in folds)
    row["thresholds"] = " ".join(f"{fold.threshold:.4f}" for fold in folds)
    row["seeds"] = n_seeds
    return row | {f"found {activity}": share for activity, share in types.items()}


def _activities(streams: Streams) -> list[str]:
    return sorted(set(streams.activity[streams.is_fall].tolist()))


def _by_person(found: BoolArray, subjects: Any) -> Interval:
    """95% by person; of one person, and where everything was found, exact: over falls and over people."""
    people, codes = np.unique(subjects, return_inverse=True)
    if len(people) == 1:
        return clopper_pearson(int(found.mean(axis=0).round().sum()), found.shape[1])
    if found.all():
        return clopper_pearson(len(people), len(people))
    n_found = np.bincount(codes, found.sum(axis=0)).astype(int)
    n_falls = np.bincount(codes) * len(found)
    (interval,) = bootstrap_by_group(np.stack([n_found, n_falls], axis=1), lambda n: n[:, :1] / n[:, 1:])
    return interval


def _peak_windows(streams: Streams, decisions: pd.DataFrame) -> pd.DataFrame:
    """One decision for each recording, 2 to 3 s after its strongest acceleration, corrected for the share of falls.

    Falls are rare among all seconds and common among recordings: the odds are multiplied by the ratio of the odds of
    both shares, which is all that is known of the recordings.
    """
    known = decisions[decisions["label"] >= 0]
    after_s = known["time_s"] - streams.impact_s[known["recording"]]
    peaks = known[(after_s >= 2) & (after_s < 3)]
    shift = logit(peaks["label"].mean()) - logit(known["label"].mean())
    return peaks.assign(probability=expit(logit(peaks["probability"].clip(1e-9, 1 - 1e-9)) + shift))


def _calibration_error(decisions: pd.DataFrame) -> float:
    return common.reliability(decisions["label"], decisions["probability"]).error


def print_results(
    streams: Streams, table: pd.DataFrame, judged: Mapping[str, Sequence[FoldResult]], *, streamed: str
) -> None:
    """Print the table, with the notes needed to read it."""
    printed = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    printed.add_column("decided by", no_wrap=True)
    for column in ("old", "young", "found", "95%", "SE06", "hardest", "delay", "ECE"):
        printed.add_column(column, justify="right", no_wrap=True)
    for _, row in table.iterrows():
        cells = [
            f"{row['false alarms an hour, old']:.2f}",
            f"{row['false alarms an hour, young']:.2f}",
            f"{row['falls found, young']:.3f}",
            row["95% found, young"],
            f"{row['falls found, old']:.2f}",
            f"{row['hardest type']} {row['found of the hardest type']:.2f}",
            f"{row['delay [s]']:.1f}",
            f"{row['ECE, peaks']:.3f}",
        ]
        printed.add_row(row["decided by"], *(re.sub(r"\b0\.(?=\d\d)", ".", cell) for cell in cells))
    console.print(printed)
    best = table.iloc[0]
    console.print(
        f"SisFall, {best['seeds']} seeds × 5 folds of people. old, young: false alarms an hour in the daily "
        f"activities of people of 60–75 ({best['hours, old']:.1f} h) and of 19–30 ({best['hours, young']:.1f} h, with "
        "stumbles, jumps and lying down quickly, which old people were not asked for). Without any alarm of old "
        f"people the rate may still be {poisson_upper_bound(0, best['hours, old']):.1f} an hour, with one "
        f"{poisson_upper_bound(1, best['hours, old']):.1f} (95%, one-sided). found: falls of "
        "young adults with an alarm from 1 s before the peak of "
        "acceleration, taken for the impact, to 10 s after it; 95% by person. SE06: falls of the only old person who "
        "fell. hardest: the kind of fall found least often. delay: median, after the peak, in seconds. ECE: "
        "calibration error of one window a recording, 2 to 3 s after its peak, corrected for the share of falls there; "
        f"in seconds with movement it is at most {table['ECE, moving'].max():.3f}. Windows of a fall that end sooner "
        "or later after the impact than those trained on are in neither. Window, calibration and threshold were chosen "
        "on training people; recognisers and features while looking at all of them, which favours every row.",
        style="dim",
        highlight=False,
    )
    console.print(_streamed_note(streams, judged[streamed], streamed), style="dim", highlight=False)


def _streamed_note(streams: Streams, folds: Sequence[FoldResult], name: str) -> str:
    """How often the live path, sample by sample, comes to the same as the table."""
    pushed = [fold for fold in folds if "alarms" in fold.judged.setting]
    same = n_recordings = 0
    for fold in pushed:
        alarms = fold.judged.setting["alarms"]
        raised = {
            int(number)
            for number, rows in fold.judged.decisions.groupby("recording", sort=False)
            if rows["held"].max() >= fold.threshold
        }
        same += sum(bool(times) == (int(number) in raised) for number, times in alarms.items())
        n_recordings += len(alarms)
    return (
        f"{name}, first seed: pushed through StreamingRecognizer and RoomMonitor, {same} of {n_recordings} recordings "
        "have an alarm, or none, as in the table."
    )


def operating_curves(streams: Streams, judged: Mapping[str, Sequence[FoldResult]]) -> Any:
    """Falls of young adults found against old people's false alarms an hour, for every threshold."""
    falls, old = streams.is_fall, streams.is_old
    hours = float(streams.hours[old & ~falls].sum())
    with plotting.style():
        figure = plotting.figure(size=(6.4, 4.2))
        ax = figure.axes[0]
        for (name, folds), color in zip(judged.items(), cycle(plotting.PALETTE), strict=False):
            curve = [outcomes(streams, folds, threshold) for threshold in _THRESHOLDS]
            x = [result.false_alarms[:, old & ~falls].sum(axis=1).mean() / hours for result in curve]
            y = [result.found[:, falls & ~old].mean() for result in curve]
            # Omits thresholds so low that one long alarm covers everything, which finds fewer falls.
            first = int(np.argmax(y))
            ax.plot(x[first:], y[first:], color=color, label=name)
            chosen = outcomes(streams, folds)
            ax.plot(
                chosen.false_alarms[:, old & ~falls].sum(axis=1).mean() / hours,
                chosen.found[:, falls & ~old].mean(),
                "o",
                color=color,
            )
        ax.set_xscale("symlog", linthresh=0.5)
        ax.set_xlim(left=-0.02)
        ax.set_ylim(0, 1.02)
        ax.set_xlabel("false alarms of old people an hour (linear below 0.5)")
        ax.set_ylabel("falls of young adults found")
        ax.set_title("SisFall; dots: thresholds chosen on training people")
        ax.legend(loc="lower right")
    return figure
