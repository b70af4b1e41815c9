"""Folders of data sets: nested files, copies, and ignored files."""

import os
from pathlib import Path

import pytest

from common.errors import FrugalWarning, InvalidInputError
from common.validation import DatasetFolder, DatasetSource

SOURCE = DatasetSource("Walks", "walk_1.csv and so on", "https://example.org", "Walker 2020")
WALK = r"walk_(\d)\.csv"


def write(file: Path, text: str = "1") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def found(root: Path, pattern: str = WALK) -> list[str]:
    return [file.match[0] for file in DatasetFolder(root, SOURCE).find_some(pattern)]


def test_files_are_found_in_all_folders_and_sorted_by_name(tmp_path: Path) -> None:
    for place in ("walk_3.csv", "b/walk_1.csv", "a/part 1/by person/7/walk_2.csv"):
        write(tmp_path / place)
    assert found(tmp_path) == ["walk_1.csv", "walk_2.csv", "walk_3.csv"]
    assert [file.match[0] for file in DatasetFolder(str(tmp_path), SOURCE).find(r"7/walk_\d\.csv")] == ["7/walk_2.csv"]


@pytest.mark.parametrize(
    "leftover", ["__MACOSX/a/walk_2.csv", "._walk_2.csv", ".cache/walk_2.csv", "__MACOSX/._walk_2.csv"]
)
def test_hidden_files_and_leftovers_of_macos_are_ignored(tmp_path: Path, leftover: str) -> None:
    write(tmp_path / "walk_1.csv")
    write(tmp_path / leftover)
    assert found(tmp_path) == ["walk_1.csv"]


@pytest.mark.parametrize(
    "copy", ["walk_1 (1).csv", "walk_1(2).csv", "walk_1 - Copy.csv", "again/walk_1.CSV", "walk_1 copy 2.csv"]
)
def test_copies_are_read_once_or_refused(tmp_path: Path, copy: str) -> None:
    write(tmp_path / copy)
    assert found(tmp_path) == ["walk_1.csv"]
    write(tmp_path / "walk_1.csv")
    with pytest.warns(FrugalWarning, match="1 of the files of Walks are copies"):
        assert found(tmp_path) == ["walk_1.csv"]
    write(tmp_path / copy, "2")
    with pytest.raises(InvalidInputError, match="same name but differ"):
        found(tmp_path)


def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere" / "walk_1.csv")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (tmp_path / "root" / "itself").symlink_to(tmp_path / "root" / "itself")
    (tmp_path / "root" / "nowhere").symlink_to(tmp_path / "nowhere")
    (tmp_path / "root" / "loop").symlink_to(tmp_path / "root", target_is_directory=True)
    assert found(tmp_path / "root") == ["walk_1.csv"]


def test_an_unreadable_folder_is_warned_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "walk_1.csv")
    write(tmp_path / "closed" / "walk_2.csv")
    scandir = os.scandir

    def closed(folder: Path) -> object:
        if folder.name == "closed":
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", closed)
    with pytest.warns(FrugalWarning, match="closed was not read"):
        assert found(tmp_path) == ["walk_1.csv"]


def test_a_whole_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.validation.folders._MOST_ENTRIES", 3)
    for name in "abcd":
        write(tmp_path / name)
    with pytest.raises(InvalidInputError, match="more than 3 files"):
        found(tmp_path)


def test_a_missing_data_set_names_its_page(tmp_path: Path) -> None:
    with pytest.raises(
        InvalidInputError,
        match=r"does not hold Walks\. Download Walks from https://example\.org\. .* walk_1\.csv .*Paper: Walker 2020",
    ):
        found(tmp_path)


@pytest.mark.parametrize("root", [None, 3, b"walks"])
def test_what_is_not_a_path_is_refused(root: object) -> None:
    with pytest.raises(InvalidInputError, match=r"root is .*; pass the folder as text"):
        DatasetFolder(root, SOURCE)


@pytest.mark.parametrize("root", ["a\0b", "nowhere"])
def test_paths_that_are_not_folders_are_refused(root: str) -> None:
    with pytest.raises(InvalidInputError, match="is not a folder"):
        DatasetFolder(root, SOURCE)
