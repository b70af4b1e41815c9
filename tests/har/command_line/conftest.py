"""A small text file of a sensor, and a model that `har train` has learned from it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.common.command_line.commands import run

RATE_HZ = 20.0
TRAIN = ("--time", "ms", "--channels", "ax,ay", "--label", "does", "--subject", "who", "--units", "m/s²", "--folds", 3)


def write_samples(path: Path, *, people: int = 3, seconds: float = 12.0) -> Path:
    """Slow and fast swings of several people, a line a sample."""
    rng = np.random.default_rng(0)
    parts = []
    for person in range(people):
        for does, hertz in (("slow", 0.7), ("fast", 2.1)):
            t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
            swing = np.sin(2 * np.pi * hertz * (1 + 0.05 * person) * t)
            noise = rng.normal(0, 0.1, (2, len(t)))
            start = 1000 * len(parts) * (seconds + 1)
            columns = {"ms": start + 1000 * t, "ax": swing + noise[0], "ay": -0.5 * swing + noise[1]}
            parts.append(pd.DataFrame({**columns, "does": does, "who": f"p{person}"}))
    pd.concat(parts).to_csv(path, index=False, float_format="%.5f")
    return path


@dataclass(frozen=True)
class Trained:
    """What `har train --json` has left."""

    folder: Path
    data: Path
    model: Path
    document: dict[str, Any]
    messages: str


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A model of three people, in a folder whose name is not ASCII."""
    folder = tmp_path_factory.mktemp("Bewegung für Omas Täler 走")
    data, model = write_samples(folder / "gänge.csv"), folder / "modèle"
    done = run("har", "train", data, *TRAIN, "--out", model, "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    return Trained(folder, data, model, json.loads(done.stdout), done.stderr)
