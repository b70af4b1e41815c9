"""More training windows: the same motion with the sensor worn a little differently."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import FloatArray, check_number, check_windows, random_generator
from har.preprocessing.channels import check_channels

Triads = Sequence[Sequence[int]]


def rotate_windows(
    X: npt.ArrayLike,
    degrees: float = 15.0,
    *,
    random_state: int | np.random.Generator | None = None,
    triads: Triads = ((0, 1, 2), (3, 4, 5)),
) -> FloatArray:
    """Rotate each window by a small random angle, since a sensor is worn a little differently on each body.

    Parameters
    ----------
    X : array-like of shape (n, n_timesteps, n_channels)
    degrees : float, default 15
        Standard deviation of the angle, which is normally distributed; the axis is uniform on the sphere.
    random_state : int, Generator or None
    triads : sequence of three channels each, default ((0, 1, 2), (3, 4, 5))
        x, y and z of each sensor; all triads of a window are rotated alike.

    Returns
    -------
    ndarray of shape (n, n_timesteps, n_channels)

    Raises
    ------
    InvalidInputError
        For NaN, or channels that X does not have.

    Examples
    --------
    >>> X = np.array([[[3.0, 4.0, 12.0]]])
    >>> turned = rotate_windows(X, 15, random_state=0, triads=((0, 1, 2),))
    >>> print(np.linalg.norm(turned).round(9), np.allclose(turned, X))
    13.0 False
    """
    from scipy.spatial.transform import Rotation

    windows = check_windows(X)
    spread = check_number(degrees, "degrees", at_least=0)
    groups = _check_triads(triads, windows.shape[2], "triads")
    rng = random_generator(random_state)

    axes = rng.normal(size=(len(windows), 3))
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    angles = rng.normal(scale=spread, size=(len(windows), 1))
    rotations = Rotation.from_rotvec(axes * angles, degrees=True).as_matrix()

    turned = windows.copy()
    for group in groups:
        # (n, t, 3) @ (n, 3, 3) multiplies row vectors: hence the transposed matrices.
        turned[:, :, group] = windows[:, :, group] @ rotations.transpose(0, 2, 1)
    return turned


def mirror_windows(X: npt.ArrayLike, *, polar: Triads = ((0, 1, 2),), axial: Triads = ((3, 4, 5),)) -> FloatArray:
    """Reflect windows at the plane x = 0: a watch on the left arm becomes one on the right.

    Accelerations and gravity are polar vectors: (x, y, z) becomes (−x, y, z). An angular rate is axial (a
    pseudovector): (x, y, z) becomes (x, −y, −z).

    Parameters
    ----------
    X : array-like of shape (n, n_timesteps, n_channels)
    polar : sequence of three channels each, default ((0, 1, 2),)
    axial : sequence of three channels each, default ((3, 4, 5),)
        ``()`` where there is no gyroscope.

    Returns
    -------
    ndarray of shape (n, n_timesteps, n_channels)

    Raises
    ------
    InvalidInputError
        For NaN, or channels that X does not have.

    Examples
    --------
    >>> mirror_windows([[[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]]]).tolist()
    [[[-1.0, 2.0, 3.0, 4.0, -5.0, -6.0]]]
    """
    windows = check_windows(X)
    signs = np.ones(windows.shape[2], dtype=windows.dtype)
    for triad in _check_triads(polar, len(signs), "polar"):
        signs[triad] = -1, 1, 1
    for triad in _check_triads(axial, len(signs), "axial"):
        signs[triad] = 1, -1, -1
    return windows * signs


def _check_triads(value: Any, n_channels: int, name: str) -> list[list[int]]:
    if not isinstance(value, Sequence):
        raise InvalidInputError(f"{name} is {value!r}; list the channels of each sensor, such as ((0, 1, 2),)")
    return [check_channels(triad, n_channels, f"{name}[{i}]", count=3) for i, triad in enumerate(value)]
