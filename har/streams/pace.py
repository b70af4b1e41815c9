"""Compares the pace of samples with the rate: averages faster ones, and marks slower and bunched ones as missing.

Each slot is interpolated between the samples on both sides of it. Of three samples within one slot, the middle one
would be ignored, and an impact in it would vanish, so it is averaged with the third; if samples keep coming that fast,
all samples around each slot are averaged. If they come much closer together and then stop, their stamps are wrong, as
when a packet of samples is stamped on arrival: the slot after them is marked as missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from common.compiled import compiled
from common.validation import Float64Array

# Mean step, in slots, below which samples are averaged: while few steps are known, and later; and from which on they no
# longer are.
_FAST_AT_FIRST, _FAST, _FAST_NO_MORE = 0.5, 0.6, 0.8
_FEW_STEPS = 16
_FAST_MEMORY = 64  # samples
# A longer step misses a slot wherever it begins. Lost samples cause some such steps; most steps of a slow device are.
_SLOW_STEP, _SLOW_SHARE, _SLOW_MEMORY, _SLOW_AFTER = 1.4, 0.7, 16, 5
# After so many fast steps it is a fast device, not a long bunch.
_FAST_FOR_SURE = 100
# Three regular samples at twice the rate span one slot, up to rounding; above half a slot it is jitter, not a bunch.
_ONE_SLOT = 1 - 1e-3
_BUNCH = 0.5
# If the last step before a gap is below this share of the mean step, the samples were stamped in a bunch.
_STALL = 0.5

_MEANS = np.dtype(
    [
        ("n_samples", np.int64),
        ("last", np.float64),
        ("last_but_one", np.float64),
        ("mean_step", np.float64),
        ("share_of_slow_steps", np.float64),
        ("is_fast", np.bool_),
        ("n_fast", np.int64),  # in a row
        ("was_bunch", np.bool_),
        ("slot", np.float64),  # whose samples are being averaged
        ("n_waiting", np.int64),
        ("sum_of_positions", np.float64),
        # The mean step when each mismatch with the rate was first found; zero if it was not.
        ("bunched", np.float64),
        ("slow", np.float64),
        ("fast", np.float64),
    ]
)


@dataclass
class Pace:
    """The pace of a stream so far, in a fixed amount of memory.

    Attributes
    ----------
    longest_gap : float
        In slots; longer steps count as this.
    means : ndarray of shape (1,)
        One record of means, flags and the newest positions.
    waiting : ndarray of shape (2, n_channels)
        Sums and counts of the measurements in the slot whose samples are being averaged.
    last_sample : ndarray of shape (n_channels,)
    """

    longest_gap: float
    means: npt.NDArray[np.void]
    waiting: Float64Array
    last_sample: Float64Array

    @classmethod
    def unknown(cls, n_channels: int, longest_gap: float) -> Self:
        """Before the first sample."""
        return cls(longest_gap, np.zeros(1, _MEANS), np.zeros((2, n_channels)), np.full(n_channels, np.nan))

    def copy(self) -> Pace:
        """An independent copy."""
        return Pace(self.longest_gap, self.means.copy(), self.waiting.copy(), self.last_sample.copy())

    def steady(
        self, samples: Float64Array, positions: Float64Array
    ) -> tuple[Float64Array, Float64Array, npt.NDArray[np.bool_]]:
        """Samples at no more than the rate, their positions, and whether the gap before each must not be bridged."""
        n, n_channels = samples.shape
        # Each sample may release the average of those before it.
        out, places, unbridged = np.empty((2 * n, n_channels)), np.empty(2 * n), np.zeros(2 * n, dtype=np.bool_)
        n_out = _steady(
            samples, positions, self.longest_gap, self.means, self.waiting, self.last_sample, out, places, unbridged
        )
        return out[:n_out], places[:n_out], unbridged[:n_out]

    def findings(self) -> dict[str, float]:
        """The mismatches found so far ("bunched", "slow", "fast"), each with the mean step at that time, in slots."""
        steps = {name: float(self.means[0][name]) for name in ("bunched", "slow", "fast")}
        return {name: step for name, step in steps.items() if step > 0}


@compiled
def _steady(
    samples: Any,
    positions: Any,
    longest_gap: float,
    means: Any,
    waiting: Any,
    last_sample: Any,
    out: Any,
    places: Any,
    unbridged: Any,
) -> int:
    now = means[0]
    n_out = 0
    for i in range(len(samples)):
        position = positions[i]
        leaves_fast = False
        is_stalled = False
        is_dense = False
        is_bunch = False
        is_slow = False
        if now["n_samples"] > 0:
            step = position - now["last"]
            n_steps = now["n_samples"]
            now["mean_step"] += (min(step, longest_gap) - now["mean_step"]) / min(n_steps, _FAST_MEMORY)
            slow_step = 1.0 if step > _SLOW_STEP else 0.0
            now["share_of_slow_steps"] += (slow_step - now["share_of_slow_steps"]) / min(n_steps, _SLOW_MEMORY)
            is_slow = slow_step > 0 and n_steps >= _SLOW_AFTER and now["share_of_slow_steps"] > _SLOW_SHARE
            was_fast = now["is_fast"]
            limit = _FAST_NO_MORE if was_fast else (_FAST_AT_FIRST if n_steps < _FEW_STEPS else _FAST)
            is_fast = n_steps >= 2 and now["mean_step"] < limit
            leaves_fast = was_fast and not is_fast
            if is_fast and step > _SLOW_STEP and n_steps >= 2:
                is_stalled = now["last"] - now["last_but_one"] < _STALL * now["mean_step"]
            if not is_fast and n_steps >= 2:
                is_dense = position - now["last_but_one"] < _ONE_SLOT
                is_bunch = position - now["last_but_one"] < _BUNCH
            now["is_fast"] = is_fast
            now["n_fast"] = now["n_fast"] + 1 if is_fast else 0
            if now["n_fast"] == _FAST_FOR_SURE and now["fast"] == 0:
                now["fast"] = now["mean_step"]
        is_fast = now["is_fast"]
        slot = np.floor(position + 0.5)
        if now["n_waiting"] > 0 and (not is_fast or is_stalled or slot != now["slot"]):
            places[n_out] = now["sum_of_positions"] / now["n_waiting"]
            for c in range(samples.shape[1]):
                out[n_out, c] = waiting[0, c] / waiting[1, c] if waiting[1, c] > 0 else np.nan
            n_out += 1
            waiting[:] = 0
            now["n_waiting"] = 0
            now["sum_of_positions"] = 0.0
        if is_fast and not is_stalled:
            now["slot"] = slot
            now["n_waiting"] += 1
            now["sum_of_positions"] += position
            for c in range(samples.shape[1]):
                if not np.isnan(samples[i, c]):
                    waiting[0, c] += samples[i, c]
                    waiting[1, c] += 1
        else:
            # The sample after a bunch counts as lost too: only a missing slot makes the window unavailable.
            is_lost = is_bunch or leaves_fast or is_stalled or now["was_bunch"]
            places[n_out] = (position + now["last"]) / 2 if is_dense else position
            for c in range(samples.shape[1]):
                value = samples[i, c]
                if is_lost:
                    value = np.nan
                elif is_dense and not np.isnan(value) and not np.isnan(last_sample[c]):
                    value = (value + last_sample[c]) / 2
                out[n_out, c] = value
            unbridged[n_out] = is_lost or is_slow
            n_out += 1
            if is_lost and now["bunched"] == 0:
                now["bunched"] = now["mean_step"]
            if is_slow and now["slow"] == 0:
                now["slow"] = now["mean_step"]
        now["was_bunch"] = is_bunch
        last_sample[:] = samples[i]
        now["n_samples"] += 1
        now["last_but_one"] = now["last"]
        now["last"] = position
    return n_out
