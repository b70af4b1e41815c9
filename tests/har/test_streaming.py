"""Streams: the batch's results sample by sample, gaps by a plain reference, refused pushes, fixed memory."""

import tracemalloc
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

import har
from common.errors import InvalidInputError
from har import Recognition, StreamingRecognizer
from har.preprocessing import GravityFrame, NormalizeWindows, Resample, ScaleChannels, SeparateGravity


class Spy(ClassifierMixin, BaseEstimator):
    """Knows no class from another, but remembers every window it is shown."""

    def fit(self, X: Any, y: Any = None) -> "Spy":
        self.classes_ = np.array(["rest", "walk"])
        self.n_features_in_ = X.shape[1] * X.shape[2]
        self.seen: list[Any] = []
        return self

    def predict_proba(self, X: Any) -> Any:
        self.seen.append(X[0].copy())
        return np.tile([0.25, 0.75], (len(X), 1))


def spied(rate_hz: float, n_timesteps: int, step: int, n_channels: int = 2) -> tuple[StreamingRecognizer, list[Any]]:
    """A recogniser, and the list that its windows will be added to."""
    spy = Spy().fit(np.zeros((1, n_timesteps, n_channels)))
    recognizer = StreamingRecognizer(spy, rate_hz=rate_hz, window_s=n_timesteps / rate_hz, step_s=step / rate_hz)
    spy.seen.clear()
    return recognizer, spy.seen


def in_pieces(recognizer: StreamingRecognizer, samples: Any, cuts: list[int], times: Any = None) -> list[Recognition]:
    recognitions: list[Recognition] = []
    for begin, end in pairwise([0, *sorted(cut % (len(samples) + 1) for cut in cuts), len(samples)]):
        recognitions += recognizer.push(samples[begin:end], None if times is None else times[begin:end])
    return recognitions


def content(recognitions: list[Recognition]) -> list[tuple[Any, ...]]:
    """All but how long it took, comparable to the bit."""
    return [(r.time_s, r.label, r.available, r.probabilities.tobytes()) for r in recognitions]


# ----- the same as the batch -----------------------------------------------------------------------------------------

MODELS = {
    "learned": lambda rate: har.DTWPrototypeClassifier(2, random_state=0),
    "three vote": lambda rate: har.DTWPrototypeClassifier(2, method="medoid", n_neighbors=3, random_state=0),
    "neighbours": lambda rate: har.DTWKNeighborsClassifier(3, weights="distance"),
    "pipeline": lambda rate: make_pipeline(
        SeparateGravity(rate_hz=rate),
        GravityFrame(),
        Resample(rate_hz=rate, target_hz=10),
        ScaleChannels(),
        har.DTWPrototypeClassifier(2, method="medoid", random_state=0),
    ),
    "normalised": lambda rate: make_pipeline(NormalizeWindows(), har.DTWKNeighborsClassifier()),
}
CUTS = st.lists(st.integers(0, 10_000), max_size=30)


@pytest.fixture(scope="module")
def recordings() -> dict[float, har.Recordings]:
    """Three gaits of three channels, at several rates."""
    made = {}
    for rate in (20.0, 50.0, 100.0):
        rng = np.random.default_rng(int(rate))
        t = np.arange(int(6 * rate)) / rate
        gravity = np.array([0, 0, 9.8])
        signals = [
            np.sin(2 * np.pi * f * t[:, None] + [0, 1, 2]) + gravity + rng.normal(0, 0.3, (len(t), 3))
            for f in (1.0, 1.6, 2.5, 1.1, 1.5, 2.4)
        ]
        made[rate] = har.Recordings(signals, ["slow", "brisk", "run"] * 2, range(6), rate, ["x", "y", "z"])
    return made


@pytest.mark.parametrize("rate", [20.0, 50.0, 100.0])
@pytest.mark.parametrize("name", MODELS)
def test_same_as_the_batch(recordings: dict[float, har.Recordings], name: str, rate: float) -> None:
    windows = har.segment(recordings[rate], window_s=1.28, overlap=0.5)
    model = MODELS[name](rate).fit(windows.X, windows.y)
    length = windows.X.shape[1]
    step = max(1, round(length * 0.5))  # as segment rounds
    recognizer = StreamingRecognizer(model, rate_hz=rate, window_s=1.28, step_s=step / rate)
    assert (recognizer.n_timesteps, recognizer.n_channels) == (length, 3)
    for index, signal in enumerate(recordings[rate].signals):
        batch = windows.X[windows.recording == index]
        recognizer.reset()
        recognitions = [recognition for sample in signal for recognition in recognizer.push(sample)]
        assert [r.label for r in recognitions] == model.predict(batch).tolist()
        ends = (length - 1 + step * np.arange(len(batch))) / rate
        np.testing.assert_allclose([r.time_s for r in recognitions], ends, rtol=1e-14)
        # Compiled and NumPy's exponential function may differ in the last bit.
        np.testing.assert_allclose([r.probabilities for r in recognitions], model.predict_proba(batch), rtol=1e-12)
        assert all(r.available and 0 < r.compute_s < 5 for r in recognitions)


def test_profiles_in_single_precision(recordings: dict[float, har.Recordings]) -> None:
    windows = har.segment(recordings[50.0], window_s=1.28)
    X = windows.X.astype(np.float32)
    model = har.DTWPrototypeClassifier(2, random_state=0).fit(X, windows.y)
    recognizer = StreamingRecognizer(model, rate_hz=50, window_s=1.28, step_s=1.28)
    recognitions = recognizer.push(X[::2].reshape(-1, 3))
    assert [r.label for r in recognitions] == model.predict(X[::2]).tolist()
    np.testing.assert_allclose([r.probabilities for r in recognitions], model.predict_proba(X[::2]), rtol=2e-6)


@pytest.mark.parametrize("labels", [[3, 7], ["sit", "walk"], [False, True]])
def test_labels_are_those_of_fit(labels: list[Any]) -> None:
    X = np.stack([np.zeros(10), np.ones(10)])
    recognizer = StreamingRecognizer(har.DTWKNeighborsClassifier().fit(X, labels), rate_hz=10, window_s=1, step_s=1)
    (recognition,) = recognizer.push(np.ones(10))
    assert recognition.label == labels[1]
    assert type(recognition.label) is type(labels[1])


def test_a_step_longer_than_the_window() -> None:
    recognizer, seen = spied(10, 4, 10, n_channels=1)
    recognitions = recognizer.push(np.arange(30.0))
    np.testing.assert_allclose([r.time_s for r in recognitions], [0.3, 1.3, 2.3])
    assert [window[:, 0].tolist() for window in seen] == [[0, 1, 2, 3], [10, 11, 12, 13], [20, 21, 22, 23]]


# ----- pieces and gaps -----------------------------------------------------------------------------------------------


def slots_by_hand(samples: Any, places: Any, rate_hz: float) -> Any:
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


def expected_windows(slots: Any, n_timesteps: int, step: int) -> list[Any]:
    return [slots[end - n_timesteps : end] for end in range(n_timesteps, len(slots) + 1, step)]


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
    expected = expected_windows(slots_by_hand(samples, places, rate), n_timesteps, step)
    # The newest windows may still wait for the end of a gap, and for no longer than it may last.
    assert len(at_once) >= sum((n_timesteps + k * step) < places[-1] - 0.2 * rate - 1 for k in range(len(expected)))
    expected = expected[: len(at_once)]
    assert [r.available for r in at_once] == [bool(np.isfinite(window).all()) for window in expected]
    whole = [window for window in expected if np.isfinite(window).all()]
    assert len(windows) == len(whole)
    assert np.allclose(windows, whole, atol=1e-6)


@settings(max_examples=15, deadline=None)
@given(cuts=CUTS)
def test_pieces_of_any_size_through_a_pipeline(recordings: dict[float, har.Recordings], cuts: list[int]) -> None:
    windows = har.segment(recordings[20.0], window_s=1)
    model = MODELS["pipeline"](20.0).fit(windows.X, windows.y)
    recognizer = StreamingRecognizer(model, rate_hz=20, window_s=1, step_s=0.3)
    signal = recordings[20.0].signals[1].copy()
    signal[50:60] = signal[20] = np.nan
    at_once = recognizer.push(signal)
    assert {r.available for r in at_once} == {True, False}
    recognizer.reset()
    assert content(in_pieces(recognizer, signal, cuts)) == content(at_once)


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


def test_one_channel_s_gap_leaves_the_other_s_peak() -> None:
    recognizer, seen = spied(50, 20, 20)
    samples = np.zeros((20, 2))
    samples[5:15, 0] = np.nan
    samples[9, 1] = 30.0
    recognizer.push(samples)
    np.testing.assert_array_equal(seen[0], np.nan_to_num(samples))


def test_an_open_gap_is_waited_for_and_no_longer_than_it_may_last() -> None:
    recognizer, _ = spied(50, 10, 20)
    assert recognizer.push(np.zeros((9, 2))) == []
    late = [len(recognizer.push(np.full(2, np.nan))) for _ in range(12)]
    assert late == [0] * 11 + [1]  # 200 ms are ten samples; the eleventh makes it too long, the twelfth tells


def test_a_sensor_that_begins_silent_is_absent() -> None:
    recognizer, _ = spied(10, 5, 5)
    assert [r.available for r in recognizer.push(np.full((1, 2), np.nan))] == []
    recognitions = recognizer.push(np.zeros((9, 2)))
    assert [r.available for r in recognitions] == [False, True]


def test_silence_shows_in_the_times_and_is_absence() -> None:
    recognizer, _ = spied(50, 128, 50)
    recognizer.push(np.zeros((200, 2)), 1.7e9 + np.arange(200) / 50)
    recognitions = recognizer.push(np.zeros((200, 2)), 1.7e9 + 8 * 3600 + np.arange(200) / 50)
    np.testing.assert_allclose(np.diff([r.time_s for r in recognitions]), 1, atol=1e-6)
    assert [r.available for r in recognitions] == [False] * (8 * 3600 - 2) + [True] * 2


def test_samples_off_the_beat_are_interpolated() -> None:
    """A sensor that runs at 101.3 Hz with jitter, read at 50 Hz: the sine that it measured."""
    rng = np.random.default_rng(0)
    times = 5 + np.cumsum(rng.uniform(0.5, 1.5, 2000) / 101.3)
    recognizer, seen = spied(50, 100, 100, n_channels=1)
    recognitions = recognizer.push(np.sin(2 * np.pi * times), times)
    assert len(recognitions) == int((times[-1] - times[0]) / 2)
    for recognition, window in zip(recognitions, seen, strict=True):
        clock = recognition.time_s - np.arange(99, -1, -1) / 50
        np.testing.assert_allclose(window[:, 0], np.sin(2 * np.pi * clock), atol=2e-3)


# ----- refused, and nothing lost -------------------------------------------------------------------------------------

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
        ([["1.5", "2"]], "text or dates"),
        (np.zeros((1, 2), "datetime64[s]"), "text or dates"),
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
        (["10.1", "10.2"], "text or dates"),
        (np.array([0, 1], "datetime64[s]"), "text or dates"),
        (None, "times_s is missing, unlike for the samples before"),
    ],
)
def test_a_clock_that_is_wrong(times: Any, message: str) -> None:
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
def test_no_samples_are_no_news(empty: Any, times: Any) -> None:
    recognizer, _ = spied(10, 3, 3)
    recognizer.push(np.zeros((2, 2)))
    assert recognizer.push(empty, times) == []
    assert len(recognizer.push(np.zeros((1, 2)))) == 1


def test_none_is_a_sample_that_was_not_measured() -> None:
    recognizer, seen = spied(10, 3, 3)
    recognizer.push([[1.0, 4.0], [None, 5.0], [3.0, 6.0]])
    assert seen[0].tolist() == [[1, 4], [2, 5], [3, 6]]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", ["learned", "pipeline"])
def test_numbers_that_overflow(recordings: dict[float, har.Recordings], name: str) -> None:
    windows = har.segment(recordings[20.0], window_s=1)
    model = MODELS[name](20.0).fit(windows.X, windows.y)
    recognizer = StreamingRecognizer(model, rate_hz=20, window_s=1, step_s=1)
    signal = recordings[20.0].signals[0]
    expected = content(recognizer.push(signal))
    recognizer.reset()
    before = recognizer.push(signal[:25])
    with pytest.raises(InvalidInputError, match="too large"):
        recognizer.push(np.full((40, 3), 1e300))
    assert content(before + recognizer.push(signal[25:])) == expected


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


# ----- construction --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fitted() -> har.DTWKNeighborsClassifier:
    return har.DTWKNeighborsClassifier().fit(np.random.default_rng(0).normal(size=(4, 12, 2)), [0, 1, 0, 1])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rate_hz": 0}, "rate_hz is 0"),
        ({"rate_hz": np.nan}, "rate_hz is nan"),
        ({"rate_hz": "50"}, "rate_hz is '50'"),
        ({"window_s": -1}, "window_s is -1"),
        ({"window_s": 0.01}, r"window_s \* rate_hz is 0"),
        ({"step_s": 0.01}, r"step_s \* rate_hz is 0"),
        ({"step_s": np.inf}, "step_s is inf"),
        ({"window_s": 0.5}, "window_s .* is 5 samples, but the classifier was fitted on windows of 24 numbers"),
        ({"window_s": 0.6}, r"refuses windows of 6 samples .* and 4 channels.*12 timesteps and 2 channels"),
        ({"window_s": 1e8}, "pass the window_s and rate_hz"),
    ],
)
def test_bad_arguments(fitted: har.DTWKNeighborsClassifier, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        StreamingRecognizer(fitted, **{"rate_hz": 10, "window_s": 1.2, "step_s": 0.6, **arguments})


def test_bad_classifiers() -> None:
    options: dict[str, Any] = {"rate_hz": 10, "window_s": 1.2, "step_s": 0.6}
    with pytest.raises(NotFittedError):
        StreamingRecognizer(har.DTWKNeighborsClassifier(), **options)
    for thing in (None, "knn", har.DTWKNeighborsClassifier, np.zeros(3)):
        with pytest.raises(InvalidInputError, match="pass a fitted one"):
            StreamingRecognizer(thing, **options)
    with pytest.raises(InvalidInputError, match="without n_features_in_ or predict_proba"):
        StreamingRecognizer(ScaleChannels().fit(np.zeros((2, 12, 2))), **options)
    from sklearn.neighbors import KNeighborsClassifier

    flat = KNeighborsClassifier(1).fit(np.zeros((2, 24)), [0, 1])
    with pytest.raises(InvalidInputError, match="refuses windows"):
        StreamingRecognizer(flat, **options)


def test_the_delay_is_a_step_and_the_slowest_computation(fitted: har.DTWKNeighborsClassifier) -> None:
    recognizer = StreamingRecognizer(fitted, rate_hz=10, window_s=1.2, step_s=0.6)
    assert 0.6 < recognizer.worst_delay_s < 1.6
    recognitions = recognizer.push(np.zeros((600, 2)))
    assert recognizer.worst_delay_s >= 0.6 + max(r.compute_s for r in recognitions)


# ----- frugality -----------------------------------------------------------------------------------------------------


def test_memory_does_not_grow() -> None:
    """A million samples at 100 Hz, with gaps and time stamps, through a window of 2.56 s."""
    rng = np.random.default_rng(0)
    model = har.DTWPrototypeClassifier(1, method="medoid", band=4).fit(rng.normal(size=(4, 256, 3)), [0, 1, 0, 1])
    recognizer = StreamingRecognizer(model, rate_hz=100, window_s=2.56, step_s=2.56)
    piece = rng.normal(size=(500, 3))
    piece[100:110] = piece[300:350, 0] = np.nan
    times = np.arange(500) / 100

    def push(k: int) -> int:
        return len(recognizer.push(piece, 1.7e9 + 5.0 * k + times))

    count = sum(push(k) for k in range(5))
    tracemalloc.start()
    try:
        count += sum(push(k) for k in range(5, 105))
        after_fifty_thousand, early_peak = tracemalloc.get_traced_memory()
        count += sum(push(k) for k in range(105, 2000))
        after_a_million, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == (1_000_000 - 256) // 256 + 1
    assert after_a_million - after_fifty_thousand < 2000
    assert peak - early_peak < 2000
    assert peak < 200_000
