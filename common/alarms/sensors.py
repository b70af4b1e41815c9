"""Which sensors report, which are silent, and which staff have taken out of service."""

from __future__ import annotations

from typing import NamedTuple

from common.alarms.clock import Clock
from common.alarms.policy import AlarmPolicy
from common.alarms.terms import AlarmEvidence, AlarmTransition


class Sensors(NamedTuple):
    """What is known of the policy's sensors.

    Attributes
    ----------
    heard_s : tuple of float
        When each last reported, in elapsed seconds and the policy's order.
    silent : tuple of str
        Sensors under a technical alarm.
    out_of_service : tuple of str
        Sensors that staff have taken out of service, in the bath or for charging.
    """

    heard_s: tuple[float, ...] = ()
    silent: tuple[str, ...] = ()
    out_of_service: tuple[str, ...] = ()


Notes = list[AlarmTransition]


def note_silence(sensors: Sensors, policy: AlarmPolicy, clock: Clock, evidence: AlarmEvidence) -> tuple[Sensors, Notes]:
    """Raise a technical alarm for each sensor in service that has not reported for ``silence_s``."""
    notes: Notes = []
    for name, last_heard_s in zip(policy.sensors, sensors.heard_s, strict=True):
        is_known = name in sensors.silent or name in sensors.out_of_service
        if clock.elapsed_s - last_heard_s >= policy.silence_s and not is_known:
            sensors = sensors._replace(silent=(*sensors.silent, name))
            reason = f"not heard for {clock.elapsed_s - last_heard_s:g} s"
            notes.append(_note(clock, name, "heard", "silent", reason, evidence))
    return sensors, notes


def note_reports(
    sensors: Sensors, policy: AlarmPolicy, clock: Clock, evidence: AlarmEvidence, working: tuple[str, ...]
) -> tuple[Sensors, Notes]:
    """Record when each sensor last reported, and end the technical alarms of those that report again."""
    heard_s = tuple(
        clock.elapsed_s if name in working else last_heard_s
        for name, last_heard_s in zip(policy.sensors, sensors.heard_s, strict=True)
    )
    back = [name for name in sensors.silent if name in working]
    silent = tuple(name for name in sensors.silent if name not in back)
    notes = [_note(clock, name, "silent", "heard", "heard again", evidence) for name in back]
    return sensors._replace(heard_s=heard_s, silent=silent), notes


def put_in_service(
    sensors: Sensors, policy: AlarmPolicy, clock: Clock, name: str, in_service: bool, by: str, evidence: AlarmEvidence
) -> tuple[Sensors, Notes]:
    """Take a sensor out of service, or back; it then has ``silence_s`` to report."""
    who = by and f" by {by}"
    is_out = name in sensors.out_of_service
    if in_service and is_out:
        heard_s = tuple(
            clock.elapsed_s if one == name else last_heard_s
            for one, last_heard_s in zip(policy.sensors, sensors.heard_s, strict=True)
        )
        out = tuple(one for one in sensors.out_of_service if one != name)
        note = _note(clock, name, "out of service", "heard", f"back in service{who}", evidence)
        return sensors._replace(heard_s=heard_s, out_of_service=out), [note]
    if not in_service and not is_out:
        before = "silent" if name in sensors.silent else "heard"
        note = _note(clock, name, before, "out of service", f"taken out of service{who}", evidence)
        silent = tuple(one for one in sensors.silent if one != name)
        return sensors._replace(silent=silent, out_of_service=(*sensors.out_of_service, name)), [note]
    return sensors, []


def _note(clock: Clock, name: str, before: str, after: str, reason: str, evidence: AlarmEvidence) -> AlarmTransition:
    return AlarmTransition(clock.now_s or 0.0, 0, f"sensor {name}", before, after, reason, evidence)
