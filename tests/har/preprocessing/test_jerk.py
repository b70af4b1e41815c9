"""The logarithm of the jerk, against its definition."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from common.errors import InvalidInputError
from har.preprocessing import LogJerk, rotate_windows


def by_definition(window, rate_hz, reach, floor):
    steps = np.linalg.norm(np.diff(window[:, :3], axis=0), axis=1) * rate_hz
    jerk = np.concatenate([steps[:1], steps])
    means = [jerk[max(0, t - reach) : t + reach + 1].mean() for t in range(len(window))]
    return np.log(floor + np.array(means))


def test_it_is_the_mean_jerk(motion):
    found = LogJerk(rate_hz=20, average_s=0.5, floor=0.3).fit_transform(motion)
    assert_allclose(found[:, :, :-1], motion)
    assert_allclose(found[2, :, -1], by_definition(motion[2], 20, 5, 0.3), atol=1e-9)


def test_it_does_not_depend_on_the_orientation(motion):
    turned = rotate_windows(motion, 60, random_state=0)
    assert_allclose(LogJerk().fit_transform(turned)[:, :, -1], LogJerk().fit_transform(motion)[:, :, -1])


@pytest.mark.parametrize("n_timesteps", [1, 2])
def test_short_windows(n_timesteps):
    found = LogJerk(floor=1.0).fit_transform(np.ones((2, n_timesteps, 3)))
    assert_allclose(found[:, :, -1], 0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rate_hz": 0}, "rate_hz is 0"),
        ({"average_s": -1}, "average_s is -1"),
        ({"floor": 0}, "floor is 0"),
        ({"channels": ()}, "channels is empty"),
        ({"channels": (9,)}, r"channels\[0\] is 9"),
    ],
)
def test_wrong_parameters(motion, options, message):
    with pytest.raises(InvalidInputError, match=message):
        LogJerk(**options).fit(motion)
