"""What holds for every transformer: scikit-learn's checks, ours for 3-D windows, shapes, wrong parameters."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from common.errors import InvalidInputError
from har.preprocessing import (
    GravityFrame,
    LogJerk,
    LowPass,
    Magnitude,
    NormalizeWindows,
    Resample,
    ScaleChannels,
    SeparateGravity,
)
from tests.har.estimator_checks import parametrize_with_window_checks

TRANSFORMERS = [
    GravityFrame(),
    GravityFrame(gravity=(), rotation=(), keep_gravity=False),
    LogJerk(),
    LowPass(),
    Magnitude(),
    Magnitude(keep=False),
    NormalizeWindows(),
    NormalizeWindows(with_std=False),
    Resample(),
    Resample(rate_hz=20, target_hz=50),
    ScaleChannels(),
    ScaleChannels(with_mean=True),
    ScaleChannels(groups=((0,),)),
    SeparateGravity(),
    SeparateGravity(method="mean"),
]


@parametrize_with_checks(TRANSFORMERS)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@parametrize_with_window_checks(TRANSFORMERS)
def test_checks_of_windows(estimator, check):
    check(estimator)


@pytest.mark.parametrize("transformer", TRANSFORMERS, ids=str)
@pytest.mark.parametrize("n_timesteps", [1, 2, 3, 7])
@pytest.mark.parametrize("n_channels", [1, 2, 3, 6, 9])
def test_short_windows_of_any_width(transformer, n_timesteps, n_channels):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = transformer.fit_transform(np.full((2, n_timesteps, n_channels), 0.1))
    assert np.isfinite(result).all()


def test_two_dimensions_stay_two_while_there_is_one_channel():
    X = np.ones((4, 8))
    assert Resample().fit_transform(X).shape == (4, 4)
    assert Resample().fit_transform(X[:, :, None]).shape == (4, 4, 1)
    assert Magnitude(keep=False).fit_transform(X).shape == (4, 8)
    assert Magnitude().fit_transform(X).shape == (4, 8, 2)
    assert SeparateGravity().fit_transform(X).shape == (4, 8, 2)


def test_a_chain(motion):
    chain = make_pipeline(GravityFrame(), Resample(rate_hz=50, target_hz=10), ScaleChannels())
    result = chain.fit_transform(motion)
    assert result.shape == (5, 6, 7)
    assert_allclose(result.reshape(-1, 7).std(axis=0), 1)


@pytest.mark.parametrize(
    "transformer",
    [
        Resample(rate_hz=0),
        Resample(rate_hz=-50),
        Resample(target_hz=np.nan),
        Resample(target_hz="25"),
        Resample(rate_hz=1, target_hz=1e9),
        Resample(rate_hz=1e300, target_hz=1e-300),
        LowPass(cutoff_hz=25),
        LowPass(cutoff_hz=0),
        LowPass(cutoff_hz=1e-9),
        LowPass(order=0),
        LowPass(order=100),
        LowPass(order=2.5),
        LowPass(rate_hz=10**400),
        SeparateGravity(cutoff_hz=30),
        SeparateGravity(method="median"),
        SeparateGravity(channels=(0, 3)),
        SeparateGravity(channels=()),
        SeparateGravity(channels=0),
        SeparateGravity(channels=(1, 1)),
        SeparateGravity(channels=(-1,)),
        SeparateGravity(channels="012"),
        GravityFrame(acceleration=()),
        GravityFrame(gravity=(0, 1)),
        GravityFrame(rotation=(7, 8, 9)),
        Magnitude(groups=()),
        Magnitude(groups=(0, 1)),
        Magnitude(groups=((0, 7),)),
        Magnitude(groups=5),
    ],
    ids=str,
)
def test_wrong_parameters(transformer):
    with pytest.raises(
        InvalidInputError,
        match=r"^(rate_hz|target_hz|cutoff_hz|order|channels|method|acceleration|gravity|rotation|groups)",
    ):
        transformer.fit(np.zeros((2, 10, 3)))
    assert not hasattr(transformer, "n_features_in_")


@pytest.mark.parametrize("transformer", [ScaleChannels(), Magnitude(), GravityFrame()], ids=str)
def test_overflow_is_an_error(transformer):
    X = np.random.default_rng(0).normal(size=(3, 10, 9)) * 1e300
    with pytest.raises(InvalidInputError, match="X holds numbers too large"):
        transformer.fit(X)
    assert not hasattr(transformer, "n_features_in_")
