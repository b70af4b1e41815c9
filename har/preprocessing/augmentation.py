"""The same motion with the sensor worn a little differently, or done a little differently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import FloatArray, check_integer, check_number, check_windows, random_generator
from har.preprocessing.channels import check_channels
from har.preprocessing.warping import shift_time, warp_magnitude, warp_time

Triads = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Augmentation:
    """How windows are changed at random while a classifier learns, so that it depends less on who moved, and how.

    :class:`har.DTWPrototypeClassifier` takes it as a parameter and changes every window anew in each epoch. Whatever
    else learns can be given copies: ``augmentation(X, rng)``.

    Parameters
    ----------
    triads : sequence of three channels each, default ()
        x, y and z of each sensor, which are turned alike; none are turned if it is empty. Turns are exact only if the
        three have one scale: see ``groups`` of :class:`har.preprocessing.ScaleChannels`.
    turn_degrees : float, default 20
        Standard deviation of the angle; see :func:`har.preprocessing.rotate_windows`.
    time_warp : float, default 0.3
        Standard deviation of the logarithm of the speed at each knot; see :func:`har.preprocessing.warping.warp_time`.
    magnitude_warp : float, default 0.15
        Standard deviation of the factor at each knot; see :func:`har.preprocessing.warping.warp_magnitude`.
    shift : float in [0, 1), default 0.1
        The largest shift, as a share of the window.
    n_knots : int, default 4
        Of both warps, evenly spaced.

    Raises
    ------
    InvalidInputError
        If a number is out of range; and when called, for channels that the windows do not have.

    Examples
    --------
    >>> augmentation = Augmentation(triads=((0, 1, 2),))
    >>> X = np.random.default_rng(0).normal(size=(5, 32, 3))
    >>> augmentation(X, np.random.default_rng(1)).shape
    (5, 32, 3)

    Turns alone, which keep lengths:

    >>> turns = Augmentation(triads=((0, 1, 2),), time_warp=0, magnitude_warp=0, shift=0)
    >>> turned = turns(X, np.random.default_rng(1))
    >>> np.allclose(np.linalg.norm(turned, axis=2), np.linalg.norm(X, axis=2))
    True
    """

    triads: Triads = ()
    turn_degrees: float = 20.0
    time_warp: float = 0.3
    magnitude_warp: float = 0.15
    shift: float = 0.1
    n_knots: int = 4

    def __post_init__(self) -> None:
        for name in ("turn_degrees", "time_warp", "magnitude_warp"):
            check_number(getattr(self, name), name, at_least=0.0)
        check_number(self.shift, "shift", at_least=0.0, below=1.0)
        check_integer(self.n_knots, "n_knots", at_least=2)
        if not isinstance(self.triads, Sequence):
            raise InvalidInputError(f"triads is {self.triads!r}; list the channels of each sensor, or ()")

    def __call__(self, X: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Windows ``(n, n_timesteps, n_channels)``, each changed at random; ``rng`` is the only randomness."""
        if self.triads and self.turn_degrees:
            X = rotate_windows(X, self.turn_degrees, random_state=rng, triads=self.triads)
        if self.time_warp:
            X = warp_time(X, self.time_warp, self.n_knots, rng)
        if self.magnitude_warp:
            X = warp_magnitude(X, self.magnitude_warp, self.n_knots, rng)
        largest = int(self.shift * X.shape[1])
        return shift_time(X, largest, rng) if largest else X


def check_augmentation(value: object) -> None:
    """Refuse anything but an :class:`Augmentation` or None."""
    if value is not None and not isinstance(value, Augmentation):
        raise InvalidInputError(f"augmentation is {value!r:.200}; use har.preprocessing.Augmentation(...), or None")


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
