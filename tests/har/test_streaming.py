"""Streams: the batch's results sample by sample, what is refused on construction, delay, and fixed memory."""

import tracemalloc
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

import har
from common.errors import InvalidInputError
from har import StreamingRecognizer
from har.preprocessing import GravityFrame, NormalizeWindows, Resample, ScaleChannels, SeparateGravity
from tests.har.streams import CUTS, content, in_pieces, spied

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


@pytest.mark.promise("A stream is recognised as the same windows are in a batch")
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
        assert all(r.available for r in recognitions)


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


# ----- frugality -----------------------------------------------------------------------------------------------------


def test_the_delay_is_a_step_and_the_longest_computation(
    fitted: har.DTWKNeighborsClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = iter([0.0, 0.05, 1.0, 1.01, 2.0, 2.3, 3.0, 3.02])  # two for each computation, the warm-up first
    monkeypatch.setattr("har.streaming.time", SimpleNamespace(perf_counter=lambda: next(readings)))
    recognizer = StreamingRecognizer(fitted, rate_hz=10, window_s=1.2, step_s=0.6)
    assert recognizer.worst_delay_s == pytest.approx(0.6 + 0.05)
    recognitions = recognizer.push(np.zeros((18, 2)))
    assert recognizer.worst_delay_s == pytest.approx(0.6 + 0.3)
    recognitions += recognizer.push(np.zeros((6, 2)))
    assert recognizer.worst_delay_s == pytest.approx(0.6 + 0.3)
    assert [r.compute_s for r in recognitions] == pytest.approx([0.01, 0.3, 0.02])


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
