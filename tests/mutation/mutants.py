"""The mutants of a room: copies of its functions with one change each, made by mutmut.

mutmut writes all mutants of a function beside it, and the function then asks `MUTANT_UNDER_TEST` which one to run. So
one process, started once, can test any of them.
"""

import difflib
import json
import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.utils.format_utils import get_mutant_name

# Runs inside Numba's compiler only, which is off.
_WRITES_LLVM = re.compile(r"\bbuilder: Any|super\(\)\.__init__\((manager|name=)")
_COPIED = ("common", "har", "tests", "conftest.py", "pyproject.toml")


@dataclass(frozen=True)
class Mutant:
    """One change of one function."""

    name: str
    path: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def key(self) -> str:
        """mutmut's name of the mutated function, which its mutants share."""
        return self.name.partition("__mutmut_")[0]

    @property
    def function(self) -> str:
        """The function's dotted name."""
        return re.sub(r"\.x(?:_|ǁ)", ".", self.key).replace("ǁ", ".")

    @property
    def difference(self) -> str:
        lines = [*difflib.unified_diff(self.before, self.after, n=1, lineterm="")][3:]
        return "\n".join(lines)

    @property
    def changed_line(self) -> str:
        """What the change makes of the first line that it touches, without indentation."""
        return next((line[1:].strip() for line in self.difference.splitlines() if line.startswith("+")), "")


def write_mutants(package: Path, folder: Path) -> list[Mutant]:
    """Copy the repository to ``folder``, with every function of ``package`` in all its mutants."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in _COPIED:
        if Path(name).is_dir():
            shutil.copytree(name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(name, folder / name)
    return [mutant for path in sorted(package.rglob("*.py")) for mutant in _write_file(path, folder)]


def _write_file(path: Path, folder: Path) -> list[Mutant]:
    # Without the JIT `compiled` returns the function itself, and mutmut leaves decorated functions as they are.
    source = path.read_text(encoding="utf-8").replace("\n@compiled\n", "\n")
    mutated = mutate_file_contents(str(path), source)
    (folder / path).write_text(mutated.code, encoding="utf-8")
    lines = mutated.code.splitlines()

    def body(name: str) -> tuple[str, ...]:
        span = mutated.line_span_by_function_name[name]
        return tuple(line.replace(name, "…") for line in lines[span.start - 1 : span.end])

    mutants = [
        Mutant(
            name=get_mutant_name(path, name),
            path=str(path),
            before=body(f"{name.partition('__mutmut_')[0]}__mutmut_orig"),
            after=body(name),
        )
        for name in mutated.mutant_names
    ]
    return [mutant for mutant in mutants if not _WRITES_LLVM.search("\n".join(mutant.before))]


def save(mutants: list[Mutant], path: Path) -> None:
    path.write_text(json.dumps([asdict(mutant) for mutant in mutants]), encoding="utf-8")


def load(path: Path) -> list[Mutant]:
    entries = json.loads(path.read_text(encoding="utf-8"))
    return [Mutant(entry["name"], entry["path"], tuple(entry["before"]), tuple(entry["after"])) for entry in entries]
