"""Figures of the fusion on simulated residents, for any number of sensors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np
from scipy.special import expit

import common
from common import MonitoredDay, plotting
from common.validation import BoolArray, FloatArray
from examples.fusion_days import ObservedDay
from examples.fusion_decisions import MAX_FALSE_ALARMS_PER_MOVEMENT_HOUR, total

_BEFORE_S, _AFTER_S = 40.0, 180.0  # what the timeline shows around a fall


def colors(sensors: Iterable[str], fused: str) -> dict[str, str]:
    """A colour for each name: the first of the palette for the fusion, the third and later for the sensors."""
    return {**dict(zip(sensors, cycle(plotting.PALETTE[2:]), strict=False)), fused: plotting.PALETTE[0]}


def operating_curves(days: Mapping[str, Sequence[MonitoredDay]], color_of: Mapping[str, str], fused: str) -> Any:
    """Falls found against false alarms per hour of movement for every threshold, a curve for each decision rule."""
    with plotting.style():
        figure = plotting.figure(size=(6.4, 4.2))
        ax = figure.axes[0]
        for name, monitored in days.items():
            scores = [total(day.score(float(p)) for day in monitored) for p in expit(np.arange(-6, 13, 0.5))]
            x, y = np.array([(score.false_alarms_per_movement_hour, score.sensitivity) for score in scores]).T
            # Omits thresholds so low that one long alarm covers everything, which finds fewer falls.
            shown = np.arange(len(x)) >= int(np.argmax(y))
            ax.plot(x[shown], y[shown], color=color_of[name], label=name, linewidth=2.4 if name == fused else 1.8)
        ax.set_xscale("symlog", linthresh=0.1)
        ax.set_xlim(-0.01, 20)
        ax.set_ylim(top=1.01)
        ax.axvline(MAX_FALSE_ALARMS_PER_MOVEMENT_HOUR, color=plotting.MUTED, linewidth=0.8, linestyle=":")
        ax.set_xlabel("false alarms an hour of movement (linear below 0.1)")
        ax.set_ylabel("falls found")
        ax.set_title("Simulated residents: falls found by rate of false alarms")
        ax.legend(loc="lower right")
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
        figure = plotting.figure(len(rows), 1, size=(7.6, 1.0 + 1.4 * len(rows)), sharex=True, sharey=True)
        for ax, (name, values) in zip(figure.axes, rows.items(), strict=True):
            for other in falls:
                lying = (np.array([other.impact_s, other.up_s]) - fall.impact_s) / 60
                ax.axvspan(*lying, color=plotting.PALETTE[1], alpha=0.12, linewidth=0)
            ax.step(minutes, values[shown], where="post", color=color_of[name])
            ax.set_ylabel(name)
            ax.set_ylim(-0.05, 1.05)
        ax.axhline(threshold, color=plotting.MUTED, linewidth=0.8, linestyle=":")
        heights = {"suspected": 0.78, "notified": 0.3, "resolved": 0.5}
        for transition in log:
            minute = (transition.time_s - fall.impact_s) / 60
            if transition.event and minutes[0] <= minute <= minutes[-1] and transition.after in heights:
                ax.axvline(minute, color=plotting.INK, linewidth=0.9)
                ax.annotate(
                    str(transition.after),
                    (minute, heights[transition.after]),
                    xytext=(3, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=8,
                    rotation=90,
                )
        ax.set_xlim(minutes[0], minutes[-1])
        ax.set_xlabel("minutes after the impact; shaded: the resident lies on the floor")
        figure.axes[0].set_title(f"Simulated: {fall.activity.lower()}, as the monitor is told")
    return figure


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
        figure = plotting.figure(len(days), 1, size=(7.6, 0.8 + 1.5 * len(days)), sharex=True, sharey=True)
        for ax, day, values, log in zip(figure.axes, days, scores, logs, strict=True):
            hours = day.seconds / 3600
            ax.plot(hours, values, color=plotting.PALETTE[0], linewidth=0.7)
            ax.axhline(threshold, color=plotting.MUTED, linewidth=0.8, linestyle=":")
            impacts = day.truth.impacts_s / 3600
            ax.plot(impacts, np.full(len(impacts), 1.18), "v", color=plotting.PALETTE[1])
            alarms = [t.time_s / 3600 for t in log if t.after == common.AlarmPhase.NOTIFIED]
            ax.plot(alarms, np.full(len(alarms), -0.18), "^", color=plotting.INK)
            ax.set_ylim(-0.3, 1.3)
            ax.set_ylabel("p(fall)")
        figure.axes[-1].set_xlabel("hour of the recording; ▼ a fall, ▲ a message to staff")
        figure.axes[0].set_title("Simulated: whole days, as the monitor judges them")
    return figure
