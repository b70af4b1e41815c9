"""Evidence: what is no probability, and what rests on no sensor, is refused."""

import math

import numpy as np
import pytest

from common import (
    AlarmEvidence,
)
from common.errors import InvalidInputError
from tests.common.alarms.scenario import BOTH


class TestEvidence:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((1.2, None, BOTH), "probability is 1.2; it must be at most 1"),
            ((-0.1, None, BOTH), "probability is -0.1"),
            (("high", None, BOTH), "probability is 'high'"),
            ((0.5, 1, BOTH), "lying_still is 1; it must be True, False or None"),
            ((0.5, None, "wearable"), "heard is 'wearable'; pass a tuple"),
            ((0.5, None, None), "heard is None"),
        ],
    )
    def test_refuses(self, arguments, message):
        with pytest.raises(InvalidInputError, match=message):
            AlarmEvidence(*arguments)

    def test_numpy_and_nan_become_plain_values(self):
        evidence = AlarmEvidence(np.float32(0.5), np.bool_(True), ["camera", "camera"])
        assert evidence == AlarmEvidence(0.5, True, ("camera",))
        assert AlarmEvidence(math.nan, None, BOTH) == AlarmEvidence(None, None, BOTH)

    def test_a_probability_that_rests_on_no_sensor_is_refused(self):
        with pytest.raises(InvalidInputError, match=r"heard is empty although .* only the base rate"):
            AlarmEvidence(0.01)
