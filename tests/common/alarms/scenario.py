"""A tracker that is fed second by second."""

from common import (
    AlarmEvidence,
    AlarmPhase,
    AlarmPolicy,
    AlarmTracker,
    AlarmTransition,
)

BOTH = ("wearable", "camera")
QUIET, SUSPECTED, CONFIRMED, NOTIFIED, ESCALATED, ACKNOWLEDGED, RESOLVED = AlarmPhase


class Scenario:
    """A tracker with a clock that advances by itself, and the log of its transitions."""

    def __init__(self, policy: AlarmPolicy | None = None) -> None:
        self.tracker = AlarmTracker(policy, name="room 12")
        self.now = 1000.0
        self.log: list[AlarmTransition] = []
        self.observe(0.0)

    def observe(
        self,
        p: float | None,
        *,
        seconds: int = 1,
        lying: bool | None = False,
        upright: bool | None = None,
        heard: tuple[str, ...] = BOTH,
    ) -> "Scenario":
        """The same evidence every second."""
        for _ in range(seconds):
            self.log += self.tracker.observe(self.now, AlarmEvidence(p, lying, heard, upright))
            self.now += 1
        return self

    def wait(self, seconds: int) -> "Scenario":
        """Silence, with a tick every second."""
        for _ in range(seconds):
            self.log += self.tracker.tick(self.now)
            self.now += 1
        return self

    def staff(self, present: bool) -> "Scenario":
        self.log += self.tracker.set_staff(self.now, present=present)
        return self

    def acknowledge(self, event: int | None = None) -> "Scenario":
        self.log += self.tracker.acknowledge(self.now, event or self.tracker.event, by="Kim")
        return self

    def resolve(self, event: int | None = None) -> "Scenario":
        self.log += self.tracker.resolve(self.now, event or self.tracker.event)
        return self

    def phases(self) -> list[str]:
        return [transition.after for transition in self.log if transition.subject == "fall"]

    def times(self, phase: AlarmPhase) -> list[float]:
        return [transition.time_s - 1001 for transition in self.log if transition.after is phase]
