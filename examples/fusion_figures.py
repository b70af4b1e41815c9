"""Figures of the fusion on simulated residents."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit

import common
from common import MonitoredDay, plotting
from examples.fusion_decisions import Day, FloatArray, total

_NAMES = ("wearable", "camera", "both, fused")
_AROUND_S = (40.0, 180.0)  # what the timeline shows before and after a fall


def operating_curves(days: Mapping[str, Sequence[MonitoredDay]]) -> Any:
    """Falls found against false alarms a day, for every threshold."""
    with plotting.style():
        figure = plotting.figure(size=(6.4, 4.2))
        ax = figure.axes[0]
        for name, color in zip(_NAMES, plotting.PALETTE[2::-1], strict=True):
            scores = [total(day.score(float(p)) for day in days[name]) for p in expit(np.arange(-6, 13, 0.5))]
            x, y = np.array([(score.false_alarms_per_day, score.sensitivity) for score in scores]).T
            # Thresholds so low that everything is one long alarm find less again: not shown.
            shown = np.arange(len(x)) >= int(np.argmax(y))
            ax.plot(x[shown], y[shown], color=color, label=name, linewidth=2.4 if name == _NAMES[-1] else 1.8)
        ax.set_xscale("symlog", linthresh=0.1)
        ax.set_xlim(left=-0.01)
        ax.set_ylim(top=1.01)
        ax.axvline(1.0, color=plotting.MUTED, linewidth=0.8, linestyle=":")
        ax.set_xlabel("false alarms a resident-day (linear below 0.1)")
        ax.set_ylabel("falls found")
        ax.set_title("Simulated residents: what a false alarm buys")
        ax.legend(loc="lower right")
    return figure


def timeline(day: Day, scores: FloatArray, threshold: float, log: Sequence[common.AlarmTransition]) -> Any:
    """The minutes round one fall: what each sensor said, what was made of it, and the alarm."""
    fall = day.labels.falls[len(day.labels.falls) // 2]
    seconds = day.seconds
    shown = (seconds > fall.impact_s - _AROUND_S[0]) & (seconds < max(fall.up_s + 60, fall.impact_s + _AROUND_S[1]))
    minutes = (seconds[shown] - fall.impact_s) / 60
    rows = {"wearable": day.said.wearable, "camera": day.said.camera, "both, fused": scores}
    with plotting.style():
        figure = plotting.figure(3, 1, size=(7.6, 5.2), sharex=True, sharey=True)
        for ax, (name, values), color in zip(figure.axes, rows.items(), plotting.PALETTE[2::-1], strict=True):
            for one in day.labels.falls:
                lying = (np.array([one.impact_s, one.up_s]) - fall.impact_s) / 60
                ax.axvspan(*lying, color=plotting.PALETTE[1], alpha=0.12, linewidth=0)
            ax.step(minutes, values[shown], where="post", color=color)
            ax.set_ylabel(name)
            ax.set_ylim(-0.05, 1.05)
        ax.axhline(threshold, color=plotting.MUTED, linewidth=0.8, linestyle=":")
        heights = {"suspected": 0.78, "notified": 0.3, "resolved": 0.5}
        for one in log:
            minute = (one.time_s - fall.impact_s) / 60
            if one.event and minutes[0] <= minute <= minutes[-1] and one.after in heights:
                ax.axvline(minute, color=plotting.INK, linewidth=0.9)
                place = {"xytext": (3, 0), "textcoords": "offset points", "va": "center"}
                ax.annotate(str(one.after), (minute, heights[one.after]), fontsize=8, rotation=90, **place)
        ax.set_xlim(minutes[0], minutes[-1])
        ax.set_xlabel("minutes after the impact; shaded: the resident lies on the floor")
        figure.axes[0].set_title(f"Simulated: {fall.activity.lower()}, as the sensors tell it")
    return figure


def reliability(promises: Mapping[str, tuple[npt.NDArray[np.bool_], FloatArray]]) -> Any:
    """What each set of sensors promised, and how often somebody had fallen."""
    with plotting.style():
        figure = plotting.figure(size=(4.6, 4.2))
        ax = figure.axes[0]
        ax.plot([0, 1], [0, 1], color=plotting.MUTED, linewidth=1)
        for (name, promise), color in zip(promises.items(), plotting.PALETTE, strict=False):
            truth, said = promise
            bins = np.clip((said * 8).astype(int), 0, 7)  # equal mass would put all but one at zero
            points = [
                (said[bins == b].mean(), truth[bins == b].mean()) for b in np.unique(bins) if (bins == b).sum() > 20
            ]
            ax.plot(*np.array(points).T, marker="o", color=color, label=name)
        ax.set_xlabel("probability of a fall, as told")
        ax.set_ylabel("share of falls among them")
        ax.set_title("Simulated: can the probability be trusted?")
        ax.legend(loc="upper left")
    return figure
