"""Options that mean the same in every command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from common.bundles.paths import as_path
from common.errors import InvalidInputError

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document; messages go to standard error.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of everything random.", metavar="NUMBER")]
Folds = Annotated[
    int,
    typer.Option(
        min=0,
        metavar="NUMBER",
        help="Parts into which people are divided; each is judged by a model that met none of it. 0 judges nobody.",
    ),
]
Positive = Annotated[
    str | None, typer.Option(metavar="LABEL", help="The label of a fall: adds sensitivity and specificity.")
]


def listed(values: list[str] | None) -> list[str]:
    """The names in an option that may be repeated and may hold several names with commas between.

    Examples
    --------
    >>> listed(["ax, ay", "az"])
    ['ax', 'ay', 'az']
    """
    return [name.strip() for value in values or () for name in value.split(",") if name.strip()]


def check_writable(out: Path) -> Path:
    """Refuse a folder for a model that could not be written later, before hours of work are spent on it."""
    path = as_path(out)
    parent = next(parent for parent in path.absolute().parents if parent.exists())
    if not parent.is_dir():
        raise InvalidInputError(f"--out is {str(out)!r}, but {parent} is a file: name another folder")
    if path.exists() and not path.is_dir():
        raise InvalidInputError(f"--out is {str(out)!r}, which is a file: name a folder")
    try:
        probe = parent / f".{path.name}.writable-{id(path)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise InvalidInputError(f"--out is {str(out)!r}, but {parent} cannot be written ({error.strerror})") from error
    return path


def people_folds(n_people: int, folds: int, *, source: str) -> int:
    """How many folds these people allow: at most one for each.

    Raises
    ------
    InvalidInputError
        If there is one person alone, who cannot be both learned from and judged.
    """
    if n_people < 2:
        raise InvalidInputError(
            f"{source} tells of one person alone, but a figure must be for people whom the model has not met: name who "
            "is who, or train without a figure by --folds 0"
        )
    return min(folds, n_people)
