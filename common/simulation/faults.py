"""Faults of sensors in use, applied to correct signals: lost samples, drifting clocks, frozen and dark cameras."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import FloatArray, check_integer, check_number


def drop_bursts(
    signal: FloatArray, *, share: float, burst_s: tuple[float, float], rate_hz: float, rng: np.random.Generator
) -> FloatArray:
    """A copy with ``share`` of the samples lost (NaN), in bursts of random lengths at random places.

    Parameters
    ----------
    signal : ndarray of shape (n, n_channels)
    share : float in [0, 1)
        Samples lost. The last burst is cut short so that their number is exact.
    burst_s : (float, float)
        The shortest and the longest burst in seconds. Between two of them at least one sample is left, so that no
        burst becomes longer than the longest.
    rate_hz : float
        Samples a second.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (n, n_channels)

    Raises
    ------
    InvalidInputError
        If an argument is out of its range, or bursts of these lengths leave no room for ``share``.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> faulty = drop_bursts(np.zeros((500, 3)), share=0.1, burst_s=(0.04, 0.2), rate_hz=50, rng=rng)
    >>> int(np.isnan(faulty[:, 0]).sum())
    50
    """
    n = len(signal)
    check_number(share, "share", at_least=0, below=1)
    rate = check_number(rate_hz, "rate_hz", above=0)
    low, high = (round(check_number(seconds, "burst_s", above=0) * rate) for seconds in burst_s)
    if not 1 <= low <= high:
        raise InvalidInputError(
            f"burst_s is {burst_s}: at {rate:g} Hz that is {low} to {high} samples; pass (shortest, longest)"
        )
    n_lost = round(share * n)
    lengths: list[int] = []
    while (left := n_lost - sum(lengths)) > 0:
        lengths.append(min(left, int(rng.integers(low, high + 1))))
    # Places for the bursts among the samples that are kept, no two the same, so that one lies between any two bursts.
    gaps = n - n_lost + 1
    if len(lengths) > gaps:
        raise InvalidInputError(
            f"share is {share}: {n} samples have no room for {len(lengths)} bursts apart; take less"
        )
    before = np.sort(rng.choice(gaps, size=len(lengths), replace=False))
    starts = before + np.concatenate([[0], np.cumsum(lengths)[:-1]]) if lengths else []
    faulty = np.array(signal, dtype=np.float64)
    for start, length in zip(starts, lengths, strict=True):
        faulty[int(start) : int(start) + length] = np.nan
    return faulty


def drift_clock(signal: FloatArray, *, parts_per_million: float) -> FloatArray:
    """The samples of a clock that runs fast (positive) or slow, as if it were right: as many, taken too early or late.

    Beyond the recording's end its last sample is repeated.

    Parameters
    ----------
    signal : ndarray of shape (n, n_channels)
    parts_per_million : float
        How much too fast the clock runs, above −1,000,000.

    Returns
    -------
    ndarray of shape (n, n_channels)

    Raises
    ------
    InvalidInputError
        If the clock would stand still or run backwards.

    Examples
    --------
    >>> drift_clock(np.arange(5.0)[:, None], parts_per_million=-500_000)[:, 0]
    array([0., 2., 4., 4., 4.])
    """
    speed = 1 + check_number(parts_per_million, "parts_per_million", above=-1e6) / 1e6
    samples = np.arange(len(signal))
    taken = np.minimum(samples / speed, len(signal) - 1)
    return np.stack([np.interp(taken, samples, column) for column in np.asarray(signal, dtype=np.float64).T], axis=1)


def freeze(images: npt.NDArray[np.uint8], *, start: int, stop: int) -> npt.NDArray[np.uint8]:
    """A copy in which the camera hangs: frames from ``start`` to before ``stop`` repeat the one at ``start``.

    Parameters
    ----------
    images : ndarray of shape (n, ...)
    start, stop : int
        First frame that is kept, and the one after the last that repeats it.

    Returns
    -------
    ndarray of shape (n, ...)

    Raises
    ------
    InvalidInputError
        If ``start`` and ``stop`` are not in this order and within the images.

    Examples
    --------
    >>> freeze(np.arange(5, dtype=np.uint8), start=1, stop=4)
    array([0, 1, 1, 1, 4], dtype=uint8)
    """
    first = check_integer(start, "start", at_least=0, at_most=len(images) - 1)
    last = check_integer(stop, "stop", at_least=first, at_most=len(images))
    faulty = images.copy()
    faulty[first:last] = images[first]
    return faulty


def darken(
    images: npt.NDArray[np.uint8], *, light: float, rng: np.random.Generator, noise: float = 2.0
) -> npt.NDArray[np.uint8]:
    """Images with a part of the light, in linear intensity, and the sensor's noise, which stays.

    Parameters
    ----------
    images : ndarray of uint8, of any shape
    light : float
        Part of the light that is left, 0 to below 1.
    rng : numpy.random.Generator
    noise : float
        Standard deviation in steps of 255.

    Returns
    -------
    ndarray of uint8, of the shape of ``images``

    Raises
    ------
    InvalidInputError
        If ``light`` does not lie from 0 to below 1, or ``noise`` is negative.

    Examples
    --------
    >>> image = np.full((2, 2, 3), 200, np.uint8)
    >>> int(darken(image, light=0.01, rng=np.random.default_rng(0), noise=0).max())
    25
    """
    part = check_number(light, "light", at_least=0, below=1)
    level = check_number(noise, "noise", at_least=0)
    dark = images * part ** (1 / 2.2) + rng.normal(0, level, images.shape)
    return np.asarray(np.clip(np.round(dark), 0, 255).astype(np.uint8))
