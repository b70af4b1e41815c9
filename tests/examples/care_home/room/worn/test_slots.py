"""Samples on the room's clock: what is whole is used, and what is broken is absent and said, never judged."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from common.validation import FloatArray
from examples.care_home.room.worn.slots import SampleSlots

RATE_HZ = 25.0


def slots(delay_s: float = 0.0) -> SampleSlots:
    return SampleSlots(RATE_HZ, delay_s=delay_s, name="room 12: worn")


def at_rest(times: FloatArray, *, acceleration: float = 1.0) -> FloatArray:
    samples = np.zeros((len(times), 6))
    samples[:, 2] = acceleration
    return samples


def sent(rate_hz: float, n_seconds: float, *, acceleration: float = 1.0) -> SampleSlots:
    """A sensor that has sent at this rate, second by second, and the last second of what it gave."""
    one = slots()
    for second in range(int(n_seconds)):
        times = second + np.arange(round(rate_hz)) / rate_hz
        one.put(times, at_rest(times, acceleration=acceleration))
        one.latest = one.until(second + 1.0)  # type: ignore[attr-defined]
    return one


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 100.0, 250.0])
def test_any_rate_from_the_models_on_gives_the_models_rate(rate_hz: float, caplog: pytest.LogCaptureFixture) -> None:
    one = sent(rate_hz, 6)
    np.testing.assert_allclose(one.latest, at_rest(np.zeros(25)))  # type: ignore[attr-defined]
    assert caplog.messages == []


def test_a_slot_is_the_mean_of_its_samples_whatever_their_order() -> None:
    rng = np.random.default_rng(0)
    times = np.sort(rng.uniform(0, 2, 200))
    values = rng.normal(size=(200, 6))
    order = rng.permutation(200)
    one = slots()
    one.put(times[order], values[order])
    given = one.until(2.0)
    slot = np.floor(times * RATE_HZ).astype(int)
    expected = [values[slot == k].mean(axis=0) if (slot == k).any() else np.full(6, np.nan) for k in range(50)]
    np.testing.assert_allclose(given, expected)


def test_acceleration_and_turning_that_come_apart_become_one_sample() -> None:
    one = slots()
    one.put([0.01, 0.02], [[0, 0, 1.0, *[np.nan] * 3], [*[np.nan] * 3, 5.0, 6.0, 7.0]])
    np.testing.assert_array_equal(one.until(0.04), [[0, 0, 1, 5, 6, 7]])


def test_late_and_future_samples_are_left_out_and_counted() -> None:
    one = slots(delay_s=1.0)
    one.until(3.0)
    one.put([1.9, 2.1, 100.0, np.nan], at_rest(np.zeros(4)))
    assert (one.n_late, one.n_ahead, one.n_invalid) == (1, 1, 1)
    assert np.isfinite(one.until(4.0)[:, 0]).sum() == 1


def test_nan_and_infinity_are_missing_samples() -> None:
    one = slots()
    one.put([0.0, 0.04, 0.08], [[np.nan] * 6, [np.inf] * 6, [1.0] * 6])
    given = one.until(0.12)
    assert np.isnan(given[:2]).all()
    np.testing.assert_array_equal(given[2], np.ones(6))


@pytest.mark.parametrize(
    ("rate_hz", "acceleration", "message"),
    [
        (10.0, 1.0, "samples come at 10.0 Hz, and the model needs 25 Hz"),
        (500.0, 1.0, "more than any sensor that is worn"),
        (25.0, 9.81, "acceleration at rest is 9.81, not 1 g: it is in m/s²"),
        (25.0, 1000.0, "acceleration at rest is 1000.00, not 1 g: it is in mg"),
        (25.0, 0.0, "acceleration at rest is 0.00, not 1 g: gravity is taken out of it"),
    ],
)
def test_a_sensor_that_is_not_what_the_model_knows_is_absent(
    rate_hz: float, acceleration: float, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    one = sent(rate_hz, 6, acceleration=acceleration)
    assert np.isnan(one.latest).all()  # type: ignore[attr-defined]
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("room 12: worn: ")
    assert message in caplog.messages[0]
    assert caplog.messages[0].endswith("the sensor counts as absent")


def test_a_sensor_that_was_mended_is_used_again(caplog: pytest.LogCaptureFixture) -> None:
    one = sent(25.0, 4, acceleration=9.81)
    for second in range(4, 10):
        times = second + np.arange(25) / 25
        one.put(times, at_rest(times))
        given = one.until(second + 1.0)
    assert np.isfinite(given).all()
    assert caplog.messages[-1] == "room 12: worn: its samples can be used again"


def test_a_backlog_that_arrives_at_once_is_not_taken_for_movement() -> None:
    one = sent(25.0, 5)
    rng = np.random.default_rng(0)
    one.put(rng.uniform(5.0, 5.2, 600), rng.normal(size=(600, 6)))
    assert np.isnan(one.until(6.0)).all()


def test_short_breaks_are_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    one, rng = slots(), np.random.default_rng(1)
    for second in range(30):
        times = second + np.arange(25) / 25
        kept = rng.random(25) > 0.1
        if second not in (10, 11, 12, 20):
            one.put(times[kept], at_rest(times[kept]))
        one.until(second + 1.0)
    assert caplog.messages == []
