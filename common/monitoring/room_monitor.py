"""The monitor of one room: from what its sensors' classifiers report to alarms."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any, Self

from common.alarms.clock import check_clock
from common.alarms.policy import AlarmPolicy
from common.alarms.terms import AlarmEvidence, AlarmTransition
from common.alarms.tracker import AlarmTracker
from common.errors import InvalidInputError
from common.monitoring.arrivals import TimedReport, arrivals_by_tick, tick_times
from common.monitoring.fusing import FusedProbability, Fusion
from common.monitoring.recent_frames import RecentFrames
from common.monitoring.reports import Report
from common.monitoring.room_evidence import RoomEvidence, SensorEvidence


class RoomMonitor:
    """Takes what the sensors of a room report, and says who must come.

    Call :meth:`hear` for every report as it arrives, and :meth:`tick` once a second. Sensors are taken out of service
    and alarms answered at :attr:`tracker`, which is also what is saved. After a restart, :meth:`resume` with the loaded
    tracker: alarms go on; evidence starts empty, so a person who lies still counts again once a camera finds them.

    The monitor is told probabilities, boxes and movement, never what really happened. Several threads may call it: one
    call is done after the other. Reports may come late, twice, swapped or with a wrong clock, see
    :class:`common.monitoring.room_evidence.RoomEvidence`.

    A camera that reports is working, also of an empty room. A worn sensor is working when it can judge: after
    ``silence_s`` without a probability there is a technical alarm, unless staff have taken it out of service.

    Parameters
    ----------
    fusion : FusionClassifier or None
        Fitted on the evidence of these sensors (:func:`common.stream_evidence`): on a data frame, whose columns are
        their names, or on an array in their order. None if there is one sensor, whose evidence is then taken as it is.
    policy : AlarmPolicy
        Names the same sensors.
    sensors : mapping of str to HeldImpacts or RecentFrames
        How the evidence of each sensor is kept over time. They are taken as settings: each monitor begins empty.
    name : str
        Such as "room 12"; see :class:`common.AlarmTracker`.

    Attributes
    ----------
    tracker : AlarmTracker

    Raises
    ------
    InvalidInputError
        If fusion, policy and sensors do not name the same sensors.

    Examples
    --------
    >>> from common import AlarmPolicy, HeldImpacts, WornReport
    >>> policy = AlarmPolicy(confirm_s=2, sensors=("worn",))
    >>> monitor = RoomMonitor(None, policy, sensors={"worn": HeldImpacts()}, name="room 12")
    >>> for second, probability in enumerate([0.1, 0.1, 0.9, 0.9, 0.2]):
    ...     monitor.hear("worn", second, WornReport(probability))
    ...     for transition in monitor.tick(second):
    ...         print(transition)
    2.0 s  fall 1: quiet → suspected (probability at least 0.5)
    4.0 s  fall 1: suspected → confirmed (probability at least 0.8 for 2 s)
    4.0 s  fall 1: confirmed → notified (confirmed)
    >>> monitor.evidence(4)
    {'worn': 0.9}

    A whole recording at once gives the same:

    >>> monitor = RoomMonitor(None, policy, sensors={"worn": HeldImpacts()})
    >>> reports = [(second, "worn", WornReport(p)) for second, p in enumerate([0.1, 0.1, 0.9, 0.9, 0.2])]
    >>> [transition.after for transition in monitor.replay(reports, until_s=4)]
    [<AlarmPhase.SUSPECTED: 'suspected'>, <AlarmPhase.CONFIRMED: 'confirmed'>, <AlarmPhase.NOTIFIED: 'notified'>]

    After a restart, with the tracker that was saved:

    >>> restarted = RoomMonitor.resume(None, monitor.tracker, sensors={"worn": HeldImpacts()})
    >>> restarted.tracker.is_open, restarted.evidence(4)
    (True, {'worn': nan})
    """

    def __init__(
        self,
        fusion: Fusion | None,
        policy: AlarmPolicy,
        *,
        sensors: Mapping[str, SensorEvidence],
        name: str = "room",
    ) -> None:
        self._set_up(fusion, AlarmTracker(policy, name=name), sensors)

    @classmethod
    def resume(cls, fusion: Fusion | None, tracker: AlarmTracker, *, sensors: Mapping[str, SensorEvidence]) -> Self:
        """The monitor of a tracker that was saved: its alarms go on, and evidence starts empty.

        Raises
        ------
        InvalidInputError
            If ``tracker`` is no AlarmTracker, or does not name the same sensors.
        """
        if not isinstance(tracker, AlarmTracker):
            raise InvalidInputError(f"tracker is {tracker!r}; pass an AlarmTracker, such as AlarmTracker.load gives")
        monitor = cls.__new__(cls)
        monitor._set_up(fusion, tracker, sensors)
        return monitor

    def _set_up(self, fusion: Fusion | None, tracker: AlarmTracker, sensors: Mapping[str, SensorEvidence]) -> None:
        self.tracker = tracker
        self._evidence = RoomEvidence(sensors, silence_s=tracker.policy.silence_s)
        names = tuple(sensors)
        if set(names) != set(tracker.policy.sensors):
            raise InvalidInputError(
                f"policy names sensors {', '.join(tracker.policy.sensors)}, but sensors are {', '.join(names)}: "
                "name the same in AlarmPolicy(sensors=...)"
            )
        self._fused = FusedProbability(fusion, names)
        self._lock = threading.RLock()

    def hear(self, sensor: str, time_s: float, report: Report) -> None:
        """Take in what a sensor reports of the moment ``time_s``, on the clock of the ticks; it is used at the next.

        Raises
        ------
        InvalidInputError
            If there is no such sensor, the report is not of its kind, or the time is not a number of seconds.
        """
        with self._lock:
            self._evidence.hear(sensor, time_s, report)

    def tick(self, now_s: float) -> tuple[AlarmTransition, ...]:
        """Judge what has been reported up to ``now_s``, and return what changed of the alarms.

        If the fusion fails, its error is raised, but time passes for the alarms, whose messages are in the tracker's
        outbox. Nobody watches then, so after ``silence_s`` there is a technical alarm of every sensor.
        """
        now = check_clock(now_s)
        with self._lock:
            working = self._evidence.tick(now, out_of_service=self.tracker.sensors_out_of_service)
            try:
                evidence = self._alarm_evidence(now, working)
            except Exception:  # whatever a fusion of others raises: the timers must go on
                self.tracker.tick(now)
                raise
            return self.tracker.observe(now, evidence, alive=working)

    def replay(
        self, reports: Iterable[TimedReport], until_s: float, period_s: float = 1.0, *, since_s: float = 0.0
    ) -> tuple[AlarmTransition, ...]:
        """A recording at once: :meth:`hear` and :meth:`tick` in turn.

        Parameters
        ----------
        reports : iterable of (time_s, sensor, report)
            In the order in which they arrive. Each is heard before the first tick that is not earlier than its time.
        until_s, since_s, period_s : float
            There is a tick at ``since_s``, and every ``period_s`` seconds from then on up to ``until_s``.
        """
        log: list[AlarmTransition] = []
        for now_s, arrived in arrivals_by_tick(reports, tick_times(since_s, until_s, period_s)):
            for time_s, sensor, report in arrived:
                self.hear(sensor, time_s, report)
            log += self.tick(now_s)
        return tuple(log)

    def evidence(self, time_s: float) -> dict[str, float]:
        """The probability of a fall by each sensor, from what was used up to the latest tick; NaN: it cannot say."""
        with self._lock:
            return self._evidence.at(check_clock(time_s, "time_s"))

    def __getstate__(self) -> dict[str, Any]:
        """Without the lock, which belongs to one process."""
        with self._lock:
            return {name: value for name, value in self.__dict__.items() if name != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.RLock()

    def _alarm_evidence(self, now_s: float, working: tuple[str, ...]) -> AlarmEvidence:
        probability = self._fused(self._evidence.at(now_s))
        # Nothing has been heard, so nothing new is known: what holds on is not observed again.
        if probability is None or not working:
            return AlarmEvidence()
        time_s = self._evidence.time(now_s)
        cameras = [sensor for sensor in self._evidence.sensors.values() if isinstance(sensor, RecentFrames)]
        lying = _any([camera.lying_still(time_s) for camera in cameras])
        upright = _all([camera.upright(time_s) for camera in cameras])
        # Whom one camera sees upright may be the helper of somebody whom another saw fallen, and cannot see any more.
        is_hidden = self._is_camera_out_of_service() or any(camera.hides_fallen(time_s) for camera in cameras)
        return AlarmEvidence(probability, lying, working, None if lying or (upright and is_hidden) else upright)

    def _is_camera_out_of_service(self) -> bool:
        """Whether there is one that has forgotten whom it saw."""
        out = self.tracker.sensors_out_of_service
        return any(isinstance(self._evidence.sensors[name], RecentFrames) for name in out)


def _any(answers: list[bool | None]) -> bool | None:
    """Whether one camera says so; None unless some can tell."""
    known = [answer for answer in answers if answer is not None]
    return any(known) if known else None


def _all(answers: list[bool | None]) -> bool | None:
    """Whether all cameras that can tell say so; None unless some can."""
    known = [answer for answer in answers if answer is not None]
    return all(known) if known else None
