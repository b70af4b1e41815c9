"""Trains aeon's methods for :mod:`tests.benchmarks.rivals.other_environment`: one job for each line that it reads."""

from __future__ import annotations

import json
import sys
import warnings
from dataclasses import asdict
from typing import Any

import numpy as np

from tests.benchmarks.rivals.measuring import measured
from tests.benchmarks.rivals.methods.aeon_transforms import METHODS
from tests.benchmarks.rivals.methods.method import Training


def answer(job: dict[str, Any]) -> None:
    """Train on the windows in one file, and write scores and costs to another."""
    with np.load(job["windows"]) as stored:
        training = Training(stored["X"], stored["y"], stored["people"], job["seed"])
        X_test = stored["X_test"]
    outcome = measured(lambda: METHODS[job["method"]](training, job["size"]), X_test)
    np.savez(job["outcome"], **asdict(outcome))


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # of aeon about short series and large penalties
    for line in sys.stdin:
        answer(json.loads(line))
        print("done", flush=True)
