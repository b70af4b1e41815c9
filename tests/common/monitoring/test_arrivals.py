"""Recorded reports: what is none is refused, before it keeps back those that follow."""

import math

import pytest

from common import AlarmPolicy, HeldImpacts, InvalidInputError, RoomMonitor, WornReport, stream_evidence

REPORT = WornReport(0.9)
MISTAKES = [
    ([(math.nan, "worn", REPORT), (1, "worn", REPORT)], "time_s of a report of sensor 'worn' is nan"),
    ([(0, "worn", REPORT), ("1", "worn", REPORT)], "time_s of a report of sensor 'worn' is '1'"),
    ([(1e15, "worn", REPORT)], r"time_s of a report .* is it in nanoseconds\?"),
    ([(1, "worn")], r"reports has \(1, 'worn'\); each must be \(time_s, sensor, report\)"),
    ([None], "reports has None"),
    (["abc"], "reports has 'abc'"),
    (None, "reports is None"),
    ([(1, "door", REPORT)], "sensor is 'door'"),
]


@pytest.mark.parametrize(("reports", "message"), MISTAKES)
def test_mistakes(reports, message):
    monitor = RoomMonitor(None, AlarmPolicy(sensors=("worn",)), sensors={"worn": HeldImpacts()})
    with pytest.raises(InvalidInputError, match=message):
        monitor.replay(reports, 5)
    with pytest.raises(InvalidInputError, match=message):
        stream_evidence({"worn": HeldImpacts()}, reports, [1, 2, 3])
