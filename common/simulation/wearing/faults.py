"""How often the sensor is not worn as it should be, and when: taken off, charging, reversed, on a carer, loose.

No home publishes such rates: all are our own assumptions. A battery that lasts a day is charged once a day.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from common.validation import check_number

#: Kinds of periods in which the resident does not wear the sensor.
UNWORN = ("taken off", "charging", "on a carer")
_HANDLING_S = 6.0  # putting it on or off takes less
_TRIES = 20
_HOURS_PER_DAY = 24.0
_HOUR_S = 3600.0

# The shortest and the longest period of each kind, in minutes.
_MINUTES = {
    "taken off": (5.0, 40.0),
    "charging": (45.0, 120.0),
    "reversed": (60.0, 240.0),
    "on a carer": (15.0, 45.0),
    "loose": (60.0, 360.0),
}
_CHARGED_AT_NIGHT = 0.8  # of the times


@dataclass(frozen=True)
class WearFaults:
    """How many times in 24 hours each fault begins, on average; 0 switches it off.

    Parameters
    ----------
    taken_off : float
        Laid on a table and put on again.
    charging : float
        Off for an hour or two, mostly at night; samples are missing (NaN) meanwhile.
    reversed : float
        Put on back to front or upside down, for hours.
    on_carer : float
        Worn by a carer, who moves.
    loose : float
        Worn with a loose strap, for hours: it swings.

    Examples
    --------
    >>> WearFaults.none().charging
    0.0
    """

    taken_off: float = 1.0
    charging: float = 1.0
    reversed: float = 0.1
    on_carer: float = 0.05
    loose: float = 0.2

    def __post_init__(self) -> None:
        for rate in fields(self):
            check_number(getattr(self, rate.name), rate.name, at_least=0, below=24 + 1e-9)

    @classmethod
    def none(cls) -> WearFaults:
        """A sensor that is worn as it should be, all the time."""
        return cls(0.0, 0.0, 0.0, 0.0, 0.0)

    @property
    def per_day(self) -> dict[str, float]:
        """The mean number in 24 hours, by the kind of :class:`WearPeriod`."""
        rates = (self.taken_off, self.charging, self.reversed, self.on_carer, self.loose)
        return dict(zip(_MINUTES, rates, strict=True))


@dataclass(frozen=True)
class WearPeriod:
    """A period in which the sensor is not worn as it should be.

    Attributes
    ----------
    kind : str
        ``"taken off"``, ``"charging"``, ``"reversed"``, ``"on a carer"`` or ``"loose"``.
    start_s, end_s : float
        On the day's clock.
    """

    kind: str
    start_s: float
    end_s: float

    @property
    def is_worn(self) -> bool:
        """Whether the resident wears the sensor meanwhile, though reversed or loose."""
        return self.kind not in UNWORN


def draw_periods(
    faults: WearFaults,
    rests: list[tuple[float, float]],
    night: list[tuple[float, float]],
    hours: float,
    rng: np.random.Generator,
) -> tuple[WearPeriod, ...]:
    """Random periods, none of which overlap, that begin and end while the resident rests.

    Parameters
    ----------
    faults : WearFaults
    rests : list of (float, float)
        From when to when the resident rests, in seconds, in order.
    night : list of (float, float)
        When the resident is in bed at night.
    hours : float
        Length of the recording.
    rng : numpy.random.Generator
    """
    calm = np.array([rest for rest in rests if rest[1] - rest[0] > 4 * _HANDLING_S]).reshape(-1, 2)
    periods: list[WearPeriod] = []
    for kind, per_day in faults.per_day.items():
        mean = per_day * hours / _HOURS_PER_DAY
        # A battery runs down regularly; the others happen.
        for _ in range(int(mean + rng.random()) if kind == "charging" else rng.poisson(mean)):
            for _ in range(_TRIES):
                start_s = rng.uniform(0.0, hours * _HOUR_S)
                if kind == "charging" and night and rng.random() < _CHARGED_AT_NIGHT:
                    start_s = rng.uniform(*night[rng.integers(len(night))])
                length_s = 60.0 * rng.uniform(*_MINUTES[kind])
                period = _within_rests(kind, start_s, start_s + length_s, calm)
                if period is not None and not any(_overlap(period, other) for other in periods):
                    periods.append(period)
                    break
    return tuple(sorted(periods, key=lambda period: period.start_s))


def _within_rests(kind: str, start_s: float, end_s: float, rests: np.ndarray) -> WearPeriod | None:
    """The period with its ends moved to the nearest rests; None if there is none, or nothing is left."""
    if not len(rests):
        return None
    low, high = rests[:, 0] + _HANDLING_S, rests[:, 1] - _HANDLING_S
    ends = []
    for time_s in (start_s, end_s):
        nearest = np.clip(time_s, low, high)
        ends.append(float(np.round(nearest[np.argmin(np.abs(nearest - time_s))])))
    return WearPeriod(kind, *ends) if ends[1] - ends[0] > 4 * _HANDLING_S else None


def _overlap(first: WearPeriod, second: WearPeriod) -> bool:
    apart_s = 2 * _HANDLING_S
    return first.start_s < second.end_s + apart_s and second.start_s < first.end_s + apart_s
