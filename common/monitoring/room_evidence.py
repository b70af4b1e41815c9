"""What all sensors of a room say together over time: reports come in as they arrive, evidence is taken at each tick."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from common.alarms.clock import Clock, advance, check_clock
from common.errors import InvalidInputError
from common.monitoring.held_impacts import HeldImpacts
from common.monitoring.recent_frames import RecentFrames
from common.monitoring.reports import Report, WornReport, check_report
from common.validation import check_number

SensorEvidence: TypeAlias = HeldImpacts | RecentFrames


class _Heard(NamedTuple):
    time_s: float
    sensor: str
    report: Any  # of the sensor's type, as was checked


class RoomEvidence:
    """The evidence of each sensor by name, from reports that may come late, twice, swapped, or with a wrong clock.

    Reports wait for the tick that reaches their time; at a tick they are taken in order of time, so that the order in
    which they arrived makes no difference. A report that is ``silence_s`` older or newer than the tick is from a wrong
    clock, or of no use any more: it is dropped, and does not count as a sign of life. Only if the ticks themselves have
    paused, all reports since the last one are used.

    An impact must not be lost on its way. A report of a worn sensor that is used when half of its ``hold_s`` is over,
    since it came late, the ticks paused or the clock was set back, is held from that tick on, once however often it
    comes.

    If the clock of the ticks is set back (:mod:`common.alarms.clock` says when that is certain), evidence goes on
    without a break, on a time that only grows. Until it is certain, nothing new is taken in.

    Parameters
    ----------
    sensors : mapping of str to HeldImpacts or RecentFrames
        Taken as settings: what they have heard is not.
    silence_s : float
        Of the alarm's policy.
    """

    def __init__(self, sensors: Mapping[str, SensorEvidence], *, silence_s: float) -> None:
        self._sensors = {name: sensor.fresh() for name, sensor in _check_sensors(sensors).items()}
        self._silence_s = check_number(silence_s, "silence_s", above=0)
        self._waiting: list[_Heard] = []
        self._used: set[_Heard] = set()  # by worn sensors in the last silence_s, on the clock of the evidence
        self._clock = Clock()
        self._offset_s = 0.0  # of evidence time, which only grows, against the clock of the ticks

    @property
    def sensors(self) -> Mapping[str, SensorEvidence]:
        """The evidence of each sensor."""
        return self._sensors

    def hear(self, sensor: str, time_s: float, report: Report) -> None:
        """Take a report in, to be used at the next tick."""
        if not isinstance(sensor, str) or sensor not in self._sensors:
            raise InvalidInputError(f"sensor is {sensor!r}; it must be one of {', '.join(map(repr, self._sensors))}")
        check_report(report, self._sensors[sensor].report_type, f"report of sensor {sensor!r}")
        self._waiting.append(_Heard(check_clock(time_s, "time_s"), sensor, report))

    def tick(self, now_s: float, *, out_of_service: Iterable[str] = ()) -> tuple[str, ...]:
        """Use the reports up to ``now_s``; return the sensors that have shown since the last tick that they work.

        A sensor out of service is not listened to, and forgets what it said before.
        """
        before = self._clock
        self._clock, set_back_s = advance(before, now_s, set_back_after_s=self._silence_s / 2)
        if set_back_s > 0:
            self._set_back(before.highest_s, set_back_s)
        out = set(out_of_service)
        for name in out:
            self._sensors[name] = self._sensors[name].fresh()
        working = set()
        for heard in self._due(now_s, before):
            if heard.sensor not in out:
                self._use(heard._replace(time_s=heard.time_s + self._offset_s))
                if heard.report.is_working:
                    working.add(heard.sensor)
        oldest_s = self.time(now_s) - self._silence_s
        self._used = {heard for heard in self._used if heard.time_s > oldest_s}
        return tuple(name for name in self._sensors if name in working)

    def time(self, time_s: float) -> float:
        """A time of the ticks' clock on the clock of the evidence, where nothing is before the latest tick."""
        return max(time_s, self._clock.highest_s) + self._offset_s

    def at(self, time_s: float) -> dict[str, float]:
        """The probability of a fall by each sensor; as of the latest tick, if ``time_s`` is before it."""
        return {name: sensor.at(self.time(time_s)) for name, sensor in self._sensors.items()}

    def _set_back(self, highest_s: float, set_back_s: float) -> None:
        """Go on after a set back; what was held is held on, since nothing was observed until it was certain."""
        held_until_s = highest_s + self._offset_s
        self._offset_s += set_back_s
        for sensor in self._sensors.values():
            if isinstance(sensor, HeldImpacts):
                probability = sensor.at(held_until_s)
                sensor.hear(self._clock.highest_s + self._offset_s, WornReport(probability))

    def _use(self, heard: _Heard) -> None:
        """Tell a sensor of a report on the clock of the evidence."""
        sensor, time_s = self._sensors[heard.sensor], heard.time_s
        if isinstance(sensor, HeldImpacts):
            latest_s = self._clock.highest_s + self._offset_s
            if latest_s - time_s >= sensor.hold_s / 2:
                if heard in self._used:
                    return
                time_s = latest_s
            self._used.add(heard)
        sensor.hear(time_s, heard.report)

    def _due(self, now_s: float, before: Clock) -> list[_Heard]:
        """The waiting reports whose time has come, in order; those of a wrong clock are dropped.

        While the clock may have been set back, all reports wait until that is certain: the newest would be taken for
        late ones, put among earlier ones, and outdated as soon as it is.
        """
        highest_s, silence_s = self._clock.highest_s, self._silence_s
        oldest_s = highest_s - silence_s
        if before.now_s is not None:
            oldest_s = min(oldest_s, before.highest_s)
        due, waiting = [], []
        for heard in sorted(self._waiting, key=lambda heard: heard.time_s):
            if oldest_s < heard.time_s <= highest_s and not self._clock.is_late:
                due.append(heard)
            elif oldest_s < heard.time_s < highest_s + silence_s or abs(heard.time_s - now_s) < silence_s:
                waiting.append(heard)
        self._waiting = waiting
        return due


def _check_sensors(sensors: Any) -> Mapping[str, SensorEvidence]:
    if not isinstance(sensors, Mapping) or not sensors:
        raise InvalidInputError(f"sensors is {sensors!r}; pass the evidence of each by name: {{'worn': HeldImpacts()}}")
    for name, sensor in sensors.items():
        if not isinstance(name, str) or not isinstance(sensor, (HeldImpacts, RecentFrames)):
            raise InvalidInputError(f"sensors has {name!r}: {sensor!r}; pass HeldImpacts or RecentFrames by name")
    return sensors
