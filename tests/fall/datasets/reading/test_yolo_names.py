"""Names of classes in the files that annotation programs write."""

from pathlib import Path

import pytest

from common.errors import InvalidInputError
from fall.datasets.reading.yolo_names import class_names, labels_of_classes

TWO = {0: "standing", 1: "fallen person"}


@pytest.mark.parametrize(
    "yaml",
    [
        "names: [standing, fallen person]\n",
        "train: ../train/images\nnc: 2\nnames: ['standing', \"fallen person\"]\n",
        "names:\n- standing\n- fallen person\nroboflow:\n  version: 1\n",
        "names:\n  - standing   # upright\n  - 'fallen person'\n",
        "path: .\n# names: [a]\nnames:\n  0: standing\n\n  # a comment\n  1: fallen person\ndownload: x\n",
        "names: {0: standing, 1: 'fallen person'}\n",
        "names: [\n  standing,\n  fallen person,\n]\nnc: 2",
        "\ufeffnames:\r\n  0: standing\r\n  1: fallen person\r\n",
    ],
)
def test_data_yaml(yaml: str, tmp_path: Path) -> None:
    (tmp_path / "data.yaml").write_text(yaml, newline="")
    assert class_names(tmp_path) == TWO


@pytest.mark.parametrize(
    ("yaml", "names"),
    [
        ("names: ['fallen, on a bed', standing]", ["fallen, on a bed", "standing"]),
        ('names: ["standing (safe)", "fallen [late]"]', ["standing (safe)", "fallen [late]"]),
        ("names: {0: 'sits: on a chair', 1: \"lies, fallen\"}", ["sits: on a chair", "lies, fallen"]),
        ("names: [don't know, fallen,]\nnc: 2", ["don't know", "fallen"]),
    ],
)
def test_commas_and_brackets_in_quotes_are_parts_of_a_name(yaml: str, names: list[str], tmp_path: Path) -> None:
    (tmp_path / "data.yaml").write_text(yaml)
    assert list(class_names(tmp_path).values()) == names


@pytest.mark.parametrize(
    "text",
    ["# two classes\nstanding\nfallen person\n", "standing\n\n#\nfallen person", "\ufeff# a\nstanding\nfallen person"],
)
def test_comments_between_the_names(text: str, tmp_path: Path) -> None:
    (tmp_path / "classes.txt").write_text(text, encoding="utf-8")
    assert class_names(tmp_path) == TWO


@pytest.mark.parametrize("file", ["classes.txt", "obj.names", "labels/classes.txt"])
def test_a_name_on_each_line(file: str, tmp_path: Path) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_bytes(b"\xef\xbb\xbfstanding\r\nfallen person\r\n")
    assert class_names(tmp_path) == TWO


def test_no_names(tmp_path: Path) -> None:
    assert class_names(tmp_path) == {}


@pytest.mark.parametrize("yaml", ["", "nc: 2\n", "names:\n", "names: []\n", "names: 7\n"])
def test_yaml_without_names(yaml: str, tmp_path: Path) -> None:
    (tmp_path / "data.yaml").write_text(yaml)
    with pytest.raises(InvalidInputError, match=r"data\.yaml has no list of names"):
        class_names(tmp_path)


@pytest.mark.parametrize(
    "classes",
    [{0: 0, 1: 1}, {"standing": 0, "Fallen_Person": 1}, {0: False, "fallen person": True}, {"standing": 0, 1: 1}],
)
def test_classes_by_number_and_name(classes: dict) -> None:
    assert labels_of_classes(classes, TWO) == {0: 0, 1: 1}


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        ({}, "map each class"),
        ([0, 1], "map each class"),
        ({"lying": 1}, "none of the classes .*0 standing, 1 fallen person"),
        ({-1: 1}, "none of the classes"),
        ({1.5: 1}, "none of the classes"),
        ({True: 1}, "none of the classes"),
        ({1: 2}, r"classes\[1\] is 2; give 1"),
        ({1: "fall"}, r"classes\[1\] is 'fall'"),
        ({1: 1, "fallen person": 0}, "class 1 twice"),
        (None, "classes is missing: .*standing"),
    ],
)
def test_wrong_classes(classes: object, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        labels_of_classes(classes, TWO)


@pytest.mark.parametrize("names", [{0: "nofall", 1: "fall"}, {1: "Fallen", 0: "ADL"}, {0: "non-fall", 1: "falls"}])
def test_plain_names_need_no_classes(names: dict) -> None:
    assert labels_of_classes(None, names) == {0: 0, 1: 1}
