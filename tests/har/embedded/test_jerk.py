"""The logarithm of the jerk in integers: within the error that is stated, for every change that counts can make."""

import math

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

import har
from har.embedded.fixed_point import from_pipeline
from har.embedded.jerk import LARGEST_CHANGE, JerkLogarithm, longest_average
from har.preprocessing import LogJerk, ScaleChannels
from tests.har.embedded.models import counts, motion, windows_of_every_kind
from tests.oracles import integers as oracles

PER_G = 4096.0


def stated_error(floor):
    return 1 / floor + 2**-12 + math.log(2) * 2**-10


def natural(outputs):
    """What the outputs say of change and floor, in units of 2**-4 counts."""
    return (outputs / 2048.0 + 12) * math.log(2)


@pytest.mark.parametrize("floor", [16, 17, 655, 30_000, LARGEST_CHANGE])
def test_every_change_of_one_channel(floor):
    changes = np.arange(65_536)
    windows = np.stack([np.full_like(changes, -32_768), changes - 32_768], axis=1)[:, :, None].astype(np.int16)
    found = JerkLogarithm(np.array([0], dtype=np.uint8), 0, floor).apply(windows)[:, :, 1]
    expected = [math.log(floor + 16 * change) for change in changes.tolist()]
    assert np.abs(natural(found) - np.array(expected)[:, None]).max() <= stated_error(floor)
    assert (np.diff(found, axis=0) >= 0).all()


def test_changes_of_every_size_in_three_channels():
    windows = windows_of_every_kind(6_000, 2, 3).astype(np.int64)
    norms = 16 * np.linalg.norm(windows[:, 1] - windows[:, 0], axis=1)
    found = JerkLogarithm(np.arange(3, dtype=np.uint8), 0, 16).apply(windows.astype(np.int16))[:, :, 3]
    assert np.abs(natural(found) - np.log(16 + norms)[:, None]).max() <= stated_error(16)


@pytest.mark.parametrize("average_s", [0.05, 0.5, 60.0])
@pytest.mark.parametrize("n_timesteps", [2, 3, 24])
def test_it_is_the_jerk_of_the_pipeline(n_timesteps, average_s):
    X, y = motion(60)
    X = X[:, :n_timesteps]
    step = LogJerk(rate_hz=20, channels=(3, 5, 4), average_s=average_s)
    model = make_pipeline(step, har.DTWPrototypeClassifier(1, method="medoid", bits=16)).fit(X, y)
    recognizer = from_pipeline(model, rate_hz=20, counts_per_unit=PER_G)
    (integer,) = recognizer.steps
    found = integer.apply(counts(X))
    unit = 20 / PER_G / 16
    expected = step.transform(counts(X) / PER_G)
    np.testing.assert_array_equal(found[:, :, :6], counts(X))
    error = np.abs(natural(found[:, :, 6]) + math.log(unit) - expected[:, :, 6]).max()
    assert error <= stated_error(integer.floor) + 1 / (2 * integer.floor - 1)


def test_a_mean_that_was_subtracted_before_cancels():
    X, y = motion(90)
    scale = ScaleChannels(with_mean=True, groups=((0, 1, 2),))
    model = make_pipeline(scale, LogJerk(rate_hz=20), har.DTWPrototypeClassifier(2, method="medoid")).fit(X, y)
    recognizer = from_pipeline(model, rate_hz=20, counts_per_unit=PER_G)
    assert np.mean(recognizer.decide(counts(X)).class_index == model.predict(X)) >= 0.98


def test_the_longest_average_of_full_scale_fits():
    floor = 1_000_000
    reach = (longest_average(floor) - 1) // 2
    step = JerkLogarithm(np.arange(3, dtype=np.uint8), reach, floor)
    n = 2 * reach + 1
    window = np.repeat(np.where(np.arange(n) % 2, 32_767, -32_768)[:, None], 3, axis=1).astype(np.int16)
    change = oracles.change(step, *window[:2].tolist())
    assert 0 < LARGEST_CHANGE - change < 100
    expected = oracles.log2_q11(oracles.u32(n * (change + floor))) - oracles.log2_q11(n) - 12 * 2048
    assert step.apply(window[None])[0, reach, 3] == expected
