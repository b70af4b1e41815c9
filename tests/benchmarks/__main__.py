"""Speed beside other libraries, and what the engine costs: `make bench`, or with data of your own place

    make bench MOTIONSENSE=PATH
    .venv-bench/bin/python -m tests.benchmarks --only neighbours --motionsense PATH --wildboar .venv-wildboar/bin/python
    .venv/bin/python -m tests.benchmarks --only cells threads

One thread and CPU time unless something else is said; all ways in turns, medians of the rounds.
"""

import argparse
from pathlib import Path

from tests.benchmarks import engine

#: Beside other libraries, which have to be installed; and ours alone.
WITH_PEERS = ("matrices", "neighbours", "means")
ALONE = ("engine", "cells", "threads")
SECTIONS = WITH_PEERS + ALONE


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=SECTIONS)
    parser.add_argument("--motionsense", type=Path, help="its folder, see docs/data.md")
    parser.add_argument("--wildboar", type=Path, help="python of an environment with wildboar")
    arguments = parser.parse_args()

    if set(WITH_PEERS) & set(arguments.only):
        beside_peers(arguments)
    if "engine" in arguments.only:
        engine.nothing_to_prune()
        engine.one_window()
        engine.start_up()
        engine.memory()
        if arguments.motionsense is not None:
            engine.learning(arguments.motionsense)
    if "cells" in arguments.only:
        engine.growth()
    if "threads" in arguments.only:
        engine.threads()


def beside_peers(arguments: argparse.Namespace) -> None:
    from tests.benchmarks import peers
    from tests.benchmarks.problems import problems

    for problem in problems(arguments.motionsense):
        if "matrices" in arguments.only:
            peers.matrices(problem)
        if "neighbours" in arguments.only:
            peers.neighbours(problem, arguments.wildboar)
        if "means" in arguments.only and len(problem.train) >= 500:
            peers.means(problem)


if __name__ == "__main__":
    main()
