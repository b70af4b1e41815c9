"""Faults are as many and as long as asked for, and leave the rest alone."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from common.errors import InvalidInputError
from common.simulation.faults import darken, drift_clock, drop_bursts, freeze


def runs(lost: np.ndarray) -> np.ndarray:
    """Lengths of the runs of True."""
    edges = np.flatnonzero(np.diff(np.r_[False, lost, False].astype(int)))
    return edges[1::2] - edges[::2]


@given(
    seed=st.integers(0, 10_000),
    n=st.integers(50, 2_000),
    share=st.floats(0, 0.5),
    low=st.integers(3, 10),
    more=st.integers(0, 20),
)
@settings(deadline=None, max_examples=200)
def test_bursts(seed: int, n: int, share: float, low: int, more: int) -> None:
    signal = np.random.default_rng(0).normal(size=(n, 2))
    bursts = (low / 50, (low + more) / 50)
    faulty = drop_bursts(signal, share=share, burst_s=bursts, rate_hz=50, rng=np.random.default_rng(seed))
    lost = np.isnan(faulty)
    assert (lost[:, 0] == lost[:, 1]).all()
    assert lost[:, 0].sum() == round(share * n)
    lengths = runs(lost[:, 0])
    assert lengths.max(initial=0) <= low + more
    assert (lengths < low).sum() <= 1  # the last one drawn is as long as is left
    np.testing.assert_array_equal(faulty[~lost[:, 0]], signal[~lost[:, 0]])


def test_bursts_come_everywhere() -> None:
    rng = np.random.default_rng(0)
    draws = [drop_bursts(np.zeros((100, 1)), share=0.1, burst_s=(0.1, 0.1), rate_hz=50, rng=rng) for _ in range(500)]
    often = np.isnan(draws).mean(axis=0)[:, 0]
    assert often.min() > 0.01
    assert often.max() < 0.2


def test_nothing_is_lost_in_place() -> None:
    signal = np.zeros((100, 1))
    drop_bursts(signal, share=0.5, burst_s=(0.1, 0.1), rate_hz=50, rng=np.random.default_rng(0))
    assert not np.isnan(signal).any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"share": 1.0}, "share"),
        ({"share": -0.1}, "share"),
        ({"burst_s": (0.2, 0.1)}, "burst_s"),
        ({"burst_s": (0.001, 0.1)}, "burst_s"),
        ({"burst_s": (0.02, 0.02), "share": 0.9}, "no room"),
        ({"rate_hz": 0}, "rate_hz"),
    ],
)
def test_bad_bursts(options: dict[str, Any], message: str) -> None:
    arguments: dict[str, Any] = {"share": 0.1, "burst_s": (0.1, 0.2), "rate_hz": 50, "rng": np.random.default_rng(0)}
    with pytest.raises(InvalidInputError, match=message):
        drop_bursts(np.zeros((100, 1)), **arguments | options)


def test_a_clock_that_drifts() -> None:
    time_s = np.arange(5_000)[:, None] / 50
    drifted = drift_clock(time_s, parts_per_million=1_000)  # fast: 100 s of it are 99.9 s
    np.testing.assert_allclose(drifted[:, 0], time_s[:, 0] / 1.001, atol=1e-9)
    np.testing.assert_array_equal(drift_clock(time_s, parts_per_million=0), time_s)


def test_a_camera_that_hangs() -> None:
    images = np.random.default_rng(0).integers(0, 255, (6, 4, 4, 3), dtype=np.uint8)
    frozen = freeze(images, start=2, stop=5)
    assert (frozen[2:5] == images[2]).all()
    np.testing.assert_array_equal(frozen[[0, 1, 5]], images[[0, 1, 5]])
    with pytest.raises(InvalidInputError, match="stop"):
        freeze(images, start=2, stop=7)


def test_darkness() -> None:
    image = np.full((50, 50, 3), 200, np.uint8)
    dark = darken(image, light=0.0, rng=np.random.default_rng(0))
    assert dark.dtype == np.uint8
    assert dark.mean() < 2
    assert darken(image, light=0.5, rng=np.random.default_rng(0)).mean() == pytest.approx(200 * 0.5 ** (1 / 2.2), abs=1)
    with pytest.raises(InvalidInputError, match="light"):
        darken(image, light=1.0, rng=np.random.default_rng(0))
