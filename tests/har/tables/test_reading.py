"""Columns, labels, subjects and units of a table, and the report."""

import numpy as np
import pandas as pd
import pytest

from common.errors import InvalidInputError
from har import Recordings
from tests.har.tables.samples import CHANNELS, SECONDS, N, walk


def read(frame, **options):
    return Recordings.from_frame(frame, **{"time": "t", "channels": CHANNELS, **options})


def test_columns_are_taken_by_name():
    frame = walk(t=SECONDS)
    recordings = read(frame[["az", "t", "ay", "ax"]])
    np.testing.assert_array_equal(recordings.signals[0], frame[CHANNELS])
    assert recordings.channels == ("ax", "ay", "az")


def test_polars_gives_the_same():
    polars = pytest.importorskip("polars", reason="polars is not installed")
    frame = walk(t=SECONDS, does=["walk"] * 300 + ["rest"] * 200)
    ours = read(frame, label="does")
    theirs = read(polars.DataFrame({name: frame[name].to_list() for name in frame}), label="does")
    for one, other in zip(ours.signals, theirs.signals, strict=True):
        np.testing.assert_array_equal(one, other)
    assert ours.y.tolist() == theirs.y.tolist() == ["walk", "rest"]


@pytest.mark.parametrize("empty", [None, np.nan, pd.NA])
def test_each_run_of_a_label_is_a_recording_and_rows_without_are_left_out(empty):
    labels = np.array(["walk"] * 200 + [empty] * 50 + ["rest"] * 150 + ["walk"] * 100, dtype=object)
    recordings = read(walk(t=SECONDS, does=labels), label="does")
    assert recordings.y.tolist() == ["walk", "rest", "walk"]
    assert [len(signal) for signal in recordings.signals] == [200, 150, 100]
    assert recordings.report.n_without_label == 50
    assert read(walk(t=SECONDS, does=labels), label="does", ignore_labels=["rest"]).y.tolist() == ["walk", "walk"]


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        (walk(t=SECONDS), {"time": "when"}, "no such column.*'t'"),
        (walk(t=SECONDS, ax="fast"), {}, "'ax' holds 'fast' at row 0"),
        (walk(t=SECONDS, ax=np.inf), {}, "infinity at row 0"),
        (walk(t=SECONDS, ax=pd.Timestamp("2024-01-01")), {}, "dates"),
        (walk(t=SECONDS, ax=1j), {}, "complex"),
        (walk(t=SECONDS, ax=np.nan), {}, "no run of two samples"),
        (walk(t=SECONDS, who=[None] * N), {"subject": "who"}, "empty in 500 rows"),
        (walk(t=SECONDS)[:0], {}, "empty"),
        (walk(t=SECONDS), {"channels": "ax"}, "pass a list"),
        (walk(t=SECONDS), {"channels": ["ax", "ax"]}, "different columns"),
        (walk(t=SECONDS), {"channels": []}, "one or more"),
        (walk(t=SECONDS), {"max_gap_s": -1}, "max_gap_s"),
        (walk(t=SECONDS), {"ignore_labels": "walk"}, r"\['walk'\]"),
        ({"t": SECONDS}, {}, "data frame"),
        (pd.concat([walk(t=SECONDS), walk()], axis=1), {}, "two columns named 'ax'"),
    ],
)
def test_invalid_tables_are_refused(frame, options, message):
    with pytest.raises(InvalidInputError, match=message):
        read(frame, **options)


@pytest.mark.parametrize(
    ("units", "factor", "name"),
    [
        ("g", 1, "ax [g]"),
        (("g", "m/s2"), 9.80665, "ax [m/s²]"),
        ((1000, "mg"), 1000, "ax [mg]"),
        ({"ax": "g", "ay": "g", "az": "g"}, 1, "ax [g]"),
    ],
)
def test_units_are_named_and_converted(units, factor, name):
    frame = walk(t=SECONDS)
    recordings = read(frame, units=units)
    assert recordings.channels[0] == name
    np.testing.assert_allclose(recordings.signals[0], factor * frame[CHANNELS])


@pytest.mark.parametrize(("truth", "named"), [(9.80665, "g"), (1000, "g"), (1, "m/s²"), (1 / 9.80665, "mg")])
def test_a_wrong_unit_contradicts_gravity(truth, named):
    """Numbers in another unit than the one named are recognised by the magnitude of gravity."""
    frame = walk(t=SECONDS)
    frame[CHANNELS] *= truth
    if named == "mg":
        frame[CHANNELS] *= 9.80665
    with pytest.raises(InvalidInputError, match="at rest"):
        read(frame, units=named)


def test_contradictory_or_unknown_units_are_refused():
    frame = walk(t=SECONDS).rename(columns={"ax": "ax [m/s²]"})
    with pytest.raises(InvalidInputError, match="its name says"):
        read(frame, channels=["ax [m/s²]"], units="g")
    with pytest.raises(InvalidInputError, match="cannot be converted"):
        read(walk(t=SECONDS), units=("g", "deg/s"))
    with pytest.raises(InvalidInputError, match="none of the channels"):
        read(walk(t=SECONDS), units={"bx": "g"})


def test_the_report_counts_and_prints():
    frame = walk(t=np.where(SECONDS == 3, np.nan, SECONDS)).drop(index=range(200, 260))
    report = read(frame, units="g").report
    assert (report.n_rows, report.n_without_time, report.n_holes, report.n_bridged) == (440, 1, 1, 1)
    assert report.rest_g == pytest.approx(1, abs=0.05)
    assert "longer gaps, where a recording ends" in str(report)
