"""The names of a YOLO data set's classes, from ``data.yaml`` or ``classes.txt``, and their labels."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from common.errors import InvalidInputError
from fall.datasets.reading.class_names import FALL_NAMES, OTHER_NAMES, check_label, plain_name
from fall.datasets.reading.yolo_labels import read_label_text

_YAML_FILES = ("data.yaml", "data.yml", "dataset.yaml", "dataset.yml")
#: Files with a name on each line, beside the images or their annotations.
NAME_FILES = ("classes.txt", "obj.names", "labels.txt", "_darknet.labels")

# A name, perhaps after a number or in quotes, and what ends it.
_FLOW_ENTRY = re.compile(r"""(\s*+(?:['"]?\d++['"]?\s*+:\s*+)?(?:'[^']*+'|"[^"]*+")?[^,\]}]*+)([,\]}]|$)""")


def class_names(root: Path) -> dict[int, str]:
    """The names of the classes by their numbers, from a file in ``root`` or beside its labels; empty if there is none.

    Raises
    ------
    InvalidInputError
        If the file is there but its names cannot be read.
    """
    for name in _YAML_FILES:
        if (file := root / name).exists():
            return _names_of_yaml(read_label_text(file), file)
    for name in NAME_FILES:
        for folder in (root, root / "labels"):
            if (file := folder / name).exists():
                return dict(enumerate(_names_of_lines(read_label_text(file))))
    return {}


def labels_of_classes(
    classes: Mapping[int | str, int | None] | None, names: Mapping[int, str]
) -> dict[int, int | None]:
    """The label of each class by its number.

    Raises
    ------
    InvalidInputError
        If ``classes`` names a class that ``names`` does not have, or maps to something else than 1, 0 or None, or is
        None while the names do not tell plainly what is a fall.
    """
    if classes is None:
        return _plain_labels(names)
    if not isinstance(classes, Mapping) or not classes:
        raise InvalidInputError(f"classes is {classes!r}; map each class to its label: {{'fallen': 1, 'standing': 0}}")
    numbers = {plain_name(name): number for number, name in names.items()}
    labels: dict[int, int | None] = {}
    for key, label in classes.items():
        number = numbers.get(plain_name(key)) if isinstance(key, str) else key
        if isinstance(number, bool) or not isinstance(number, int) or number < 0:
            known = ", ".join(f"{number} {name}" for number, name in names.items())
            raise InvalidInputError(
                f"classes has {key!r}, which is none of the classes of data.yaml or classes.txt "
                f"({known or 'there is neither'}): correct the name, or give the number of the class"
            )
        if labels.setdefault(number, check_label(label, f"classes[{key!r}]")) != label:
            raise InvalidInputError(f"classes has class {number} twice, with different labels: keep one")
    return labels


def _plain_labels(names: Mapping[int, str]) -> dict[int, int | None]:
    meanings = dict.fromkeys(FALL_NAMES, 1) | dict.fromkeys(OTHER_NAMES, 0)
    unclear = [name for name in names.values() if plain_name(name) not in meanings]
    if not names or unclear:
        known = ", ".join(names.values()) or "no data.yaml, no classes.txt"
        raise InvalidInputError(
            f"classes is missing: the names of the classes ({known}) do not tell which are falls; pass "
            "classes={'fallen': 1, 'standing': 0, 'chair': None}"
        )
    return {number: meanings[plain_name(name)] for number, name in names.items()}


def _names_of_lines(text: str) -> list[str]:
    """A name on each line, without blank lines and comments."""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _names_of_yaml(text: str, file: Path) -> dict[int, str]:
    """The list or mapping ``names``, on one line or on several; the rest of the file is not needed."""
    lines = [line.partition(" #")[0].rstrip() for line in text.splitlines()]
    lines = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    start = next((place for place, line in enumerate(lines) if line.startswith("names:")), len(lines))
    names = {}
    for place, entry in enumerate(_entries_of_yaml(lines[start:])):
        number, colon, name = entry.partition(":")
        if colon and _unquoted(number).isdecimal():
            names[int(_unquoted(number))] = _unquoted(name)
        else:
            names[place] = _unquoted(entry)
    if not names:
        raise InvalidInputError(f"{file} has no list of names that can be read: write names: [standing, fallen]")
    return names


def _entries_of_yaml(lines: list[str]) -> list[str]:
    """The entries of a list or mapping that begins on the first of ``lines``, as ``name`` or ``number: name``."""
    flow = re.match(r"names:\s*+[\[{]", " ".join(lines))
    if flow:
        return [entry for entry in _entries_in_brackets(flow.string[flow.end() :]) if entry.strip()]
    block = itertools.takewhile(lambda line: line[0] in " \t-", lines[1:])
    return [line.strip().removeprefix("-") for line in block]


def _entries_in_brackets(text: str) -> Iterator[str]:
    """What commas separate up to the closing bracket; in quotes, commas and brackets are parts of a name."""
    position = 0
    while (entry := _FLOW_ENTRY.match(text, position)) and entry[2]:
        yield entry[1]
        position = entry.end()
        if entry[2] != ",":
            return


def _unquoted(text: str) -> str:
    return text.strip().strip("'\"")
