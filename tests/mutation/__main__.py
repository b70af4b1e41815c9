"""Mutation score of a room, from a random sample of its mutants.

``python -m tests.mutation fusion --sample 200 --seed 1`` mutates ``common/fusion``, draws 200 of the mutants, runs the
room's tests on each, and prints the survivors and the score. docs/mutation.md says how to read them.
"""

import argparse
import json
import os
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.mutants import save, write_mutants
from tests.mutation.report import ALIVE, explained, report

# Read by tests/mutation/plugin.py, which only the process with pytest may import: it changes Hypothesis' settings.
MINUTES = "MUTATION_MINUTES"


@dataclass(frozen=True)
class Room:
    package: str
    tests: str
    left_out: tuple[str, ...] = ()


ROOMS = {
    # What kills processes, fills outboxes or repeats scikit-learn's checks takes seconds a mutant; other tests say the
    # same.
    "alarms": Room(
        "common/alarms", "tests/common/alarms", ("test_concurrency", "thousands_of_waiting", "nights_sounds")
    ),
    "evaluation": Room("common/evaluation", "tests/common/evaluation", ("test_plot",)),
    "fusion": Room("common/fusion", "tests/common/fusion", ("scikit_learn_s_checks",)),
    # As plain Python these take minutes; others look at the same recurrences on smaller cases.
    "dtw": Room(
        "har/dtw",
        "tests/har/dtw",
        (
            "test_search",
            "test_ucr_search",
            "test_distance",
            "test_learning",
            "test_barycenter",
            "test_bounds_of_outlines",
        ),
    ),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("room", choices=ROOMS)
    parser.add_argument("--sample", type=int, metavar="N", help="how many mutants; all by default")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--minutes", default="inf", help="stop after these, with the mutants tested so far")
    parser.add_argument("--again", action="store_true", help="only the mutants that survived the run before")
    arguments = parser.parse_args()
    room = ROOMS[arguments.room]

    folder = Path("mutants") / arguments.room
    survivors = _survivors(folder) if arguments.again else set()
    mutants = write_mutants(Path(room.package), folder)
    n = len(mutants) if arguments.sample is None else min(arguments.sample, len(mutants))
    mutants = random.Random(arguments.seed).sample(mutants, n)  # in random order
    if arguments.again:
        mutants = [mutant for mutant in mutants if mutant.name in survivors]
    save(mutants, folder / "sample.json")

    # Only what is plain Python can be mutated, and forks share no threads.
    settings = {"NUMBA_DISABLE_JIT": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    settings[MINUTES] = arguments.minutes
    choice = "".join(f" and not {name}" for name in room.left_out).removeprefix(" and ")
    command = [sys.executable, "-m", "pytest", "-p", "tests.mutation.plugin", "-p", "no:cacheprovider", "-q", "-s"]
    subprocess.run(
        [*command, "-m", "not slow", "-k", choice, room.tests], cwd=folder, env={**os.environ, **settings}, check=True
    )
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    print(report([mutant for mutant in mutants if mutant.name in results], results, explained()))
    return 0


def _survivors(folder: Path) -> set[str]:
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return {name for name, result in results.items() if result in ALIVE}


if __name__ == "__main__":
    sys.exit(main())
