"""Each step does in integers what the transformer does in floating point, and never overflows."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from har.embedded.steps import Magnitudes
from har.embedded.translation import Meaning, decimation, translate
from har.preprocessing import GravityFrame, LogJerk, Magnitude, Resample, SeparateGravity
from tests.har.embedded.models import counts, motion, windows_of_every_kind
from tests.oracles import integers as oracles

PER_G = 4096.0
TRANSFORMERS = {
    "halved rate": Resample(rate_hz=20, target_hz=10),
    "third of the rate": Resample(rate_hz=30, target_hz=10),
    "magnitudes": Magnitude(),
    "magnitudes of two": Magnitude(groups=((0, 4), (2,)), keep=False),
    "given gravity": GravityFrame(),
    "mean gravity": GravityFrame(gravity=(), rotation=(3, 4, 5)),
    "one axis": GravityFrame(acceleration=(0,), gravity=(1,), rotation=()),
    "log jerk": LogJerk(rate_hz=20),
    "log jerk of one axis, not averaged": LogJerk(rate_hz=20, channels=(4,), average_s=0.05),
    "separated": SeparateGravity(method="mean", channels=(5, 0)),
}


def translated(name, n_timesteps=24):
    X, _ = motion(30)
    transformer = TRANSFORMERS[name].fit(X)
    rate_hz = getattr(transformer, "rate_hz", 20.0)
    return transformer, *translate(transformer, Meaning(n_timesteps, rate_hz, np.full(6, 1 / PER_G), np.zeros(6)))


@pytest.mark.parametrize("name", TRANSFORMERS)
def test_a_step_does_what_the_transformer_does(name):
    X, _ = motion(30)
    transformer, steps, meaning = translated(name)
    expected = transformer.fit_transform(counts(X) / PER_G)
    found = counts(X)
    for step in steps:
        found = step.apply(found)
    assert found.shape == expected.shape
    assert meaning.n_timesteps == expected.shape[1]
    # Of two roundings, in half counts; directions err by 2**-13 of the length, here 3 g at most.
    assert np.abs(found * meaning.scale + meaning.offset - expected).max() <= 4 / PER_G + 3 * 2**-13


@pytest.mark.parametrize("name", TRANSFORMERS)
def test_a_step_equals_the_oracle_and_never_overflows(name):
    windows = windows_of_every_kind(60, 24, 6)
    _, steps, _ = translated(name)
    for step in steps:
        expected = [oracles.apply(step, window) for window in windows.tolist()]
        windows = step.apply(windows)
        assert windows.dtype == np.int16
        assert windows.tolist() == expected


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 9), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_decimation_of_any_factor_and_length(factor, n, seed):
    if n > 1 and 10 * factor > 100 * (n - 1):
        return
    step = decimation(factor, n, [1, 0])
    windows = windows_of_every_kind(6, n, 2, seed)
    assert step.apply(windows).tolist() == [oracles.apply(step, window) for window in windows.tolist()]


@pytest.mark.parametrize("factor", range(2, 17))
def test_taps_sum_to_one_and_their_sums_fit(factor):
    taps = decimation(factor, 100, [0]).taps.astype(int)
    assert taps.sum() == 1 << 15
    assert np.abs(taps).sum() * 32_768 + (1 << 14) < 1 << 31


def test_a_line_stays_a_line_to_its_ends():
    n = 41
    ramp = (np.arange(n) * 300 - 5_000).astype(np.int16)[None, :, None]
    found = decimation(4, n, [0]).apply(ramp)[0, :, 0]
    assert np.abs(found - ramp[0, ::4, 0]).max() <= 2


def test_full_scale_in_three_channels_fits_in_half_counts():
    window = np.full((1, 2, 3), -32768, dtype=np.int16)
    step = Magnitudes((np.arange(3, dtype=np.uint8),), keep=False)
    assert step.apply(window).tolist() == [[[28378], [28378]]]


def test_without_gravity_nothing_is_vertical():
    X = np.array([[[3.0, 4.0, 0.0, 0.0, 0.0, 0.0]] * 24])
    _, steps, _ = translated("given gravity")
    found = steps[0].apply(counts(X, 100))
    assert found[0, 0].tolist() == [0, 250, 0, 0, 0][: found.shape[2]]
