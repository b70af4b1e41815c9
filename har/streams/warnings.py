"""Warnings about time stamps that do not fit the rate of a stream."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

from common.errors import FrugalWarning

_STACK_LEVEL = 6  # the caller of push()


def warn_once(mean_steps: Mapping[str, float], warned: frozenset[str], rate_hz: float) -> frozenset[str]:
    """Warn about findings of :class:`har.streams.pace.Pace` not in ``warned``; return all warned about so far."""
    for finding, mean_step in mean_steps.items():
        if finding not in warned:
            warnings.warn(_message(finding, mean_step, rate_hz), FrugalWarning, stacklevel=_STACK_LEVEL)
    return warned | mean_steps.keys()


def warn_late(n_late: int, tolerance_s: float) -> None:
    """Warn about late samples, which were left out."""
    samples, were = ("1 sample", "was") if n_late == 1 else (f"{n_late} samples", "were")
    warnings.warn(
        f"{samples} came more than tolerance_s={tolerance_s:g} s late by times_s and {were} left out",
        FrugalWarning,
        stacklevel=_STACK_LEVEL,
    )


def _message(finding: str, mean_step: float, rate_hz: float) -> str:
    if finding == "bunched":
        return (
            f"times_s has samples in bunches, closer together than at rate_hz={rate_hz:g}: windows with them are not "
            "available. Pass times of measurement instead of arrival, or a tolerance_s longer than a bunch takes to "
            "measure"
        )
    measured = f"times_s gives about {rate_hz / mean_step:.3g} samples a second, but rate_hz is {rate_hz:g}"
    if finding == "slow":
        return f"{measured}: windows are not available. Use a faster device, or train a classifier for its rate"
    return (
        f"{measured}: samples are averaged, which lowers peaks shorter than {1 / rate_hz:g} s. "
        "Train a classifier for the device's rate, or resample as for its training data"
    )
