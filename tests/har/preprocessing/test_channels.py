"""Magnitudes of groups of channels."""

import numpy as np
from numpy.testing import assert_allclose

from har.preprocessing import Magnitude


def test_magnitudes(motion):
    result = Magnitude(groups=((0, 1, 2), (3, 8))).fit_transform(motion)
    assert_allclose(result[:, :, :9], motion)
    assert_allclose(result[:, :, 9], np.sqrt(np.einsum("ntc,ntc->nt", motion[:, :, :3], motion[:, :, :3])))
    assert_allclose(result[:, :, 10], np.hypot(motion[:, :, 3], motion[:, :, 8]))
