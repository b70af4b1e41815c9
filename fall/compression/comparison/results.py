"""Results of a comparison on disk, each written whole when it is finished, so that a killed run goes on from there."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from common.bundles.atomic.durable import flush_folder, make_parents
from common.bundles.loading import load_bundle
from common.bundles.paths import as_path, explained
from common.bundles.saving import save_bundle
from common.errors import FrugalError
from common.validation import IntArray, read_file_bytes
from fall.compression.comparison.arguments import Arguments
from fall.compression.comparison.identity import comparison_key, recipe_key
from fall.compression.recipes import Recipe
from fall.tflite.model import CompressedModel

ALL_PEOPLE = "all"
_MAX_BYTES = 2**28


@dataclass(frozen=True)
class Outcome:
    """What came of a recipe on the people of one fold, or on all people.

    Attributes
    ----------
    reason : str
        Why there is no result; empty if there is one.
    seconds : float
        How long it took.
    decisions : tuple of int
        The class of each image held out, as an index into the classifier's ``classes_``.
    """

    reason: str
    seconds: float
    decisions: tuple[int, ...] = ()


class Results:
    """Outcomes and models of one comparison, kept in a folder of its own, or nowhere.

    Parameters
    ----------
    directory : path or None
        Where comparisons are kept; each has a folder named by the hash of what its results depend on. Processes that
        share it see one another's results: files appear whole, and two of the same name are equal.
    arguments : Arguments
        Of the comparison.

    Raises
    ------
    InvalidInputError
        If the folder cannot be used, or a recipe cannot be recognized in another process.
    """

    def __init__(self, directory: Any, arguments: Arguments) -> None:
        self._folder: Path | None = None
        if directory is None:
            return
        folder = as_path(directory) / comparison_key(arguments)
        self._names = {recipe.name: recipe_key(recipe) for recipe in arguments.recipes}
        with explained(folder, every_error=True):
            make_parents(folder / ALL_PEOPLE)
            (folder / ALL_PEOPLE).mkdir(exist_ok=True)
        self._folder = folder

    def seed(self, drawn: int) -> int:
        """The seed of this comparison: the one that was drawn first, since results of two seeds must not be mixed."""
        if self._folder is None:
            return drawn
        path = self._folder / "seed.json"
        if not path.exists():
            _write(path, {"seed": drawn}, replace=False)
        return int(json.loads(read_file_bytes(path))["seed"])

    def read(self, part: str, recipe: Recipe) -> Outcome | None:
        """The outcome of a recipe on a fold or on all people; None if there is none, or it cannot be read."""
        path = self._path(part, recipe, ".json")
        if path is None or not path.exists():
            return None
        try:
            about = json.loads(read_file_bytes(path, max_bytes=_MAX_BYTES))
            return Outcome(str(about["reason"]), float(about["seconds"]), tuple(map(int, about["decisions"])))
        except (FrugalError, ValueError, TypeError, KeyError):
            return None

    def has(self, part: str, recipe: Recipe) -> bool:
        """Whether there is a result."""
        paths = (self._path(part, recipe, ending) for ending in (".json", ""))
        return any(path is not None and path.exists() for path in paths)

    def write(self, part: str, recipe: Recipe, outcome: Outcome) -> None:
        """Keep an outcome."""
        path = self._path(part, recipe, ".json")
        if path is not None:
            path.parent.mkdir(exist_ok=True)
            _write(path, asdict(outcome) | {"recipe": recipe.name})

    def read_model(self, recipe: Recipe) -> CompressedModel | None:
        """The model that a recipe made for all people; None if there is none, or it cannot be read."""
        path = self._path(ALL_PEOPLE, recipe, "")
        if path is None or not path.exists():
            return None
        try:
            model = load_bundle(path)
        except FrugalError:
            return None
        return model if isinstance(model, CompressedModel) else None

    def write_model(self, recipe: Recipe, model: CompressedModel) -> None:
        """Keep a model."""
        path = self._path(ALL_PEOPLE, recipe, "")
        if path is not None:
            save_bundle(model, path)

    def _path(self, part: str, recipe: Recipe, ending: str) -> Path | None:
        return None if self._folder is None else self._folder / part / f"{self._names[recipe.name]}{ending}"


def as_decisions(outcome: Outcome) -> IntArray:
    """The decisions as an array."""
    return np.array(outcome.decisions, np.int64)


def _write(path: Path, content: dict[str, Any], *, replace: bool = True) -> None:
    """Write a file that others find whole or not at all, even after a power cut."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        with part.open("x", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            part.replace(path)
        else:
            _move_if_absent(part, path)
        flush_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


def _move_if_absent(part: Path, path: Path) -> None:
    """Give the file its name unless another process was faster."""
    try:
        path.hardlink_to(part)
    except FileExistsError:
        return
    except OSError:  # a file system without links: a race is then lost by the slower one
        if not path.exists():
            part.replace(path)
