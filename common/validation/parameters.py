"""Parameters: numbers in a range, choices, bands, seeds."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

from common.errors import InvalidInputError

# No constraint (None), a radius in samples (int), or a fraction of the longer series (float).
Band = int | float | None


def _is(value: Any, kind: type) -> bool:
    """Whether ``value`` is a number of Python or NumPy of this kind; a truth value is none, nor is a duration.

    Python and NumPy count bool, and NumPy also timedelta64, among the integers.
    """
    return isinstance(value, kind) and not isinstance(value, (bool, np.bool_, np.timedelta64))


def check_integer(value: Any, name: str, *, at_least: int = 1, at_most: int | None = None, why: str = "") -> int:
    """An integer in a range (bool is refused)."""
    if not _is(value, numbers.Integral):
        raise InvalidInputError(f"{name} is {value!r}; it must be an integer of at least {at_least}")
    number = int(value)
    if number < at_least or (at_most is not None and number > at_most):
        limit = f"at least {at_least}" + ("" if at_most is None else f" and at most {at_most}")
        raise InvalidInputError(f"{name} is {number}; it must be {limit}{' ' + why if why else ''}")
    return number


def check_number(
    value: Any, name: str, *, above: float | None = None, at_least: float | None = None, below: float | None = None
) -> float:
    """A finite real number in a range: ``above`` and ``below`` are exclusive, ``at_least`` inclusive."""
    if not _is(value, numbers.Real):
        raise InvalidInputError(f"{name} is {value!r}; it must be a finite number")
    try:
        number = float(value)
    except OverflowError:  # an integer above 1e308
        number = np.inf
    if not np.isfinite(number):
        raise InvalidInputError(f"{name} is {number}; it must be a finite number")
    limits = [
        (above is not None and number <= above, f"above {above}"),
        (at_least is not None and number < at_least, f"at least {at_least}"),
        (below is not None and number >= below, f"below {below}"),
    ]
    for is_exceeded, limit in limits:
        if is_exceeded:
            raise InvalidInputError(f"{name} is {number:g}; it must be {limit}")
    return number


def check_choice(value: Any, name: str, choices: tuple[str, ...]) -> str:
    """One of a few names."""
    if not isinstance(value, str) or value not in choices:
        raise InvalidInputError(f"{name} is {value!r}; choose one of {', '.join(map(repr, choices))}")
    return value


def check_band(band: Any, name: str = "band") -> Band:
    """Refuse a band that is neither None, an integer radius >= 0, nor a float in (0, 1]."""
    if band is None:
        return None
    if not _is(band, numbers.Real):
        raise InvalidInputError(
            f"{name} is {band!r}; use None (no constraint), an integer radius in samples, or a float in (0, 1]"
        )
    if isinstance(band, numbers.Integral):
        if band < 0:
            raise InvalidInputError(f"{name} is {band}; a radius in samples must be 0 or more")
        return int(band)
    # The shortest text of a NumPy number: as a double, float32(0.7) would be 0.699999988, and lose a sample of ten.
    fraction = float(str(band)) if isinstance(band, np.floating) else float(band)
    if not 0.0 < fraction <= 1.0:
        raise InvalidInputError(
            f"{name} is {fraction}; a float is a fraction of the longer series and must lie in (0, 1]. "
            "Use an integer for a radius in samples"
        )
    return fraction


def band_radius(band: Any, n: int, m: int) -> int:
    """The Sakoe-Chiba radius in samples that ``band`` stands for with series of ``n`` and ``m`` samples.

    Examples
    --------
    >>> band_radius(0.1, 128, 128), band_radius(3, 128, 128), band_radius(None, 128, 100)
    (12, 3, 127)
    """
    checked = check_band(band)
    longest = max(n, m)
    if checked is None:
        return longest - 1
    if isinstance(checked, float):
        return min(int(checked * longest + 1e-9), longest - 1)
    return min(checked, longest - 1)


def random_generator(value: Any, name: str = "random_state") -> np.random.Generator:
    """NumPy's generator for any ``random_state`` of scikit-learn; a Generator is returned as it is."""
    if isinstance(value, np.random.Generator):
        return value
    if isinstance(value, np.random.RandomState):
        return np.random.default_rng(value.randint(0, 2**31 - 1, size=4))
    return np.random.default_rng(None if value is None else check_integer(value, name, at_least=0))
