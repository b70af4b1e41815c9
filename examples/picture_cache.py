"""Pictures on disk, a file for each seed: an interrupted training does not draw them again, nor one on more seeds.

They are found by their scenario and seed. Whoever changes how pictures are drawn or labelled deletes them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import joblib
import numpy as np
import numpy.typing as npt
from rich.progress import track

from common import InvalidInputError
from examples.terminal import console
from examples.train_pictures import Images, Labels
from examples.whole_files import write_whole


@dataclass(frozen=True)
class PictureSource:
    """A function of a scenario and a seed that draws pictures and labels, and what it is called with."""

    draw: Callable[[Any, int], tuple[Images, Labels]]
    scenario: Any
    seeds: tuple[int, ...]


def cached_pictures(sources: Sequence[PictureSource], cache: Path, *, jobs: int) -> list[tuple[Images, Labels]]:
    """The pictures of every seed; those that lie in ``cache`` are not drawn again. They take as much room as pixels."""
    work = []
    for source in sources:
        folder = cache / f"{source.draw.__name__}-{joblib.hash(source.scenario)}"
        folder.mkdir(parents=True, exist_ok=True)
        work += [joblib.delayed(_drawn)(source, seed, folder / f"{seed}.npz") for seed in source.seeds]
    parallel = joblib.Parallel(n_jobs=jobs, return_as="generator")
    paths = list(track(parallel(work), "camera: pictures", total=len(work), console=console))
    return [_load(path) for path in paths]


def _drawn(source: PictureSource, seed: int, path: Path) -> Path:
    if not path.exists():
        images, labels = source.draw(source.scenario, seed)
        write_whole(partial(_save, images=images, labels=labels), path)
    return path


def _save(path: Path, *, images: npt.NDArray[np.uint8], labels: Labels) -> None:
    np.savez(path, images=images, labels=labels)


def _load(path: Path) -> tuple[Images, Labels]:
    try:
        with np.load(path) as arrays:
            return arrays["images"], arrays["labels"]
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        raise InvalidInputError(
            f"cache: {path} is damaged ({error}); delete it to have its pictures drawn anew"
        ) from error
