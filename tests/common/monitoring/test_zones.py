"""Zones: nearly all of a box inside one of them."""

import pytest
from hypothesis import given, strategies as st

from common import Box, Person, Zone
from common.monitoring.zones import is_in_zone
from tests.common.monitoring import oracle

boxes = st.builds(Box, st.integers(-5, 20), st.integers(-5, 20), st.integers(1, 15), st.integers(1, 15))


@given(boxes, st.lists(st.builds(Zone, st.just("bed"), boxes), max_size=3))
def test_against_pixels_counted_one_by_one(box, zones):
    assert is_in_zone(box, zones) == oracle.in_zone(Person(box, 0.5), zones)


@pytest.mark.parametrize(("reach", "is_inside"), [(27, True), (26, False), (30, True), (0, False)])
def test_nine_tenths_are_enough(reach, is_inside):
    assert is_in_zone(Box(0, 0, 30, 1), [Zone("bed", Box(0, 0, max(reach, 1), 1))]) == is_inside


def test_two_zones_do_not_add_up():
    halves = [Zone("left", Box(0, 0, 5, 10)), Zone("right", Box(5, 0, 5, 10))]
    assert not is_in_zone(Box(0, 0, 10, 10), halves)


@pytest.mark.parametrize("side", [1e-200, 1e-3, 1e3, 1e200])
def test_a_box_of_any_size_lies_in_itself(side):
    box = Box(0, 0, side, side)
    assert is_in_zone(box, [Zone("bed", box)])
    assert not is_in_zone(box, [Zone("bed", Box(0, 0, side, 0.5 * side))])
