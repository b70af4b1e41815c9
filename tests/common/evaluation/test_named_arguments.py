"""An error names the argument as the caller wrote it, whichever shared check found the fault."""

from collections.abc import Callable

import numpy as np
import pytest

import common
from common.errors import InvalidInputError
from common.evaluation.movement import moving_seconds

NAN = float("nan")
SCORES, TIMES = [0.1, 0.9], [0.0, 1.0]


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: common.alarm_times(TIMES, SCORES, threshold=NAN), "threshold"),
        (lambda: common.check_no_leakage([NAN], [1.0]), "train_groups"),
        (lambda: common.check_no_leakage([1.0], [NAN]), "test_groups"),
        (lambda: list(common.leave_one_subject_out([1.0, NAN])), "groups"),
        (lambda: common.split_by_subject([1.0, NAN], test=[1.0]), "groups"),
        (lambda: list(common.subject_folds([1.0, NAN], n_folds=2)), "groups"),
        (lambda: common.reliability([0, 1], ["low", "high"]), "probabilities"),
        (lambda: common.reliability([0, 1], [0.5, 1.5]), "probabilities"),
        (lambda: common.precision_at(0.9, 0.1, falls_per_day=-1), "falls_per_day"),
        (lambda: common.precision_at(98, 0.1, falls_per_day=1), "sensitivity"),
        (lambda: common.precision_at(0.9, -0.1, falls_per_day=1), "false_alarms_per_day"),
        (lambda: moving_seconds(np.zeros((100, 3)), rate_hz=1), "rate_hz"),
        (lambda: common.alarm_times(["noon", "one"], SCORES, threshold=0.5), "times_s"),
        (lambda: common.alarm_times(TIMES, ["low", "high"], threshold=0.5), "scores"),
        (lambda: common.score_events([], [], monitored_s=-1), "monitored_s"),
        (lambda: common.score_events([], [], monitored_s=1, before_s=-1), "before_s"),
        (lambda: common.score_events([], [], monitored_s=1, after_s=-1), "after_s"),
        (lambda: common.score_events([], [], monitored_s=1, merge_s=-1), "merge_s"),
        (lambda: common.score_events([], [], monitored_s=1, movement_s=-1), "movement_s"),
        (lambda: common.score_events(["noon"], [], monitored_s=1), "alarms_s"),
        (lambda: common.score_events([], ["noon"], monitored_s=1), "impacts_s"),
        (lambda: common.EventScore(-1, (), 0, 1.0), "n_falls"),
        (lambda: common.EventScore(0, (), -1, 1.0), "n_false_alarms"),
        (lambda: common.EventScore(0, (), 0, -1.0), "monitored_s"),
        (lambda: common.EventScore(0, (), 0, 1.0, -1.0), "movement_s"),
        (lambda: common.EventScore(1, (NAN,), 0, 1.0), "delays_s"),
        (lambda: common.MonitoredDay(["noon"], [0.5], [], 1.0), "times_s"),
        (lambda: common.MonitoredDay(TIMES, ["low", "high"], [], 1.0), "scores"),
        (lambda: common.MonitoredDay(TIMES, SCORES, ["noon"], 1.0), "impacts_s"),
        (lambda: common.MonitoredDay(TIMES, SCORES, [], -1.0), "monitored_s"),
        (lambda: common.MonitoredDay(TIMES, SCORES, [], 1.0, -1.0), "movement_s"),
        (lambda: common.OperatingPoint(NAN, 1.0, common.EventScore(0, (), 0, 1e6)), "threshold"),
        (lambda: common.choose_threshold([], max_false_alarms_per_day=0), "max_false_alarms_per_day"),
        (
            lambda: common.choose_threshold([], max_false_alarms_per_movement_hour=0),
            "max_false_alarms_per_movement_hour",
        ),
        (
            lambda: common.choose_threshold(
                [common.MonitoredDay([], [], [], 1.0)], max_false_alarms_per_movement_hour=1
            ),
            "max_false_alarms_per_movement_hour",
        ),
        (lambda: common.choose_threshold([], max_false_alarms_per_day=1, candidates=["low"]), "candidates"),
        (lambda: common.choose_threshold([], max_false_alarms_per_day=1, candidates=[NAN]), "candidates"),
        (lambda: common.evaluate([NAN], [1]), "y_true"),
        (lambda: common.evaluate([1], [NAN]), "y_pred"),
        (lambda: common.evaluate([1], [1, 2]), "y_pred"),
        (lambda: common.evaluate([0, 1], [0, 1], positive=NAN), "positive"),
        (lambda: common.evaluate([0, 1], [0, 1], positive=0.5), "positive"),
        (lambda: common.evaluate([0, 0.5], [0, 1]), "y_true"),
        (lambda: common.evaluate([0, 1], [0, 0.5]), "y_pred"),
        (lambda: common.evaluate([0, 1], [0, 1], groups=[1, NAN]), "groups"),
        (lambda: common.evaluate([0, 1], [0, 1], positive=1, y_score=["low", "high"]), "y_score"),
        (lambda: common.evaluate([0, 1], [0, 1], positive=1, y_score=[0.1]), "y_score"),
        (lambda: common.evaluate([0, 1], [0, 1], positive=1, y_score=[0.1, np.inf]), "y_score"),
        (lambda: common.paired_difference([1, 0], [1, 0], [1, 1], groups=[1]), "groups"),
        (lambda: common.paired_difference([1, 0], [1, 0], [1, 1], groups=[1, NAN]), "groups"),
        (lambda: common.reliability([0], SCORES), "is_positive"),
        (lambda: common.reliability(["no", "yes"], SCORES), "is_positive"),
        (lambda: common.reliability([0, 1], SCORES, n_bins=0), "n_bins"),
        (lambda: common.subject_folds([1, 2], n_folds=1), "n_folds"),
        (lambda: common.subject_folds([1, 2], n_folds=2, random_state=-1), "random_state"),
        (lambda: common.subject_folds([1, 2], n_folds=2, y=[0, NAN]), "y"),
        (lambda: common.split_by_subject([1, 2], test=[NAN]), "test"),
        (lambda: common.split_by_subject([1, 2], test=[2], train=[NAN]), "train"),
        (lambda: common.split_by_subject([1, 2], test=[2], train=["1"]), "train"),
        (lambda: common.check_no_leakage([1], ["1"]), "train_groups"),
        (lambda: common.poisson_interval(-1, 1), "count"),
        (lambda: common.poisson_interval(1, -1), "exposure"),
        (lambda: common.poisson_upper_bound(-1, 1), "count"),
        (lambda: common.poisson_upper_bound(1, -1), "exposure"),
    ],
)
def test_is_in_the_message(call: Callable[[], object], name: str) -> None:
    with pytest.raises(InvalidInputError, match=rf"^{name}\b"):
        call()
