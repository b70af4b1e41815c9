"""Order, repeated stamps, bunches, holes and rates: no loss goes unreported, and no window spans a hole."""

import numpy as np
import pandas as pd
import pytest

import har
from common.errors import InvalidInputError
from har import Recordings
from tests.har.tables.samples import CHANNELS, SECONDS, N, walk

rng = np.random.default_rng(0)


def read(frame, **options):
    return Recordings.from_frame(frame, **{"time": "t", "channels": CHANNELS, **options})


def test_rows_in_any_order_are_sorted_and_counted():
    plain = walk(t=SECONDS)
    for frame in (plain[::-1], plain.sample(frac=1, random_state=0), pd.concat([plain[200:], plain[:200]])):
        recordings = read(frame)
        np.testing.assert_array_equal(recordings.signals[0], plain[CHANNELS])
        assert recordings.report.n_late > 0


def test_late_rows_are_put_in_order():
    frame = walk(t=SECONDS)
    order = np.arange(N)
    order[[100, 101, 102]] = 102, 100, 101
    recordings = read(frame.iloc[order])
    np.testing.assert_array_equal(recordings.signals[0], frame[CHANNELS])
    assert recordings.report.n_late == 2


def test_a_clock_that_starts_again_is_another_recording():
    frame = walk(t=SECONDS)
    twice = pd.concat([frame.assign(part=1), frame.assign(part=2)])
    with pytest.raises(InvalidInputError, match=r"row 500 .*recording="):
        read(twice)
    assert [len(signal) for signal in read(twice, recording="part").signals] == [N, N]
    assert [len(signal) for signal in read(twice, subject="part").signals] == [N, N]


def test_rows_with_one_stamp_are_averaged():
    frame = walk(t=SECONDS)
    doubled = pd.concat([frame, frame[40:50].assign(ax=lambda rows: rows["ax"] + 2)]).sort_values("t", kind="stable")
    recordings = read(doubled)
    np.testing.assert_allclose(recordings.signals[0][40:50, 0], frame["ax"][40:50] + 1)
    assert recordings.report.n_doubled == 10


@pytest.mark.parametrize(
    "arrivals",
    [
        np.arange(N) // 10 * 0.2 + np.arange(N) % 10 * 0.002 + 0.18,
        np.arange(N) // 10 * 0.2,
        np.arange(N) // 5 * 0.1 + np.arange(N) % 5 * 0.001,
    ],
    ids=["tens 2 ms apart", "tens with one stamp", "fives 1 ms apart"],
)
def test_bunches_are_smoothed(arrivals):
    recordings = read(walk(t=arrivals))
    assert recordings.rate_hz == 50
    assert recordings.report.n_bunched == 1
    (signal,) = recordings.signals
    assert abs(len(signal) - N) <= 5
    middle = slice(30, 450)
    best = min(
        np.abs(signal[middle, 0] - 0.2 * np.sin(2 * (SECONDS[middle] + shift))).max()
        for shift in np.arange(-0.2, 0.2, 0.01)
    )
    assert best < 0.01  # evenly spaced again, up to the delay of the bunches


@pytest.mark.parametrize("size", [5, 10, 25])
@pytest.mark.parametrize("within_s", [0, 1e-5, 1e-3])
def test_stalls_between_bunches_do_not_change_the_rate(size, within_s):
    """A radio link stalls three times for 3 s, then delivers everything at once."""
    measured = np.arange(6000) / 50
    arrival = np.ceil(measured * 50 / size + 1e-9) * size / 50
    for start in (20, 50.3, 90.1):
        arrival[(arrival > start) & (arrival < start + 3)] = start + 3
    _, first = np.unique(arrival, return_index=True)
    place = np.arange(6000) - np.repeat(first, np.diff(np.append(first, 6000)))
    frame = pd.DataFrame({"t": 1000 * (arrival + within_s * place), "ax": np.sin(measured)})
    assert read(frame, channels=["ax"], time_unit="ms").rate_hz == 50


@pytest.mark.parametrize("missing", [0.0, 0.05, 0.2, 0.4, 0.5])
@pytest.mark.parametrize("jitter_s", [0.001, 0.004])
def test_jitter_and_missing_samples_do_not_change_the_rate(jitter_s, missing):
    stamps = np.sort(SECONDS + rng.normal(0, jitter_s, N))
    frame = walk(t=stamps)[rng.random(N) >= missing]
    assert read(frame).rate_hz == 50


def test_short_gaps_are_interpolated_and_longer_ones_end_a_recording():
    frame = walk(t=SECONDS)
    bridged = read(frame.drop(index=range(100, 110)))  # 0.2 s are missing
    assert [len(signal) for signal in bridged.signals] == [N]
    assert bridged.report.n_bridged == 1
    np.testing.assert_allclose(bridged.signals[0], frame[CHANNELS], atol=0.015)
    cut = read(frame.drop(index=range(100, 111)))
    assert [len(signal) for signal in cut.signals] == [100, N - 111]
    assert cut.report.n_holes == 1
    assert len(read(frame.drop(index=range(100, 111)), max_gap_s=0.3).signals) == 1


@pytest.mark.parametrize("hole", ["rows", "all channels", "one channel"])
def test_no_window_spans_a_hole(hole):
    frame = walk(t=SECONDS)
    if hole == "rows":
        frame = frame.drop(index=range(200, 240))
    else:
        frame.loc[200:239, CHANNELS if hole == "all channels" else ["ay"]] = np.nan
    recordings = read(frame)
    windows = har.segment(recordings, window_s=1, overlap=0.9)
    assert [len(signal) for signal in recordings.signals] == [200, 260]
    starts = {tuple(window[0]) for window in windows.X}
    spanning = {tuple(row) for row in walk()[CHANNELS].to_numpy()[151:240]}
    assert not starts & spanning


def test_a_slower_clock_does_not_alias():
    frame = walk(t=SECONDS, ax=np.sin(2 * np.pi * 20 * SECONDS))  # beyond half of 25 Hz
    slow = read(frame, rate_hz=25)
    assert len(slow.signals[0]) == N // 2
    assert np.abs(slow.signals[0][20:-20, 0]).max() < 0.05
    np.testing.assert_allclose(slow.signals[0][20:-20, 1], frame["ay"][40:-40:2], atol=0.01)


def test_a_clock_far_faster_than_the_samples_is_refused():
    with pytest.raises(InvalidInputError, match="50 samples a second"):
        read(walk(t=SECONDS), rate_hz=100)
    slow = walk(t=SECONDS, who=1)[::2]
    with pytest.raises(InvalidInputError, match="from 25 to 50"):
        read(pd.concat([walk(t=SECONDS, who=0), slow]), subject="who")
    assert len(read(pd.concat([walk(t=SECONDS, who=0), slow]), subject="who", rate_hz=25)) == 2
