"""Reports drawn at random, on times and probabilities whose sums are exact in binary."""

import math

from hypothesis import strategies as st

from common import Box, CameraReport, Person, WornReport, Zone

BED = Zone("bed", Box(0, 0, 20, 10))
STANDING, LYING, IN_BED = Box(30, 10, 4, 9), Box(30, 18, 9, 4), Box(2, 2, 10, 5)
KNEELING, FAR = Box(31, 15, 4, 6), Box(90, 18, 9, 4)

probabilities = st.sampled_from([*(n / 64 for n in (0, 1, 6, 24, 31, 32, 33, 50, 60, 63, 64)), math.nan])
worn_reports = st.builds(WornReport, probabilities)
people = st.builds(Person, st.sampled_from([STANDING, LYING, IN_BED, KNEELING, FAR]), probabilities, st.integers(0, 2))
camera_reports = st.builds(CameraReport, st.booleans(), st.lists(people, max_size=3).map(tuple))


@st.composite
def timed(draw, reports, *, max_size=40, longest_step=16):
    """Reports at increasing multiples of an eighth of a second, a few of them at the same time."""
    steps = draw(st.lists(st.tuples(st.integers(0, longest_step), reports), max_size=max_size))
    now, result = 0, []
    for step, report in steps:
        now += step
        result.append((now / 8, report))
    return result


@st.composite
def two_sensors(draw, **options):
    """Reports of a worn sensor and a camera, in order of time."""
    worn = [(t, "worn", r) for t, r in draw(timed(worn_reports, **options))]
    camera = [(t, "camera", r) for t, r in draw(timed(camera_reports, **options))]
    return sorted(worn + camera, key=lambda heard: heard[0])
