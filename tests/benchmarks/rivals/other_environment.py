"""A process in another environment that trains what this one cannot import."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from common.errors import FrugalError
from tests.benchmarks.rivals.measuring import Outcome
from tests.benchmarks.rivals.methods.method import Array, Training

_ROOT = Path(__file__).parents[3]


class OtherEnvironment:
    """Started at its first job, so that what is compiled serves the next ones."""

    def __init__(self, python: Path) -> None:
        self._python = python
        self._process: subprocess.Popen[str] | None = None
        self._folder = tempfile.TemporaryDirectory()

    def train(self, method: str, size: str, training: Training, X_test: Array) -> Outcome:
        """What the method makes of these windows."""
        windows, outcome = (Path(self._folder.name) / name for name in ("windows.npz", "outcome.npz"))
        np.savez(windows, X=training.X, y=training.y, people=training.people, X_test=X_test)
        job = {
            "method": method, "size": size, "seed": training.seed, "windows": str(windows), "outcome": str(outcome),
        }  # fmt: skip
        self._ask(job)
        with np.load(outcome) as stored:
            numbers = {name: stored[name].item() for name in stored.files if name != "scores"}
            return Outcome(scores=stored["scores"], **numbers)

    def _ask(self, job: dict[str, object]) -> None:
        if self._process is None:
            command = [self._python, "-m", "tests.benchmarks.rivals.aeon_worker"]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_ROOT
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        if self._process.stdout.readline().strip() != "done":
            raise FrugalError(f"{self._python} ended while it trained {job['method']}: run it alone to see why")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._process is not None:
            self._process.communicate()
        self._folder.cleanup()
