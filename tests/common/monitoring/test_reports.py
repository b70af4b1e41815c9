"""Reports: what carries evidence carries no labels, and what is no report is refused where it is made."""

import dataclasses
import math

import numpy as np
import pytest

from common import Box, CameraReport, InvalidInputError, Person, WornReport, Zone
from common.simulation.rooms.camera import PixelBox

BOX = Box(1, 2, 3, 4)


def test_the_types_that_carry_evidence_carry_no_labels():
    fields = {kind: [f.name for f in dataclasses.fields(kind)] for kind in (WornReport, CameraReport, Person, Box)}
    assert fields == {
        WornReport: ["probability"],
        CameraReport: ["moved", "people"],
        Person: ["box", "probability", "track"],
        Box: ["x", "y", "w", "h"],
    }


@pytest.mark.parametrize("value", [-0.1, 1.1, math.inf, "0.5", None, True])
def test_a_probability_lies_from_0_to_1_or_is_nan(value):
    with pytest.raises(InvalidInputError, match="probability is"):
        WornReport(value)
    with pytest.raises(InvalidInputError, match="probability is"):
        Person(BOX, value)


@pytest.mark.parametrize("value", [math.nan, np.float32("nan"), np.float64("nan")])
def test_nan_says_that_there_is_no_probability(value):
    assert math.isnan(WornReport(value).probability)
    assert math.isnan(Person(BOX, value).probability)
    assert not WornReport(value).is_working


def test_numbers_of_numpy_become_numbers_of_python():
    assert type(WornReport(np.float32(0.5)).probability) is float
    assert type(CameraReport(np.bool_(True)).moved) is bool


def test_boxes_may_be_of_any_kind_of_box():
    assert Person(PixelBox(0, 0, 5, 5), 0.5).box.w == 5


@pytest.mark.parametrize(
    ("box", "message"),
    [
        ((1, 2, 3, 4), r"box of a person is \(1, 2, 3, 4\); pass common.Box"),
        (Box(1, 2, 0, 4), "w of the box of a person is 0; it must be above 0"),
        (Box(1, math.nan, 3, 4), "y of the box of a person is nan"),
    ],
)
def test_what_is_no_box(box, message):
    with pytest.raises(InvalidInputError, match=message):
        Person(box, 0.5)


def test_other_mistakes():
    with pytest.raises(InvalidInputError, match="track is -1"):
        Person(BOX, 0.5, track=-1)
    with pytest.raises(InvalidInputError, match="moved is 1; it must be True or False"):
        CameraReport(1)
    with pytest.raises(InvalidInputError, match=r"people is .*; pass a tuple of Person"):
        CameraReport(True, (BOX,))
    with pytest.raises(InvalidInputError, match="name is ''; give the zone a name"):
        Zone("", BOX)
    with pytest.raises(InvalidInputError, match="h of the outline of a zone is -1"):
        Zone("bed", Box(0, 0, 1, -1))
