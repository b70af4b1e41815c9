"""Time stamps in milli-, micro- or nanoseconds that were passed as seconds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from common.errors import InvalidInputError
from common.validation import Float64Array

# Steps of at least this many slots, several in a row, are not pauses but another unit. The limit is below the factor of
# 1000 of milliseconds, because samples may be stamped in bunches.
_HUGE_STEP = 50.0
_IN_A_ROW = 4  # the comparison below spells this number out
# Steps are about 1e3, 1e6 or 1e9 slots long; the bounds lie halfway between, on a logarithmic scale.
_UNITS = ((10**4.5, "milliseconds", "1000"), (10**7.5, "microseconds", "1e6"), (np.inf, "nanoseconds", "1e9"))


@dataclass(frozen=True)
class UnitCheck:
    """Compares the steps between time stamps with ``rate_hz``, from the first few samples on.

    Parameters
    ----------
    rate_hz : float
    newest_s : float or None
        The newest stamp.
    n_huge : int
        Number of consecutive steps, up to the newest, that are far too long for the rate.
    """

    rate_hz: float
    newest_s: float | None = None
    n_huge: int = 0

    def after(self, times: Float64Array) -> UnitCheck:
        """The check after these finite times, which may come in any order.

        Raises
        ------
        InvalidInputError
            If the fourth step in a row is far too long.
        """
        if not len(times):
            return self
        # Late samples say nothing about the unit, so only increases of the newest stamp count.
        newest = np.maximum.accumulate(times if self.newest_s is None else np.append(self.newest_s, times))
        with np.errstate(over="ignore"):
            steps = np.diff(newest) * self.rate_hz
        steps = steps[steps > 0]
        huge = np.concatenate([np.ones(self.n_huge, bool), steps >= _HUGE_STEP])
        n_huge = 0
        for is_huge in huge[-_IN_A_ROW:]:
            n_huge = n_huge + 1 if is_huge else 0
        if len(huge) >= _IN_A_ROW and (huge[:-3] & huge[1:-2] & huge[2:-1] & huge[3:]).any():
            self._refuse(float(np.median(steps[steps >= _HUGE_STEP])))
        return replace(self, newest_s=float(newest[-1]), n_huge=n_huge)

    def _refuse(self, step: float) -> None:
        unit, factor = next((unit, factor) for bound, unit, factor in _UNITS if step < bound)
        raise InvalidInputError(
            f"times_s advances by {step / self.rate_hz:g} s from sample to sample, {step:.4g} times the "
            f"{1 / self.rate_hz:g} s of rate_hz={self.rate_hz:g}: if these are {unit}, pass times / {factor}; "
            "if not, the device is far too slow for this rate_hz"
        )
