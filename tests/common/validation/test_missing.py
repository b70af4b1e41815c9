"""Masked entries and pandas' NA count as NaN, and dates are refused, wherever arrays are accepted."""

import datetime
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import common
import har
from common.errors import InvalidInputError
from common.validation import as_float_array, check_images, check_integers, check_samples, check_vector, encode_labels

NAN = float("nan")
MASKED = np.ma.masked_array([1.0, 2.0, -9999.0], mask=[False, False, True])


class TestMasked:
    @pytest.mark.parametrize(
        "value",
        [
            MASKED,
            np.ma.masked_array([1, 2, -9999], mask=[0, 0, 1]),
            np.ma.masked_array(np.array([1, 2, 3], np.uint8), mask=[0, 0, 1]),
            list(MASKED),
            [1, 2, np.ma.masked],
            np.array([1, 2, np.ma.masked], dtype=object),
            pd.array([1, 2, None], dtype="Int64"),
            pd.Series([1.0, 2.0, pd.NA], dtype="Float64"),
            np.array([1, 2, pd.NA], dtype=object),
            np.array([1, 2, pd.NaT], dtype=object),
            [1, 2, None],
        ],
    )
    def test_is_nan(self, value: Any) -> None:
        np.testing.assert_array_equal(as_float_array(value, "x"), [1, 2, NAN])

    def test_rows_of_a_list(self) -> None:
        for value in ([MASKED, MASKED], (MASKED, [1, 2, np.ma.masked]), [[MASKED], [MASKED]]):
            array = as_float_array(value, "x").reshape(2, 3)
            np.testing.assert_array_equal(array, [[1, 2, NAN]] * 2)

    def test_frame(self) -> None:
        frame = pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "b": [0.5, 1.5]})
        np.testing.assert_array_equal(as_float_array(frame, "x"), [[1, 0.5], [NAN, 1.5]])

    def test_everything_or_nothing(self) -> None:
        assert np.isnan(as_float_array(np.ma.masked_all(3), "x")).all()
        for mask in (False, [False, False], np.ma.nomask):
            assert as_float_array(np.ma.masked_array([1, 2], mask=mask), "x").tolist() == [1, 2]
        unmasked = np.ma.masked_array(np.zeros(3, np.float32))
        assert as_float_array(unmasked, "x").dtype == np.float32

    def test_single_precision_stays(self) -> None:
        assert as_float_array(MASKED.astype(np.float32), "x").dtype == np.float32

    @pytest.mark.parametrize(
        "call",
        [
            lambda x: har.dtw_distance(x, [1, 2, 3]),
            lambda x: har.pairwise_dtw(x[None], [[1, 2, 3]]),
            lambda x: har.pairwise_dtw([x, x]),
            lambda x: har.lb_keogh([1, 2, 3], x),
            lambda x: har.DTWKNeighborsClassifier().fit([x, x + 1], ["a", "b"]),
            lambda x: har.preprocessing.ScaleChannels().fit(x[None]),
            lambda x: common.score_events(x, [1.0], monitored_s=60),
            lambda x: common.alarm_times(x, [0, 1, 1], threshold=0.5),
            lambda x: common.evaluate([0, 1, 1], [0, 1, 1], y_score=x, positive=1),
            lambda x: common.evaluate(x.astype(int), [1, 2, 3]),
            lambda x: common.evaluate([1, 2, 3], [1, 2, 3], groups=x),
            lambda x: common.subject_folds(x.astype(int), n_folds=2),
            lambda x: common.split_by_subject([1, 2, 3], test=[np.ma.masked]),
            lambda x: check_integers(x.astype(int), "q", at_least=-10_000, at_most=9),
            lambda x: check_images(np.ma.masked_all((1, 2, 2, 3), np.uint8)),
            lambda x: encode_labels(np.ma.masked_array(["a", "b", "c"], mask=[0, 1, 0]), "y"),
            lambda x: encode_labels(["a", np.ma.masked], "y"),
            lambda x: check_vector(pd.array([1, 2, None], dtype="Int64"), 3, "y"),
            lambda x: encode_labels(pd.Series(["a", None], dtype="string"), "y"),
        ],
    )
    def test_is_refused_where_nan_is(self, call: Callable[[Any], Any]) -> None:
        with pytest.raises(InvalidInputError):
            call(MASKED)

    def test_absent_sensor(self) -> None:
        y = np.arange(80) % 2
        X = np.random.default_rng(0).random((80, 2))
        fusion = common.FusionClassifier().fit(X, y)
        masked = np.ma.masked_array([[0.9, 0.1]], mask=[[True, False]])
        np.testing.assert_array_equal(fusion.predict_proba(masked), fusion.predict_proba([[NAN, 0.1]]))
        np.testing.assert_array_equal(fusion.contributions(masked), fusion.contributions([[NAN, 0.1]]))

    def test_samples_that_were_not_measured(self) -> None:
        np.testing.assert_array_equal(check_samples(MASKED, "s", n_channels=1)[:, 0], [1, 2, NAN])


DATES = pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03"])


class TestDates:
    @pytest.mark.parametrize(
        "dates",
        [
            *(DATES.astype(f"M8[{unit}]").to_numpy() for unit in ("s", "ms", "us", "ns")),
            DATES,
            DATES.tz_localize("UTC"),
            DATES.to_numpy() - DATES[0].to_numpy(),
            pd.Series(DATES - DATES[0]),
            DATES.to_numpy().astype(object),
            DATES.astype(object),
            list(DATES),
            [datetime.datetime(2026, 1, day) for day in (1, 2, 3)],
            [datetime.date(2026, 1, day) for day in (1, 2, 3)],
            [np.timedelta64(1, "s"), 1.0, 2.0],
            np.array([np.datetime64("2026-01-01"), 1.0, 2.0], dtype=object),
            np.ma.masked_array(DATES.to_numpy(), mask=[0, 1, 0]),
            DATES.to_period("D"),
        ],
        ids=str,
    )
    @pytest.mark.parametrize(
        "call",
        [
            lambda t: as_float_array(t, "x"),
            lambda t: har.dtw_distance(t, [1, 2, 3]),
            lambda t: common.score_events(t, [1.0], monitored_s=60),
            lambda t: common.score_events([1.0], t, monitored_s=60),
            lambda t: common.alarm_times(t, [0, 1, 1], threshold=0.5),
            lambda t: common.alarm_times([0, 1, 2], t, threshold=0.5),
            lambda t: common.MonitoredDay([0, 1, 2], [0, 1, 1], t, 60.0),
            lambda t: check_samples(t, "samples", n_channels=1),
            lambda t: common.reliability([0, 1, 1], t),
            lambda t: common.reliability(t, [0.0, 1.0, 1.0]),
        ],
    )
    def test_are_refused(self, call: Callable[[Any], Any], dates: Any) -> None:
        if isinstance(dates, np.ndarray) and dates.dtype == object and isinstance(dates.flat[0], int):
            pytest.skip("NumPy gives nanoseconds as plain integers")
        with pytest.raises(InvalidInputError):
            call(dates)

    def test_message_names_the_fix(self) -> None:
        with pytest.raises(InvalidInputError, match=r"alarms_s holds dates.*np\.timedelta64\(1, 's'\) gives seconds"):
            common.score_events(DATES, [1.0], monitored_s=60)
