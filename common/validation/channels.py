"""Names of channels and rate that an estimator was fitted on, compared with those of later windows."""

from __future__ import annotations

import numbers
import re
from typing import Any

import numpy as np

from common.errors import InvalidInputError
from common.validation.arrays import FloatArray
from common.validation.parameters import check_number

_NAME_WITH_UNIT = re.compile(r"(.*?)\s*\[([^\[\]]+)\]\s*", re.DOTALL)
#: Rates that differ by less than this share are equal: clocks are no more precise.
_SAME_RATE = 0.01


def has_channels(X: Any) -> bool:
    """Whether windows come with the names of their channels and their rate, as :class:`har.Windows` do."""
    return hasattr(X, "channels") and hasattr(X, "rate_hz") and hasattr(X, "X")


def remember_channels(estimator: Any, X: Any) -> None:
    """Store ``channels_in_`` and ``rate_hz_in_`` if ``X`` has them, else delete those of an earlier fit."""
    if has_channels(X):
        estimator.channels_in_, estimator.rate_hz_in_ = tuple(map(str, X.channels)), float(X.rate_hz)
        return
    for name in ("channels_in_", "rate_hz_in_"):
        if hasattr(estimator, name):
            delattr(estimator, name)


def check_rate(estimator: Any, X: Any) -> None:
    """Refuse windows at another rate than the parameter ``rate_hz`` of an estimator, if it has one."""
    if has_channels(X) and "rate_hz" in estimator.get_params(deep=False):
        rate_hz = estimator.rate_hz
        if not isinstance(rate_hz, numbers.Real) or not _is_same_rate(float(X.rate_hz), float(rate_hz)):
            raise InvalidInputError(
                f"rate_hz is {rate_hz!r}, but X has {X.rate_hz:g} samples a second: "
                f"use {type(estimator).__name__}(rate_hz={X.rate_hz:g})"
            )


def rate_of(X: Any, rate_hz: float | None) -> float | None:
    """The rate of windows that know theirs, which ``rate_hz`` must not contradict; of others ``rate_hz``."""
    if not has_channels(X):
        return rate_hz
    if rate_hz is not None and not _is_same_rate(float(X.rate_hz), check_number(rate_hz, "rate_hz", above=0)):
        raise InvalidInputError(f"rate_hz is {rate_hz!r}, but X has {X.rate_hz:g} samples a second: leave rate_hz out")
    return float(X.rate_hz)


def in_fitted_order(estimator: Any, X: Any, windows: FloatArray) -> FloatArray:
    """The channels of ``windows`` in the order of ``fit``, by name; plain arrays are returned unchanged.

    Raises
    ------
    InvalidInputError
        If ``X`` lacks a channel, has it in another unit, or has another rate.
    """
    fitted = getattr(estimator, "channels_in_", None)
    if fitted is None or not has_channels(X):
        return windows
    kind, names = type(estimator).__name__, tuple(map(str, X.channels))
    rate_hz, fitted_hz = float(X.rate_hz), float(estimator.rate_hz_in_)
    if not _is_same_rate(rate_hz, fitted_hz):
        raise InvalidInputError(
            f"X has {rate_hz:g} samples a second, but {kind} was fitted at {fitted_hz:g}: resample X "
            "(har.preprocessing.Resample)"
        )
    if names == fitted:
        return windows
    places = {name: place for place, name in enumerate(names)}
    by_bare_name = {split_unit(name)[0]: name for name in names}
    for name in fitted:
        if name in places:
            continue
        other = by_bare_name.get(split_unit(name)[0])
        if other is None:
            raise InvalidInputError(
                f"X has no channel {name!r}, which {kind} was fitted on; it has {', '.join(map(repr, names))}"
            )
        raise InvalidInputError(
            f"X has the channel {other!r}, but {kind} was fitted on {name!r}: convert it to the same unit"
        )
    return np.ascontiguousarray(windows[:, :, [places[name] for name in fitted]])


def _is_same_rate(rate_hz: float, other_hz: float) -> bool:
    return abs(rate_hz - other_hz) <= _SAME_RATE * other_hz


def split_unit(name: str) -> tuple[str, str | None]:
    """A channel's name without its unit, and the unit in brackets at its end.

    Examples
    --------
    >>> split_unit("ax [m/s²]"), split_unit("steps")
    (('ax', 'm/s²'), ('steps', None))
    """
    match = _NAME_WITH_UNIT.fullmatch(name)
    return (match[1], match[2]) if match else (name, None)
