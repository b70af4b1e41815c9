"""Waiting for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable


def eventually(holds: Callable[[], bool], *, within_s: float = 30.0) -> None:
    """Wait until something holds."""
    until_s = time.monotonic() + within_s
    while time.monotonic() < until_s:
        if holds():
            return
        time.sleep(0.02)
    raise AssertionError(f"did not happen within {within_s:g} s")
