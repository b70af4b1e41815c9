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
        (lambda: moving_seconds(np.zeros((100, 3)), rate_hz=1), "rate_hz"),
    ],
)
def test_is_in_the_message(call: Callable[[], object], name: str) -> None:
    with pytest.raises(InvalidInputError, match=rf"^{name}\b"):
        call()
