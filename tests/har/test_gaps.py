"""Gaps and clocks: the slots of a plain reference, however the samples are split into pushes."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from common.errors import FrugalWarning
from tests.har.streams import CUTS, content, in_pieces, spied


def slots_by_definition(samples: Any, places: Any, rate_hz: float) -> Any:
    """Plain reference: each slot and channel between the measurements around it, NaN if they are too far apart."""
    slots = np.full((int(np.floor(places[-1])) + 1, samples.shape[1]), np.nan)
    for channel, column in enumerate(samples.T):
        measured = ~np.isnan(column)
        for slot in range(len(slots)):
            before = np.flatnonzero(measured & (places <= slot))
            after = np.flatnonzero(measured & (places >= slot))
            if not len(before) or not len(after):
                continue
            around = places[[before[-1], after[0]]]
            missing = around[1] - around[0] - 1
            if slot in around or missing <= 0.2 * rate_hz + 1e-3:
                slots[slot, channel] = np.interp(slot, around, column[[before[-1], after[0]]])
    return slots


def expected_windows(slots: Any, places: Any, rate_hz: float, n_timesteps: int, step: int) -> list[tuple[Any, float]]:
    """Windows, and the length of the pause that they lie in; of the windows in one pause, only the last."""
    windows: dict[Any, tuple[Any, float]] = {}
    for end in range(n_timesteps, len(slots) + 1, step):
        begin = end - n_timesteps
        before, after = places[places < begin], places[places >= begin]
        pause = after[0] - before[-1] if len(before) and len(after) and after[0] > end - 1 else 0
        is_silent = pause - 1 > 0.2 * rate_hz + 1e-3
        windows[("pause", before[-1]) if is_silent else end] = (slots[begin:end], pause / rate_hz if is_silent else 0)
    return list(windows.values())


@st.composite
def streams(draw: st.DrawFn) -> tuple[float, Any, Any]:
    """A rate, samples of two channels of which bursts are missing, and time stamps or None."""
    rate = draw(st.sampled_from([20.0, 25.0, 50.0, 100.0]))
    n = draw(st.integers(1, 150))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    samples = rng.normal(size=(n, 2)).cumsum(axis=0)
    bursts = st.tuples(st.integers(0, n), st.integers(0, int(0.4 * rate)), st.sampled_from([0, 1, slice(None)]))
    for begin, length, channel in draw(st.lists(bursts, max_size=6)):
        samples[begin : begin + length, channel] = np.nan
    if draw(st.booleans()):
        return rate, samples, None
    steps = rng.uniform(0.8, 1.2, n) if draw(st.booleans()) else np.ones(n)
    for place, length in draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, int(rate))), max_size=3)):
        steps[place] += length
    return rate, samples, 1e6 + steps.cumsum() / rate


@settings(max_examples=150, deadline=None)
@given(stream=streams(), cuts=CUTS, n_timesteps=st.integers(1, 40), step=st.integers(1, 30))
def test_pieces_of_any_size_and_gaps(
    stream: tuple[float, Any, Any], cuts: list[int], n_timesteps: int, step: int
) -> None:
    rate, samples, times = stream
    recognizer, seen = spied(rate, n_timesteps, step)
    at_once = recognizer.push(samples, times)
    recognizer.reset()
    windows = list(seen)
    assert content(in_pieces(recognizer, samples, cuts, times)) == content(at_once)
    assert np.array_equal(seen[len(windows) :], windows)

    places = np.arange(float(len(samples))) if times is None else (times - times[0]) * rate
    if times is not None:
        places = np.where(np.abs(places - np.rint(places)) < 1e-3, np.rint(places), places)
    expected = expected_windows(slots_by_definition(samples, places, rate), places, rate, n_timesteps, step)
    # The newest windows may still wait for the end of a gap, and for no longer than it may last.
    sure = int(max(places[-1] - 0.2 * rate - 1, 0))
    slots = slots_by_definition(samples, places, rate)[:sure]
    assert len(at_once) >= len(expected_windows(slots, places, rate, n_timesteps, step)) - 1
    expected = expected[: len(at_once)]
    assert [r.available for r in at_once] == [bool(np.isfinite(window).all()) for window, _ in expected]
    np.testing.assert_allclose([r.silent_s for r in at_once], [pause for _, pause in expected], rtol=1e-6)
    whole = [window for window, _ in expected if np.isfinite(window).all()]
    assert len(windows) == len(whole)
    assert np.allclose(windows, whole, atol=1e-6)


@pytest.mark.parametrize("timed", [False, True])
@pytest.mark.parametrize("rate", [15, 20, 30, 35, 50, 64, 100])
def test_200_ms_are_bridged_and_a_sample_more_is_not(rate: int, timed: bool) -> None:
    longest = int(0.2 * rate + 1e-9)
    for missing, bridged in ((longest, True), (longest + 1, False)):
        recognizer, seen = spied(rate, 3 * rate, 1, n_channels=1)
        samples = np.arange(3.0 * rate)
        lost = (samples >= rate) & (samples < rate + missing)
        if timed:
            recognitions = recognizer.push(samples[~lost], samples[~lost] / rate)
        else:
            recognitions = recognizer.push(np.where(lost, np.nan, samples))
        (recognition,) = recognitions
        assert recognition.available is bridged
        assert (recognition.label is None) is not bridged
        assert np.isnan(recognition.probabilities).all() == (not bridged)
        if bridged:
            np.testing.assert_allclose(seen[0][:, 0], samples, rtol=1e-12)


def test_a_gap_in_one_channel_leaves_the_other_unchanged() -> None:
    recognizer, seen = spied(50, 20, 20)
    samples = np.zeros((20, 2))
    samples[5:15, 0] = np.nan
    samples[9, 1] = 30.0
    recognizer.push(samples)
    np.testing.assert_array_equal(seen[0], np.nan_to_num(samples))


def test_an_open_gap_delays_recognition_only_until_it_is_too_long() -> None:
    recognizer, _ = spied(50, 10, 20)
    assert recognizer.push(np.zeros((9, 2))) == []
    late = [len(recognizer.push(np.full(2, np.nan))) for _ in range(12)]
    assert late == [0] * 11 + [1]  # 200 ms are ten samples; the eleventh makes it too long, the twelfth shows it


def test_a_stream_that_begins_with_nan_is_unavailable() -> None:
    recognizer, _ = spied(10, 5, 5)
    assert [r.available for r in recognizer.push(np.full((1, 2), np.nan))] == []
    recognitions = recognizer.push(np.zeros((9, 2)))
    assert [r.available for r in recognitions] == [False, True]


def test_a_pause_between_time_stamps_is_answered_once() -> None:
    recognizer, _ = spied(50, 128, 50)
    before = recognizer.push(np.zeros((200, 2)), 1.7e9 + np.arange(200) / 50)
    recognitions = recognizer.push(np.zeros((200, 2)), 1.7e9 + 8 * 3600 + np.arange(200) / 50)
    assert [r.available for r in recognitions] == [False] * 5 + [True] * 2
    assert [r.silent_s for r in recognitions] == pytest.approx([0, 0, 8 * 3600 - 3.98, 0, 0, 0, 0], abs=1e-5)
    # All windows end on the same hop: those before the pause, the last one within it, and those after it.
    ends = np.array([r.time_s for r in before + recognitions]) - 1.7e9
    np.testing.assert_allclose(ends - 2.54, np.rint(ends - 2.54), atol=1e-5)
    np.testing.assert_allclose(np.diff(ends[4:]), 1, atol=1e-5)
    assert recognitions[2].time_s < 1.7e9 + 8 * 3600


@pytest.mark.parametrize("pause_s", [3, 60, 3600, 8 * 3600, 86_000])
@pytest.mark.parametrize("step", [7, 50, 300])
@pytest.mark.parametrize("tolerance_s", [0.0, 0.5])
def test_the_number_of_answers_does_not_grow_with_the_pause(pause_s: float, step: int, tolerance_s: float) -> None:
    recognizer, seen = spied(50, 50, step, tolerance_s=tolerance_s)
    recognizer.push(np.zeros((60, 2)), np.arange(60) / 50)
    recognitions = recognizer.push(np.ones((500, 2)), 1.2 + pause_s + np.arange(500) / 50)
    assert len(recognitions) <= 3 + 600 / step + 50 / step
    (silent,) = [r.silent_s for r in recognitions if r.silent_s] or [None]
    assert silent == pytest.approx(pause_s + 0.02) if silent or step < 300 else pause_s == 3
    ends = np.array([r.time_s for r in recognitions]) * 50 - 49
    np.testing.assert_allclose(ends / step, np.rint(ends / step), atol=1e-3)
    assert all((window == window[0, 0]).all() for window in seen)


def test_what_was_pushed_as_nan_is_answered_window_by_window() -> None:
    recognizer, _ = spied(50, 50, 50)
    recognitions = recognizer.push(np.full((1000, 2), np.nan), np.arange(1000) / 50)
    assert [(r.available, r.silent_s) for r in recognitions] == [(False, 0.0)] * len(recognitions)
    assert len(recognitions) >= 19


def test_samples_between_the_slots_are_interpolated() -> None:
    """A sensor that runs at 101.3 Hz with jitter, read at 50 Hz: the sine that it measured."""
    rng = np.random.default_rng(0)
    times = 5 + np.cumsum(rng.uniform(0.5, 1.5, 2000) / 101.3)
    recognizer, seen = spied(50, 100, 100, n_channels=1)
    with pytest.warns(FrugalWarning, match="rate_hz is 50: samples are averaged"):
        recognitions = recognizer.push(np.sin(2 * np.pi * times), times)
    assert len(recognitions) == int((times[-1] - times[0]) / 2)
    for recognition, window in zip(recognitions, seen, strict=True):
        clock = recognition.time_s - np.arange(99, -1, -1) / 50
        np.testing.assert_allclose(window[:, 0], np.sin(2 * np.pi * clock), atol=3e-3)
