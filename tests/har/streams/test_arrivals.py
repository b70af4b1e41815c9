"""With a tolerance, late, repeated, swapped or bunched samples give the recognitions of the clean stream."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import har
from common.errors import FrugalWarning, InvalidInputError
from har import Recognition, StreamingRecognizer
from tests.har.streams import CUTS, content, in_pieces, spied

RATE = 50
N = 600
RNG = np.random.default_rng(5)
TRAINING = RNG.normal(size=(8, 100, 3)).cumsum(axis=1)
MODEL = har.DTWKNeighborsClassifier(band=0.1).fit(TRAINING, ["rest", "walk"] * 4)
SAMPLES = RNG.normal(size=(N, 3)).cumsum(axis=0)
TIMES = 1.7e9 + np.arange(N) / RATE


def recognizer(tolerance_s: float = 0.0) -> StreamingRecognizer:
    return StreamingRecognizer(MODEL, rate_hz=RATE, window_s=2, step_s=0.4, tolerance_s=tolerance_s)


def clean() -> list[Recognition]:
    return recognizer().push(SAMPLES, TIMES)


def late(rng: np.random.Generator, share: float, longest_s: float) -> Any:
    """The order in which samples arrive if a share of them is late."""
    delay = np.where(rng.random(N) < share, rng.uniform(0, longest_s, N), 0)
    return np.argsort(TIMES + delay, kind="stable")


def doubled(rng: np.random.Generator, order: Any, share: float) -> Any:
    return np.repeat(order, np.where(rng.random(len(order)) < share, 2, 1))


def same_but_later(found: list[Recognition], tolerance_s: float = 0.5) -> None:
    expected = clean()
    waiting = int(np.ceil((tolerance_s + 2 / RATE) / 0.4))
    assert len(expected) - waiting <= len(found) <= len(expected)
    assert content(found) == content(expected[: len(found)])


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), cuts=CUTS)
def test_late_and_repeated_samples(seed: int, cuts: list[int]) -> None:
    """A fifth comes up to 0.5 s late, a twentieth twice; pushes of any size."""
    rng = np.random.default_rng(seed)
    order = doubled(rng, late(rng, 0.2, 0.5), 0.05)
    same_but_later(in_pieces(recognizer(0.5), SAMPLES[order], cuts, TIMES[order]))


def test_in_packets_of_ten() -> None:
    rng = np.random.default_rng(0)
    order = doubled(rng, late(rng, 0.2, 0.5), 0.05)
    stream = recognizer(0.5)
    found = [
        r for i in range(0, len(order), 10) for r in stream.push(SAMPLES[order[i : i + 10]], TIMES[order[i : i + 10]])
    ]
    same_but_later(found)


SWAPS = {
    "neighbours": np.arange(N).reshape(-1, 2)[:, ::-1].ravel(),
    "packets of five": np.arange(N).reshape(-1, 2, 5)[:, ::-1].ravel(),
    "backwards in packets of twenty": np.arange(N).reshape(-1, 20)[:, ::-1].ravel(),
    "the first one last": np.r_[1:20, 0, 20:N],
    "the first one twice": np.r_[0, 0:N],
    "every packet twice": np.repeat(np.arange(N).reshape(-1, 10), 2, axis=0).ravel(),
    "everything twice, 0.3 s later": np.argsort(np.r_[0:N, 15 : N + 15], kind="stable") % N,
}


@pytest.mark.parametrize("name", SWAPS)
def test_swapped_and_repeated(name: str) -> None:
    order = SWAPS[name]
    same_but_later(recognizer(0.5).push(SAMPLES[order], TIMES[order]))
    one_by_one = recognizer(0.5)
    same_but_later([r for i in order for r in one_by_one.push(SAMPLES[i], TIMES[i : i + 1])])


def bunch_stamps(size: int, apart_s: float) -> Any:
    """Stamps of packets on arrival, as soon as the last sample was measured."""
    index = np.arange(N)
    return (index // size * size + size - 1) / RATE - (size - 1 - index % size) * apart_s


@pytest.mark.parametrize("apart_s", [0.0, 0.0005, 0.002, 0.005])
@pytest.mark.parametrize("size", [2, 3, 5, 10, 20])
@pytest.mark.parametrize("copies", [False, True])
def test_bunches_are_spread_evenly(size: int, apart_s: float, copies: bool) -> None:
    order = doubled(np.random.default_rng(1), np.arange(N), 0.05) if copies else np.arange(N)
    times = 1.7e9 + bunch_stamps(size, apart_s)
    stream, seen = spied(RATE, 100, 20, n_channels=3, tolerance_s=0.5)
    found = stream.push(SAMPLES[order], times[order])
    assert len(found) >= (N - 100 - 25 - size) // 20
    assert all(r.available for r in found)
    for k, window in enumerate(seen):
        np.testing.assert_allclose(window, SAMPLES[20 * k : 20 * k + 100], atol=1e-4)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), cuts=CUTS, apart_s=st.sampled_from([0.0005, 0.002]))
def test_late_repeated_and_bunched_samples(seed: int, cuts: list[int], apart_s: float) -> None:
    """All disturbances together give the windows of the clean stream."""
    rng = np.random.default_rng(seed)
    order = doubled(rng, late(rng, 0.2, 0.5), 0.05)
    stream, seen = spied(RATE, 100, 20, n_channels=3, tolerance_s=0.75)
    found = in_pieces(stream, SAMPLES[order], cuts, bunch_stamps(10, apart_s)[order])
    assert len(found) >= (N - 100 - 50) // 20
    assert all(r.available for r in found)
    for k, window in enumerate(seen):
        np.testing.assert_allclose(window, SAMPLES[20 * k : 20 * k + 100], atol=1e-9)


def test_a_sensor_at_rest_repeats_itself_within_a_packet() -> None:
    stream, seen = spied(RATE, 100, 100, n_channels=1, tolerance_s=0.5)
    values = np.where(np.arange(N) < 300, 1.0, 2.0)
    found = stream.push(values, 10 + bunch_stamps(10, 0.0))
    assert [r.available for r in found] == [True] * 5
    np.testing.assert_array_equal(np.concatenate(seen)[:, 0], values[:500])


def test_packets_of_alternating_length_on_a_drifting_clock() -> None:
    sizes = np.tile([7, 13, 10, 9, 11], 12)
    last = np.cumsum(sizes) - 1
    arrival = np.repeat(last / RATE * 1.01, sizes)
    stream, seen = spied(RATE, 100, 100, n_channels=1, tolerance_s=0.5)
    found = stream.push(np.arange(600.0), arrival)
    assert len(found) == 5
    assert all(r.available for r in found)
    for r, window in zip(found, seen, strict=True):
        clock = (r.time_s - np.arange(99, -1, -1) / RATE) * RATE / 1.01
        np.testing.assert_allclose(window[:, 0], clock, atol=0.1)


def test_a_backlog_is_not_taken_for_another_unit() -> None:
    order = np.column_stack([np.arange(500, 600), np.arange(100)]).ravel()
    stream = recognizer(0.5)
    stream.push(SAMPLES[:500], TIMES[:500])
    with pytest.warns(FrugalWarning, match="100 samples came more than"):
        assert all(r.available for r in stream.push(SAMPLES[order], TIMES[order] - np.tile([0, 3600], 100)))


def test_a_lost_packet_stays_a_gap() -> None:
    lost = (np.arange(N) // 20) == 10
    stream, _ = spied(RATE, 50, 50, n_channels=1, tolerance_s=0.5)
    found = stream.push(np.arange(600.0)[~lost], bunch_stamps(20, 0.001)[~lost])
    assert [r.available for r in found] == [i != 4 for i in range(len(found))]


def test_a_bunch_longer_than_the_tolerance_is_reported() -> None:
    stream, _ = spied(RATE, 50, 50, n_channels=1, tolerance_s=0.1)
    with pytest.warns(
        FrugalWarning, match="bunches, closer together than at rate_hz=50: windows with them are not available"
    ):
        found = stream.push(np.arange(600.0), bunch_stamps(10, 0.002))
    assert not any(r.available for r in found)


@pytest.mark.parametrize("hours", [0.001, 1, 30])
def test_a_packet_that_comes_too_late_is_left_out(hours: float) -> None:
    stream = recognizer(0.5)
    found = stream.push(SAMPLES[:300], TIMES[:300])
    with pytest.warns(FrugalWarning, match="10 samples came more than tolerance_s=0.5 s late"):
        found += stream.push(SAMPLES[200:210], TIMES[200:210] - 3600 * hours)
    same_but_later(found + stream.push(SAMPLES[300:], TIMES[300:]))


@pytest.mark.filterwarnings("ignore::common.errors.FrugalWarning")
@pytest.mark.parametrize("restart_s", [0.0, 1.7e9, 1.7e9 - 3600])
@pytest.mark.parametrize("size", [1, 10, 400])
def test_a_clock_that_restarts_is_refused(restart_s: float, size: int) -> None:
    stream = recognizer(0.5)
    stream.push(SAMPLES, TIMES)

    def push_on() -> None:
        for i in range(0, 400, size):
            stream.push(SAMPLES[i : i + size], restart_s + np.arange(i, i + size) / RATE)

    for _ in range(2):
        with pytest.raises(InvalidInputError, match=r"went back from .* and stayed there: .* reset\(\)"):
            push_on()
    stream.reset()
    assert content(stream.push(SAMPLES, TIMES)) == content(recognizer(0.5).push(SAMPLES, TIMES))


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ([0.0, np.nan], "times_s is nan at sample 1"),
        ([0.0, 90_000.0], "from 0.0 s to 90000.0 s at sample 1, by more than 86400 s"),
        (["0", "1"], "holds text|holds dates"),
    ],
)
def test_times_refused_despite_a_tolerance(times: Any, message: str) -> None:
    stream = recognizer(0.5)
    with pytest.raises(InvalidInputError, match=message):
        stream.push(SAMPLES[:2], times)
    same_but_later(stream.push(SAMPLES, TIMES))


def test_a_stopped_clock_is_refused_before_it_fills_the_memory() -> None:
    stream = recognizer(0.5)
    for _ in range(5):
        stream.push(SAMPLES, np.full(N, 5.0))
    with pytest.raises(InvalidInputError, match="has stopped"):
        stream.push(np.tile(SAMPLES, (5, 1)), np.full(5 * N, 5.0))


def test_a_minute_ahead_is_not_available() -> None:
    stream = recognizer(0.5)
    jumped = TIMES + np.where(np.arange(N) < 300, 0, 60)
    found = stream.push(SAMPLES, jumped)
    (silent,) = [r for r in found if r.silent_s]
    assert silent.silent_s == pytest.approx(60.02)
    assert content(found[:10]) == content(clean()[:10])
    assert found[-1].available


def test_without_times_nothing_waits() -> None:
    assert content(recognizer(0.5).push(SAMPLES)) == content(recognizer().push(SAMPLES))


@pytest.mark.parametrize("value", [-1, np.nan, np.inf, "1", True, 1e6])
def test_bad_tolerances(value: Any) -> None:
    with pytest.raises(InvalidInputError, match="tolerance_s"):
        recognizer(value)
