"""GMDCSA24 and URFD as published, and what may be wrong with their tables of labels."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import fall
from common.errors import InvalidInputError
from fall.datasets import (
    load_gmdcsa24,
    load_urfd,
    train_test_split_by_subject,
)
from fall.datasets.tables import FRAME_COLUMNS


@pytest.mark.real_data
class TestGmdcsa24:
    """Counts of the data's own description."""

    def test_counts(self, real_data: Path) -> None:
        table = load_gmdcsa24(real_data / "gmdcsa24")
        assert tuple(table.columns[:5]) == FRAME_COLUMNS
        assert len(table) == 705
        assert table["label"].sum() == 208
        assert len(load_gmdcsa24(real_data / "gmdcsa24", keep_excluded=True)) == 837
        assert table["subject"].unique().tolist() == [1, 2, 3, 4]
        assert table["sequence"].nunique() == 23
        assert table[table["kind"] == "fall"]["sequence"].nunique() == 14

    def test_crops_are_read_as_they_are(self, real_data: Path) -> None:
        """The box of the table lies in the original video, and must not cut the crop."""
        table = load_gmdcsa24(real_data / "gmdcsa24").iloc[::50]
        images = fall.read_images(table)
        for image, path in zip(images, table["path"], strict=True):
            np.testing.assert_array_equal(image, np.asarray(Image.open(path)))


@pytest.mark.real_data
class TestUrfd:
    def test_counts(self, real_data: Path) -> None:
        table = load_urfd(real_data / "urfd")
        everything = load_urfd(real_data / "urfd", keep_excluded=True)
        assert tuple(table.columns[:5]) == FRAME_COLUMNS
        assert len(everything) == len(list((real_data / "urfd" / "crops96").iterdir())) == 1909
        assert (table["label"] >= 0).all()
        assert not table["dark"].any()
        assert len(table) == 1909 - (everything["label"] == -1).sum() - everything["dark"].sum() == 1269
        assert table["label"].sum() == 217
        assert (table["subject"] == table["sequence"]).all()
        sequences = [f"fall-{n:02d}" for n in range(1, 19)] + [f"adl-{n:02d}" for n in (*range(1, 24), *range(31, 36))]
        assert sorted(everything["sequence"].unique()) == sorted(sequences)

    def test_split_by_sequence(self, real_data: Path) -> None:
        table = load_urfd(real_data / "urfd")
        train, test = train_test_split_by_subject(table, test_subjects=["fall-01", "adl-01"])
        assert set(test["sequence"]) == {"fall-01", "adl-01"}
        assert len(train) + len(test) == len(table)


class TestCropFolders:
    """What may be wrong with labels.csv."""

    HEADER = "file,label,subject,kind,video,frame,time_s,t_since_fall_s,activity,box\n"
    ROW = "a.png,1,1,fall,S1/Fall/1.mp4,0,0.0,,,\n"

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "crops96").mkdir()
        Image.new("RGB", (96, 96)).save(tmp_path / "crops96" / "a.png")
        (tmp_path / "labels.csv").write_text(self.HEADER + self.ROW)
        return tmp_path

    def test_the_smallest_one(self, folder: Path) -> None:
        assert load_gmdcsa24(folder)["path"].tolist() == [str(folder / "crops96" / "a.png")]

    @pytest.mark.parametrize(
        ("labels", "message"),
        [
            (None, "holds no labels"),
            ("", "cannot be read as a table"),
            ("file,label\na.png,1\n", "cannot be read as a table"),
            (HEADER + ROW.replace(",1,1", ",fall,1"), "cannot be read as a table"),
            (HEADER + ROW.replace(",1,1", ",7,1"), "has the label 7 in row 0"),
            (HEADER + ROW + ROW.replace("a.png", "b.png"), r"lacks 1 of the 2 images .* 'b\.png'"),
            (HEADER + ROW.replace("a.png", "../labels.csv"), r"lacks 1 of the 1 images .* '\.\./labels\.csv'"),
        ],
    )
    def test_bad_tables(self, folder: Path, labels: str | None, message: str) -> None:
        (folder / "labels.csv").unlink()
        if labels is not None:
            (folder / "labels.csv").write_text(labels)
        with pytest.raises(InvalidInputError, match=message):
            load_gmdcsa24(folder)

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
    def test_byte_order_marks(self, folder: Path, encoding: str) -> None:
        mark = "\ufeff" if encoding == "utf-16-le" else ""
        (folder / "labels.csv").write_text(mark + self.HEADER + self.ROW, encoding=encoding)
        assert len(load_gmdcsa24(folder)) == 1

    @pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda file: file.symlink_to("/dev/zero")])
    @pytest.mark.parametrize("load", [load_gmdcsa24, load_urfd])
    def test_a_table_that_is_no_file(
        self, folder: Path, load: Callable[[Path], object], make: Callable[[Path], object]
    ) -> None:
        (folder / "labels.csv").unlink()
        make(folder / "labels.csv")
        with pytest.raises(InvalidInputError, match=r"labels\.csv cannot be read: it is not a regular file"):
            load(folder)

    def test_a_huge_table_is_not_read(self, folder: Path) -> None:
        with (folder / "labels.csv").open("r+b") as file:
            file.truncate(2**40)
        with pytest.raises(InvalidInputError, match="more than 33,554,432 bytes"):
            load_gmdcsa24(folder)

    @pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda file: file.symlink_to("nowhere")])
    def test_a_crop_that_is_no_file_is_lacking(self, folder: Path, make: Callable[[Path], object]) -> None:
        (folder / "crops96" / "a.png").unlink()
        make(folder / "crops96" / "a.png")
        with pytest.raises(InvalidInputError, match="lacks 1 of the 1 images"):
            load_gmdcsa24(folder)

    @pytest.mark.parametrize(
        ("load", "page"), [(load_gmdcsa24, r"zenodo\.12921216.*Paper: Alam"), (load_urfd, r"fenix.*Paper: Kwolek")]
    )
    def test_not_the_data_set(self, load: Callable[[Path], object], page: str, tmp_path: Path) -> None:
        for folder, problem in ((tmp_path / "lost", "is not a folder"), (tmp_path, r"holds no labels\.csv")):
            with pytest.raises(InvalidInputError, match=rf"{problem}\. Download .*{page}"):
                load(folder)
