"""A pytest plugin that runs the collected tests on each mutant instead of once.

Each mutant is tested in a fork of this process, which has imported everything and run nothing: the tests that call the
mutated function, the fastest first, up to the first failure. mutmut's own runner collects the tests anew for every
mutant and runs them in no order, which takes ten times longer.
"""

import itertools
import json
import os
import signal
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

from tests.mutation.mutants import Mutant, load

SAMPLE, RESULTS = Path("sample.json"), Path("results.json")
#: The environment variable that says after how many minutes to stop. What was tested is a random sample then as well.
MINUTES = "MUTATION_MINUTES"

#: A test that needs more seconds of the processor is left out, and so are the slowest tests of a mutant that need more
#: than the second number together: a survivor would cost minutes. The score can only be higher than what is measured.
LONGEST_TEST_S, MOST_TESTS_S = 2.0, 3.0
#: Seconds after which a mutant that waits for something is given up; one that computes has ten times its tests' time.
LONGEST_WAIT_S = 300


@dataclass
class Calls:
    """Which tests call a function, and how many seconds each test takes; tests are numbers in the order collected."""

    tests_of: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    seconds: dict[int, float] = field(default_factory=dict)

    def tests_for(self, mutant: Mutant) -> list[int]:
        """The tests that call the function, the fastest first."""
        fastest_first = sorted(self.tests_of.get(mutant.key, set()), key=self.seconds.__getitem__)
        totals = itertools.accumulate(self.seconds[number] for number in fastest_first)
        return [number for number, total in zip(fastest_first, totals, strict=True) if total <= MOST_TESTS_S]


def pytest_configure() -> None:
    # The same examples each time, so that a score can be repeated; and no search for the smallest counterexample.
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile(
        "mutation", derandomize=True, max_examples=30, deadline=None, database=None, phases=phases
    )
    settings.load_profile("mutation")
    set_mutant_under_test("")


def pytest_runtestloop(session: pytest.Session) -> bool:
    stop_at = time.time() + 60 * float(os.environ[MINUTES])
    calls = _record_calls(session.items)
    results: dict[str, str] = {}
    for mutant in load(SAMPLE):
        if time.time() > stop_at:
            break
        numbers = calls.tests_for(mutant)
        seconds = sum(calls.seconds[number] for number in numbers)
        items = [session.items[number] for number in numbers]
        results[mutant.name] = _outcome(mutant, items, seconds) if items else "no test"
        RESULTS.write_text(json.dumps(results), encoding="utf-8")
    return True


def _outcome(mutant: Mutant, items: list[pytest.Item], seconds: float) -> str:
    def child() -> int:
        signal.setitimer(signal.ITIMER_PROF, 1 + 10 * seconds)
        set_mutant_under_test(mutant.name)
        return int(any(_fails(item, following) for item, following in zip(items, [*items[1:], None], strict=True)))

    status = _forked(child)
    if os.WIFSIGNALED(status):
        return "timeout" if os.WTERMSIG(status) in (signal.SIGPROF, signal.SIGALRM) else "crash"
    return "killed" if os.WEXITSTATUS(status) else "survived"


def _record_calls(items: list[pytest.Item]) -> Calls:
    """Run the tests once, in another process so that this one stays fresh, and note what they call."""
    path = Path("calls.jsonl")

    def child() -> int:
        signal.signal(signal.SIGPROF, _too_slow)
        set_mutant_under_test("stats")
        with path.open("w") as file:
            for number, (item, following) in enumerate(zip(items, [*items[1:], None], strict=True)):
                state()._stats.clear()
                signal.setitimer(signal.ITIMER_PROF, LONGEST_TEST_S)
                start = _seconds()
                failed = _fails(item, following)
                signal.setitimer(signal.ITIMER_PROF, 0)
                file.write(json.dumps([number, failed, _seconds() - start, sorted(state()._stats)]) + "\n")
        return 0

    if status := _forked(child, wait_s=None):
        raise RuntimeError(f"the tests could not be run on the unchanged code: status {status}")
    calls = Calls()
    fixture_calls: dict[str, set[str]] = defaultdict(set)
    recorded = [json.loads(line) for line in path.read_text().splitlines()]
    for number, _, _, functions in recorded:
        for fixture in _shared_fixtures(items[number]):
            fixture_calls[fixture] |= set(functions)
    for number, failed, seconds, functions in recorded:
        if failed:
            print(f"left out, slow or failing on the unchanged code: {items[number].nodeid}", flush=True)
            continue
        calls.seconds[number] = seconds
        # What a shared fixture calls is seen in the first test that uses it alone, but matters to all.
        for function in set(functions).union(*(fixture_calls[name] for name in _shared_fixtures(items[number]))):
            calls.tests_of[function].add(number)
    return calls


def _seconds() -> float:
    """Of the processor, to a hundredth."""
    times = os.times()
    return times.user + times.system


def _shared_fixtures(item: pytest.Item) -> list[str]:
    found: dict[str, Any] = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    return [
        name
        for name, definitions in found.items()
        if definitions[-1].scope != "function" and definitions[-1].baseid.startswith("tests/")
    ]


def _too_slow(*_: object) -> NoReturn:
    raise TimeoutError(f"this test needs more than {LONGEST_TEST_S:g} s")


def _fails(item: pytest.Item, following: pytest.Item | None) -> bool:
    return any(report.failed for report in runtestprotocol(item, nextitem=following, log=False))


def _forked(child: Callable[[], int], wait_s: int | None = LONGEST_WAIT_S) -> int:
    """The wait status of a fork that runs ``child`` without a word."""
    process = os.fork()
    if process:
        return os.waitpid(process, 0)[1]
    code = 2
    try:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        if wait_s is not None:
            signal.alarm(wait_s)
        code = child()
    finally:
        os._exit(code)
