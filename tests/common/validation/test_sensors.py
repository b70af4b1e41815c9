"""Readings of sensors, samples of a stream, and times of both samples and events."""

import math

import numpy as np
import pandas as pd
import pytest

from common.errors import InvalidInputError
from common.validation import check_event_times, check_probabilities, check_sample_times, check_samples, check_sensors

NAN = math.nan


class TestSensors:
    def test_an_absent_sensor_is_not_an_error(self) -> None:
        np.testing.assert_array_equal(check_sensors(np.float32([[0.5, NAN], [7, -1]])), [[0.5, NAN], [7, -1]])
        assert check_sensors([[1]]).dtype == np.float64

    @pytest.mark.parametrize(
        ("X", "message"),
        [
            ([[0.5, 1.5]], "X is 1.5 at row 0, sensor 1; a probability lies from 0 to 1"),
            ([[NAN], [-0.1]], "X is -0.1 at row 1, sensor 0"),
            ([[0.1, 0.2], [0.3, np.inf]], r"X contains infinity at row 1, sensor 1 \(1 such values"),
            ([0.5], r"X has 1 dimension; .* a single row is x\[None\]"),
            (np.empty((0, 2)), "X is empty"),
        ],
    )
    def test_probabilities_refuse(self, X: object, message: str) -> None:
        with pytest.raises(InvalidInputError, match=message):
            check_probabilities(X)


class TestSamples:
    @pytest.mark.parametrize(
        ("value", "n_channels", "shape"),
        [([], 3, (0, 3)), ([1, 2, 3], 3, (1, 3)), ([1, 2, 3], 1, (3, 1)), (np.zeros((5, 2)), 2, (5, 2))],
    )
    def test_shape(self, value: object, n_channels: int, shape: tuple[int, int]) -> None:
        assert check_samples(value, "samples", n_channels=n_channels).shape == shape

    def test_what_was_not_measured_stays_nan(self) -> None:
        np.testing.assert_array_equal(check_samples([[1, NAN]], "samples", n_channels=2), [[1, NAN]])

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            (np.zeros((5, 3)), r"samples has shape \(5, 3\); it must be \(n_samples, 2\)"),
            ([1, 2, 3], r"samples has shape \(3,\)"),
            ([[0, 0], [0, -np.inf]], "samples contains infinity at sample 1, channel 1"),
            ([["1.5", "2"]], "samples holds (text|dates)"),
        ],
    )
    def test_refuses(self, value: object, message: str) -> None:
        with pytest.raises(InvalidInputError, match=message):
            check_samples(value, "samples", n_channels=2)


class TestSampleTimes:
    def test_they_increase(self) -> None:
        assert check_sample_times([1, 2, 4], "times_s", n=3, after=0.5, longest_step=2).tolist() == [1, 2, 4]

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            ([1, 2], r"times_s has shape \(2,\); it must be \(3,\)"),
            ([1, NAN, 3], "times_s is nan at sample 1"),
            ([1, 2, 2], "times_s goes from 2.0 s to 2.0 s at sample 2"),
            ([0.5, 1, 2], "times_s goes from 0.5 s to 0.5 s at sample 0"),
            ([1, 2, 9], "from 2.0 s to 9.0 s at sample 2: times must increase, by 5 s at most"),
            (pd.date_range("2026-01-01", periods=3), "times_s holds (text|dates)"),
        ],
    )
    def test_refuses(self, value: object, message: str) -> None:
        with pytest.raises(InvalidInputError, match=message):
            check_sample_times(value, "times_s", n=3, after=0.5, longest_step=5)


class TestEventTimes:
    @pytest.mark.parametrize("value", [[], [3, 1, 2], np.array([1.0, 1.0])])
    def test_any_order_and_none_at_all(self, value: object) -> None:
        assert check_event_times(value, "alarms_s").tolist() == list(map(float, value))

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            (5.0, r"alarms_s has shape \(\)"),
            ([[1.0]], r"alarms_s has shape \(1, 1\)"),
            ([1, NAN], "alarms_s contains NaN at entry 1"),
            ([np.inf], "alarms_s contains infinity at entry 0"),
            (["12:00"], "alarms_s is not|alarms_s holds text"),
            (pd.date_range("2026-01-01", periods=3), "alarms_s holds (text|dates)"),
        ],
    )
    def test_refuses(self, value: object, message: str) -> None:
        with pytest.raises(InvalidInputError, match=message):
            check_event_times(value, "alarms_s")
