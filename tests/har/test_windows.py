"""Windows cut from recordings: where they begin, and which are left out."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import har
from common.errors import FrugalWarning, InvalidInputError
from har import Recordings, Windows, segment, segment_at_peak
from tests.har.recordings import counting

# ----- sliding windows -----------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(
    lengths=st.lists(st.integers(1, 60), min_size=1, max_size=5),
    length=st.integers(2, 60),
    overlap=st.floats(0, 0.99),
)
@pytest.mark.filterwarnings("ignore::common.errors.FrugalWarning")
def test_windows_are_slices_of_their_recordings(lengths: list[int], length: int, overlap: float) -> None:
    recordings = counting(*lengths)
    # The definition, one window after the other.
    hop = max(1, round(length * (1 - overlap)))
    expected = [(i, start) for i, n in enumerate(lengths) for start in range(0, n - length + 1, hop)]
    if not expected:
        with pytest.raises(InvalidInputError, match="use a shorter window"):
            segment(recordings, window_s=length / 10, overlap=overlap)
        return
    windows = segment(recordings, window_s=length / 10, overlap=overlap)
    assert windows.recording.tolist() == windows.groups.tolist() == [i for i, _ in expected]
    assert windows.y.tolist() == [f"activity {i}" for i, _ in expected]
    assert windows.X.flags.c_contiguous
    for window, (i, start) in zip(windows.X, expected, strict=True):
        np.testing.assert_array_equal(window, recordings.signals[i][start : start + length])


def test_windows_are_as_long_as_the_nearest_sample_allows() -> None:
    # The window of most papers on activity recognition: 2.56 s at 50 Hz are 128 samples, half of them shared.
    windows = segment(counting(300, rate_hz=50), window_s=2.56)
    assert windows.X.shape == (3, 128, 3)
    assert windows.X[:, 0, 0].tolist() == [0, 64, 128]
    assert repr(windows) == ("Windows(3 of 1 subject, 1 activity, 128 samples (2.56 s) at 50 Hz, channels c0, c1, c2)")


def test_short_recordings_are_left_out_with_a_warning() -> None:
    with pytest.warns(FrugalWarning, match=r"left out 2 of 3 recordings shorter than 1 s") as caught:
        windows = segment(counting(9, 10, 3), window_s=1)
    assert windows.recording.tolist() == [1]
    assert caught[0].filename == __file__


def test_windows_with_missing_samples_are_left_out_with_a_warning() -> None:
    recordings = counting(20)
    recordings.signals[0][7, 1] = np.nan
    with pytest.warns(FrugalWarning, match=r"left out 2 of 4 windows with missing samples"):
        windows = segment(recordings, window_s=0.8, overlap=0.5)
    assert windows.X[:, 0, 0].tolist() == [8, 12]


@pytest.mark.filterwarnings("ignore::common.errors.FrugalWarning")
def test_nothing_but_missing_samples_is_an_error() -> None:
    recordings = counting(20)
    recordings.signals[0][:, 1] = np.nan
    with pytest.raises(InvalidInputError, match="all 1 windows have missing samples"):
        segment(recordings, window_s=2)


@pytest.mark.parametrize("cut", [segment, segment_at_peak])
@pytest.mark.parametrize(
    ("window_s", "message"),
    [
        (0, "above 0"),
        (np.nan, "finite"),
        (True, "finite"),
        ("1", "finite"),
        (1e308, "below"),
        (0.1, "1 sample.*take 2 or more"),
        (4.1, r"none of 2 recordings has 41 samples \(4.1 s\); use a shorter window"),
    ],
)
def test_impossible_windows_are_refused(cut: Callable[..., Windows], window_s: object, message: str) -> None:
    with pytest.raises(InvalidInputError, match=f"window_s.*{message}"):
        cut(counting(40, 30), window_s=window_s)


@pytest.mark.parametrize("overlap", [-0.1, 1, np.nan, None])
def test_impossible_overlaps_are_refused(overlap: object) -> None:
    with pytest.raises(InvalidInputError, match="overlap is"):
        segment(counting(40), window_s=1, overlap=overlap)


def test_arrays_must_be_wrapped() -> None:
    with pytest.raises(InvalidInputError, match=r"recordings is ndarray; wrap your signals in har\.Recordings"):
        segment(np.zeros((100, 3)), window_s=1)


# ----- round the peak ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("peak", "start"), [(50, 40), (0, 0), (9, 0), (95, 80), (99, 80)])
def test_the_peak_is_in_the_middle_or_the_window_is_moved_inwards(peak: int, start: int) -> None:
    signal = np.random.default_rng(0).normal(size=(100, 4))
    signal[peak, :3] = [6, 6, 7]  # no axis alone is the largest of all
    signal[3, 3] = 100  # not an acceleration
    signal[70, 1] = 8
    windows = segment_at_peak(Recordings([signal], ["fall"], [1], 10, ["x", "y", "z", "other"]), window_s=2)
    np.testing.assert_array_equal(windows.X[0], signal[start : start + 20])


def test_a_missing_sample_is_not_a_peak() -> None:
    signal = np.zeros((100, 1))
    signal[10], signal[60] = np.nan, 5
    recordings = Recordings([signal], ["fall"], [1], 10, ["x"])
    assert segment_at_peak(recordings, window_s=2, acceleration=[0]).X[0, 10, 0] == 5


def test_one_window_per_recording() -> None:
    with pytest.warns(FrugalWarning, match="left out 1 of 3 recordings"):
        windows = segment_at_peak(counting(40, 10, 30), window_s=2)
    assert windows.recording.tolist() == [0, 2]


@pytest.mark.parametrize("acceleration", [(), (3,), (-1,), (0.5,), "xyz", 0, ("c0",)])
def test_unknown_columns_are_refused(acceleration: object) -> None:
    with pytest.raises(InvalidInputError, match="acceleration is"):
        segment_at_peak(counting(40), window_s=1, acceleration=acceleration)


# ----- measured data -------------------------------------------------------------------------------------------------


@pytest.mark.real_data
def test_motionsense_gives_as_many_windows_as_others_counted(real_data: Path) -> None:
    windows = segment(har.datasets.load_motionsense(real_data / "motionsense"), window_s=2.56)
    assert (windows.groups <= 16).sum() == 14_281


@pytest.mark.real_data
def test_the_impact_of_every_fall_is_in_its_window(real_data: Path) -> None:
    falls = har.datasets.fall_labels(har.datasets.load_umafall(real_data / "umafall"))
    falls = falls.subset(falls.y == 1)
    windows = segment_at_peak(falls, window_s=4)
    assert windows.X.shape == (208, 80, 6)
    for window, signal in zip(windows.X, falls.signals, strict=True):
        impact = np.linalg.norm(signal[:, :3], axis=1).max()
        assert np.linalg.norm(window[:, :3], axis=1).max() == impact
