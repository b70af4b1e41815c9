"""Pushes that are refused or interrupted leave the stream as it was."""

from typing import Any

import numpy as np
import pytest

from common.errors import InvalidInputError
from tests.har.streams import spied

TEXT = [["a", "b"]]


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (np.zeros((3, 3)), r"samples has shape \(3, 3\); it must be \(n_samples, 2\)"),
        (np.zeros(3), r"shape \(3,\)"),
        (np.zeros((0, 3)), r"shape \(0, 3\)"),
        (np.zeros((2, 2, 2)), r"shape \(2, 2, 2\)"),
        (1.0, r"shape \(\)"),
        (None, r"shape \(\)"),
        ([[0, 0], [0, -np.inf]], "infinity at sample 1, channel 1"),
        (TEXT, "not a rectangular array of numbers"),
        ([["1.5", "2"]], "holds text|holds dates"),
        (np.zeros((1, 2), "datetime64[s]"), "holds text|holds dates"),
        ([[1, 2], [3]], "not a rectangular array of numbers"),
        ([[1j, 0]], "complex"),
        ([[10**400, 0]], "not a rectangular array"),
        (object(), "not a rectangular array"),
    ],
)
def test_a_refused_push_leaves_the_stream_as_it_was(samples: Any, message: str) -> None:
    recognizer, seen = spied(10, 5, 2)
    signal = np.arange(40.0).reshape(20, 2)
    before = recognizer.push(signal[:7])
    with pytest.raises(InvalidInputError, match=message):
        recognizer.push(samples)
    recognitions = before + recognizer.push(signal[7:])
    np.testing.assert_array_equal(seen, [signal[end - 5 : end] for end in range(5, 21, 2)])
    np.testing.assert_allclose([r.time_s for r in recognitions], np.arange(0.4, 2, 0.2))


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ([10.3, 10.1], r"times_s goes from 10.3 s to 10.1 s at sample 1: .* reset\(\)"),
        ([10.1, 10.1], "from 10.1 s to 10.1 s at sample 1"),
        ([9.0, 10.1], "from 10.0 s to 9.0 s at sample 0"),
        ([10.0, 10.1], "from 10.0 s to 10.0 s at sample 0"),
        ([10.1, 96411.0], "by 86400 s at most"),
        ([-1.7e308, 1.7e308], r"from 10.0 s to -1.7e\+308 s"),
        ([10.1, 1.7e308], "by 86400 s at most"),
        ([10.1, np.nan], "times_s is nan at sample 1: leave out samples without a time"),
        ([10.1, np.inf], "times_s is inf at sample 1"),
        ([10.1], r"shape \(1,\); it must be \(2,\)"),
        (10.1, r"shape \(\)"),
        (["10.1", "10.2"], "holds text|holds dates"),
        (np.array([0, 1], "datetime64[s]"), "holds text|holds dates"),
        (None, "times_s is missing, unlike for earlier samples"),
    ],
)
def test_wrong_times_are_refused(times: Any, message: str) -> None:
    recognizer, seen = spied(10, 3, 3)
    assert recognizer.push(np.zeros((1, 2)), [10.0]) == []
    with pytest.raises(InvalidInputError, match=message):
        recognizer.push(np.ones((2, 2)), times)
    (recognition,) = recognizer.push(np.ones((2, 2)), [10.1, 10.2])
    assert recognition.time_s == pytest.approx(10.2)
    assert seen[0][:, 0].tolist() == [0, 1, 1]


def test_times_after_samples_without() -> None:
    recognizer, _ = spied(10, 3, 3)
    recognizer.push(np.zeros((1, 2)))
    with pytest.raises(InvalidInputError, match="times_s is given"):
        recognizer.push(np.zeros((1, 2)), [1.0])
    recognizer.reset()
    recognizer.push(np.zeros((1, 2)), [1.0])
    recognizer.reset()
    assert recognizer.push(np.zeros((1, 2)), [0.5]) == []  # the clock was set back


@pytest.mark.parametrize("empty", [[], np.zeros((0, 2)), np.zeros(0)])
@pytest.mark.parametrize("times", [None, []])
def test_an_empty_push_changes_nothing(empty: Any, times: Any) -> None:
    recognizer, _ = spied(10, 3, 3)
    recognizer.push(np.zeros((2, 2)))
    assert recognizer.push(empty, times) == []
    assert len(recognizer.push(np.zeros((1, 2)))) == 1


def test_none_is_a_sample_that_was_not_measured() -> None:
    recognizer, seen = spied(10, 3, 3)
    recognizer.push([[1.0, 4.0], [None, 5.0], [3.0, 6.0]])
    assert seen[0].tolist() == [[1, 4], [2, 5], [3, 6]]


def test_an_interruption_in_the_middle_of_a_push(monkeypatch: pytest.MonkeyPatch) -> None:
    recognizer, seen = spied(10, 5, 5)
    signal = np.arange(60.0).reshape(30, 2)

    def interrupted(window: Any) -> Any:
        if window[0, 0] == 20:
            raise KeyboardInterrupt
        return np.array([0.5, 0.5])

    with monkeypatch.context() as patch:
        patch.setattr(recognizer, "_score_window", interrupted)
        with pytest.raises(KeyboardInterrupt):
            recognizer.push(signal)
    assert len(recognizer.push(signal)) == 6
    np.testing.assert_array_equal(seen, signal.reshape(6, 5, 2))
