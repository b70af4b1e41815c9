"""Envelopes, outlines and bounds against their definitions; and what abandons by them."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import har
from har.dtw.lane_kernel import bounded_lane_dtw
from har.dtw.lanes import LEAST_LOOPED, make_shape
from har.dtw.search.bounds import BLOCK, interval_bounds, outline_bounds, write_remaining
from har.dtw.search.envelopes import padded_length, write_envelope
from har.dtw.search.outlines import envelope_outlines_of, outlines_of, pack_outlines
from har.dtw.search.transposing import gather
from tests.oracles import dtw as oracles


def padded(windows):
    """Flat windows in float32, with the zeros that the compiled functions expect."""
    flat = np.zeros((len(windows), padded_length(windows[0].size)), np.float32)
    flat[:, : windows[0].size] = windows.reshape(len(windows), -1)
    return flat


def envelope(window, radius):
    """By definition: the range of each channel within the radius; the first and the last sample themselves."""
    below, above = np.empty_like(window), np.empty_like(window)
    for i in range(len(window)):
        here = window[max(0, i - radius) : i + radius + 1] if 0 < i < len(window) - 1 else window[i : i + 1]
        below[i], above[i] = here.min(axis=0), here.max(axis=0)
    return below, above


@pytest.mark.parametrize(("length", "channels"), [(1, 1), (2, 3), (7, 1), (31, 2), (32, 1), (50, 5)])
@pytest.mark.parametrize("radius", [0, 1, 2, 3, 8, 49])
def test_envelopes(length, channels, radius):
    window = np.random.default_rng(length).normal(size=(length, channels)).astype(np.float32)
    flat = padded(window[None])[0]
    below, above = np.full_like(flat, np.nan), np.full_like(flat, np.nan)
    write_envelope(flat, window.size, channels, min(radius, length - 1), below, above)
    for found, expected in zip((below, above), envelope(window, radius), strict=True):
        np.testing.assert_array_equal(found[: window.size], expected.ravel())
        assert not found[window.size :].any()


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    length=st.integers(1, 40),
    channels=st.sampled_from([1, 3]),
    radius=st.integers(0, 39),
)
def test_bounds_of_outlines_are_never_above_the_distance(seed, length, channels, radius):
    radius = min(radius, length - 1)
    rng = np.random.default_rng(seed)
    windows = rng.normal(size=(20, length, channels)).cumsum(axis=1).astype(np.float32)
    query, windows = windows[0], windows[1:]
    distances = har.pairwise_dtw(query[None], windows, band=radius)[0]

    flat = padded(windows)
    outlines, sides = outlines_of(flat, length, channels), envelope_outlines_of(flat, length, channels, radius)
    packed = pack_outlines(outlines, *sides, np.zeros(len(windows)))
    own = outlines_of(padded(query[None]), length, channels)[0]
    low, high = (side[0] for side in envelope_outlines_of(padded(query[None]), length, channels, radius))
    bounds, of_blocks = np.empty(2 * BLOCK, np.float32), np.empty(BLOCK, np.float32)
    for b in range(2):
        outline_bounds(packed.windows, packed.below, packed.above, b, own, low, high, bounds)
    interval_bounds(packed.low, packed.high, 1, low, high, of_blocks)
    slack = 1e-4 * (1 + np.abs(windows).max())  # rounding
    assert (np.sqrt(bounds[: len(windows)]) <= distances + slack).all()
    assert (np.sqrt(np.repeat(of_blocks[:2], BLOCK)) <= np.sqrt(bounds) + slack).all()


@pytest.mark.parametrize("channels", [1, 3, 14])
@pytest.mark.parametrize("radius", [0, 3, 19])
def test_what_remains_is_lb_keogh_and_abandons_only_what_exceeds_the_cutoff(channels, radius):
    rng = np.random.default_rng(radius)
    shape, width, length = make_shape(min(channels, LEAST_LOOPED), 16), 16, 20
    windows = rng.normal(size=(width, length, channels)).cumsum(axis=1).astype(np.float32)
    for query in (windows[0] + 0.1, rng.normal(size=(length, channels)).cumsum(axis=0)):
        flat = padded(query[None].astype(np.float32))[0]
        below, above = np.empty_like(flat), np.empty_like(flat)
        write_envelope(flat, query.size, channels, radius, below, above)
        block = np.ascontiguousarray(windows.reshape(width, -1).T).ravel()
        remaining, lanes = np.empty(length * width, np.float32), np.empty(width, np.float32)
        write_remaining(block, flat, below, above, channels, shape, remaining, lanes)
        low, high = envelope(query, radius)
        rows = (np.maximum(windows - high, 0) + np.maximum(low - windows, 0)) ** 2
        after = rows.sum(axis=2)[:, ::-1].cumsum(axis=1)[:, ::-1]
        np.testing.assert_allclose(remaining.reshape(length, width)[:-1], after[:, 1:].T, rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(lanes, ((windows - query) ** 2).sum(axis=(1, 2)), rtol=1e-4)

        exact = np.array([oracles.dtw(query, window, radius) ** 2 for window in windows])
        buffer = np.empty((2 * radius + 3) * width, np.float32)
        for cutoff in [*np.sort(exact)[[0, 3, 15]] * 1.001, exact.min() * 0.9]:
            limit, out = np.full(1, cutoff, np.float32), np.full(width, np.inf, np.float32)
            done = bounded_lane_dtw(
                flat[: query.size], block, channels, shape, radius, limit, remaining * np.float32(0.9999), buffer, out
            )
            within = exact <= cutoff
            assert done or not within.any()
            if done:
                np.testing.assert_allclose(out[within], exact[within], rtol=1e-4)
                assert (out[~within] > cutoff * 0.9999).all()


@pytest.mark.parametrize("width", [16, 32])
def test_windows_are_gathered_into_lanes(width):
    windows = np.random.default_rng(0).normal(size=(40, 64)).astype(np.float32)
    for n in (1, 5, width):
        batch = np.random.default_rng(n).permutation(40)[:n]
        block = gather(batch, windows.ravel(), 64, make_shape(1, width)).reshape(64, width)
        np.testing.assert_array_equal(block, windows[batch[np.minimum(np.arange(width), n - 1)]].T)
