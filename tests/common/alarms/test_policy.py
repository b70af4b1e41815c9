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
