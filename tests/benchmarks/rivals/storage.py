"""One file for each job, written whole or not at all: a run that was stopped goes on where it was."""

from __future__ import annotations

import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from tests.benchmarks.rivals.measuring import Outcome
from tests.benchmarks.rivals.methods.method import Setting

TEST = "test"


@dataclass(frozen=True)
class Job:
    """Train one method with one setting, and score the windows of people who were not in training.

    ``part`` is "test" for a fold's test people, or an inner fold of its training people, such as "inner0".
    """

    set_name: str
    method: str
    revision: int
    setting: Setting
    fold: int
    part: str
    seed: int

    def path(self, folder: Path) -> Path:
        """Where its outcome is stored."""
        setting = f"{self.setting.size} {self.setting.change} {self.setting.form}"
        method = f"{plain(self.method)}.{self.revision}"
        return folder / self.set_name / method / f"{plain(setting)}.fold{self.fold}.{self.part}.seed{self.seed}.npz"


def plain(text: str) -> str:
    """Text as part of a file's name.

    Examples
    --------
    >>> plain("MultiRocket + Hydra"), plain("336 64 none slow")
    ('multirocket-hydra', '336-64-none-slow')
    """
    return re.sub("[^a-z0-9]+", "-", text.lower())


def save(outcome: Outcome, path: Path) -> None:
    """Store an outcome."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    with unfinished.open("wb") as file:
        np.savez_compressed(file, **asdict(outcome))
    unfinished.replace(path)


def load(path: Path) -> Outcome:
    """Read an outcome."""
    with np.load(path) as stored:
        numbers = {name: stored[name].item() for name in stored.files if name != "scores"}
        return Outcome(scores=stored["scores"], **numbers)
