"""Units of channels: named, converted, and checked against gravity at rest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from common.errors import InvalidInputError
from common.validation import FloatArray, check_number

STANDARD_GRAVITY = 9.80665
#: Each unit as a multiple of the first of its kind.
ACCELERATION = {"g": 1.0, "mg": 1e-3, "m/s²": 1 / STANDARD_GRAVITY, "cm/s²": 0.01 / STANDARD_GRAVITY}
ANGULAR_RATE = {"deg/s": 1.0, "rad/s": 180 / np.pi, "mdeg/s": 1e-3}
_SPELLINGS = {
    **{"m/s^2": "m/s²", "m/s2": "m/s²", "m/s/s": "m/s²", "G": "g"},
    **dict.fromkeys(("ms-2", "ms^-2", "m s-2", "m s^-2", "m/sec^2", "m/sec²"), "m/s²"),
    **{"dps": "deg/s", "°/s": "deg/s", "rad s-1": "rad/s", "rads": "rad/s"},
}
# Headers of text files have units in parentheses, too; names of channels have them in brackets alone.
_NAME_WITH_UNIT = re.compile(r"(.*?)\s*[\[(]([^\])]+)[\])]\s*")

#: Share of the seconds in which a sensor is taken to rest, and how near to 1 g it must be then.
_QUIET, _NEAR = 0.1, 0.3


@dataclass(frozen=True)
class Channel:
    """A column after conversion: its name with the unit, and the factor to multiply it by.

    Attributes
    ----------
    name : str
        Such as "ax [g]"; without a unit, "ax".
    unit : str or None
    factor : float
    """

    name: str
    unit: str | None
    factor: float


def plan_channels(columns: Sequence[str], units: Any) -> list[Channel]:
    """The channels of columns by ``units``: one for all columns, or a mapping from column to unit.

    A unit is the unit of the column, as text; or a pair of units, to convert from the first to the second, such as
    ``("m/s²", "g")``; or a pair of a factor and the unit after multiplication, such as ``(1 / 256, "g")``. A column
    named ``"ax [m/s²]"`` or ``"ax (g)"`` needs none.

    Raises
    ------
    InvalidInputError
        For units that cannot be converted, columns that are not read, and a unit that contradicts the name.
    """
    if isinstance(units, Mapping):
        units = {str(name): unit for name, unit in units.items()}
        unknown = [name for name in units if name not in columns]
        if unknown:
            raise InvalidInputError(f"units names {unknown[0]!r}, which is none of the channels {', '.join(columns)}")
        chosen = [units.get(name) for name in columns]
    else:
        chosen = [units] * len(columns)
    return [_channel(column, unit) for column, unit in zip(columns, chosen, strict=True)]


def bare_name(column: str) -> str:
    """The name of a channel without its unit: "ax" of "ax [g]"."""
    match = _NAME_WITH_UNIT.fullmatch(column)
    return match[1] if match else column


def _channel(column: str, unit: Any) -> Channel:
    match = _NAME_WITH_UNIT.fullmatch(column)
    name, named_unit = (match[1], _spelled(match[2])) if match else (column, None)
    if isinstance(unit, tuple) and len(unit) == 2:
        source, target = unit
        if isinstance(source, str):
            source = _spelled(source)
            factor = _factor(source, _spelled(target), column)
        else:
            factor, source = check_number(source, f"units[{column!r}]"), None
            if factor == 0:
                raise InvalidInputError(
                    f"units[{column!r}] has the factor 0, which would erase the column: pass another factor"
                )
        target = _spelled(target)
    elif unit is None or isinstance(unit, str):
        source = target = named_unit if unit is None else _spelled(unit)
        factor = 1.0
    else:
        raise InvalidInputError(
            f"units[{column!r}] is {unit!r}; pass 'g', a pair ('m/s²', 'g') or a pair (factor, 'g')"
        )
    if named_unit is not None and source is not None and named_unit != source:
        raise InvalidInputError(f"units says that {column!r} is in {source}, but its name says {named_unit}")
    keeps_name = unit is None or not target
    return Channel(column if keeps_name else f"{name} [{target}]", target, factor)


def _spelled(unit: Any) -> str:
    if not isinstance(unit, str) or not unit.strip():
        raise InvalidInputError(f"units holds {unit!r}; a unit is text, such as 'g' or 'deg/s'")
    return _SPELLINGS.get(unit.strip(), str(unit).strip())


def _factor(source: str, target: str, column: str) -> float:
    if source == target:
        return 1.0
    for kind in (ACCELERATION, ANGULAR_RATE):
        if source in kind and target in kind:
            return kind[source] / kind[target]
    known = ", ".join((*ACCELERATION, *ANGULAR_RATE))
    raise InvalidInputError(f"units[{column!r}]: {source!r} cannot be converted to {target!r}; known are {known}")


def check_rest(signals: Sequence[FloatArray], channels: Sequence[Channel], rate_hz: float) -> float | None:
    """What an accelerometer with three axes measures at rest, in g; None without one, or if it never rests.

    Raises
    ------
    InvalidInputError
        If that is about 1 g only in another unit than the one named.
    """
    axes = [i for i, channel in enumerate(channels) if channel.unit in ACCELERATION]
    if len(axes) != 3:
        return None
    unit = str(channels[axes[0]].unit)
    if any(channels[i].unit != unit for i in axes):
        raise InvalidInputError(f"the axes {', '.join(channels[i].name for i in axes)} have different units")
    rest = _magnitude_at_rest([signal[:, axes] for signal in signals], max(2, round(rate_hz)))
    if not rest > 0:
        return None
    measured = rest * ACCELERATION[unit]
    if abs(measured - 1) > _NEAR:
        for other, size in ACCELERATION.items():
            if other != unit and abs(rest * size - 1) <= _NEAR / 2:
                names = ", ".join(channels[i].name for i in axes)
                raise InvalidInputError(
                    f"units: {names} measure {rest:.4g} {unit} at rest, where gravity alone is 1 g: "
                    f"the numbers seem to be in {other}"
                )
    return measured


def _magnitude_at_rest(signals: Sequence[FloatArray], length: int) -> float:
    """The median magnitude in the seconds that vary least; NaN without a whole second."""
    seconds = np.concatenate([signal[: len(signal) // length * length].reshape(-1, length, 3) for signal in signals])
    if not len(seconds):
        return float("nan")
    spread = seconds.std(axis=1).sum(axis=1)
    quiet = seconds[np.argsort(spread, kind="stable")[: max(1, round(_QUIET * len(seconds)))]]
    return float(np.median(np.linalg.norm(quiet, axis=2)))
