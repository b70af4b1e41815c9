"""Evidence: what is no probability, and what rests on no sensor, is refused."""

import math

import numpy as np
import pytest

from common import AlarmEvidence, AlarmTransition
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

    def test_what_no_sensor_tells_stays_unknown(self):
        evidence = AlarmEvidence()
        assert (evidence.probability, evidence.lying_still, evidence.upright) == (None, None, None)
        assert AlarmEvidence(0.0, False, BOTH, False) == AlarmEvidence(np.float64(0), np.bool_(False), BOTH, False)

    def test_the_ends_are_probabilities(self):
        assert [AlarmEvidence(p, heard=BOTH).probability for p in (0, 1)] == [0, 1]

    def test_any_word_needs_a_sensor(self):
        for word in ({"probability": 0.0}, {"lying_still": False}, {"upright": False}):
            with pytest.raises(InvalidInputError, match=r"^heard is empty"):
                AlarmEvidence(**word)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"upright": 1}, "^upright is 1; it must be True, False or None"),
            ({"lying_still": "yes"}, "^lying_still is 'yes'"),
            ({"lying_still": True, "upright": True}, "both True"),
            ({"heard": ("camera", 1)}, "^heard is"),
        ],
    )
    def test_each_word_is_named(self, arguments, message):
        with pytest.raises(InvalidInputError, match=message):
            AlarmEvidence(**{"heard": BOTH, **arguments})

    def test_names_may_come_in_any_collection(self):
        for heard in (["camera"], {"camera"}, frozenset({"camera"}), ("camera", "camera")):
            assert AlarmEvidence(0.5, heard=heard).heard == ("camera",)


@pytest.mark.parametrize(
    ("event", "start"), [(0, "12.3 s  sensor camera: heard"), (3, "12.3 s  sensor camera 3: heard")]
)
def test_a_line_of_the_log(event, start):
    line = AlarmTransition(12.34, event, "sensor camera", "heard", "silent", "not heard for 20 s", AlarmEvidence())
    assert str(line) == f"{start} → silent (not heard for 20 s)"
