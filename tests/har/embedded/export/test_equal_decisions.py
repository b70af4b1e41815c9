"""Exported code decides as its specification does, to the bit, on each processor."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

import har
from examples.boards import BOARDS, Board, classify_on, missing, stream_on
from har.embedded.fixed_point import from_pipeline
from har.embedded.quantization import must_saturate
from har.embedded.recognizer import IntegerRecognizer
from har.preprocessing import Resample, ScaleChannels
from tests.har.embedded.export import recognizers
from tests.har.embedded.export.specified import classified, streamed
from tests.har.embedded.models import FRONTS, N_TIMESTEPS, counts, recognizer, windows_of_every_kind

N_WINDOWS = 10_000
PLAIN = ("-O2", "-DRECOGNIZER_PLAIN")

# What is tried on the host, where it takes a second; the processors have the cases further below.
CORES = {
    "16 bits": recognizers.core(16),
    "8 bits": recognizers.core(8),
    "readout": recognizers.core(16, readout=recognizers.readout(3, 8)),
    "readout of 8 bits": recognizers.core(8, n_prototypes=5, readout=recognizers.readout(3, 5)),
    "no band": recognizers.core(16, n_timesteps=9, radius=8),
    "narrow": recognizers.core(16, n_timesteps=7, n_channels=1, radius=0),
    "odd channels": recognizers.core(8, n_channels=5, n_timesteps=20, radius=2),
    "many channels": recognizers.core(16, n_channels=19, n_timesteps=12, radius=2),
    "one sample": recognizers.core(16, n_timesteps=1, radius=0),
    "one prototype": recognizers.core(16, n_prototypes=1),
    "saturating": recognizers.core(8, n_timesteps=12_000, n_channels=12, radius=1, n_prototypes=2, constant=True),
}


@pytest.fixture(params=list(BOARDS))
def board(request: pytest.FixtureRequest) -> Iterator[Board]:
    board = BOARDS[request.param]
    if reason := missing(board):
        pytest.skip(reason)
    return board


def on(name: str) -> Board:
    if reason := missing(BOARDS[name]):
        pytest.skip(reason)
    return BOARDS[name]


@pytest.mark.promise("A recogniser exported as C decides as the library does, distances and all")
@pytest.mark.parametrize("case", CORES)
def test_prepared_windows_of_every_size(case: str, tmp_path: Path) -> None:
    integers = CORES[case]
    windows = recognizers.prepared_windows(integers, 60)
    exported = har.export_c(integers, tmp_path)
    decided = classify_on(on("host sanitized"), exported, windows, ("-O1",))
    np.testing.assert_array_equal(decided[:, :3], classified(integers, windows))


def test_the_saturating_case_saturates() -> None:
    integers = CORES["saturating"]
    assert must_saturate(*integers.prototypes.shape[1:], integers.scaling.limit)
    distances = integers.distances(recognizers.prepared_windows(integers, 60))
    assert (distances == 2**32 - 1).any()


@pytest.mark.parametrize("front", FRONTS)
def test_streams_through_every_step(front: str, tmp_path: Path) -> None:
    integers = recognizer(front, step_s=N_TIMESTEPS / 20 / 3)
    samples = windows_of_every_kind(60, N_TIMESTEPS, 6).reshape(-1, 6)
    exported = har.export_c(integers, tmp_path)
    decided = stream_on(on("host sanitized"), exported, samples, ("-O1",))
    np.testing.assert_array_equal(decided[:, :4], streamed(integers, samples))


def test_streams_with_an_impact_trigger(tmp_path: Path) -> None:
    integers = recognizer("resample", impact_above=3.0)
    samples = windows_of_every_kind(600, N_TIMESTEPS, 6)
    samples = np.where(np.arange(len(samples))[:, None, None] % 5, samples // 16, samples).reshape(-1, 6)
    exported = har.export_c(integers, tmp_path)
    decided = stream_on(on("host sanitized"), exported, samples, ("-O1",))
    assert len(decided) > 50
    np.testing.assert_array_equal(decided[:, :4], streamed(integers, samples))


@pytest.mark.slow
@pytest.mark.parametrize("bits", [16, 8])
def test_ten_thousand_prepared_windows_on_every_processor(board: Board, bits: int, tmp_path: Path) -> None:
    if board.name == "AVR" and bits == 16:
        pytest.skip("AVR: 8 bits are for processors that multiply 8 bits")
    integers = _core_for(board, bits)
    windows = recognizers.prepared_windows(integers, N_WINDOWS)
    exported = har.export_c(integers, tmp_path)
    expected = classified(integers, windows)
    assert {-1} < set(expected[:, 0])
    np.testing.assert_array_equal(classify_on(board, exported, windows)[:, :3], expected)


@pytest.mark.slow
@pytest.mark.parametrize("front", ["resample", "mean gravity"])
def test_ten_thousand_windows_of_counts_on_every_processor(board: Board, front: str, tmp_path: Path) -> None:
    """From the samples of a stream to its decisions; fewer where the emulator is slow."""
    integers = recognizer(front, 8, step_s=N_TIMESTEPS / 20)
    slow_front = board.counts == "cycles" and front == "mean gravity"
    n_windows = 200 if board.name == "AVR" else 2_000 if slow_front else N_WINDOWS
    windows = windows_of_every_kind(n_windows, N_TIMESTEPS, 6)
    exported = har.export_c(integers, tmp_path)
    decided = stream_on(board, exported, windows.reshape(-1, 6))
    decisions = integers.decide(windows)
    np.testing.assert_array_equal(decided[:, 1], decisions.class_index)
    np.testing.assert_array_equal(decided[:, 2], decisions.prototype)
    np.testing.assert_array_equal(decided[:, 3], decisions.distance)


@pytest.fixture(scope="module")
def smartwatch() -> tuple[IntegerRecognizer, np.ndarray]:
    """A recogniser of measured exercises, and windows of counts of all people."""
    pytest.importorskip("seglearn")
    windows = har.segment(har.datasets.load_smartwatch(), window_s=2.56)
    front = (Resample(rate_hz=50, target_hz=12.5), ScaleChannels())
    classifier = har.DTWPrototypeClassifier(1, method="medoid", band=0.1)
    rows = slice(None, None, 9)
    fitted = make_pipeline(*front, classifier).fit(windows.X[rows], windows.y[rows])
    per_unit = np.repeat([2048.0, 938.7], 3)
    integers = from_pipeline(fitted, rate_hz=50, counts_per_unit=per_unit.tolist(), bits=8, step_s=2.56)
    return integers, counts(windows.X, per_unit)


@pytest.mark.slow
def test_measured_windows_on_every_processor(
    board: Board, smartwatch: tuple[IntegerRecognizer, np.ndarray], tmp_path: Path
) -> None:
    integers, windows = smartwatch
    every = {"instructions": 1, None: 1, "cycles": 8}[board.counts] if board.name != "AVR" else 200
    windows = windows[::every]
    exported = har.export_c(integers, tmp_path)
    decided = stream_on(board, exported, windows.reshape(-1, 6))
    decisions = integers.decide(windows)
    np.testing.assert_array_equal(decided[:, 1], decisions.class_index)
    np.testing.assert_array_equal(decided[:, 2], decisions.prototype)
    np.testing.assert_array_equal(decided[:, 3], decisions.distance)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Cortex-M4", "Cortex-M55"])
def test_instructions_of_a_processor_change_no_decision(name: str, tmp_path: Path) -> None:
    """DSP and Helium against plain C."""
    board = on(name)
    integers = recognizers.core(16, n_channels=9, readout=recognizers.readout(3, 8))
    windows = recognizers.prepared_windows(integers, 1_000)
    exported = har.export_c(integers, tmp_path)
    expected = classified(integers, windows)
    for options in (("-O2",), PLAIN, ("-Os",), ("-O3",)):
        np.testing.assert_array_equal(classify_on(board, exported, windows, options)[:, :3], expected)


def _core_for(board: Board, bits: int) -> IntegerRecognizer:
    """At the size of the smartwatch, smaller where the emulator counts every cycle; with 8 bits, a readout decides."""
    if board.name == "AVR":
        size = {"n_timesteps": 12, "n_channels": 3, "radius": 1, "n_prototypes": 3}
    elif board.counts == "cycles":
        size = {"n_timesteps": 16, "n_channels": 3, "radius": 2, "n_prototypes": 6}
    else:
        size = {"n_prototypes": 8}
    decides = recognizers.readout(3, size["n_prototypes"]) if bits == 8 else None
    return recognizers.core(bits, readout=decides, **size)
