"""Writes what the library promises, the test that holds each promise, and what this run measured.

A test is marked with ``@pytest.mark.promise("…")``; ``make reliability`` writes the page.
"""

import ast
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

_HEADING = """\
# What you may rely on

Each promise is held by a test, which runs on every change. `make reliability` runs these tests and writes this page: no
line of it is written by hand. A case that draws many examples (by Hypothesis) counts once.

| promise | test | measured |
|---|---|---|
"""


@dataclass(frozen=True)
class Promise:
    """What a user may rely on, and the test that holds it, as ``path::function``."""

    text: str
    test: str


@dataclass(eq=False)
class Outcomes:
    """How the cases of each promise's test ended in this run."""

    path: Path
    promise_of: dict[str, Promise] = field(default_factory=dict)
    counts: dict[Promise, Counter[str]] = field(default_factory=dict)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            mark = item.get_closest_marker("promise")
            if mark is not None:
                function = item.name.partition("[")[0]
                promise = Promise(mark.args[0], f"{item.nodeid.partition('::')[0]}::{function}")
                self.promise_of[item.nodeid] = promise
                self.counts.setdefault(promise, Counter())

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        promise = self.promise_of.get(report.nodeid)
        # A test that is skipped, or whose fixture fails, never reaches its call.
        if promise is not None and (report.when == "call" or report.outcome != "passed"):
            self.counts[promise][report.outcome] += 1

    def pytest_sessionfinish(self) -> None:
        rows = [f"| {one.text} | `{one.test}` | {_measured(self.counts[one])} |" for one in self.counts]
        self.path.write_text(_HEADING + "\n".join(sorted(rows)) + "\n", encoding="utf-8")


def _measured(counts: Counter[str]) -> str:
    total = sum(counts.values())
    if not total:
        return "not run"
    others = "".join(f", {counts[outcome]} {outcome}" for outcome in ("failed", "skipped") if counts[outcome])
    return f"{counts['passed']} of {total} {'case' if total == 1 else 'cases'} passed{others}"


def marked_tests(folder: Path) -> set[Promise]:
    """All promises in the test files of ``folder``, read without running or importing them."""
    promises = set()
    for path in folder.rglob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        if "mark.promise(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            for call in node.decorator_list if isinstance(node, ast.FunctionDef) else []:
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.promise":
                    test = f"{path.relative_to(folder.parent).as_posix()}::{node.name}"
                    promises.add(Promise(ast.literal_eval(call.args[0]), test))
    return promises


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--reliability", type=Path, metavar="PATH", help="write the page of promises of this run to PATH")


def pytest_configure(config: pytest.Config) -> None:
    path = config.getoption("--reliability")
    if path is not None:
        config.pluginmanager.register(Outcomes(path), "reliability page")
