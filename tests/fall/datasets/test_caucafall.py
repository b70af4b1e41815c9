"""CAUCAFall in its published layout, with the traps that the publication holds."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import fall
from common.errors import FrugalWarning, InvalidInputError
from fall.datasets import load_caucafall
from fall.datasets.tables import FRAME_COLUMNS
from tests.fall.datasets.made_caucafall import PREFIXES


def write_recording(
    root: Path, subject: int, activity: str, n_frames: int = 4, frame_size: tuple[int, int] = (72, 48)
) -> Path:
    """One folder of CAUCAFall; in a fall, the second half of the frames has class 1."""
    folder = root / f"Subject.{subject}" / activity
    folder.mkdir(parents=True)
    is_fall = activity.startswith("Fall")
    (folder / "classes.txt").write_text("nofall\nfall\n" if is_fall else "nofall")
    (folder / f"{activity.title().replace(' ', '')}S{subject}.avi").write_bytes(b"RIFF")
    for number in range(1, n_frames + 1):
        name = f"{PREFIXES[activity]}{subject}{number:05d}"
        Image.new("RGB", frame_size, (10 * number, 0, 0)).save(folder / f"{name}.png")
        fallen = int(is_fall and number > n_frames // 2)
        (folder / f"{name}.txt").write_text(f"{fallen} 0.500000 0.250000 0.250000 0.500000\n")
    return folder


@pytest.fixture
def caucafall(tmp_path: Path) -> Path:
    """Three subjects, all activities, two folders down as in the archive."""
    root = tmp_path / "Dataset CAUCAFall" / "CAUCAFall"
    for subject in (1, 2, 10):
        for activity in PREFIXES:
            write_recording(root, subject, activity)
    (tmp_path / "Dataset CAUCAFall" / "Dataset details.xlsx").write_bytes(b"PK")
    (root / "Subject.1" / ".DS_Store").write_bytes(b"\0")
    (root / "Subject.1" / "Walk" / "._cams100001.png").write_bytes(b"\0")
    return root


class TestCaucafall:
    def test_columns_and_counts(self, caucafall: Path) -> None:
        table = load_caucafall(caucafall)
        assert list(table.columns) == [*FRAME_COLUMNS, "frame", "x", "y", "w", "h"]
        assert len(table) == 3 * 10 * 4
        assert table["subject"].unique().tolist() == [1, 2, 10]
        assert set(table["activity"]) == set(PREFIXES)
        assert table["sequence"].nunique() == 30
        assert table["frame"].unique().tolist() == [1, 2, 3, 4]
        assert all(Path(path).is_file() for path in table["path"])

    @pytest.mark.parametrize("levels", [0, 1, 2])
    def test_found_from_the_folders_above(self, caucafall: Path, levels: int) -> None:
        assert len(load_caucafall([caucafall, *caucafall.parents][levels])) == 120

    def test_labels_by_frame(self, caucafall: Path) -> None:
        table = load_caucafall(caucafall)
        falls = table[table["activity"] == "Fall left"]
        assert falls["label"].tolist() == [0, 0, 1, 1] * 3
        assert table["label"].sum() == 3 * 5 * 2

    def test_labels_by_activity(self, caucafall: Path) -> None:
        table = load_caucafall(caucafall, label_by="activity")
        assert table["label"].sum() == 3 * 5 * 4
        assert (table["label"] == table["activity"].str.startswith("Fall")).all()

    def test_class_1_in_a_daily_activity_is_no_fall(self, caucafall: Path) -> None:
        (caucafall / "Subject.1" / "Kneel" / "ars100002.txt").write_text("1 0.5 0.5 0.2 0.2\n")
        assert load_caucafall(caucafall).query("activity == 'Kneel'")["label"].max() == 0

    def test_boxes_in_pixels(self, caucafall: Path) -> None:
        # Center (0.5, 0.25) and size (0.25, 0.5) of 72 × 48 pixels.
        assert load_caucafall(caucafall)[["x", "y", "w", "h"]].drop_duplicates().to_numpy().tolist() == [
            [27, 0, 18, 24]
        ]

    def test_every_frame_has_its_own_size(self, caucafall: Path) -> None:
        Image.new("RGB", (144, 96)).save(caucafall / "Subject.2" / "Walk" / "cams200003.png")
        boxes = load_caucafall(caucafall).query("subject == 2 and activity == 'Walk'")
        assert boxes["w"].tolist() == [18, 18, 36, 18]

    def test_rgba_frames_are_read(self, caucafall: Path) -> None:
        file = caucafall / "Subject.1" / "Hop" / "sals100001.png"
        Image.open(file).convert("RGBA").save(file)
        table = load_caucafall(caucafall)
        assert fall.read_images(table).shape == (120, 96, 96, 3)

    def test_names_that_do_not_match(self, caucafall: Path) -> None:
        """The four of the publication."""
        for subject, activity, old, new in [
            (2, "Fall backwards", "cas200001.png", "cas200001 - copia.png"),
            (1, "Hop", "sals100002.txt", "sals100002a.txt"),
            (1, "Pick up object", "res100003.txt", "res100003a.txt"),
            (2, "Walk", "cams200004.txt", "cams200004w.txt"),
        ]:
            folder = caucafall / f"Subject.{subject}" / activity
            (folder / old).rename(folder / new)
        table = load_caucafall(caucafall)
        assert len(table) == 120
        copy = table[table["path"].str.contains("copia")]
        assert copy[["frame", "x"]].to_numpy().tolist() == [[1, 27]]

    def test_names_with_a_hyphen(self, caucafall: Path) -> None:
        """As ``cfs1-00001`` in Subject.1's forward fall."""
        folder = caucafall / "Subject.1" / "Fall forward"
        for file in [*folder.glob("cfs*")]:
            file.rename(folder / file.name.replace("cfs1", "cfs1-"))
        table = load_caucafall(caucafall).query("subject == 1 and activity == 'Fall forward'")
        assert table["frame"].tolist() == [1, 2, 3, 4]
        assert table["label"].tolist() == [0, 0, 1, 1]

    def test_short_names(self, caucafall: Path) -> None:
        folder = caucafall / "Subject.1" / "Fall forward"
        for file in [*folder.glob("cfs*")]:
            file.rename(folder / file.name.replace("cfs1", "cfs"))
        assert load_caucafall(caucafall).query("activity == 'Fall forward'")["frame"].tolist() == [1, 2, 3, 4] * 3

    def test_a_copy_beside_its_original_takes_no_annotation(self, caucafall: Path) -> None:
        folder = caucafall / "Subject.1" / "Walk"
        Image.new("RGB", (72, 48)).save(folder / "cams100002 - copia.png")
        (folder / "cams100002a.txt").write_text("0 0.5 0.5 0.1 0.1\n")
        with pytest.warns(FrugalWarning, match=r"1 of 121 frames have no annotation .*cams100002 - copia\.png"):
            table = load_caucafall(caucafall)
        assert len(table) == 120

    def test_ambiguous_leftovers_are_left_out(self, caucafall: Path) -> None:
        folder = caucafall / "Subject.1" / "Walk"
        (folder / "cams100002.txt").rename(folder / "cams100002a.txt")
        (folder / "cams100002b.txt").write_text("0 0.5 0.5 0.1 0.1\n")
        with pytest.warns(FrugalWarning, match=r"1 of 120 frames .*cams100002\.png"):
            assert len(load_caucafall(caucafall)) == 119

    @pytest.mark.parametrize("empty", [True, False])
    @pytest.mark.parametrize("label_by", ["frame", "activity"])
    def test_frames_without_annotation(self, caucafall: Path, label_by: str, empty: bool) -> None:
        for name in ("cas100003.txt", "cas100004.txt"):
            file = caucafall / "Subject.1" / "Fall backwards" / name
            file.write_text("\n") if empty else file.unlink()
        with pytest.warns(FrugalWarning, match=r"2 of 120 frames have no annotation and are left out"):
            assert len(load_caucafall(caucafall, label_by=label_by)) == 118
        table = load_caucafall(caucafall, label_by=label_by, keep_excluded=True)
        assert len(table) == 120
        assert table[table["label"] == -1][["frame", "w"]].to_numpy().tolist() == pytest.approx(
            np.array([[3, np.nan], [4, np.nan]]), nan_ok=True
        )

    def test_of_several_people_the_fallen_one(self, caucafall: Path) -> None:
        file = caucafall / "Subject.1" / "Fall right" / "cds100004.txt"
        file.write_text("0 0.5 0.5 0.9 0.9\n1 0.5 0.5 0.5 0.5\n")
        row = load_caucafall(caucafall).query("subject == 1 and activity == 'Fall right' and frame == 4")
        assert row[["label", "w"]].to_numpy().tolist() == [[1, 36]]

    def test_a_damaged_image_waits_for_read_images(self, caucafall: Path) -> None:
        (caucafall / "Subject.1" / "Walk" / "cams100002.png").write_text("no image")
        table = load_caucafall(caucafall)
        assert len(table) == 120
        with pytest.warns(FrugalWarning, match=r"1 unreadable images .*cams100002\.png is not a PNG"):
            assert len(fall.readable(table)) == 119

    @pytest.mark.parametrize(
        "text",
        [
            "2 0.5 0.5 0.1 0.1",
            "0 0.5 0.5 0.1",
            "0 360 240 100 200",
            "0 0.5 0.5 nan 0.1",
            "fall",
            "0 0.5 0.5 0 0.1",
            "\0\xff",
        ],
    )
    def test_a_wrong_annotation_costs_its_frame(self, caucafall: Path, text: str) -> None:
        (caucafall / "Subject.1" / "Walk" / "cams100002.txt").write_text(text)
        with pytest.warns(
            FrugalWarning, match=r"1 of 120 frames have an annotation .*cams100002\.png \(cams100002\.txt"
        ):
            table = load_caucafall(caucafall)
        assert len(table) == 119
        assert [Path(path).name for path in table.attrs["left_out"]] == ["cams100002.png"]
        kept = load_caucafall(caucafall, keep_excluded=True)
        assert kept[kept["label"] == -1][["frame", "subject"]].to_numpy().tolist() == [[2, 1]]
        assert list(kept.attrs["excluded"]) == list(table.attrs["left_out"])

    def test_annotations_that_are_all_wrong(self, caucafall: Path) -> None:
        for file in caucafall.rglob("*0*.txt"):
            file.write_text("0 360 240 100 200")
        with pytest.raises(InvalidInputError, match="holds no annotated frame: files have an annotation in another"):
            load_caucafall(caucafall)

    @pytest.mark.parametrize(
        "content",
        [
            b"\xef\xbb\xbf1 0.5 0.25 0.25 0.5\r\n",
            "1.0 0.5 0.25 0.25 0.5 0.9".encode("utf-16"),
            b"# by hand\n\n1 0.5 0.25 0.25 0.5",
            b"1 0.375 0 0.625 0 0.625 0.5 0.375 0.5",
        ],
    )
    def test_annotations_written_loosely(self, caucafall: Path, content: bytes) -> None:
        (caucafall / "Subject.1" / "Fall left" / "cis100002.txt").write_bytes(content)
        (caucafall / "Subject.1" / "Fall left" / "classes.txt").write_bytes(b"\xef\xbb\xbfnofall\r\nfall\r\n")
        table = load_caucafall(caucafall)
        row = table.query("subject == 1 and activity == 'Fall left' and frame == 2")
        assert row[["label", "x", "y", "w", "h"]].to_numpy().tolist() == [[1, 27, 0, 18, 24]]
        assert table.attrs["left_out"] == {}

    @pytest.mark.parametrize("text", ["1 0.5 0.5 0.2 1.0004", "1 -0.001 0.5 0.6 0.4", "1 0.9 0.9 0.4 0.4"])
    def test_a_box_beyond_the_frame_is_cut(self, caucafall: Path, text: str) -> None:
        (caucafall / "Subject.1" / "Fall left" / "cis100004.txt").write_text(text)
        with pytest.warns(FrugalWarning, match=r"the boxes of 1 of 120 frames .*cis100004\.png"):
            table = load_caucafall(caucafall)
        right, bottom = table["x"] + table["w"], table["y"] + table["h"]
        assert (table[["x", "y"]].min().min(), right.max() <= 72 + 1e-9, bottom.max() <= 48 + 1e-9) == (0, True, True)
        assert table["label"].sum() == 3 * 5 * 2

    @pytest.mark.parametrize("name", ["cams100009.png", "cams100009.JPG", "cams100009.bmp"])
    @pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
    def test_rows_are_files(self, caucafall: Path, make: Callable[[Path], object], name: str) -> None:
        make(caucafall / "Subject.1" / "Walk" / name)
        with pytest.warns(FrugalWarning, match="1 of 120 frames are not regular files"):
            assert len(load_caucafall(caucafall)) == 120

    @pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda file: file.symlink_to("/dev/zero")])
    def test_annotations_are_files(self, caucafall: Path, make: Callable[[Path], object]) -> None:
        file = caucafall / "Subject.1" / "Walk" / "cams100002.txt"
        file.unlink()
        make(file)
        with pytest.warns(FrugalWarning, match=r"1 of 120 frames .*cams100002\.txt cannot be read: .* not a regular"):
            assert len(load_caucafall(caucafall)) == 119

    @pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda file: file.symlink_to("/dev/zero")])
    def test_the_list_of_classes_is_a_file(self, caucafall: Path, make: Callable[[Path], object]) -> None:
        file = caucafall / "Subject.1" / "Walk" / "classes.txt"
        file.unlink()
        make(file)
        with pytest.raises(InvalidInputError, match=r"classes\.txt cannot be read: it is not a regular file"):
            load_caucafall(caucafall)

    @pytest.mark.parametrize("kind", ["JPEG", "BMP", "WEBP"])
    def test_frames_of_other_kinds(self, caucafall: Path, kind: str) -> None:
        file = caucafall / "Subject.1" / "Walk" / "cams100002.png"
        Image.open(file).save(file.with_suffix(f".{kind.lower()}"), kind)
        file.unlink()
        assert fall.read_images(load_caucafall(caucafall)).shape == (120, 96, 96, 3)

    def test_other_classes(self, caucafall: Path) -> None:
        (caucafall / "Subject.1" / "Fall left" / "classes.txt").write_text("fall\nnofall\n")
        with pytest.raises(InvalidInputError, match="expected nofall, then fall"):
            load_caucafall(caucafall)

    def test_another_activity(self, caucafall: Path) -> None:
        (caucafall / "Subject.1" / "Swim").mkdir()
        with pytest.raises(InvalidInputError, match=r"Swim is none of CAUCAFall's activities \(Fall backwards"):
            load_caucafall(caucafall)

    def test_two_copies(self, caucafall: Path) -> None:
        write_recording(caucafall.parent / "copy", 1, "Walk")
        with pytest.raises(InvalidInputError, match="holds a subject twice"):
            load_caucafall(caucafall.parent)

    def test_not_the_data_set(self, tmp_path: Path) -> None:
        with pytest.raises(
            InvalidInputError,
            match=r"holds no Subject\.N\. Download CAUCAFall from .*//data\.mendeley.* with Subject\.1 .*Paper: Eraso",
        ):
            load_caucafall(tmp_path)
        with pytest.raises(InvalidInputError, match="not a folder"):
            load_caucafall(tmp_path / "lost")
        (tmp_path / "Subject.1" / "Walk").mkdir(parents=True)
        with pytest.raises(InvalidInputError, match="no annotated frame"):
            load_caucafall(tmp_path)

    def test_label_by(self, caucafall: Path) -> None:
        with pytest.raises(InvalidInputError, match="label_by is 'video'"):
            load_caucafall(caucafall, label_by="video")
