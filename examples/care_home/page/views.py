"""What the page gets to see, as values of JSON: names and numbers, never markup."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

from examples.care_home.hub.alarms import Alarm
from examples.care_home.hub.entries import Answered, Called, Line, LinkChanged, Noted, Received
from examples.care_home.hub.hub import Hub
from examples.care_home.hub.statistics import statistics_of, threshold_effects
from examples.care_home.messages import RoomWord, SensorWord
from examples.care_home.page.recorded import recorded_days

_MOST_IN_HISTORY = 100


def snapshot(hub: Hub) -> dict[str, Any]:
    """All that is known now."""
    home = hub.home
    return {
        "words": [word(one) for one in hub.words.values()],
        "alarms": [alarm(one) for one in home.active.values()],
        "health": health(hub),
        "policy": {"repeat_s": hub.policy.repeat_s, "steps": hub.policy.steps, "silence_s": hub.policy.silence_s},
        "number": hub.log.number,
        "now_s": time.time(),  # a phone's clock may be wrong
    }


def health(hub: Hub) -> list[dict[str, Any]]:
    """Every room that was ever heard, and what is wrong with its equipment."""
    return [
        {
            "origin": origin,
            "room": one.room,
            "silent": one.is_silent,
            "ended": one.is_ended,
            "silent_sensors": sorted(one.silent_sensors),
        }
        for origin, one in hub.home.rooms.items()
    ]


def word(one: RoomWord) -> dict[str, Any]:
    """What a room says now."""
    return {
        "room": one.room,
        "origin": one.origin,
        "p": one.probability,
        "phase": one.phase,
        "sensors": sensors(one.sensors),
        "energy_j": one.energy_j,
        "watched_s": one.watched_s,
    }


def sensors(words: tuple[SensorWord, ...]) -> list[dict[str, Any]]:
    """What sensors said."""
    return [asdict(one) for one in words]


def alarm(one: Alarm) -> dict[str, Any]:
    """An alarm card."""
    return {
        "id": one.id,
        "room": one.room,
        "origin": one.origin,
        "raised_at_s": one.raised_at_s,
        "p": one.probability,
        "sensors": sensors(one.sensors),
        "reason": one.reason,
        "active": one.is_active,
        "acknowledged_by": one.acknowledged_by,
        "acknowledged_at_s": one.acknowledged_at_s,
        "verdict": one.verdict,
        "verdict_by": one.verdict_by,
        "cleared_at_s": one.cleared_at_s,
        "cleared_because": one.cleared_because,
        "steps_called": one.steps_called,
        "urgent": one.is_urgent,
        "silhouette": one.silhouette,
    }


def history(hub: Hub) -> dict[str, Any]:
    """The latest alarms that are over, how well the home is served, and what thresholds would have done."""
    home = hub.home
    alarms = (*home.closed.values(), *home.active.values())
    recorded = recorded_days()
    owns = threshold_effects(alarms, [effect.threshold for effect in recorded.effects])
    # What a lower threshold than that of the rooms would have raised was never judged by anybody.
    is_judged = [effect.threshold >= recorded.threshold for effect in recorded.effects]
    return {
        "alarms": [alarm(one) for one in list(home.closed.values())[: -_MOST_IN_HISTORY - 1 : -1]],
        "statistics": asdict(statistics_of(alarms, *hub.watched.totals())),
        "thresholds": [
            {**asdict(own), **asdict(days), "is_own": days.threshold == recorded.threshold, "is_judged": known}
            for own, days, known in zip(owns, recorded.effects, is_judged, strict=True)
        ],
        "recorded": {"falls": recorded.n_falls, "hours": recorded.hours, "residents": recorded.n_residents},
        "counts": dict(hub.counts),
        "digest": hub.log.digest,
    }


def line(one: Line) -> dict[str, Any]:
    """A line of the log, for reading."""
    told: dict[str, Any] = {"number": one.number, "time_s": one.time_s, "kind": one.entry.kind}
    match one.entry:
        case Received(event):
            change = {"subject": event.subject, "before": event.before, "after": event.after}
            told |= {"room": event.room, "text": event.reason, **change}
        case Answered(_, room, verdict, by):
            told |= {"room": room, "text": verdict, "by": by}
        case Called(_, room, step, whom):
            told |= {"room": room, "text": whom, "step": step}
        case LinkChanged(_, room, is_silent, reason):
            told |= {"room": room, "text": reason, "silent": is_silent}
        case Noted(text, by):
            told |= {"room": "", "text": text, "by": by}
    return told
