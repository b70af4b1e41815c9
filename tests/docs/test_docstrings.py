"""Every public name says what it takes, gives and refuses, and shows its use by an example that runs.

That examples are right, doctest checks; here they, and the sections around them, must be there.
"""

import numpy as np
import pytest

from common.errors import InvalidInputError
from tests.docs.docstrings import Entry, public_entries, says_a_shape

# Their examples are shown and not run: each needs files that come with no package.
READERS = ("har.datasets.load_", "fall.datasets.load_")
NOT_RUN = {
    "fall.MobileNetV2FallClassifier": "a file of ImageNet weights",
    "fall.people.BodyPointsModel": "the published network",
    "fall.people.PoseDetector": "the published network",
    "fall.people.fetch_pose_models": "a download of 36 MB",
}


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    return public_entries()


@pytest.fixture(scope="module")
def names(entries: list[Entry]) -> list[Entry]:
    """The names themselves, without the methods of classes."""
    return [entry for entry in entries if entry.owner is None]


def test_a_summary_in_a_sentence(entries: list[Entry]) -> None:
    assert [entry.name for entry in entries if not entry.summary.endswith((".", "?", ":"))] == []


def test_every_parameter_of_a_name_is_described(names: list[Entry]) -> None:
    missing = [f"{one.name}({name})" for one in names for name in one.parameters if one.described(name) is None]
    assert missing == []


def test_the_shape_of_every_array_is_said(entries: list[Entry]) -> None:
    arrays = [(one, name) for one in entries for name in one.parameters if one.takes_an_array(name)]
    assert [f"{one.name}({name})" for one, name in arrays if not says_a_shape(one.described(name) or "")] == []


def test_what_a_function_returns_is_said(names: list[Entry]) -> None:
    returning = [one for one in names if one.returns_something]
    assert [one.name for one in returning if not {"Returns", "Yields"} & set(one.sections)] == []


def test_every_error_of_ours_is_said(entries: list[Entry]) -> None:
    unsaid = {
        one.name: {error for error in one.raised if error not in one.sections.get("Raises", "")} for one in entries
    }
    assert {name: errors for name, errors in unsaid.items() if errors} == {}


def test_every_name_and_method_is_shown(entries: list[Entry]) -> None:
    assert [entry.name for entry in entries if not entry.shown] == []


def test_examples_run_unless_they_need_what_is_not_here(names: list[Entry]) -> None:
    statements = {one.name: [line for line in one.shown.splitlines() if line.startswith(">>>")] for one in names}
    not_run = {name for name, lines in statements.items() if lines and all("+SKIP" in line for line in lines)}
    assert {name for name in not_run if not name.startswith(READERS)} <= set(NOT_RUN)


def refuses(value: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]", size: int) -> int:
    """Too little is said of this function

    Parameters
    ----------
    value : array-like
    """
    if size < 0:
        raise InvalidInputError("size is negative")
    return len(value)


def test_gaps_are_found() -> None:
    entry = Entry("refuses", refuses)
    assert not entry.summary.endswith(".")
    assert entry.described("size") is None
    assert entry.takes_an_array("value")
    assert not says_a_shape(entry.described("value") or "")
    assert entry.returns_something
    assert entry.raised == {"InvalidInputError"}
    assert "Returns" not in entry.sections
    assert "Raises" not in entry.sections
    assert entry.shown == ""
