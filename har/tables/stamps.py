"""Time stamps in any form as seconds since the earliest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import FloatArray, IntArray, check_choice

#: Units of numeric stamps, in seconds.
UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
#: Rates of sensors of human movement; a unit that gives another rate is not that of the stamps.
_SLOWEST_HZ, _FASTEST_HZ = 8.0, 1000.0
_UNIT_IN_NAME = re.compile(
    r"(?:.*[\s_\[(])?(?:(s|secs?|seconds?)|(ms|msecs?|milliseconds?|millis)|(us|µs|microseconds?)|(ns|nanoseconds?))[\])]?",
    re.IGNORECASE,
)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_ZONE = re.compile(r":\d\d.*(Z|[+-]\d\d(:?\d\d)?)$", re.IGNORECASE)
#: A rate that differs from ``rate_hz`` by less than this share confirms a unit.
_NEAR = 0.1
# Seconds since 1970, from 1990 to 2100.
_SINCE_1970 = (6.3e8, 4.1e9)


@dataclass(frozen=True)
class Stamps:
    """Stamps on a common clock.

    Attributes
    ----------
    seconds : ndarray of shape (n_rows,)
        Seconds since the earliest stamp; NaN where there is none.
    unit : str
        A unit of :data:`UNITS`, "dates" or "durations".
    """

    seconds: FloatArray
    unit: str


def read_stamps(
    column: npt.NDArray[Any], name: str, unit: str | None, recordings: IntArray, rate_hz: float | None
) -> Stamps:
    """Numbers, durations, dates with or without zones, or ISO 8601 text, as seconds.

    Numbers need a unit. Without ``unit`` it is inferred: from their size, if only one unit gives dates since 1990; from
    the steps within each recording (``recordings`` holds the number of that of each row), if only one unit gives 8 to
    1000 Hz; or from a column name such as "time_ms" or "time [s]", which must not contradict the steps (or must give
    about ``rate_hz``).

    Raises
    ------
    InvalidInputError
        If there is no stamp, the text is not ISO 8601, or several units are possible.
    """
    if unit is not None:
        check_choice(unit, "time_unit", tuple(UNITS))
    column = _from_text(column, name)
    if column.dtype.kind in "mM":
        missing = np.isnat(column)
        nanoseconds = column.astype("M8[ns]" if column.dtype.kind == "M" else "m8[ns]").astype(np.int64)
        _check_some(missing, name)
        seconds = np.where(missing, np.nan, (nanoseconds - nanoseconds[~missing].min()) * 1e-9)
        return Stamps(seconds, "dates" if column.dtype.kind == "M" else "durations")
    missing = np.isnan(column) if column.dtype.kind == "f" else np.zeros(len(column), dtype=bool)
    if np.isinf(column[~missing].astype(np.float64)).any():
        raise InvalidInputError(f"time column {name!r} holds infinity")
    _check_some(missing, name)
    first = column[~missing].min()  # subtracted before the conversion: nanoseconds since 1970 do not fit a float64
    ticks = np.where(missing, np.nan, (column - first).astype(np.float64))
    unit = unit or _infer_unit(float(first), ticks[~missing], recordings[~missing], name, rate_hz)
    return Stamps(ticks * UNITS[unit], unit)


def _check_some(missing: npt.NDArray[np.bool_], name: str) -> None:
    if missing.all():
        raise InvalidInputError(f"time column {name!r} holds no time stamp")


def _from_text(column: npt.NDArray[Any], name: str) -> npt.NDArray[Any]:
    """Text and objects as numbers, dates in UTC, or durations."""
    if column.dtype.kind not in "OUST":
        if column.dtype.kind not in "iufmM":
            raise InvalidInputError(f"time column {name!r} holds {column.dtype}; pass numbers, dates or ISO 8601 text")
        return column
    import pandas as pd

    series = pd.Series(column)
    try:
        numbers = pd.to_numeric(series.map(_with_decimal_point))
        return numbers.to_numpy(dtype=np.int64 if numbers.dtype.kind == "i" else np.float64)
    except (ValueError, TypeError):
        pass
    _check_zones(series.tolist(), name)
    try:
        return pd.to_datetime(series, utc=True, format="ISO8601").dt.tz_localize(None).to_numpy("M8[ns]")
    except (ValueError, TypeError):
        pass
    try:
        if all(":" in entry for entry in series if isinstance(entry, str) and entry):  # "0.5" would be nanoseconds
            return pd.to_timedelta(series).to_numpy("m8[ns]")
    except (ValueError, TypeError):
        pass
    raise InvalidInputError(
        f"time column {name!r} holds {str(series.dropna().iloc[0])[:40]!r}, which is neither a number nor ISO 8601 "
        "(2024-03-31T14:05:09.250Z): convert it with pandas.to_datetime(..., format=...), since 03/04 may be March "
        "or April"
    )


def _with_decimal_point(entry: Any) -> Any:
    return entry.replace(",", ".") if isinstance(entry, str) and _DECIMAL_COMMA.fullmatch(entry.strip()) else entry


def _check_zones(entries: list[Any], name: str) -> None:
    """Refuse a mixture of dates with and without a zone: the time between them is unknown."""
    zoned = {
        _ZONE.search(entry.strip()) is not None if isinstance(entry, str) else entry.tzinfo is not None
        for entry in entries
        if (isinstance(entry, str) and entry.strip()) or hasattr(entry, "tzinfo")
    }
    if len(zoned) > 1:
        raise InvalidInputError(
            f"time column {name!r} holds dates with a zone and dates without one: convert all of them to UTC"
        )


def _unit_in_name(name: str) -> str | None:
    match = _UNIT_IN_NAME.fullmatch(name)
    return None if match is None or match.lastindex is None else tuple(UNITS)[match.lastindex - 1]


def _infer_unit(first: float, ticks: FloatArray, recordings: IntArray, name: str, rate_hz: float | None) -> str:
    dated = [unit for unit, seconds in UNITS.items() if _SINCE_1970[0] <= first * seconds <= _SINCE_1970[1]]
    if len(dated) == 1:
        return dated[0]
    order = np.lexsort((ticks, recordings))
    # Recordings may overlap in time: the difference between stamps of two recordings is not a step.
    steps = np.diff(ticks[order])[np.diff(recordings[order]) == 0]
    if not steps.any():
        raise InvalidInputError(f"time column {name!r} never changes: it cannot be the time of samples")
    named = _unit_in_name(name)
    if named is None and np.all(steps == 1):
        raise InvalidInputError(
            f"time column {name!r} counts 0, 1, 2 …: pass time=None and rate_hz if it numbers the samples, or "
            "time_unit if it is a time"
        )
    # The mean of all but the longest steps: stamps that come in bunches have no typical single step.
    typical = float(np.mean(steps[steps <= np.quantile(steps, 0.99)])) or float(np.mean(steps))
    rates = {unit: 1 / (typical * seconds) for unit, seconds in UNITS.items()}
    possible = [unit for unit, rate in rates.items() if _SLOWEST_HZ <= rate <= _FASTEST_HZ]
    if named is not None:
        as_asked = rate_hz is not None and abs(rates[named] - rate_hz) <= _NEAR * rate_hz
        if named in possible or not possible or as_asked:
            return named
    if len(possible) == 1 and named is None:
        return possible[0]
    candidates = ", ".join(f"{unit}: {rate:.4g} Hz" for unit, rate in rates.items())
    raise InvalidInputError(
        f"the unit of time column {name!r} cannot be inferred from its steps ({candidates}): "
        "pass time_unit='s', 'ms', 'us' or 'ns'"
    )
