"""Files that are complete or not there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from examples.whole_files import write_whole


def test_a_file_that_could_not_be_completed_is_not_there_nor_a_part_of_it(tmp_path: Path) -> None:
    def save(path: Path) -> None:
        path.write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_whole(save, tmp_path / "whole.npz")
    assert not list(tmp_path.iterdir())


def test_a_complete_file_stays_until_another_one_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "day.1.npz"
    write_whole(lambda part: part.write_text("old") and None, path)

    def save(part: Path) -> None:
        assert path.read_text() == "old"
        assert part.suffix == ".npz"  # NumPy adds it to other names
        part.write_text("new")

    write_whole(save, path)
    assert path.read_text() == "new"


def test_two_who_write_one_file_at_once_do_not_mix(tmp_path: Path) -> None:
    both_write = Barrier(2)

    def write(text: str) -> None:
        def save(part: Path) -> None:
            with part.open("w") as file:
                file.write(text)
                both_write.wait(timeout=60)
                file.write(text)

        write_whole(save, tmp_path / "whole.txt")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, ["a", "b"]))
    assert (tmp_path / "whole.txt").read_text() in ("aa", "bb")
    assert [path.name for path in tmp_path.iterdir()] == ["whole.txt"]
