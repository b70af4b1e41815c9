"""Recordings and windows: checked on construction, chosen by index, mask or channel."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest

from common.errors import InvalidInputError
from har import Recordings, Windows, segment
from tests.har.recordings import counting


def test_recordings_hold_checked_arrays() -> None:
    recordings = Recordings([[[1, 2], [3, 4]], np.zeros((5, 2), "float32")], ["walk", "sit"], [3, 4], 50, ["x", "y"])
    assert [signal.dtype for signal in recordings.signals] == [np.float64, np.float32]
    assert recordings.y.tolist() == ["walk", "sit"]
    assert recordings.groups.tolist() == [3, 4]
    assert recordings.channels == ("x", "y")
    assert len(recordings) == 2
    with pytest.raises(FrozenInstanceError):
        recordings.rate_hz = 20


def test_recordings_describe_themselves() -> None:
    assert repr(counting(100, 50)) == "Recordings(2 of 2 subjects, 2 activities, 15 s at 10 Hz, channels c0, c1, c2)"
    frame = counting(100, 50).summary()
    assert frame.to_dict("list") == {
        "activity": ["activity 0", "activity 1"],
        "subject": [0, 1],
        "seconds": [10.0, 5.0],
    }


@pytest.mark.parametrize("chosen", [[2, 0], np.array([2, 0]), (2, -3)])
def test_a_subset_keeps_the_order_asked_for(chosen: list[int]) -> None:
    recordings = counting(5, 6, 7).subset(chosen)
    assert [len(signal) for signal in recordings.signals] == [7, 5]
    assert recordings.groups.tolist() == [2, 0]


def test_a_subset_by_mask() -> None:
    recordings = counting(5, 6, 7)
    assert recordings.subset(recordings.groups >= 1).y.tolist() == ["activity 1", "activity 2"]
    windows = segment(recordings, window_s=0.5)
    assert windows.subset(windows.recording == 1).groups.tolist() == [1]


def test_channels_are_selected_by_name() -> None:
    recordings = counting(4).select(["c2", "c0"])
    assert recordings.channels == ("c2", "c0")
    assert recordings.signals[0][0].tolist() == [2000, 0]
    windows = segment(counting(4), window_s=0.4).select(["c1"])
    assert windows.X[0, :, 0].tolist() == [1000, 1001, 1002, 1003]
    assert windows.channels == ("c1",)


SIGNAL = np.zeros((4, 1))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Recordings(5, ["a"], [1], 10, ["x"]), "signals is 5; pass a list"),
        (lambda: Recordings([SIGNAL[:, 0]], ["a"], [1], 10, ["x"]), r"signals\[0\] has shape \(4,\)"),
        (lambda: Recordings([SIGNAL, SIGNAL], ["a", "b"], [1, 1], 10, ["x", "y"]), r"\(n_samples, 2\).*channels x, y"),
        (lambda: Recordings([SIGNAL + np.inf], ["a"], [1], 10, ["x"]), "infinity at sample 0, channel x.*NaN"),
        (lambda: Recordings([["?"]], ["a"], [1], 10, ["x"]), r"signals\[0\] is not"),
        (lambda: Recordings([], [], [], 10, ["x"]), "y is empty"),
        (lambda: Recordings([SIGNAL], ["a", "b"], [1], 10, ["x"]), "y has 2 entries but signals has 1"),
        (lambda: Recordings([SIGNAL], ["a"], [], 10, ["x"]), "groups has 0 entries"),
        (lambda: Recordings([SIGNAL], [None], [1], 10, ["x"]), "y contains a missing value"),
        (lambda: Recordings([SIGNAL], ["a"], [1], 0, ["x"]), "rate_hz is 0; it must be above 0"),
        (lambda: Recordings([SIGNAL], ["a"], [1], 10, "x"), "channels is 'x'; pass different names"),
        (lambda: Recordings([np.zeros((4, 2))], ["a"], [1], 10, ["x", "x"]), "pass different names"),
        (lambda: counting(4).select(["c9"]), r"\['c9'\] are unknown; choose from c0, c1, c2"),
        (lambda: counting(4).subset([1]), "neither indices below 1 nor a mask of 1 entries"),
        (lambda: counting(4, 4).subset([True]), "mask of 2 entries"),
        (lambda: counting(4).subset([False]), "mask without a true entry"),
        (lambda: counting(4).subset([]), "chosen has shape"),
        (lambda: counting(4).subset(0), "pass a list of indices"),
        (lambda: Windows(np.zeros((1, 4, 2)), ["a"], [1], 10, ["x"], [0]), "1 names but X has 2 channels"),
        (lambda: Windows(np.full((1, 4, 1), np.nan), ["a"], [1], 10, ["x"], [0]), "X contains NaN at window 0"),
        (lambda: Windows(np.zeros((1, 4, 1)), ["a"], [1], 10, ["x"], [0, 1]), r"recording must be 1 integers"),
        (lambda: Windows(np.zeros((1, 4, 1)), ["a"], [1], 10, ["x"], [0.5]), "type float64"),
        (lambda: Windows(np.zeros((2, 4, 1)), ["a"], [1, 1], 10, ["x"], [0, 1]), "y has 1 entries but X has 2"),
    ],
)
def test_parts_that_do_not_fit_are_named(make: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        make()


AXES = ["ax [g]", "ay [g]", "az [g]"]
ORDERED = pd.DataFrame({"ax [g]": [1.0, 1], "ay [g]": [2.0, 2], "az [g]": [3.0, 3]})


@pytest.mark.parametrize(
    "frame",
    [
        ORDERED,
        ORDERED[["az [g]", "ax [g]", "ay [g]"]],
        ORDERED.rename(columns=lambda name: name[:2])[["ay", "az", "ax"]],
        ORDERED.to_numpy(),
        pd.DataFrame(ORDERED.to_numpy()),
    ],
    ids=["as named", "another order", "without units", "no frame", "no names"],
)
def test_columns_of_a_frame_are_taken_by_name(frame: object) -> None:
    assert Recordings([frame], ["walk"], [1], 50, AXES).signals[0].tolist() == [[1, 2, 3]] * 2


def test_columns_of_a_polars_frame_are_taken_by_name() -> None:
    polars = pytest.importorskip("polars", reason="polars is not installed")
    frame = polars.DataFrame({"az": [3.0, 3.0], "ax": [1.0, 1.0]})
    assert Recordings([frame], ["walk"], [1], 50, ["ax", "az"]).signals[0].tolist() == [[1, 3]] * 2


@pytest.mark.parametrize(
    "frame",
    [
        ORDERED.assign(t=0.0),
        ORDERED[["ax [g]", "ay [g]"]],
        ORDERED.rename(columns={"az [g]": "wz [g]"}),
        ORDERED.set_axis(["ax [g]", "ay [g]", "ay [g]"], axis=1),
        ORDERED.set_axis([1, 2, 3], axis=1),
        ORDERED.set_axis(pd.MultiIndex.from_product([["a"], AXES]), axis=1),
    ],
    ids=["one more", "one less", "another", "one twice", "numbers from 1", "two levels"],
)
def test_a_frame_with_other_columns_is_refused(frame: pd.DataFrame) -> None:
    with pytest.raises(InvalidInputError, match=r"signals\[1\] has the columns .*select and rename"):
        Recordings([ORDERED, frame], ["walk", "walk"], [1, 1], 50, AXES)


def test_exchanged_axes_are_named() -> None:
    with pytest.raises(InvalidInputError, match=r"signal\.T"):
        Recordings([np.zeros((3, 500))], ["walk"], [1], 50, AXES)
    with pytest.raises(InvalidInputError, match=r"X\.transpose\(0, 2, 1\)"):
        Windows(np.zeros((2, 3, 128)), ["a", "b"], [1, 1], 50, AXES, [0, 1])


@pytest.mark.parametrize("columns", [AXES, ["ax", "ay", "az"]])
def test_a_frame_of_samples_is_refused_as_windows(columns: list[str]) -> None:
    frame = ORDERED.set_axis(columns, axis=1)
    with pytest.raises(InvalidInputError, match=r"timesteps.*har\.segment"):
        Windows(frame, [1, 1], [1, 1], 50, ["ax [g]"], [0, 1])


@pytest.mark.parametrize("rate_hz", [1 / 3, 1, 20, 100 / 3, 50, 50.1, 51.2, 1000, 2000])
@pytest.mark.parametrize(
    ("y", "groups"),
    [(["walk", "walk", "sit"], ["p", "p", "q"]), ([1, 0, 1], [1, 1, 7]), ([True, False, True], [3, 1, 2])],
)
def test_a_table_of_samples_restores_the_recordings(rate_hz: float, y: list, groups: list) -> None:
    rng = np.random.default_rng(0)
    channels = ["a [g]", "b (m/s^2)", "c"]
    recordings = Recordings([rng.normal(size=(n, 3)) for n in (2, 500, 30)], y, groups, rate_hz, channels)
    frame = recordings.to_frame()
    assert frame.columns.tolist() == ["time_s", *channels, "activity", "subject", "recording"]
    assert len(frame) == 532
    again = Recordings.from_frame(
        frame,
        time="time_s",
        channels=channels,
        label="activity",
        subject="subject",
        recording="recording",
        rate_hz=rate_hz,
        time_unit="s",
    )
    assert [signal.tobytes() for signal in again.signals] == [signal.tobytes() for signal in recordings.signals]
    assert (again.y.tolist(), again.groups.tolist()) == (y, groups)
    assert (again.channels, again.rate_hz) == (recordings.channels, recordings.rate_hz)
    assert (again.y.dtype, again.groups.dtype) == (recordings.y.dtype, recordings.groups.dtype)


def test_a_channel_named_as_another_column_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="'subject'"):
        Recordings([SIGNAL], ["a"], [1], 10, ["subject"]).to_frame()
