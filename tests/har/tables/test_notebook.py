"""Recordings and windows in a notebook."""

from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from har import Recordings, Windows, segment
from har.tables.notebook import MAX_ACTIVITIES
from tests.har.recordings import counting


def cells(shown: str) -> dict[str, str]:
    """The name and the value of every row; fails if the text is not well-formed."""
    tables = ElementTree.fromstring(f"<div>{shown}</div>")
    rows = [["".join(cell.itertext()) for cell in row] for row in tables.iter("tr")]
    return dict(rows)


def test_recordings() -> None:
    assert cells(counting(100, 50)._repr_html_()) == {
        "Recordings": "2",
        "subjects": "2",
        "activities": "activity 0 (1), activity 1 (1)",
        "length": "15 s",
        "rate": "10 Hz",
        "channels": "c0, c1, c2",
    }


def test_windows() -> None:
    assert cells(segment(counting(100, 50), window_s=0.5, overlap=0)._repr_html_()) == {
        "Windows": "30",
        "subjects": "2",
        "activities": "activity 0 (20), activity 1 (10)",
        "length of a window": "5 samples (0.5 s)",
        "rate": "10 Hz",
        "channels": "c0, c1, c2",
    }


def test_the_report_of_an_import_stands_below() -> None:
    frame = pd.DataFrame({"s": [0.0, 0.02, 0.06, 0.04], "ax": [0.0, 1, 3, 2]})
    recordings = Recordings.from_frame(frame, time="s", channels=["ax"], time_unit="s")
    shown = cells(recordings._repr_html_())
    assert recordings.report is not None
    for name, value in recordings.report.rows():
        assert shown[name] == value
    assert shown["rows read"] == "4"
    assert shown["rows out of order, sorted by time"] == "1"


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a & b", "\"quoted\" 'twice'", "x < y"])
def test_names_are_not_read_as_markup(name: str) -> None:
    recordings = Recordings([np.zeros((4, 1))], [name], [name], 50, [name])
    windows = Windows(np.zeros((1, 4, 1)), [name], [name], 50, [name], [0])
    for data in (recordings, windows):
        shown = data._repr_html_()
        assert "<script>" not in shown
        assert cells(shown)["channels"] == name
        assert cells(shown)["activities"] == f"{name} (1)"


def test_recordings_without_samples() -> None:
    empty = Recordings([np.zeros((0, 1))], ["walk"], [1], 50, ["ax"])
    assert cells(empty._repr_html_())["length"] == "0 s"


def test_many_activities_are_not_all_listed() -> None:
    n = MAX_ACTIVITIES + 2
    shown = cells(Windows(np.zeros((n, 4, 1)), np.arange(n), np.zeros(n), 50, ["ax"], np.arange(n))._repr_html_())
    assert shown["activities"].endswith("29 (1), and 2 more")
