"""A stored alarm survives a reboot; a damaged one is refused."""

import json

import pytest

from common import (
    AlarmTracker,
)
from common.errors import InvalidInputError
from tests.common.alarms.scenario import ESCALATED, NOTIFIED, Scenario


class TestReboot:
    def test_nothing_is_lost(self):
        scenario = Scenario().staff(True).observe(0.95, lying=True, seconds=10)
        again = AlarmTracker.from_json(scenario.tracker.to_json())
        assert again.to_json() == scenario.tracker.to_json()
        assert again.is_open
        # Down for ten minutes: both sensors were silent, and what was held back is told and escalated.
        assert [t.after for t in again.tick(scenario.now + 600)] == ["silent", "silent", NOTIFIED]
        assert [t.after for t in again.tick(scenario.now + 800)] == [ESCALATED]

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "null",
            "[]",
            "{}",
            "0",
            b"\xff",
            '{"format": 2}',
            "[" * 60_000,
            "9" * 70_000,
            '{"format": 1, "policy": 3}',
        ],
        ids=lambda text: str(text[:12]),
    )
    def test_other_texts_are_refused(self, text):
        with pytest.raises(InvalidInputError, match="text is not the state of an AlarmTracker"):
            AlarmTracker.from_json(text)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("phase", "asleep"),
            ("event", -1),
            ("event", 0),
            ("event", True),
            ("elapsed_s", -1),
            ("elapsed_s", None),
            ("clock_s", "noon"),
            ("clock_s", 1e300),
            ("phase_since_s", 1e9),
            ("suspected_s", "soon"),
            ("staff_present", "yes"),
            ("is_escalated", 1),
            ("high", [5.0, 1.0]),
            ("high", [1.0]),
            ("sure", [0.0, 1e9]),
            ("heard_s", []),
            ("heard_s", [1.0, "x"]),
            ("silent", ["doorbell"]),
            ("evidence", {}),
            ("evidence", {"probability": 7, "lying_still": None, "heard": ["camera"]}),
            ("more", 1),
        ],
    )
    def test_damaged_states_are_refused(self, field, value):
        content = json.loads(Scenario().observe(0.95, seconds=10).tracker.to_json())
        content["state"][field] = value
        with pytest.raises(InvalidInputError, match="text is not the state of an AlarmTracker"):
            AlarmTracker.from_json(json.dumps(content))

    def test_a_damaged_policy_is_refused(self):
        content = json.loads(AlarmTracker().to_json())
        del content["policy"]["fade_s"]
        with pytest.raises(InvalidInputError, match="fade_s"):
            AlarmTracker.from_json(json.dumps(content))
