"""Places pushed samples on the clock of a stream: all checks and repairs of time stamps, in order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import Float64Array, check_sample_times
from har.gaps import LONGEST_CLOCK_STEP_S, LONGEST_GAP_S, PlacedSamples, SlotClock
from har.streams.arrivals import Arrivals
from har.streams.pace import Pace
from har.streams.units import UnitCheck
from har.streams.warnings import warn_late, warn_once


@dataclass(frozen=True)
class Intake:
    """The clock of a stream, and the samples that it holds back.

    Attributes
    ----------
    has_times : bool or None
        None before the first sample.
    warned : frozenset of str
        Findings that were warned about.
    """

    units: UnitCheck
    arrivals: Arrivals
    clock: SlotClock
    pace: Pace
    has_times: bool | None = None
    warned: frozenset[str] = frozenset()

    @classmethod
    def empty(cls, n_channels: int, rate_hz: float, tolerance_s: float) -> Self:
        """Before the first sample."""
        return cls(
            UnitCheck(rate_hz),
            Arrivals(tolerance_s, rate_hz, LONGEST_CLOCK_STEP_S, np.empty((0, n_channels)), np.empty(0)),
            SlotClock(rate_hz),
            Pace.unknown(n_channels, longest_gap=LONGEST_GAP_S * rate_hz + 1),
        )

    def place(self, samples: Float64Array, times_s: npt.ArrayLike | None) -> tuple[Intake, PlacedSamples]:
        """The intake after these samples, and the samples released; after an error, this one is unchanged."""
        if len(samples) == 0:
            return self, PlacedSamples(samples, np.empty(0), np.zeros(0, dtype=np.bool_))
        has_times = times_s is not None
        if self.has_times not in (None, has_times):
            raise InvalidInputError(
                f"times_s is {'given' if has_times else 'missing'}, unlike for earlier samples: "
                "pass times for all samples of a stream or for none, or call reset() to begin a new one"
            )
        if times_s is None:
            clock, positions = self.clock.advance(len(samples), None)
            placed = PlacedSamples(samples, positions, np.zeros(len(samples), dtype=np.bool_))
            return replace(self, clock=clock, has_times=False), placed
        return self._place_by_times(samples, times_s)

    def _place_by_times(self, samples: Float64Array, times_s: npt.ArrayLike) -> tuple[Intake, PlacedSamples]:
        times = check_sample_times(times_s, "times_s", n=len(samples), increasing=False)
        units = self.units.after(times)
        arrivals = self.arrivals
        if arrivals.tolerance_s:
            arrivals, samples, times, n_late = arrivals.add(samples, times)
            if n_late:
                warn_late(n_late, arrivals.tolerance_s)
        else:
            newest_s = self.units.newest_s
            check_sample_times(times, "times_s", n=len(samples), after=newest_s, longest_step=LONGEST_CLOCK_STEP_S)
        clock, positions = self.clock.advance(len(samples), times)
        pace = self.pace.copy()
        placed = PlacedSamples(*pace.steady(samples, positions))
        warned = warn_once(pace.findings(), self.warned, clock.rate_hz)
        return Intake(units, arrivals, clock, pace, has_times=True, warned=warned), placed
