"""A room with two cameras: one is enough to see somebody lying, but not that the one who lay is up."""

import pytest

from common import AlarmPolicy, RecentFrames, RoomMonitor
from tests.common.monitoring.test_recent_frames import GONE, SAME, seen
from tests.common.monitoring.test_room_monitor import LargestOf


def room(**times):
    policy = AlarmPolicy(sensors=("door", "window"), **times)
    return RoomMonitor(LargestOf(), policy, sensors={"door": RecentFrames(), "window": RecentFrames()})


def in_order(door, window):
    """Reports of both cameras, a frame each second."""
    named = [("door", door), ("window", window)]
    reports = [(second, name, frame) for name, frames in named for second, frame in enumerate(frames)]
    return sorted(reports, key=lambda heard: heard[0])


def test_one_is_enough_to_see_somebody_lying():
    log = room().replay(in_order([seen(0.125)] * 30, [*[seen(0.75)] * 3, *[SAME] * 27]), 29)
    confirmed = [t for t in log if t.after == "confirmed"]
    assert [t.reason for t in confirmed] == ["lying still for 15 s after the impact"]
    assert (confirmed[0].evidence.lying_still, confirmed[0].evidence.upright) == (True, None)


LATER = {
    "nothing": [seen(0.125)] * 100,
    "a helper in front": [GONE] * 100,
    "silence": [],
    "staff, who took the camera out of service": [seen(0.125)] * 100,
}


@pytest.mark.parametrize("hides", LATER)
def test_whom_the_other_sees_upright_may_be_the_helper(hides):
    monitor = room(resolve_s=5)
    reports = in_order([seen(0.125)] * 120, [*[seen(0.875)] * 20, *LATER[hides]])
    monitor.replay([heard for heard in reports if heard[0] < 20], 19)
    monitor.tracker.acknowledge(19, 1, by="Kim")
    if "out of service" in hides:
        monitor.tracker.set_in_service(19, "window", in_service=False, by="Kim")
    log = monitor.replay([heard for heard in reports if heard[0] >= 20], 119, since_s=20)
    assert any(t.after == "resolved" for t in log) == (hides == "nothing")
