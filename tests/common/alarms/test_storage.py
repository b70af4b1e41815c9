"""A stored alarm survives a reboot; a damaged one is refused."""

import json
from pathlib import Path

import pytest

from common import (
    AlarmTracker,
)
from common.errors import InvalidInputError, ModelIntegrityError
from tests.common.alarms.scenario import ACKNOWLEDGED, ESCALATED, NOTIFIED, Scenario

# Written by version 0.1.
OF_VERSION_0_1 = (
    '{"format": 1, "policy": {"suspect_probability": 0.5, "confirm_probability": 0.8, "debounce_s": 0.0, '
    '"confirm_s": 5.0, "still_s": 15.0, "fade_s": 5.0, "undecided_s": 60.0, "escalate_s": 120.0, "long_lie_s": '
    '600.0, "suppress_s": 300.0, "resolve_s": 30.0, "attend_s": 1800.0, "rearm_s": 30.0, "silence_s": 20.0, '
    '"sensors": ["wearable"]}, "state": {"clock_s": 109.0, "elapsed_s": 9.0, "phase": "notified", "phase_since_s": '
    '5.0, "event": 1, "suspected_s": 0.0, "is_escalated": false, "is_held_back": false, "staff_present": false, '
    '"high": [0.0, 9.0], "sure": [0.0, 9.0], "calm": null, "still": null, "heard_s": [9.0], "silent": [], '
    '"evidence": {"probability": 0.95, "lying_still": null, "heard": ["wearable"]}}}'
)


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
            '{"format": 3}',
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
        ("path", "value"),
        [
            ("falls/0/phase", "asleep"),
            ("falls/0/phase", "quiet"),
            ("falls/0/event", 0),
            ("falls/0/event", 2),
            ("falls/0/event", True),
            ("falls/0/phase_since_s", 1e9),
            ("falls/0/suspected_s", "soon"),
            ("falls/0/is_escalated", 1),
            ("falls/0/was_calm", None),
            ("falls", {}),
            ("falls", [3]),
            ("event", -1),
            ("event", 0),
            ("event", 1.0),
            ("clock/elapsed_s", -1),
            ("clock/elapsed_s", None),
            ("clock/elapsed_s", True),
            ("clock/now_s", "noon"),
            ("clock/now_s", None),
            ("clock/highest_s", 1e300),
            ("clock/back_from_s", 3.0),
            ("staff_present", "yes"),
            ("conditions/high", [5.0, 1.0]),
            ("conditions/high", [1.0]),
            ("conditions/high", 7),
            ("conditions/sure", [0.0, 1e9]),
            ("sensors/heard_s", []),
            ("sensors/heard_s", [1.0, "x"]),
            ("sensors/silent", ["doorbell"]),
            ("sensors/out_of_service", ["camera", "camera"]),
            ("evidence", {}),
            ("evidence", {"probability": 7, "lying_still": None, "heard": ["camera"], "upright": None}),
            ("more", 1),
        ],
    )
    def test_damaged_states_are_refused(self, path, value):
        content = json.loads(Scenario().observe(0.95, seconds=10).tracker.to_json())
        *parents, last = path.split("/")
        part = content["state"]
        for name in parents:
            part = part[int(name) if isinstance(part, list) else name]
        part[last] = value
        with pytest.raises(InvalidInputError, match="text is not the state of an AlarmTracker"):
            AlarmTracker.from_json(json.dumps(content))

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            ("name", ""),
            ("name", "a\nb"),
            ("n_messages", True),
            ("n_messages", -1),
            ("outbox", {}),
            ("outbox", [{"id": "room 12/1"}]),
            ("outbox", [{"id": 1, "transition": {}}]),
            ("more", 1),
        ],
    )
    def test_what_stands_beside_the_state_is_checked_too(self, path, value):
        content = json.loads(Scenario().observe(0.95, seconds=10).tracker.to_json())
        content[path] = value
        with pytest.raises(InvalidInputError, match="text is not the state of an AlarmTracker"):
            AlarmTracker.from_json(json.dumps(content))

    @pytest.mark.parametrize(
        ("good", "bad"),
        [
            ('"event": 1, "staff', '"event": 1, "event": 1, "staff'),
            ('{"format": 2', '{"format": 2, "format": 2'),
            ('"staff_present": false', '"staff_present": 0'),
            ('"probability": 0.95', '"probability": NaN'),
            ('"probability": 0.95', '"probability": Infinity'),
            ('"probability": 0.95', '"probability": true'),
        ],
    )
    def test_json_is_read_strictly(self, good, bad):
        text = Scenario().observe(0.95, seconds=10).tracker.to_json()
        assert good in text
        with pytest.raises(InvalidInputError, match="text is not the state of an AlarmTracker"):
            AlarmTracker.from_json(text.replace(good, bad, 1))

    def test_an_alarm_of_version_0_1_stays_open(self):
        tracker = AlarmTracker.from_json(OF_VERSION_0_1)
        assert tracker.phases == {1: NOTIFIED}
        assert tracker.policy.sensors == ("wearable",)
        assert [t.subject for t in tracker.tick(116)] == ["sound"]
        assert [t.after for t in tracker.acknowledge(122, 1)] == [ACKNOWLEDGED]

    def test_a_damaged_policy_is_refused(self):
        content = json.loads(AlarmTracker().to_json())
        del content["policy"]["fade_s"]
        with pytest.raises(InvalidInputError, match="fade_s"):
            AlarmTracker.from_json(json.dumps(content))


class TestFile:
    def test_what_is_saved_is_loaded(self, tmp_path):
        scenario = Scenario().staff(True).observe(0.95, lying=True, seconds=10)
        for _ in range(2):  # a second time over the first
            scenario.tracker.save(tmp_path / "room [12].json")
        again = AlarmTracker.load(tmp_path / "room [12].json")
        assert again.to_json() == scenario.tracker.to_json()
        assert [path.name for path in tmp_path.iterdir()] == ["room [12].json"]

    @pytest.mark.parametrize(
        "damage", [lambda b: b[:-9], lambda b: b.replace(b"0.95", b"0.05"), lambda b: b"", lambda b: b[70:]]
    )
    def test_a_damaged_file_is_refused(self, damage, tmp_path):
        file = tmp_path / "room.json"
        Scenario().observe(0.95, seconds=10).tracker.save(file)
        file.write_bytes(damage(file.read_bytes()))
        with pytest.raises(ModelIntegrityError, match=r"room\.json is damaged: .* tell the staff"):
            AlarmTracker.load(file)

    def test_no_file_and_no_folder(self, tmp_path):
        with pytest.raises(InvalidInputError, match=r"none\.json"):
            AlarmTracker.load(tmp_path / "none.json")
        (tmp_path / "folder").mkdir()
        with pytest.raises(InvalidInputError, match=r"path is .*folder"):
            AlarmTracker().save(tmp_path / "folder")

    def test_an_interrupted_save_leaves_the_older_alarm(self, tmp_path, monkeypatch):
        file = tmp_path / "room.json"
        scenario = Scenario().observe(0.95, seconds=10)
        scenario.tracker.save(file)
        before = file.read_bytes()

        def fails(*_):
            raise OSError("no space left")

        monkeypatch.setattr(Path, "replace", fails)
        with pytest.raises(InvalidInputError, match="no space left"):
            scenario.acknowledge().tracker.save(file)
        assert file.read_bytes() == before
        monkeypatch.undo()
        scenario.tracker.save(file)
        assert AlarmTracker.load(file).phases == {1: ACKNOWLEDGED}
        assert [path.name for path in tmp_path.iterdir()] == ["room.json"]


class TestOutbox:
    def test_a_message_waits_until_it_is_confirmed_across_reboots(self):
        scenario = Scenario().observe(0.95, seconds=8)
        again = AlarmTracker.from_json(scenario.tracker.to_json())
        (message,) = again.outbox
        assert (message.id, message.transition.after) == ("room 12/1", NOTIFIED)
        for _ in range(2):
            again.confirm_sent(message.id)
        assert again.outbox == AlarmTracker.from_json(again.to_json()).outbox == ()

    def test_a_number_is_never_used_twice(self):
        scenario = Scenario().observe(0.95, seconds=8)
        scenario.tracker.confirm_sent("room 12/1")
        again = AlarmTracker.from_json(scenario.tracker.to_json())
        again.acknowledge(scenario.now, 1)
        assert [message.id for message in again.outbox] == ["room 12/2"]

    def test_two_trackers_share_no_id(self):
        assert AlarmTracker().name != AlarmTracker().name

    def test_of_a_nights_sounds_the_newest_waits(self):
        scenario = Scenario().observe(0.95, seconds=30_000).wait(30)
        words = [(m.transition.subject, m.transition.after) for m in scenario.tracker.outbox]
        assert words == [
            ("fall", NOTIFIED),
            ("fall", ESCALATED),
            *[("sensor wearable", "silent"), ("sensor camera", "silent"), ("sound", "repeated")],
        ]

    @pytest.mark.parametrize(
        "message_id", ["room 12/2", "room 12/0", "room 13/1", "room 12", "1", "", 1, None, "room 12/x"]
    )
    def test_an_id_that_was_never_given_is_refused(self, message_id):
        with pytest.raises(InvalidInputError, match="message_id is"):
            Scenario().observe(0.95, seconds=8).tracker.confirm_sent(message_id)
