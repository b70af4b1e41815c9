"""Names of folders: which class they mean, and which part of a split data set."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import Any

from common.errors import InvalidInputError

#: Names of folders of falls and of other activities, in the form of :func:`plain_name`.
FALL_NAMES = ("fall", "falls", "fallen")
OTHER_NAMES = ("nonfall", "nonfalls", "nofall", "nofalls", "notfall", "notfallen", "adl", "adls")

_SPLITS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation"), "val"),
    **dict.fromkeys(("test", "testing"), "test"),
}


@dataclass(frozen=True)
class ClassName:
    """A class that is expected: its name, and its label, 1 (fall), 0, or None (not to be read)."""

    name: str
    label: int | None


def plain_name(name: str) -> str:
    """A name without what people write in different ways: case, spaces, hyphens, underscores, composed accents.

    Examples
    --------
    >>> plain_name("Kein Sturz"), plain_name("NON-fall")
    ('keinsturz', 'nonfall')
    """
    letters = unicodedata.normalize("NFC", name).casefold()
    return "".join(letter for letter in letters if letter not in " -_")


def split_name(name: str) -> str | None:
    """``"train"``, ``"val"`` or ``"test"`` for the name of a folder that holds that part; None for any other."""
    return _SPLITS.get(plain_name(name))


def check_label_names(labels: Mapping[str, int | None] | None) -> dict[str, ClassName]:
    """The classes by their plain names; by default those of "fall" and "non-fall".

    Raises
    ------
    InvalidInputError
        If ``labels`` does not map names to 1, 0 or None, or two names are the same but for their spelling.
    """
    if labels is None:
        return {name: ClassName("fall", 1) for name in FALL_NAMES} | {
            name: ClassName("non-fall", 0) for name in OTHER_NAMES
        }
    if not isinstance(labels, Mapping) or not labels:
        raise InvalidInputError(f"labels is {labels!r}; map names of folders to labels: {{'Sturz': 1, 'Gehen': 0}}")
    classes: dict[str, ClassName] = {}
    for name, label in labels.items():
        if not isinstance(name, str) or not plain_name(name):
            raise InvalidInputError(f"labels has the name {name!r}; give the name of a folder")
        known = classes.setdefault(plain_name(name), ClassName(name, check_label(label, f"labels[{name!r}]")))
        if known.name != name:
            raise InvalidInputError(f"labels has {known.name!r} and {name!r}, which are the same name: keep one")
    return classes


def check_label(label: Any, where: str) -> int | None:
    """1, 0, or None for what is not to be read."""
    if label is None:
        return None
    if isinstance(label, Integral) and int(label) in (0, 1):
        return int(label)
    raise InvalidInputError(f"{where} is {label!r}; give 1 (fall), 0 (no fall), or None to leave it out")
