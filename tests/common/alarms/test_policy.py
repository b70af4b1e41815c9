"""Policies: impossible times and thresholds are refused."""

import json
import math

import pytest

from common import (
    AlarmPolicy,
)
from common.errors import InvalidInputError


class TestPolicy:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"suspect_probability": 0}, "suspect_probability is 0; it must be above 0"),
            ({"confirm_probability": 1}, "confirm_probability is 1; it must be below 1"),
            ({"confirm_probability": 0.4}, "confirm_probability is 0.4, below suspect_probability 0.5"),
            ({"fade_s": 0}, "fade_s is 0; it must be above 0"),
            ({"debounce_s": -1}, "debounce_s is -1"),
            ({"silence_s": math.nan}, "silence_s is nan"),
            ({"escalate_s": "2 min"}, "escalate_s is '2 min'"),
            ({"long_lie_s": 10}, "long_lie_s is 10, below still_s 15"),
            ({"sensors": "wearable"}, "sensors is 'wearable'; pass a tuple"),
            ({"sensors": ()}, "name at least one sensor"),
            ({"sensors": ("a", "a")}, "each once"),
            ({"sensors": ("a", 1)}, "pass a tuple of names"),
        ],
    )
    def test_refuses(self, arguments, message):
        with pytest.raises(InvalidInputError, match=message):
            AlarmPolicy(**arguments)

    def test_round_trip(self):
        policy = AlarmPolicy(fade_s=7, sensors=("pocket",))
        assert AlarmPolicy.from_dict(json.loads(json.dumps(policy.to_dict()))) == policy

    @pytest.mark.parametrize(
        "arguments",
        [
            {"debounce_s": 0, "confirm_s": 0},
            {"debounce_s": 0.5, "confirm_s": 0.5},
            {"fade_s": 0.01, "silence_s": 0.01, "repeat_s": 0.01},
            {"suspect_probability": 0.8, "confirm_probability": 0.8},
            {"suspect_probability": 0.001, "confirm_probability": 0.999},
            {"still_s": 15, "long_lie_s": 15},
            {"sensors": ["wearable"]},
        ],
    )
    def test_just_allows(self, arguments):
        policy = AlarmPolicy(**arguments)
        for name, value in arguments.items():
            assert getattr(policy, name) == (tuple(value) if name == "sensors" else value)

    @pytest.mark.parametrize("sensors", [{"a", "b"}, None, ("a", ""), 3, iter("ab")])
    def test_sensors_are_a_list_of_names(self, sensors):
        with pytest.raises(InvalidInputError, match=r"^sensors is"):
            AlarmPolicy(sensors=sensors)

    def test_what_was_stored_names_what_it_lacks_or_adds(self):
        values = AlarmPolicy().to_dict()
        for changed, wrong in [
            ({**values, "volume": 3}, "volume"),
            ({name: value for name, value in values.items() if name not in ("fade_s", "still_s")}, "fade_s, still_s"),
            ({**{name: value for name, value in values.items() if name != "fade_s"}, 7: 1}, "7, fade_s"),
        ]:
            with pytest.raises(InvalidInputError, match=rf"^policy lacks names or has unknown ones \({wrong}\)"):
                AlarmPolicy.from_dict(changed)

    @pytest.mark.parametrize("values", [3, None, [], "fade_s"])
    def test_what_was_stored_is_a_dictionary(self, values):
        with pytest.raises(InvalidInputError, match=r"^policy lacks names .*fade_s"):
            AlarmPolicy.from_dict(values)
