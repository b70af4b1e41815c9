"""Folders of data sets."""

from pathlib import Path

import pytest

from common.errors import InvalidInputError
from common.validation import DatasetSource, find_dataset_folder

SOURCE = DatasetSource("Walks", "https://example.org", "Walker 2020", "walk_1.csv and so on")


@pytest.mark.parametrize("below", ["", "walks", "archive/walks"])
def test_a_folder_is_found_up_to_two_levels_down(tmp_path: Path, below: str) -> None:
    folder = tmp_path / below
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "walk_1.csv").touch()
    assert find_dataset_folder(tmp_path, "walk_*.csv", SOURCE) == folder
    assert find_dataset_folder(str(tmp_path), "walk_*.csv", SOURCE) == folder


def test_no_further_down(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b" / "c"
    folder.mkdir(parents=True)
    (folder / "walk_1.csv").touch()
    with pytest.raises(
        InvalidInputError,
        match=r"does not hold Walks\. Download Walks from https://example\.org .* walk_1\.csv .*\. Paper: Walker 2020",
    ):
        find_dataset_folder(tmp_path, "walk_*.csv", SOURCE)


@pytest.mark.parametrize("root", [None, 3, b"walks"])
def test_what_is_not_a_path_is_refused(root: object) -> None:
    with pytest.raises(InvalidInputError, match=r"root is .*; pass the folder as text"):
        find_dataset_folder(root, "*", SOURCE)
