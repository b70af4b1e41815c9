"""Figures of the fusion on simulated residents, for any number of sensors."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np
from scipy.special import expit

import common
from common import MonitoredDay, plotting
from common.plotting.style import nested_widths
from common.validation import BoolArray, FloatArray
from examples.fusion_days import ObservedDay
from examples.fusion_decisions import MAX_FALSE_ALARMS_PER_MOVEMENT_HOUR, total

_NAMED = ("suspected", "notified", "resolved")
_AT_RIGHT: dict[str, Any] = {
    "xycoords": ("axes fraction", "data"),
    "textcoords": "offset points",
    "ha": "right",
    "fontsize": 8,
}
_BEFORE_S, _AFTER_S = 40.0, 180.0  # what the timeline shows around a fall


def colors(sensors: Iterable[str], fused: str) -> dict[str, str]:
    """A colour for each name: the first of the palette for the fusion, the third and later for the sensors."""
    return {**dict(zip(sensors, cycle(plotting.PALETTE[2:]), strict=False)), fused: plotting.PALETTE[0]}


def operating_curves(days: Mapping[str, Sequence[MonitoredDay]], color_of: Mapping[str, str], fused: str) -> Any:
    """Falls found against false alarms per hour of movement for every threshold, a curve for each decision rule."""
    with plotting.style():
        figure = plotting.figure(size=(5.6, 4.2))
        ax = figure.axes[0]
        by_width = sorted(days, key=lambda name: name != fused)
        for name, width in reversed(list(zip(by_width, nested_widths(len(by_width)), strict=True))):
            monitored = days[name]
            scores = [total(day.score(float(p)) for day in monitored) for p in expit(np.arange(-6, 13, 0.5))]
            x, y = np.array([(score.false_alarms_per_movement_hour, score.sensitivity) for score in scores]).T
            # Omits thresholds so low that one long alarm covers everything, which finds fewer falls.
            shown = np.arange(len(x)) >= int(np.argmax(y))
            ax.plot(x[shown], y[shown], color=color_of[name], label=name, linewidth=width)
        ax.set_xscale("symlog", linthresh=0.1)
        ax.set_xlim(-0.01, 20)
        ax.set_xticks([0, 0.1, 1, 10], ["0", "0.1", "1", "10"])
        ax.set_ylim(top=1.01)
        limit = f"limit by which thresholds are chosen, {MAX_FALSE_ALARMS_PER_MOVEMENT_HOUR:g}"
        ax.axvline(MAX_FALSE_ALARMS_PER_MOVEMENT_HOUR, color=plotting.MUTED, linewidth=0.8, linestyle=":", label=limit)
        ax.set_xlabel("false alarms an hour of movement (linear below 0.1)")
        ax.set_ylabel("falls found")
        ax.set_title("Simulated: falls found by rate of false alarms")
        handles, names = ax.get_legend_handles_labels()
        ax.legend(handles[-2::-1] + handles[-1:], names[-2::-1] + names[-1:], loc="lower right")
    return figure


def timeline(
    day: ObservedDay,
    scores: FloatArray,
    threshold: float,
    log: Sequence[common.AlarmTransition],
    color_of: Mapping[str, str],
    fused: str,
) -> Any:
    """The minutes around one fall: each sensor's evidence, the fusion's probability, and the alarm."""
    falls = day.truth.falls
    fall = falls[len(falls) // 2]
    seconds = day.seconds
    shown = (seconds > fall.impact_s - _BEFORE_S) & (seconds < max(fall.up_s + 60, fall.impact_s + _AFTER_S))
    minutes = (seconds[shown] - fall.impact_s) / 60
    rows = {**{name: day.evidence[name].to_numpy() for name in day.observations}, fused: scores}
    with plotting.style():
        figure = plotting.figure(len(rows), 1, size=(5.6, 1.0 + 1.2 * len(rows)), sharex=True, sharey=True)
        for ax, (name, values) in zip(figure.axes, rows.items(), strict=True):
            for other in falls:
                lying = (np.array([other.impact_s, other.up_s]) - fall.impact_s) / 60
                ax.axvspan(*lying, color=plotting.PALETTE[1], alpha=0.12, linewidth=0)
            ax.step(minutes, values[shown], where="post", color=color_of[name])
            ax.set_ylabel(name)
            ax.set_ylim(-0.05, 1.05)
            ax.set_yticks([0, 0.5, 1])
        ax.axhline(threshold, color=plotting.MUTED, linewidth=0.8, linestyle=":")
        ax.annotate("threshold", (1, threshold), (-3, 2), **_AT_RIGHT, color=plotting.MUTED)
        ax.set_xlim(minutes[0], minutes[-1])
        _name_transitions(ax, [t for t in log if t.event], fall.impact_s)
        ax.set_xlabel("minutes after the impact; shaded: the resident lies on the floor")
        figure.axes[0].set_title(f"Simulated: {fall.activity.lower()}, as the monitor is told")
    return figure


def _name_transitions(ax: Any, log: Sequence[common.AlarmTransition], impact_s: float) -> None:
    """A line for each step of the alarm, and below each other, beside the last of them, what it was and when."""
    first, last = ax.get_xlim()
    shown = [t for t in log if t.after in _NAMED and first <= (t.time_s - impact_s) / 60 <= last]
    minutes = [(t.time_s - impact_s) / 60 for t in shown]
    for number, (transition, minute) in enumerate(zip(shown, minutes, strict=True)):
        # Steps that follow within a tenth of the width share one column of names.
        together = [m for m in minutes if 0 <= m - minute < 0.1 * (last - first)]
        height = 0.86 - 0.22 * number
        ax.axvline(minute, color=plotting.INK, linewidth=0.9)
        seconds = transition.time_s - impact_s
        when = f"{seconds:.0f} s" if seconds < 120 else f"{minute:.1f} min"
        ax.annotate(
            f"{transition.after} after {when}",
            (minute, height),
            (max(together) + 0.03 * (last - first), height),
            va="center",
            fontsize=8,
            color=plotting.INK,
            arrowprops={"arrowstyle": "-", "color": plotting.INK, "linewidth": 0.6},
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.8},
        )


def reliability_diagram(pairs: Mapping[str, tuple[BoolArray, FloatArray]]) -> Any:
    """How often a fall had happened, by the fusion's probability, with a curve for each set of sensors."""
    curves = {
        name: common.reliability(truth, probability, n_bins=8, strategy="uniform")
        for name, (truth, probability) in pairs.items()
    }
    return plotting.plot_reliability(curves, min_decisions=21, title="Simulated: can the probability be trusted?")


def whole_days(
    days: Sequence[ObservedDay],
    scores: Sequence[FloatArray],
    threshold: float,
    logs: Sequence[Sequence[common.AlarmTransition]],
) -> Any:
    """Whole days, one below the other: the fused probability, the falls, and the alarms."""
    with plotting.style():
        figure = plotting.figure(len(days), 1, size=(5.6, 0.9 + 1.3 * len(days)), sharex=True, sharey=True)
        for ax, day, values, log in zip(figure.axes, days, scores, logs, strict=True):
            hours = day.seconds / 3600
            ax.plot(hours, values, color=plotting.PALETTE[0], linewidth=0.7)
            ax.axhline(threshold, color=plotting.MUTED, linewidth=0.8, linestyle=":")
            impacts = day.truth.impacts_s / 3600
            ax.plot(impacts, np.full(len(impacts), 1.18), "v", color=plotting.PALETTE[1])
            alarms = [t.time_s / 3600 for t in log if t.after == common.AlarmPhase.NOTIFIED]
            ax.plot(alarms, np.full(len(alarms), -0.18), "^", color=plotting.INK)
            ax.set_ylim(-0.3, 1.3)
            ax.set_yticks([0, 0.5, 1])
            ax.set_xticks(range(0, math.ceil(hours[-1]) + 1, 4 if hours[-1] > 8 else 1))
            ax.set_ylabel("probability")
        figure.axes[0].annotate("threshold", (1, threshold), (-3, 2), **_AT_RIGHT, color=plotting.MUTED)
        figure.axes[-1].set_xlabel("hour of the day's recording; ▼ a fall, ▲ a message to staff")
        figure.axes[0].set_title("Simulated: whole days, as the monitor judges them")
    return figure
