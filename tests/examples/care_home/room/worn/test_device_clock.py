"""The clock of a device may be wrong, set, or drift, and messages may take long: samples stay where they belong."""

from __future__ import annotations

import numpy as np
import pytest

from examples.care_home.room.worn.device_clock import DeviceClock


def errors_s(offset_s: float, *, drift: float = 0.0, delays_s: list[float], n: int = 600) -> list[float]:
    """How far each message is put from when it was measured."""
    clock, found = DeviceClock("room 12: phone"), []
    for second in range(n):
        measured_s = second + np.array([0.2, 0.6, 1.0])
        arrived_s = second + 1.0 + delays_s[second % len(delays_s)]
        found.append(float(clock.to_room(offset_s + measured_s * (1 + drift), arrived_s)[-1]) - measured_s[-1])
    return found


@pytest.mark.parametrize("offset_s", [0.0, 1.7e9, -7200.0])
def test_a_clock_that_is_off_does_no_harm(offset_s: float) -> None:
    found = errors_s(offset_s, delays_s=[0.05, 0.3, 1.2, 0.08])
    assert max(map(abs, found[4:])) < 0.1


def test_a_clock_that_drifts_is_followed() -> None:
    assert max(map(abs, errors_s(0.0, drift=1e-4, delays_s=[0.05], n=7200))) < 0.2


@pytest.mark.parametrize("step_s", [3600.0, -3600.0])
def test_a_clock_that_is_set_is_found_out(step_s: float, caplog: pytest.LogCaptureFixture) -> None:
    clock = DeviceClock("room 12: phone")
    for second in range(60):
        device_s = second + (step_s if second >= 30 else 0.0)
        placed = clock.to_room(np.array([device_s]), second + 0.1)[0]
        if not 30 <= second <= 41:
            assert abs(placed - second) < 0.3
        if step_s < 0 and 30 <= second < 40:
            assert placed < second - 3000, "late until it is sure, and so left out"
    assert caplog.messages == [f"room 12: phone: its clock was set by {step_s:.0f} s"]


def test_what_waited_for_the_network_is_put_where_it_was_measured() -> None:
    clock = DeviceClock("room 12: phone")
    for second in range(10):
        clock.to_room(np.array([float(second)]), second + 0.1)
    backlog = [float(clock.to_room(np.array([10.0 + k]), 18.0 + 0.01 * k)[0]) for k in range(8)]
    np.testing.assert_allclose(backlog, 10.1 + np.arange(8), atol=0.02)
