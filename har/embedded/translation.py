"""The integer form of each preprocessing step, and what a count means after it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from common.errors import InvalidInputError
from common.validation import Float64Array, check_number
from har.embedded.arithmetic import LOG2_BITS
from har.embedded.jerk import CENTRE, CHANGE_BITS, LARGEST_CHANGE, JerkLogarithm, longest_average
from har.embedded.steps import MEAN_BITS, SLOPE_BITS, TAP_BITS, Decimation, Frame, Magnitudes, Step, SubtractMean
from har.preprocessing import GravityFrame, LogJerk, Magnitude, Resample, ScaleChannels, SeparateGravity
from har.preprocessing.channels import check_channels, leading_channels
from har.preprocessing.filters import resampling_filter
from har.preprocessing.jerk import samples_on_either_side

#: Windows are extended by at most so many times their own length: the product with the slope then fits ``int32_t``.
_LONGEST_EXTENSION = 100
#: Sums of so many squares of 16 bits fit ``uint32_t``.
_MOST_AXES = 3


@dataclass(frozen=True, eq=False)
class Meaning:
    """Value of the float pipeline = scale · count + offset, in each channel of windows of ``n_timesteps``.

    Attributes
    ----------
    n_timesteps : int
    rate_hz : float
        Samples per second.
    scale, offset : ndarray of shape (n_channels,)
    """

    n_timesteps: int
    rate_hz: float
    scale: Float64Array
    offset: Float64Array

    @property
    def n_channels(self) -> int:
        """Channels of a window."""
        return len(self.scale)

    def shared_scale(self, channels: list[int], step: str) -> float:
        """The scale of channels that a step adds up; they must have no offset and the same scale."""
        if self.offset[channels].any():
            raise InvalidInputError(
                f"{step} comes after a step that subtracts a mean, which has no integer form: use ScaleChannels() "
                "without with_mean, or put it last"
            )
        return self.shared_scale_of_changes(channels, step)

    def shared_scale_of_changes(self, channels: list[int], step: str) -> float:
        """The same for a step that adds up differences of samples, in which an offset cancels."""
        scales = self.scale[channels]
        if not np.allclose(scales, scales[0], rtol=1e-9):
            raise InvalidInputError(
                f"{step} adds up channels {channels} whose counts mean different amounts ({scales.tolist()} of their "
                "unit): pass counts_per_unit with one number for them, and scale channels after this step"
            )
        return float(scales[0])


Translation = tuple[tuple[Step, ...], Meaning]


def translate(transformer: Any, before: Meaning) -> Translation:
    """The integer steps of a fitted transformer, and the meaning of counts after them.

    Raises
    ------
    InvalidInputError
        For a transformer without an integer form.
    """
    known = _TRANSLATIONS.get(type(transformer))
    if known is None:
        names = ", ".join(sorted(kind.__name__ for kind in _TRANSLATIONS))
        raise InvalidInputError(
            f"{type(transformer).__name__} has no integer form: use {names}, or none of them, before the classifier"
        )
    return known(transformer, before)


def decimation(factor: int, n_timesteps: int, channels: list[int]) -> Decimation:
    """The filter of :class:`har.preprocessing.Resample`, rounded so that its taps still sum to one."""
    taps = np.floor(resampling_filter(factor) * (1 << TAP_BITS) + 0.5).astype(np.int64)
    taps[len(taps) // 2] += (1 << TAP_BITS) - taps.sum()
    assert np.abs(taps).sum() < 1 << 16
    assert np.abs(taps).max() < 1 << 15
    reciprocal, shift = _reciprocal(n_timesteps - 1)
    return Decimation(factor, taps.astype(np.int16), np.array(channels, dtype=np.uint8), reciprocal, shift)


def _reciprocal(divisor: int) -> tuple[int, int]:
    """1 / divisor in units of 2**-(shift + 8), with as many bits as stay below 2**14; 0 for a divisor of 0."""
    if divisor == 0:
        return 0, 0
    shift = 13 - SLOPE_BITS + (divisor - 1).bit_length()
    return math.floor((1 << (shift + SLOPE_BITS)) / divisor + 0.5), shift


def _resample(step: Resample, before: Meaning) -> Translation:
    _check_step_rate(step.rate_hz, before, "Resample")
    ratio = Fraction(step.target_hz / step.rate_hz).limit_denominator(1000)
    if ratio == 1:
        return (), before
    if ratio.numerator != 1:
        raise InvalidInputError(
            f"Resample from {step.rate_hz:g} to {step.target_hz:g} Hz keeps {ratio.numerator} of {ratio.denominator} "
            "samples; in integers, one of n is kept: choose a target_hz that divides rate_hz"
        )
    factor = ratio.denominator
    if before.n_timesteps > 1 and 10 * factor > _LONGEST_EXTENSION * (before.n_timesteps - 1):
        raise InvalidInputError(
            f"Resample to {step.target_hz:g} Hz filters over {10 * factor} samples on both sides, too many for windows "
            f"of {before.n_timesteps}: use longer windows"
        )
    decimate = decimation(factor, before.n_timesteps, list(range(before.n_channels)))
    n_timesteps = -(-before.n_timesteps // factor)
    return (decimate,), replace(before, n_timesteps=n_timesteps, rate_hz=before.rate_hz / factor)


def _scale_channels(step: ScaleChannels, before: Meaning) -> Translation:
    return (), replace(before, scale=before.scale / step.scale_, offset=(before.offset - step.mean_) / step.scale_)


def _magnitude(step: Magnitude, before: Meaning) -> Translation:
    groups = step.groups
    if groups is None:
        groups = [range(first, min(first + 3, before.n_channels)) for first in range(0, before.n_channels, 3)]
    chosen = [check_channels(group, before.n_channels, f"groups[{i}]") for i, group in enumerate(groups)]
    for group in chosen:
        _check_axes(group, "Magnitude")
    scales = [2 * before.shared_scale(group, "Magnitude") for group in chosen]
    integer = Magnitudes(tuple(np.array(group, dtype=np.uint8) for group in chosen), step.keep)
    kept = before.n_channels if step.keep else 0
    scale = np.concatenate([before.scale[:kept], scales])
    offset = np.concatenate([before.offset[:kept], np.zeros(len(chosen))])
    return (integer,), replace(before, scale=scale, offset=offset)


def _separate_gravity(step: SeparateGravity, before: Meaning) -> Translation:
    if step.method != "mean":
        raise InvalidInputError(
            f"SeparateGravity(method={step.method!r}) has no integer form: use method='mean', or a sensor that gives "
            "gravity itself"
        )
    channels = leading_channels(before.n_channels)
    if step.channels is not None:
        channels = check_channels(step.channels, before.n_channels, "channels")
    return _subtract_mean(channels, before)


def _subtract_mean(channels: list[int], before: Meaning) -> Translation:
    others = [c for c in range(before.n_channels) if c not in channels]
    reciprocal = math.floor((1 << MEAN_BITS) / before.n_timesteps + 0.5)
    integer = SubtractMean(np.array(channels, dtype=np.uint8), np.array(others, dtype=np.uint8), reciprocal)
    order = [*channels, *channels, *others]
    offset = before.offset[order].copy()
    offset[: len(channels)] = 0
    return (integer,), replace(before, scale=before.scale[order], offset=offset)


def _gravity_frame(step: GravityFrame, before: Meaning) -> Translation:
    acceleration, gravity, rotation = step.channel_groups(before.n_channels)
    _check_axes(acceleration, "GravityFrame")
    steps: tuple[Step, ...] = ()
    if not gravity:
        steps, before, rotation = _with_mean_as_gravity(acceleration, rotation, before)
        n_axes = len(acceleration)
        acceleration, gravity = list(range(n_axes)), list(range(n_axes, 2 * n_axes))
    before.shared_scale(gravity, "GravityFrame")
    groups = [acceleration, rotation] if rotation else [acceleration]
    scales = np.repeat([2 * before.shared_scale(group, "GravityFrame") for group in groups], 2)
    kept = gravity if step.keep_gravity else []
    integer = Frame(
        np.array(gravity, dtype=np.uint8), tuple(np.array(group, dtype=np.uint8) for group in groups), step.keep_gravity
    )
    scale = np.concatenate([scales, before.scale[kept]])
    return (*steps, integer), replace(before, scale=scale, offset=np.zeros(len(scale)))


def _with_mean_as_gravity(
    acceleration: list[int], rotation: list[int], before: Meaning
) -> tuple[tuple[Step, ...], Meaning, list[int]]:
    """Deviations and means in front; the channels of rotation move behind them."""
    before.shared_scale(acceleration, "GravityFrame")
    steps, after = _subtract_mean(acceleration, before)
    if set(rotation) & set(acceleration):
        raise InvalidInputError("GravityFrame has channels that are both acceleration and rotation: name each once")
    others = [c for c in range(before.n_channels) if c not in acceleration]
    return steps, after, [2 * len(acceleration) + others.index(c) for c in rotation]


def _log_jerk(step: LogJerk, before: Meaning) -> Translation:
    _check_step_rate(step.rate_hz, before, "LogJerk")
    channels = leading_channels(before.n_channels)
    if step.channels is not None:
        channels = check_channels(step.channels, before.n_channels, "channels")
    _check_axes(channels, "LogJerk")
    if before.n_timesteps < 2:
        raise InvalidInputError("LogJerk gets windows of 1 sample, which change nowhere: use longer windows")
    average_s = check_number(step.average_s, "average_s", above=0)
    if average_s * before.rate_hz < 1 - 1e-9:
        raise InvalidInputError(
            f"average_s: LogJerk averages over {average_s:g} s, less than one sample at {before.rate_hz:g} Hz: use "
            f"average_s={1 / before.rate_hz:g}, which is the same in floating point, or more"
        )
    reach = samples_on_either_side(average_s, step.rate_hz, before.n_timesteps)
    # Of a change of one unit in each sample, per second.
    unit = before.shared_scale_of_changes(channels, "LogJerk") * step.rate_hz / (1 << CHANGE_BITS)
    floor = _jerk_floor(step.floor / unit, before.rate_hz)
    if 2 * reach + 1 > longest_average(floor):
        raise InvalidInputError(
            f"average_s: LogJerk averages {2 * reach + 1:,} samples at {before.rate_hz:g} Hz, and 32 bits hold the sum "
            f"of {longest_average(floor):,}: use a shorter average, or Resample before it"
        )
    integer = JerkLogarithm(np.array(channels, dtype=np.uint8), reach, floor)
    scale = np.append(before.scale, math.log(2) / (1 << LOG2_BITS))
    offset = np.append(before.offset, CENTRE * math.log(2) + math.log(unit))
    return (integer,), replace(before, scale=scale, offset=offset)


def _jerk_floor(units: float, rate_hz: float) -> int:
    counts = units / (1 << CHANGE_BITS)
    if counts < 1:
        raise InvalidInputError(
            f"floor: LogJerk adds {counts:.2g} counts a sample at {rate_hz:g} Hz, less than the rounding of the "
            "sensor: pass more counts per unit, Resample to a lower rate before it, or fit it with a larger floor"
        )
    if units > LARGEST_CHANGE:
        raise InvalidInputError(
            f"floor: LogJerk adds {counts:,.0f} counts a sample at {rate_hz:g} Hz, more than int16 can change: pass "
            "fewer counts per unit, or fit it with a smaller floor"
        )
    return math.floor(units + 0.5)


def _check_step_rate(rate_hz: float, before: Meaning, step: str) -> None:
    if not math.isclose(rate_hz, before.rate_hz, rel_tol=1e-6):
        raise InvalidInputError(
            f"rate_hz: {step} was fitted for {rate_hz:g} Hz, but gets {before.rate_hz:g} Hz: pass the rate that "
            "the pipeline was fitted on"
        )


def _check_axes(group: list[int], step: str) -> None:
    if len(group) > _MOST_AXES:
        raise InvalidInputError(
            f"{step} adds up {len(group)} squares of 16 bits, and 32 bits hold the sum of {_MOST_AXES}: name at most "
            f"{_MOST_AXES} channels a group"
        )


_TRANSLATIONS: dict[type, Callable[[Any, Meaning], Translation]] = {
    Resample: _resample,
    ScaleChannels: _scale_channels,
    Magnitude: _magnitude,
    SeparateGravity: _separate_gravity,
    GravityFrame: _gravity_frame,
    LogJerk: _log_jerk,
}
