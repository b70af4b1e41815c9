"""The clock of the timers, reading by reading."""

import pytest

from common.alarms.clock import MAX_CLOCK_S, Clock, advance, check_clock
from common.errors import InvalidInputError


def read(*readings: float, set_back_after_s: float = 10.0) -> tuple[Clock, list[float]]:
    """The clock after these readings, and what each found it to be set back by."""
    clock, set_back = Clock(), []
    for reading in readings:
        clock, by = advance(clock, reading, set_back_after_s=set_back_after_s)
        set_back.append(by)
    return clock, set_back


@pytest.mark.parametrize("first", [0.0, 100.0, -5.0, 1.7e9])
def test_time_begins_at_the_first_reading(first: float) -> None:
    assert read(first) == (Clock(now_s=first, highest_s=first), [0])
    assert read(first, first + 2.5, first + 4) == (Clock(first + 4, first + 4, 4.0), [0, 0, 0])


def test_the_same_reading_again_is_not_late() -> None:
    clock, _ = read(100, 103, 103)
    assert clock == Clock(103, 103, 3)
    assert not clock.is_late


def test_a_late_reading_moves_no_timer() -> None:
    clock, set_back = read(100, 160, 153)
    assert clock == Clock(153, 160, 60, 153, 153)
    assert clock.is_late
    assert set_back == [0, 0, 0]
    # The next reading on time goes on from the highest one.
    assert read(100, 160, 153, 161)[0] == Clock(161, 161, 61)
    assert read(100, 160, 153, 160)[0] == Clock(160, 160, 60)


def test_late_readings_out_of_order_are_remembered_by_their_ends() -> None:
    assert read(0, 160, 150, 158)[0] == Clock(158, 160, 160, 150, 158)
    assert read(0, 160, 150, 158, 153)[0] == Clock(153, 160, 160, 150, 158)
    assert read(0, 160, 150, 158, 150)[0] == Clock(150, 160, 160, 150, 158)
    # An earlier one than the first begins anew: the clock may have been set back again.
    assert read(0, 160, 150, 158, 149)[0] == Clock(149, 160, 160, 149, 149)


def test_a_clock_that_counts_on_below_its_highest_was_set_back() -> None:
    clock, set_back = read(0, 7200, 3600, 3605, 3609.9)
    assert clock.is_late
    assert set_back == [0] * 5
    clock, set_back = read(0, 7200, 3600, 3605, 3610)
    assert clock == Clock(3610, 3610, 7210)
    assert not clock.is_late
    assert set_back == [0, 0, 0, 0, 3600]


def test_a_jump_ahead_counts() -> None:
    assert read(0, 1e6)[0].elapsed_s == 1e6


def test_clocks_in_other_units_are_refused() -> None:
    assert check_clock(MAX_CLOCK_S) == MAX_CLOCK_S
    assert check_clock(-MAX_CLOCK_S) == -MAX_CLOCK_S
    for now in (MAX_CLOCK_S * 1.001, -MAX_CLOCK_S * 1.001):
        with pytest.raises(InvalidInputError, match=r"^now_s is .*: is it in nanoseconds\?"):
            check_clock(now)
    with pytest.raises(InvalidInputError, match=r"^start_s is"):
        check_clock("noon", "start_s")
