"""A fusion that fails: its error is told, time passes for the alarms, and somebody hears that nobody watches."""

import math
import pickle

import numpy as np
import pytest

from common import AlarmPolicy, HeldImpacts, InvalidInputError, RoomMonitor, WornReport

SENSORS = {"waist": HeldImpacts(), "wrist": HeldImpacts()}
POLICY = AlarmPolicy(confirm_s=2, sensors=("waist", "wrist"))


class Fixed:
    """Always the same answer; an error is raised."""

    n_features_in_ = 2

    def __init__(self, answer):
        self.answer = answer

    def predict_proba(self, X):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def ticked(monitor, ticks, probability):
    for now in ticks:
        for name in SENSORS:
            monitor.hear(name, now, WornReport(probability))
        monitor.tick(now)
    return monitor


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (np.array([[0.5, math.nan]]), "probability of the fusion is nan"),
        (np.array([[0.1, 1.7]]), "probability of the fusion is 1.7; it must be at most 1"),
        (np.array([[0.5]]), r"fusion answered .*; its predict_proba must return \(n, 2\)"),
        (np.array([0.1, 0.9]), "fusion answered"),
        (None, "fusion answered None"),
    ],
)
def test_an_answer_that_is_none_is_not_taken_for_calm(answer, message):
    monitor = RoomMonitor(Fixed(answer), POLICY, sensors=SENSORS)
    with pytest.raises(InvalidInputError, match=message):
        ticked(monitor, [0], 0.5)


def test_while_it_fails_time_passes_for_the_alarms():
    fusion = Fixed(np.array([[0.1, 0.9]]))
    monitor = ticked(RoomMonitor(fusion, POLICY, sensors=SENSORS), range(5), 0.25)
    assert monitor.tracker.is_open
    fusion.answer = ValueError("Input X contains NaN")
    for now in range(5, 130):
        with pytest.raises(ValueError, match="contains NaN"):
            ticked(monitor, [now], 0.5)
    told = [(one.transition.subject, one.transition.after) for one in monitor.tracker.outbox]
    assert ("fall", "escalated") in told
    assert monitor.tracker.silent_sensors == POLICY.sensors
    fusion.answer = np.array([[0.9, 0.1]])
    assert ticked(monitor, [130], 0.5).tracker.silent_sensors == ()


def test_a_monitor_can_be_pickled_and_goes_on_as_it_was():
    first = ticked(RoomMonitor(Fixed(np.array([[0.1, 0.9]])), POLICY, sensors=SENSORS), range(2), 0.75)
    second = pickle.loads(pickle.dumps(first))
    assert second.evidence(1) == first.evidence(1)
    for monitor in (first, second):
        ticked(monitor, range(2, 5), 0.25)
    assert second.tracker.is_open
    assert second.tracker.to_json() == first.tracker.to_json()
