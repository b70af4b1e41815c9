"""Zones: whether the center of a box lies inside an outline."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, strategies as st

from common import Box, InvalidInputError, Person, Zone
from common.monitoring.zones import is_in_zone
from tests.common.monitoring import oracle

numbers = st.integers(-5, 20)
boxes = st.builds(Box, numbers, numbers, st.integers(1, 15), st.integers(1, 15))


@given(boxes, st.lists(st.builds(Zone, st.just("bed"), boxes), max_size=3))
def test_rectangles_by_their_edges(box, zones):
    assert is_in_zone(box, zones) == oracle.in_zone(Person(box, 0.5), zones)


def all_on_one_line(corners):
    (x1, y1), *others = corners
    return all((x2 - x1) * (y3 - y1) == (y2 - y1) * (x3 - x1) for x2, y2 in others for x3, y3 in others)


@given(st.lists(st.tuples(numbers, numbers), min_size=3, max_size=3), numbers, numbers)
def test_triangles_by_the_sides_of_their_edges(corners, x, y):
    assume(not all_on_one_line(corners))
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


@given(st.lists(st.tuples(numbers, numbers), min_size=3, max_size=6), boxes, st.data())
def test_repeated_corners_and_where_an_outline_begins_make_no_difference(corners, box, data):
    assume(not all_on_one_line(corners))
    repeated = [corner for corner in corners for _ in range(data.draw(st.integers(1, 3)))]
    first = data.draw(st.integers(0, len(corners) - 1))
    zones = [Zone("bed", one) for one in (corners, repeated, corners[first:] + corners[:first])]
    assert len({is_in_zone(box, [zone]) for zone in zones}) == 1


@given(st.lists(st.tuples(numbers, numbers), min_size=3, max_size=5))
def test_corners_on_one_line_enclose_nothing(corners):
    if all_on_one_line(corners):
        with pytest.raises(InvalidInputError, match="outline has all its corners on one line"):
            Zone("bed", corners)
    else:
        Zone("bed", corners)


def test_an_outline_of_thousands_of_corners():
    turns = [n / 5000 * math.tau for n in range(5000)]
    circle = Zone("bed", [(100 * math.cos(turn), 100 * math.sin(turn)) for turn in turns])
    for radius, is_inside in ((0, True), (99.9, True), (100.1, False)):
        for turn in turns[::500]:
            x, y = radius * math.cos(turn), radius * math.sin(turn)
            assert is_in_zone(Box(x - 1, y - 1, 2, 2), [circle]) == is_inside


def test_what_an_outline_encloses_twice_is_outside():
    star = [(100 * math.sin(turn), -100 * math.cos(turn)) for turn in (n * 0.4 * math.tau for n in range(5))]
    assert [is_in_zone(Box(-1, y, 2, 2), [Zone("bed", star)]) for y in (-81, -1)] == [True, False]


def test_small_integers_of_a_detector_do_not_wrap_round():
    edges = np.array([200, 100, 100, 200], dtype=np.uint8)
    assert Zone("bed", Box(*edges)) == Zone("bed", Box(200, 100, 100, 200))
    assert Person(Box(*edges), 0.5).box == Box(200, 100, 100, 200)
    assert type(Person(Box(*edges), 0.5).box.x) is float


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
        (Box(1e308, 0, 1e308, 1), "x of corner 1 of the outline is inf"),
        ([(5, 5)] * 3, "outline has all its corners on one line"),
        ([(0.1, 0.3), (0.2, 0.6), (0.7, 2.1)], "outline has all its corners on one line"),
    ],
)
def test_what_is_no_outline(outline, message):
    with pytest.raises(InvalidInputError, match=message):
        Zone("bed", outline)
