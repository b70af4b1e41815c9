"""Scaling by training windows, by each window and by each subject, against scikit-learn and SciPy."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import zscore
from sklearn.preprocessing import StandardScaler

from common.errors import InvalidInputError
from har.preprocessing import NormalizeWindows, ScaleChannels, normalize_per_subject, rotate_windows


def test_one_scale_per_channel(motion):
    expected = StandardScaler().fit_transform(motion.reshape(-1, 9)).reshape(motion.shape)
    assert_allclose(ScaleChannels(with_mean=True).fit_transform(motion), expected, atol=1e-12)


def test_constant_channels_keep_their_scale():
    scale = ScaleChannels().fit(np.full((7, 11, 1), 0.1))
    assert scale.scale_.tolist() == [1.0]


def test_normalised_windows_equal_scipy_zscore(motion):
    assert_allclose(NormalizeWindows().fit_transform(motion), zscore(motion, axis=1), atol=1e-12)


@pytest.mark.parametrize("unit", [1e-200, 1e300])
def test_normalised_windows_have_no_unit(motion, unit):
    assert_allclose(NormalizeWindows().fit_transform(motion * unit), zscore(motion, axis=1), atol=1e-12)
    centred = motion - motion.mean(axis=1, keepdims=True)
    assert_allclose(NormalizeWindows(with_std=False).fit_transform(motion * unit) / unit, centred, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("value", [0.1, 1e6 / 3, 1e-30])
def test_constant_windows_become_zero(value, dtype):
    X = np.full((2, 127, 1), value, dtype=dtype)
    for with_std in (True, False):
        assert (NormalizeWindows(with_std=with_std).fit_transform(X) == 0).all()


def test_per_subject(motion):
    groups = ["a", "b", "a", "b", "b"]
    shifted = motion * 3 + np.array([0, 50, 0, 50, 50])[:, None, None]
    assert_allclose(normalize_per_subject(shifted, groups), normalize_per_subject(motion, groups), atol=1e-10)
    assert_allclose(normalize_per_subject(motion, groups)[[0, 2]].std(axis=(0, 1)), 1)
    with pytest.raises(InvalidInputError, match="groups has 2 entries but X has 5"):
        normalize_per_subject(motion, groups[:2])


def test_the_axes_of_a_sensor_share_a_scale(motion):
    own = ScaleChannels().fit(motion).scale_
    shared = ScaleChannels(groups=((0, 1, 2), (3, 4))).fit(motion).scale_
    assert_allclose(shared[:3], np.sqrt(np.mean(own[:3] ** 2)))
    assert_allclose(shared[3:5], np.sqrt(np.mean(own[3:5] ** 2)))
    assert_allclose(shared[5:], own[5:])
    # To turn and to scale is then to scale and to turn.
    turned = rotate_windows(motion, 40, random_state=0, triads=((0, 1, 2),))
    scale = ScaleChannels(groups=((0, 1, 2),)).fit(motion)
    expected = rotate_windows(scale.transform(motion), 40, random_state=0, triads=((0, 1, 2),))
    assert_allclose(scale.transform(turned), expected, atol=1e-9)


@pytest.mark.parametrize(("groups", "message"), [(None, "groups is None"), (((0, 9),), r"groups\[0\]\[1\] is 9")])
def test_wrong_groups(motion, groups, message):
    with pytest.raises(InvalidInputError, match=message):
        ScaleChannels(groups=groups).fit(motion)
