"""The survivors of a sample and its mutation score."""

import tomllib
from collections import Counter
from pathlib import Path

from tests.mutation.mutants import Mutant

#: Mutants that behave as the function does, each with the reason why.
EXPLAINED = Path(__file__).with_name("equivalent.toml")


#: Results of a mutant that no test noticed.
ALIVE = ("survived", "no test")


def explained() -> set[tuple[str, str]]:
    """Function and changed line of each mutant that changes nothing a user could notice."""
    entries = tomllib.loads(EXPLAINED.read_text(encoding="utf-8")).get("equivalent", [])
    return {(entry["function"], line) for entry in entries for line in entry["lines"]}


def report(mutants: list[Mutant], results: dict[str, str], equivalent: set[tuple[str, str]]) -> str:
    """Each survivor with its change, then the number of killed mutants by file, then the score."""
    survivors = [mutant for mutant in sorted(mutants, key=lambda one: one.name) if results[mutant.name] in ALIVE]
    lines, n_equivalent = [], 0
    for mutant in survivors:
        is_equivalent = (mutant.function, mutant.changed_line) in equivalent
        n_equivalent += is_equivalent
        mark = "equivalent" if is_equivalent else results[mutant.name]
        lines += [f"# {mutant.name}, {mutant.function}: {mark}", mutant.difference, ""]
    drawn = Counter(mutant.path for mutant in mutants)
    alive = Counter(mutant.path for mutant in survivors)
    lines += [f"{drawn[path] - alive[path]:5} of {drawn[path]:4} killed  {path}" for path in sorted(drawn)]
    n_killed, n_others = len(mutants) - len(survivors), len(mutants) - n_equivalent
    lines += [
        f"killed {n_killed} of {len(mutants)}: {n_killed / len(mutants):.1%}",
        f"killed {n_killed} of the {n_others} that are not equivalent: {n_killed / n_others:.1%}",
    ]
    return "\n".join(lines)
