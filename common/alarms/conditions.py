"""What has been observed, and for how long: conditions such as "the probability is high".

A condition has held for as long as it was *observed*: from the first to the latest reading that confirmed it. It is
forgotten without such a reading. A reading that came late may confirm a condition, but it does not contradict what
later ones observed.
"""

from __future__ import annotations

from typing import NamedTuple

from common.alarms.policy import AlarmPolicy
from common.alarms.terms import AlarmEvidence


class Span(NamedTuple):
    """The first and the latest time, in elapsed seconds, at which a condition was observed."""

    start_s: float
    last_s: float


class Conditions(NamedTuple):
    """The conditions that hold now.

    Attributes
    ----------
    high, sure : Span or None
        The probability is at least ``suspect_probability``, or at least ``confirm_probability``.
    calm : Span or None
        The probability is below ``suspect_probability`` and nobody is lying still.
    still : Span or None
        Somebody is lying still.
    upright : Span or None
        Somebody was seen upright, and the probability is not high.
    """

    high: Span | None = None
    sure: Span | None = None
    calm: Span | None = None
    still: Span | None = None
    upright: Span | None = None

    def without_outdated(self, elapsed_s: float, silence_s: float) -> Conditions:
        """Forget what has not been confirmed for ``silence_s``."""
        return Conditions(*(None if span is None or elapsed_s - span.last_s >= silence_s else span for span in self))

    def with_evidence(self, policy: AlarmPolicy, elapsed_s: float, evidence: AlarmEvidence, late: bool) -> Conditions:
        """Start, extend or end each condition that the evidence confirms or contradicts."""
        p = evidence.probability

        def update(span: Span | None, holds: bool | None) -> Span | None:
            if holds is None or (late and not holds):
                return span
            return Span(elapsed_s if span is None else span.start_s, elapsed_s) if holds else None

        still = update(self.still, evidence.lying_still)
        high = None if p is None else p >= policy.suspect_probability
        seen_up = evidence.upright
        return Conditions(
            high=update(self.high, high),
            sure=update(self.sure, None if p is None else p >= policy.confirm_probability),
            calm=update(self.calm, None if high is None else not high and still is None),
            still=still,
            upright=update(self.upright, False if high else seen_up),
        )


def duration(span: Span | None, *, since: float = 0.0) -> float:
    """Seconds for which a condition has been observed, counted from ``since`` at the earliest; 0 if it was not."""
    return 0.0 if span is None else max(span.last_s - max(span.start_s, since), 0.0)
