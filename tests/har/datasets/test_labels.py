"""Falls against daily activities, as each reader names them."""

import numpy as np
import pytest

from common.errors import InvalidInputError
from har.datasets import WearableDataset, fall_labels, known_datasets, labels
from har.recordings import Recordings


def recordings_of(*activities: str) -> Recordings:
    n = len(activities)
    return Recordings([np.zeros((2, 1))] * n, np.array(activities), np.arange(n), 50, ("ax [g]",))


def test_each_reader_names_its_own_falls() -> None:
    falls = ["Fall_lateralFall", "F01", "F08", "fall"]
    daily = ["ADL_Walking", "D01", "D11", "adl"]
    assert fall_labels(recordings_of(*falls, *daily)).y.tolist() == [1] * 4 + [0] * 4


@pytest.mark.parametrize("activity", ["FEL", "F09", "D12", "falls", "Fall", "walking"])
def test_unknown_activities_are_refused(activity: str) -> None:
    with pytest.raises(
        InvalidInputError, match=rf"recordings\.y\[1\] is '{activity}', .* UMAFall, URFD, WEDA-FALL: .*load_umafall"
    ):
        fall_labels(recordings_of("F01", activity))


def test_an_activity_that_two_data_sets_label_differently_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    urfd = known_datasets()["urfd"]
    other = WearableDataset("other", urfd.source, urfd.load, falls="adl", daily_activities="walk")
    monkeypatch.setattr(labels, "known_datasets", lambda: {"urfd": urfd, "other": other})
    assert fall_labels(recordings_of("fall", "walk")).y.tolist() == [1, 0]
    with pytest.raises(InvalidInputError, match="a fall in one data set and a daily activity in another"):
        fall_labels(recordings_of("adl"))
