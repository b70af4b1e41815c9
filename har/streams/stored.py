"""The classifier of a bundle, with the rate and window length that it was trained on."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from common.bundles.description import describe_bundle
from common.bundles.loading import load_bundle
from common.errors import InvalidInputError
from common.validation import check_number


def load_for_stream(
    path: str | os.PathLike[str], *, rate_hz: float | None, window_s: float | None, trusted: Iterable[str]
) -> tuple[Any, float, float]:
    """A bundle's model, and its ``rate_hz`` and ``window_s`` from training or, if unknown, those given."""
    known = describe_bundle(path).trained_on
    rate_hz = _agreed(rate_hz, known.rate_hz, "rate_hz", path, within=1e-9)
    known_s = known.window_s if known.n_timesteps is None else known.n_timesteps / rate_hz
    window_s = _agreed(window_s, known_s, "window_s", path, within=0.5 / rate_hz)
    return load_bundle(path, trusted=trusted), rate_hz, window_s


def _agreed(given: float | None, known: float | None, name: str, path: Any, *, within: float) -> float:
    if given is None:
        if known is None:
            raise InvalidInputError(
                f"the bundle {path} does not state {name}: pass {name}=..., or save it with trained_on=windows"
            )
        return known
    given = check_number(given, name, above=0)
    if known is not None and abs(given - known) > within:
        raise InvalidInputError(f"{name} is {given:g}, but the classifier of {path} was trained on {known:g}")
    return given
