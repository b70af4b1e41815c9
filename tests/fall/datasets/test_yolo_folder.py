"""One's own annotated images: layouts, what is left out, and whose image it is."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

import fall
from common.errors import FrugalWarning, InvalidInputError
from fall.datasets import load_yolo_folder
from fall.datasets.tables import FRAME_COLUMNS

CLASSES = {0: 0, 1: 1}
STANDING, FALLEN = "0 0.5 0.5 0.2 0.5\n", "1 0.5 0.75 0.5 0.5\n"


def write(root: Path, image: str, annotation: str | None, label_file: str) -> None:
    (root / image).parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (100, 50)).save(root / image)
    if annotation is not None:
        (root / label_file).parent.mkdir(parents=True, exist_ok=True)
        (root / label_file).write_text(annotation)


LAYOUTS: dict[str, Callable[[str, str], tuple[str, str]]] = {
    "images and labels": lambda split, name: (f"images/{name}.png", f"labels/{name}.txt"),
    "images/train": lambda split, name: (f"images/{split}/{name}.png", f"labels/{split}/{name}.txt"),
    "train/images": lambda split, name: (f"{split}/images/{name}.png", f"{split}/labels/{name}.txt"),
    "beside": lambda split, name: (f"{split}/{name}.png", f"{split}/{name}.txt"),
    "beside, in images": lambda split, name: (f"images/{split}/{name}.png", f"images/{split}/{name}.txt"),
    "deeper": lambda split, name: (f"a/images/b/images/{name}.png", f"a/images/b/labels/{name}.txt"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout: str, tmp_path: Path) -> None:
    for split, name, annotation in (
        ("train", "1", STANDING),
        ("train", "2", FALLEN),
        ("valid", "3", STANDING),
        ("valid", "4", FALLEN),
    ):
        image, label_file = LAYOUTS[layout](split, name)
        write(tmp_path, image, annotation, label_file)
    table = load_yolo_folder(tmp_path, classes=CLASSES)
    assert tuple(table.columns[:5]) == FRAME_COLUMNS
    assert table["label"].tolist() == [0, 1, 0, 1]
    assert table[["x", "y", "w", "h"]].to_numpy().tolist() == [[40, 12.5, 20, 25], [25, 25, 50, 25]] * 2
    has_split = LAYOUTS[layout]("train", "1") != LAYOUTS[layout]("valid", "1")
    assert table.get("split", pd.Series([""] * 4)).tolist() == (["train"] * 2 + ["val"] * 2 if has_split else [""] * 4)
    assert fall.read_images(table).shape == (4, 96, 96, 3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, annotation in enumerate((STANDING, FALLEN, FALLEN), start=1):
        write(tmp_path, f"images/anna/{number}.png", annotation, f"labels/anna/{number}.txt")
    return tmp_path


def test_names_and_people(folder: Path) -> None:
    (folder / "data.yaml").write_text("names: [standing, fallen]\n")
    table = load_yolo_folder(folder, classes={"standing": 0, "fallen": 1})
    assert table[["subject", "sequence", "activity"]].to_numpy().tolist() == [
        ["anna", "images/anna", name] for name in ("standing", "fallen", "fallen")
    ]


@pytest.mark.parametrize(("subject", "expected"), [(None, "anna"), (r"anna/(\d)", "1"), ("ann", "ann")])
def test_the_person_in_the_path(folder: Path, subject: str | None, expected: str) -> None:
    assert load_yolo_folder(folder, classes=CLASSES, subject=subject)["subject"][0] == expected


@pytest.mark.parametrize(("subject", "message"), [("bert", "finds no person"), ("(", "no regular"), (7, "no regular")])
def test_a_wrong_pattern(folder: Path, subject: object, message: str) -> None:
    with pytest.raises(InvalidInputError, match=f"subject is .*{message}"):
        load_yolo_folder(folder, classes=CLASSES, subject=subject)


@pytest.mark.parametrize(
    ("annotation", "reason"),
    [
        (None, "have no annotation"),
        ("", "have no annotation"),
        ("7 0.5 0.5 0.2 0.4", "have an annotation of another class"),
        ("1 360 240 100 200", "have an annotation in another format"),
        ("1 0.5 0.5 0.001 0.4", "have a box of less than a pixel"),
        ("2 0.5 0.5 0.2 0.4", "have no annotation"),  # furniture alone
        ("0 0.5 0.5 0.2 0.4\nbroken", "have an annotation in another format"),
    ],
)
def test_an_image_without_a_sound_annotation(folder: Path, annotation: str | None, reason: str) -> None:
    write(folder, "images/anna/4.png", annotation, "labels/anna/4.txt")
    classes = {0: 0, 1: 1, 2: None}
    with pytest.warns(FrugalWarning, match=rf"1 of 4 images {reason} and are left out: .*4\.png"):
        table = load_yolo_folder(folder, classes=classes)
    assert len(table) == 3
    ((path, told),) = table.attrs["left_out"].items()
    assert (Path(path).name, told.startswith(reason)) == ("4.png", True)
    kept = load_yolo_folder(folder, classes=classes, keep_excluded=True)
    assert kept["label"].tolist() == [0, 1, 1, -1]
    assert kept["w"].isna().tolist() == [False, False, False, True]
    assert (list(kept.attrs["excluded"]), kept.attrs["left_out"]) == ([path], {})


@pytest.mark.parametrize(
    ("annotation", "label", "w"),
    [
        ("0 0.5 0.5 0.9 0.9\n1 0.5 0.5 0.5 0.5\n", 1, 50),
        ("0 0.5 0.5 0.1 0.1\n0 0.5 0.5 0.3 0.3\n", 0, 30),
        ("2 0.5 0.5 0.9 0.9\n0 0.5 0.5 0.3 0.3\n", 0, 30),
    ],
)
def test_of_several_objects_the_one_that_counts(folder: Path, annotation: str, label: int, w: float) -> None:
    write(folder, "images/anna/0.png", annotation, "labels/anna/0.txt")
    row = load_yolo_folder(folder, classes={0: 0, 1: 1, 2: None}).iloc[0]
    assert (row["label"], row["w"]) == (label, pytest.approx(w))


def test_cut_boxes_are_counted(folder: Path) -> None:
    for number in (2, 3):
        (folder / "labels" / "anna" / f"{number}.txt").write_text("1 0.5 0.5 1.01 1.02")
    with pytest.warns(
        FrugalWarning, match=r"the boxes of 2 of 3 images reached beyond the frame and were cut: .*2\.png"
    ):
        table = load_yolo_folder(folder, classes=CLASSES)
    assert table[["x", "y", "w", "h"]].to_numpy().tolist() == [[40, 12.5, 20, 25], [0, 0, 100, 50], [0, 0, 100, 50]]
    assert [Path(path).name for path in table.attrs["clipped"]] == ["2.png", "3.png"]


def test_labels_without_images_and_files_that_are_no_images(folder: Path) -> None:
    (folder / "labels" / "anna" / "9.txt").write_text(FALLEN)
    Image.new("RGB", (9, 9)).save(folder / "images" / "anna" / "10.gif")
    (folder / "images" / "anna" / "11.png").write_text("no image")
    (folder / "README.md").write_text("mine")
    with pytest.warns(FrugalWarning, match="annotations without an image") as caught:
        table = load_yolo_folder(folder, classes=CLASSES)
    (warning,) = caught
    assert {Path(path).name for path in table.attrs["left_out"]} == {"9.txt", "10.gif", "11.png", "README.md"}
    assert "10.gif" in str(warning.message)
    assert "README.md" not in str(warning.message)


@pytest.mark.parametrize("link", ["images/anna/again", "images/loop", "images/bert"])
def test_links_are_followed_once(folder: Path, link: str) -> None:
    (folder / link).symlink_to(folder / "images" / ("" if "loop" in link else "anna"))
    with pytest.warns(FrugalWarning, match="links to what is read already|links to a folder above"):
        assert len(load_yolo_folder(folder, classes=CLASSES)) == 3


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        ({5: 1}, "holds no image with an annotation of the classes: files have an annotation of another class"),
        ({0: 0, 1: 0, 2: 1}, "holds no image of label 1"),
        (None, "classes is missing"),
    ],
)
def test_classes_that_do_not_fit(folder: Path, classes: dict | None, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        load_yolo_folder(folder, classes=classes)


def test_no_images(tmp_path: Path) -> None:
    (tmp_path / "1.txt").write_text(FALLEN)
    with pytest.raises(InvalidInputError, match="holds no PNG or JPEG image, nor BMP or WebP"):
        load_yolo_folder(tmp_path, classes=CLASSES)
