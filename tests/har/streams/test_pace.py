"""Stamps that do not fit the rate: an impact never vanishes from a window that counts as available."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from common.errors import FrugalWarning
from tests.har.streams import CUTS, content, in_pieces, spied

RATE = 50


def available_peaks(samples: Any, times: Any, **options: Any) -> tuple[list[Any], list[float]]:
    """Recognitions, and the largest value of each available window of 1 s."""
    stream, seen = spied(RATE, 50, 50, n_channels=1, **options)
    found = stream.push(samples, times)
    return found, [float(window.max()) for window in seen]


BUNCHES = {
    "ten, 2 ms apart": lambda n: n // 10 * 0.2 + n % 10 * 0.002,
    "three, 1 ms apart": lambda n: n // 3 * 0.06 + n % 3 * 0.001,
    "five, 4 ms apart": lambda n: n // 5 * 0.1 + n % 5 * 0.004,
    "of changing size": lambda n: np.searchsorted(np.cumsum(np.tile([4, 8, 6], 60)), n, "right") * 0.12 + n * 1e-5,
    "ten, one microsecond apart": lambda n: n // 10 * 0.2 + n % 10 * 1e-6,
}


@pytest.mark.parametrize("name", BUNCHES)
def test_bunches_are_not_available(name: str) -> None:
    n = np.arange(600)
    with pytest.warns(FrugalWarning, match="tolerance_s longer than a bunch") as warned:
        found, _ = available_peaks(np.ones(600), BUNCHES[name](n))
    assert len(found) >= 10
    assert not any(r.available for r in found)
    assert len(warned) == 1


@pytest.mark.parametrize(("rate", "size", "apart_s"), [(200, 40, 0.0005), (100, 10, 0.002), (400, 50, 0.001)])
def test_bunches_of_a_faster_device_are_not_available(rate: int, size: int, apart_s: float) -> None:
    n = np.arange(20 * rate)
    with pytest.warns(FrugalWarning, match="bunches"), pytest.warns(FrugalWarning, match="averaged"):
        found, _ = available_peaks(np.ones(len(n)), n // size * size / rate + n % size * apart_s)
    assert len(found) >= 18
    assert not any(r.available for r in found)


@pytest.mark.parametrize("deviation", [0.1, 0.2, 0.3])
def test_jitter_is_available_and_no_sample_is_lost(deviation: float) -> None:
    rng = np.random.default_rng(3)
    times = np.sort(np.arange(3000) + rng.normal(0, deviation, 3000)) / RATE
    for at in range(1000, 1100):
        samples = np.zeros(3000)
        samples[at] = 9
        found, peaks = available_peaks(samples, times)
        assert all(r.available for r in found)
        assert max(peaks) > 1.5


@pytest.mark.parametrize("at", range(240, 260))
def test_one_burst_after_a_stall_is_not_available(at: int) -> None:
    """Nothing arrives for 160 ms; then all of it at once, with an impact in it."""
    times = np.arange(600) / RATE
    times[246:254] = times[253] + np.arange(-7, 1) * 0.001
    samples = np.ones(600)
    samples[at] = 9
    with pytest.warns(FrugalWarning, match="bunches"):
        found, peaks = available_peaks(samples, times)
    assert sum(r.available for r in found) >= len(found) - 2
    covering = [r for r in found if r.time_s - 0.981 < times[at] < r.time_s + 0.001]
    assert max(peaks) == 9 or not any(r.available for r in covering)


@pytest.mark.parametrize("rate", [83.5, 100, 101.3, 128, 200, 400, 1000])
def test_a_faster_device_is_averaged_with_a_warning(rate: float) -> None:
    rng = np.random.default_rng(0)
    n = int(12 * rate)
    times = np.arange(n) / rate
    noise = rng.normal(size=n)
    stream, seen = spied(RATE, 50, 50, n_channels=1)
    with pytest.warns(FrugalWarning, match="samples a second, but rate_hz is 50: samples are averaged") as warned:
        found = stream.push(np.column_stack([noise]), times)
    assert len(warned) == 1
    assert all(r.available for r in found)
    assert len(found) >= 11
    # The noise of a mean of k samples is that of one, divided by the root of k.
    assert np.concatenate(seen[1:]).std() < 1.25 / np.sqrt(rate / RATE)


@pytest.mark.parametrize("place", range(0, 40, 3))
def test_an_impact_in_a_faster_device_is_seen(place: int) -> None:
    samples = np.zeros(2000)
    samples[1000 + place] = 8
    with pytest.warns(FrugalWarning):
        _, peaks = available_peaks(samples, np.arange(2000) / 200)
    assert max(peaks) >= 8 / 4 / 2  # a quarter of the slot, which may lie between two


@pytest.mark.parametrize("rate", [5, 8, 10, 20, 25, 33])
def test_a_slower_device_is_not_available(rate: float) -> None:
    times = np.arange(20 * rate) / rate
    with pytest.warns(FrugalWarning, match=rf"about {rate} samples a second, but rate_hz is 50: windows are not"):
        found, _ = available_peaks(np.ones(20 * rate), times)
    assert not any(r.available for r in found)


@pytest.mark.parametrize("rate", [40, 45, 49.5, 50.5, 55, 60, 75])
def test_a_rate_that_is_nearly_right_gives_no_warning(rate: float) -> None:
    times = np.arange(int(20 * rate)) / rate
    stream, seen = spied(RATE, 50, 50, n_channels=1)
    found = stream.push(np.sin(times), times)
    assert all(r.available for r in found)
    for r, window in zip(found, seen, strict=True):
        np.testing.assert_allclose(window[:, 0], np.sin(r.time_s - np.arange(49, -1, -1) / RATE), atol=1e-3)


@pytest.mark.parametrize(("first", "then"), [(50, 200), (200, 50), (50, 20), (20, 50), (50, 10), (100, 25)])
def test_a_rate_that_changes_midway(first: int, then: int) -> None:
    steps = np.r_[np.full(10 * first, 1 / first), np.full(10 * then, 1 / then)]
    with pytest.warns(FrugalWarning) as warned:
        found, _ = available_peaks(np.ones(len(steps)), np.cumsum(steps))
    messages = " ".join(str(w.message) for w in warned)
    for rate in (first, then):
        part = [r for r in found if (r.time_s < 9 if rate == first else r.time_s > 12.1)]
        assert [r.available for r in part] == [rate >= RATE] * len(part)
        assert "averaged" in messages or rate <= RATE
        assert "rate_hz is 50: windows are not available" in messages or rate >= RATE


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    cuts=CUTS,
    scale=st.sampled_from([0.05, 0.2, 0.5, 1.0, 2.0]),
    tolerance_s=st.sampled_from([0.0, 0.1, 0.5]),
)
@pytest.mark.filterwarnings("ignore::common.errors.FrugalWarning")
def test_pieces_of_any_size(seed: int, cuts: list[int], scale: float, tolerance_s: float) -> None:
    """Steps of all lengths, so that every repair starts and ends."""
    rng = np.random.default_rng(seed)
    steps = rng.exponential(scale, 500) * rng.choice([0.1, 1, 3], 500)
    times = np.cumsum(np.maximum(steps, 1e-4)) / RATE
    samples = rng.normal(size=(500, 2))
    stream, seen = spied(RATE, 20, 7, tolerance_s=tolerance_s)
    at_once = stream.push(samples, times)
    windows = list(seen)
    stream.reset()
    assert content(in_pieces(stream, samples, cuts, times)) == content(at_once)
    assert np.array_equal(seen[len(windows) :], windows)
