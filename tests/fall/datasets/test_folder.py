"""A folder of one's own images."""

import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

import fall
from common.errors import FrugalWarning, InvalidInputError
from fall.datasets import load_image_folder
from fall.datasets.tables import FRAME_COLUMNS


def write(root: Path, *names: str, kind: str = "PNG") -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 20)).save(root / name, kind)
    return root


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "own", "fall/anna/1.png", "non-fall/anna/1.png", "non-fall/bert/1.png")


class TestLayout:
    def test_columns(self, tmp_path: Path) -> None:
        write(tmp_path, "Falls/anna/b/1.png", "Falls/2.JPG", "Non_Fall/anna/1.jpeg", "Non_Fall/.trash/1.png")
        (tmp_path / "Falls" / "notes.txt").write_text("no image")
        (tmp_path / "README.md").write_text("mine")
        table = load_image_folder(tmp_path)
        assert tuple(table.columns) == FRAME_COLUMNS
        assert table.drop(columns="path").to_numpy().tolist() == [
            [1, "unknown", "Falls", "fall"],
            [1, "anna", "Falls/anna/b", "fall"],
            [0, "anna", "Non_Fall/anna", "non-fall"],
        ]
        assert fall.read_images(table).shape == (3, 96, 96, 3)
        assert [Path(path).name for path in table.attrs["left_out"]] == ["README.md", "notes.txt"]

    @pytest.mark.parametrize("name", ["clip.png", "b.jpg", "c.txt"])
    def test_a_folder_may_be_named_like_a_file(self, folder: Path, name: str) -> None:
        write(folder, f"fall/anna/{name}/2.png")
        table = load_image_folder(folder)
        assert table["label"].tolist() == [1, 1, 0, 0]
        assert fall.read_images(table).shape == (4, 96, 96, 3)

    @pytest.mark.parametrize(
        "entry",
        [".hidden/1.png", "__MACOSX/1.png", "anna/._1.png", "anna/Thumbs.db", "anna/desktop.ini", "@eaDir/1.png"],
    )
    def test_what_systems_leave_behind(self, folder: Path, entry: str) -> None:
        write(folder, f"fall/{entry}")
        table = load_image_folder(folder)
        assert (len(table), table.attrs["left_out"]) == (3, {})

    @pytest.mark.parametrize("name", ["Jürgen", "Zoë", "Đặng"])
    def test_a_person_whose_name_is_written_in_two_ways(self, tmp_path: Path, name: str) -> None:
        write(tmp_path, f"fall/{unicodedata.normalize('NFD', name)}/1.png")
        write(tmp_path, f"non-fall/{unicodedata.normalize('NFC', name)}/1.png")
        assert set(load_image_folder(tmp_path)["subject"]) == {name}

    @pytest.mark.parametrize("names", [("train", "test"), ("Training", "val", "TEST"), ("train", "valid")])
    def test_parts(self, tmp_path: Path, names: tuple[str, ...]) -> None:
        for place, part in enumerate(names):
            write(tmp_path, f"{part}/fall/p{place}/1.png", f"{part}/non-fall/p{place}/1.png")
        table = load_image_folder(tmp_path)
        meaning = {"train": "train", "training": "train", "val": "val", "valid": "val", "test": "test"}
        assert sorted(table["split"].unique()) == sorted({meaning[name.lower()] for name in names})
        assert set(table["sequence"]) == {
            f"{part}/{kind}/p{place}" for place, part in enumerate(names) for kind in ("fall", "non-fall")
        }
        assert table.groupby("split")["label"].nunique().eq(2).all()

    def test_the_same_person_in_two_parts(self, tmp_path: Path) -> None:
        write(tmp_path, *(f"{part}/{kind}/anna/1.png" for part in ("train", "test") for kind in ("fall", "adl")))
        with pytest.warns(FrugalWarning, match="1 of 1 people are in more than one split, such as anna"):
            load_image_folder(tmp_path)

    def test_a_part_of_one_label(self, tmp_path: Path) -> None:
        write(tmp_path, "train/fall/1.png", "train/adl/1.png", "test/adl/2.png")
        with pytest.warns(FrugalWarning, match="split test has images of one label only"):
            load_image_folder(tmp_path)

    def test_a_class_beside_the_parts(self, tmp_path: Path) -> None:
        write(tmp_path, "train/fall/1.png", "train/adl/1.png", "fall/1.png")
        with pytest.raises(InvalidInputError, match="fall lies beside train: move it"):
            load_image_folder(tmp_path)


class TestLabels:
    @pytest.mark.parametrize(
        ("folders", "labels"),
        [
            (("Sturz", "kein Sturz"), {"Sturz": 1, "kein Sturz": 0}),
            (("sturz", "Kein_Sturz"), {"Sturz": 1, "kein Sturz": 0}),
            (("Stu\u0308rze", "Gehen"), {"Stürze": 1, "gehen": 0}),  # as macOS writes an umlaut
            (("chute", "marche"), {"chute": 1, "marche": 0, }),
            (("跌倒", "走路"), {"跌倒": 1, "走路": 0}),
            (("1", "0"), {"1": 1, "0": 0}),
        ],
    )  # fmt: skip
    def test_other_names(self, tmp_path: Path, folders: tuple[str, str], labels: dict[str, int]) -> None:
        write(tmp_path, f"{folders[0]}/anna/1.png", f"{folders[1]}/anna/1.png", f"{folders[1]}/bert/1.png")
        table = load_image_folder(tmp_path, labels=labels).sort_values("label")
        assert table["label"].tolist() == [0, 0, 1]
        assert table["activity"].tolist() == [name for name in reversed(labels) for _ in range(2 - labels[name])]

    def test_several_folders_of_a_label_and_some_left_out(self, tmp_path: Path) -> None:
        write(tmp_path, "Sturz/1.png", "Gehen/1.png", "Sitzen/1.png", "unklar/1.png", "unklar/2.png")
        labels = {"Sturz": 1, "Gehen": 0, "Sitzen": 0, "unklar": None}
        table = load_image_folder(tmp_path, labels=labels)
        assert table.set_index("activity")["label"].to_dict() == {"Gehen": 0, "Sitzen": 0, "Sturz": 1}
        assert [Path(path).name for path in table.attrs["left_out"]] == ["unklar"]

    @pytest.mark.parametrize("name", ["maybe", "Sturz", "fallen down"])
    def test_unknown_folders(self, folder: Path, name: str) -> None:
        write(folder, f"{name}/1.png")
        with pytest.raises(InvalidInputError, match=f"{name} is neither fall nor non-fall"):
            load_image_folder(folder)

    @pytest.mark.parametrize(
        ("labels", "message"),
        [
            ({}, "labels is {}; map names"),
            (["fall"], "map names of folders to labels"),
            ({"fall": 2}, r"labels\['fall'\] is 2; give 1"),
            ({"fall": "fall"}, "give 1"),
            ({"fall": 0.5}, "give 1"),
            ({7: 1}, "labels has the name 7"),
            ({"": 1}, "labels has the name ''"),
            ({"fall": 1, "non-fall": 0, "Non Fall": 0}, "are the same name"),
            (
                {"fall": 1, "non-fall": 0, "adl": 0},
                "labels names the folder 'adl', but root .* holds only fall, non-fall",
            ),
            ({"fall": 1}, "non-fall is neither fall"),
            ({"fall": None, "non-fall": None}, "holds no PNG"),
        ],
    )
    def test_wrong_labels(self, folder: Path, labels: object, message: str) -> None:
        with pytest.raises(InvalidInputError, match=message):
            load_image_folder(folder, labels=labels)

    @pytest.mark.parametrize("lacking", ["fall", "non-fall"])
    @pytest.mark.parametrize("leave", ["no folder", "an empty folder", "a GIF", "a link to nothing"])
    def test_a_class_without_images(self, tmp_path: Path, lacking: str, leave: str) -> None:
        write(tmp_path, f"{'non-fall' if lacking == 'fall' else 'fall'}/1.png")
        if leave == "a link to nothing":
            (tmp_path / lacking).symlink_to("nowhere")
        elif leave != "no folder":
            (tmp_path / lacking).mkdir()
        if leave == "a GIF":
            write(tmp_path, f"{lacking}/1.gif", kind="GIF")
        reasons = {"a GIF": "GIF, which is not read", "a link to nothing": "links that lead nowhere"}
        label = int(lacking == "fall")
        with pytest.raises(
            InvalidInputError, match=rf"no image of label {label} \({lacking}\).*{reasons.get(leave, '')}"
        ):
            load_image_folder(tmp_path)

    def test_one_class_on_purpose(self, tmp_path: Path) -> None:
        write(tmp_path, "non-fall/anna/1.png")
        assert load_image_folder(tmp_path, labels={"non-fall": 0})["label"].tolist() == [0]

    @pytest.mark.parametrize("content", [None, "text"])
    def test_no_images(self, tmp_path: Path, content: str | None) -> None:
        (tmp_path / "fall").mkdir()
        if content:
            (tmp_path / "fall" / "1.png").write_text(content)
        with pytest.raises(InvalidInputError, match="no PNG or JPEG image"):
            load_image_folder(tmp_path)


class TestKinds:
    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "WEBP"])
    @pytest.mark.parametrize("name", ["2.png", "2.jfif", "2.JPG", "2.bmp", "2.webp", "2", "2.txt"])
    def test_the_content_decides(self, folder: Path, kind: str, name: str) -> None:
        write(folder, f"fall/anna/{name}", kind=kind)
        table = load_image_folder(folder)
        assert table["label"].tolist() == [1, 1, 0, 0]
        assert fall.read_images(table).shape == (4, 96, 96, 3)

    @pytest.mark.parametrize(
        ("name", "content", "reason"),
        [
            ("2.gif", b"GIF89a" + bytes(30), "are GIF, which is not read: convert them"),
            ("2.png", b"GIF89a" + bytes(30), "are GIF, which is not read: convert them"),
            ("2.heic", b"\0\0\0\x18ftypheic" + bytes(30), "are HEIC, which is not read"),
            ("2.tif", b"II*\0" + bytes(30), "are TIFF, which is not read"),
            ("2.mp4", b"\0\0\0\x18ftypisom" + bytes(30), "are videos"),
            ("2.jpg", b"", "have the name of an image, but not its content"),
            ("2.ppm", b"P6 9 9 255 " + bytes(243), "are Netpbm, which is not read"),
            ("2.cr3", b"\0\0\0\x18ftypcrx " + bytes(30), "are camera raw, which is not read"),
            ("carl.zip", b"PK\3\4" + bytes(30), "are archives: unpack them"),
            ("carl.tar.gz", b"\x1f\x8b" + bytes(30), "are archives: unpack them"),
            ("2.png.lnk", b"L\0\0\0" + bytes(30), "are shortcuts, which are not followed"),
            ("2.PNG", b"<html>", "have the name of an image, but not its content"),
        ],
    )
    def test_what_is_left_out_is_told(self, folder: Path, name: str, content: bytes, reason: str) -> None:
        (folder / "fall" / "anna" / name).write_bytes(content)
        with pytest.warns(FrugalWarning, match=f"1 of 4 files {reason}.*{name}"):
            table = load_image_folder(folder)
        ((path, told),) = table.attrs["left_out"].items()
        assert (Path(path).name, told.startswith(reason)) == (name, True)

    @pytest.mark.parametrize("name", ["notes.txt", "labels.csv", "a.json", "empty"])
    def test_notes_are_listed_without_a_warning(self, folder: Path, name: str) -> None:
        (folder / "fall" / "anna" / name).write_text("walk,fall")
        table = load_image_folder(folder)
        assert [Path(path).name for path in table.attrs["left_out"]] == [name]

    @pytest.mark.parametrize(
        "make",
        [os.mkfifo, lambda file: file.symlink_to("nowhere"), lambda file: file.symlink_to("/dev/zero"),
         lambda file: file.symlink_to(file)],
    )  # fmt: skip
    def test_what_is_no_file(self, folder: Path, make: Callable[[Path], object]) -> None:
        make(folder / "fall" / "anna" / "2.png")
        with pytest.warns(FrugalWarning, match=r"(not regular files|lead nowhere).*2\.png"):
            assert len(load_image_folder(folder)) == 3

    def test_images_outside_the_classes(self, folder: Path) -> None:
        write(folder, "1.png")
        with pytest.warns(FrugalWarning, match=r"images outside the folders of the classes .*own/1\.png"):
            assert len(load_image_folder(folder)) == 3


class TestLinks:
    def test_folders_and_files_elsewhere(self, folder: Path, tmp_path: Path) -> None:
        disk = write(tmp_path / "disk", "carl/1.png", "carl/2.png", "dora.png")
        (folder / "fall" / "carl").symlink_to(disk / "carl")
        (folder / "fall" / "4.png").symlink_to(disk / "dora.png")
        table = load_image_folder(folder)
        assert table["label"].tolist() == [1, 1, 1, 1, 0, 0]
        assert table["subject"].tolist() == ["unknown", "anna", "carl", "carl", "anna", "bert"]
        assert fall.read_images(table).shape == (6, 96, 96, 3)

    def test_a_class_elsewhere(self, folder: Path, tmp_path: Path) -> None:
        (folder / "fall").rename(tmp_path / "falls of may")
        (folder / "fall").symlink_to(tmp_path / "falls of may")
        assert load_image_folder(folder)["subject"].tolist() == ["anna", "anna", "bert"]

    @pytest.mark.parametrize("target", ["fall", "fall/anna", ".", "..", "fall/anna/1.png"])
    def test_circles_and_doubles(self, folder: Path, target: str) -> None:
        (folder / "fall" / "anna" / "again").symlink_to((folder / target).resolve())
        with pytest.warns(FrugalWarning, match="are links to (what is read already|a folder above them).*again"):
            table = load_image_folder(folder)
        assert table["path"].tolist() == [
            str(folder / name) for name in ("fall/anna/1.png", "non-fall/anna/1.png", "non-fall/bert/1.png")
        ]

    def test_a_folder_linked_twice(self, folder: Path, tmp_path: Path) -> None:
        disk = write(tmp_path / "disk", "1.png", "2.png")
        (disk / "loop").symlink_to(disk)
        for name in ("carl", "dora"):
            (folder / "fall" / name).symlink_to(disk)
        with pytest.warns(FrugalWarning, match="2 of 5 files are links to what is read already .*dora"):
            table = load_image_folder(folder)
        assert table["subject"].tolist() == ["anna", "carl", "carl", "anna", "bert"]

    @pytest.mark.parametrize("name", ["fall/bert.png", "fall/anna/2.png", "falls/carl/1.png"])
    def test_one_content_in_both_labels(self, folder: Path, name: str) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).hardlink_to(folder / "non-fall" / "bert" / "1.png")
        with pytest.raises(InvalidInputError, match="are one and the same"):
            load_image_folder(folder)

    def test_hard_links_of_one_label_are_separate_files(self, folder: Path) -> None:
        (folder / "fall" / "anna" / "2.png").hardlink_to(folder / "fall" / "anna" / "1.png")
        assert load_image_folder(folder)["label"].tolist() == [1, 1, 0, 0]

    @pytest.mark.parametrize("link", ["fall/bert", "fall/2.png", "fall/anna/x"])
    def test_an_image_of_both_labels(self, folder: Path, link: str) -> None:
        target = folder / "non-fall" / "bert" / ("1.png" if link.endswith("png") else "")
        (folder / link).symlink_to(target)
        with pytest.raises(InvalidInputError, match=r"\(fall\) and .* \(non-fall\) are one and the same"):
            load_image_folder(folder)
