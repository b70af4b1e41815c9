"""UCI HAR: the official order and test part, and errors that name file and line."""

from pathlib import Path

import numpy as np
import pytest

from common.errors import InvalidInputError
from har.datasets import UCI_HAR_TEST_SUBJECTS, load_uci_har


@pytest.fixture
def uci_har(tmp_path: Path) -> Path:
    """Two windows for training, one for the test; every sample of channel c in window w is 100 c + w."""
    root = tmp_path / "UCI HAR Dataset"
    people = {"train": ([5, 5], [1, 1]), "test": ([2], [5])}
    for part, (codes, subjects) in people.items():
        signals = root / part / "Inertial Signals"
        signals.mkdir(parents=True)
        for c, name in enumerate(["total_acc", "body_acc", "body_gyro"]):
            for a, axis in enumerate("xyz"):
                rows = ["  " + "  ".join([f"{100 * (3 * c + a) + w:.7e}"] * 128) for w in range(len(codes))]
                (signals / f"{name}_{axis}_{part}.txt").write_text("\n".join(rows) + "\n")
        (root / part / f"y_{part}.txt").write_text("".join(f"{code}\n" for code in codes))
        (root / part / f"subject_{part}.txt").write_text("".join(f"{subject}\n" for subject in subjects))
    (root / "activity_labels.txt").write_text("1 WALKING\n2 WALKING_UPSTAIRS\n5 STANDING\n")
    return root


@pytest.mark.parametrize("above", [False, True])
def test_uci_har_keeps_the_official_order(uci_har: Path, above: bool) -> None:
    windows = load_uci_har(uci_har.parent if above else uci_har)
    assert windows.X.shape == (3, 128, 9)
    np.testing.assert_array_equal(windows.X[:, 0], 100 * np.arange(9) + np.array([[0], [1], [0]]))
    assert windows.y.tolist() == ["STANDING", "STANDING", "WALKING_UPSTAIRS"]
    assert windows.groups.tolist() == [1, 1, 5]
    assert windows.recording.tolist() == [0, 0, 1]


def test_uci_har_tests_nine_of_thirty_people() -> None:
    assert len(UCI_HAR_TEST_SUBJECTS) == 9  # 30 % of 30, as its README says


def test_uci_har_names_what_is_wrong(uci_har: Path) -> None:
    file = uci_har / "train" / "Inertial Signals" / "body_acc_y_train.txt"
    whole = file.read_text()
    file.write_text(whole.splitlines()[0] + "\n")
    with pytest.raises(InvalidInputError, match=r"body_acc_y_train\.txt ends at line 1 of 2"):
        load_uci_har(uci_har)
    file.write_text(whole[:-40])
    with pytest.raises(InvalidInputError, match=r"body_acc_y_train\.txt, line 2"):
        load_uci_har(uci_har)
    file.write_text(whole)
    (uci_har / "test" / "y_test.txt").write_text("9\n")
    with pytest.raises(InvalidInputError, match=r"y_test\.txt, line 1: 9 is not"):
        load_uci_har(uci_har)
