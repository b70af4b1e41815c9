"""What a stream says about time stamps that do not fit its rate."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

from common.errors import FrugalWarning

_STACK_LEVEL = 6  # who called push()


def warn_once(mean_steps: Mapping[str, float], said: frozenset[str], rate_hz: float) -> frozenset[str]:
    """Warn of the findings of :class:`har.streams.pace.Pace` that were not ``said``; all that has been said now."""
    for finding, mean_step in mean_steps.items():
        if finding not in said:
            warnings.warn(_message(finding, mean_step, rate_hz), FrugalWarning, stacklevel=_STACK_LEVEL)
    return said | mean_steps.keys()


def warn_late(n_late: int, tolerance_s: float) -> None:
    """Warn of samples that were left out."""
    samples = "1 sample was" if n_late == 1 else f"{n_late} samples were"
    warnings.warn(
        f"{samples} left out that came more than tolerance_s={tolerance_s:g} s late by times_s",
        FrugalWarning,
        stacklevel=_STACK_LEVEL,
    )


def _message(finding: str, mean_step: float, rate_hz: float) -> str:
    if finding == "bunched":
        return (
            f"times_s puts samples in bunches closer than rate_hz={rate_hz:g}: windows with them are not "
            "available. Pass times of the measurement instead of those of the arrival, or a tolerance_s "
            "longer than a bunch takes to measure"
        )
    measured = f"times_s gives about {rate_hz / mean_step:.3g} samples a second, and rate_hz is {rate_hz:g}"
    if finding == "slow":
        return f"{measured}: windows are not available. Pass a faster device, or train a classifier for its rate"
    return (
        f"{measured}: samples are averaged, and peaks shorter than {1 / rate_hz:g} s get lower. "
        "Better train a classifier for the device's rate, or reduce the rate as for its training data"
    )
