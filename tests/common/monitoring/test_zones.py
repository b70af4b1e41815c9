"""Zones: whether the center of a box lies inside an outline."""

import pytest
from hypothesis import given, strategies as st

from common import Box, InvalidInputError, Person, Zone
from common.monitoring.zones import is_in_zone
from tests.common.monitoring import oracle

numbers = st.integers(-5, 20)
boxes = st.builds(Box, numbers, numbers, st.integers(1, 15), st.integers(1, 15))


@given(boxes, st.lists(st.builds(Zone, st.just("bed"), boxes), max_size=3))
def test_rectangles_by_their_edges(box, zones):
    assert is_in_zone(box, zones) == oracle.in_zone(Person(box, 0.5), zones)


@given(st.lists(st.tuples(numbers, numbers), min_size=3, max_size=3), numbers, numbers)
def test_triangles_by_the_sides_of_their_edges(corners, x, y):
    sides = []
    for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1], strict=True):
        sides.append((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1))
    is_inside = all(side > 0 for side in sides) or all(side < 0 for side in sides)
    if is_inside or not any(side == 0 for side in sides):  # on an edge it is either
        assert is_in_zone(Box(x - 3, y - 2, 6, 4), [Zone("bed", corners)]) == is_inside


def test_the_floor_beside_a_bed_that_stands_askew_is_not_in_its_outline():
    corners = [(0, 80), (120, 0), (200, 40), (80, 120)]
    on_bed, on_floor = Box(60, 30, 80, 60), Box(140, 80, 50, 30)
    assert is_in_zone(on_bed, [Zone("bed", corners)])
    assert not is_in_zone(on_floor, [Zone("bed", corners)])
    assert is_in_zone(on_floor, [Zone("bed", Box(0, 0, 200, 120))])


def test_a_hollow_of_an_outline_is_outside():
    corner_sofa = [(0, 0), (100, 0), (100, 40), (40, 40), (40, 100), (0, 100)]
    assert [is_in_zone(Box(x, x, 20, 20), [Zone("sofa", corner_sofa)]) for x in (10, 60)] == [True, False]


@pytest.mark.parametrize("side", [1e-200, 1e-3, 1e3, 1e200])
def test_a_box_of_any_size_lies_in_itself(side):
    box = Box(0, 0, side, side)
    assert is_in_zone(box, [Zone("bed", box)])
    assert not is_in_zone(box, [Zone("bed", Box(0, 0, side, 0.4 * side))])


@pytest.mark.parametrize(
    ("outline", "message"),
    [
        (5, r"outline is 5; pass the corners \[\(x, y\), …\]"),
        ([(0, 0, 0)] * 3, "outline is .*; pass the corners"),
        ([(0, 0), (1, 1)], "outline has 2 corners; a zone needs at least 3"),
        ([(0, 0), (1, 1), (float("nan"), 2)], "x of corner 2 of the outline is nan"),
        ([(0, 0), (1, "a"), (3, 2)], "y of corner 1 of the outline is 'a'"),
    ],
)
def test_what_is_no_outline(outline, message):
    with pytest.raises(InvalidInputError, match=message):
        Zone("bed", outline)
