"""The example's choice within a budget, and its table of processors: 80 columns, absent ones with their reason."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

import common
import har
from examples import microcontroller, microcontroller_steps as steps
from examples.boards import BOARDS, missing
from tests.har.embedded.export import recognizers

TABLE = pd.DataFrame(
    {
        "candidate": [steps.Candidate(n, "nearest", bits) for n, bits in ((1, 8), (4, 16), (4, 8), (8, 16))],
        "accuracy": [0.80, 0.87, 0.87, 0.89],
        "flash_bytes": [3_000, 14_000, 8_000, 25_000],
        "ram_bytes": [2_000, 2_000, 2_000, 2_000],
        "instructions": [80_000, 200_000, 200_000, 400_000],
        "microjoules": [50.0, 150.0, 150.0, 300.0],
    }
)


@pytest.mark.parametrize(
    ("budget", "chosen"),
    [
        (steps.Budget(16_384, 4_096, 1_000), "4 a class, 8 bit"),
        (steps.Budget(100_000, 4_096, 1_000), "8 a class, 16 bit"),
        (steps.Budget(100_000, 4_096, 100), "1 a class, 8 bit"),
    ],
)
def test_the_best_within_the_budget_and_of_equals_the_smallest(budget: steps.Budget, chosen: str) -> None:
    assert str(steps.choose(TABLE, budget)) == chosen


def test_a_budget_that_is_too_small_names_the_smallest() -> None:
    with pytest.raises(common.InvalidInputError, match=r"the smallest takes 3,000 of flash, 2,000 of RAM and 50 µJ"):
        steps.choose(TABLE, steps.Budget(1_000, 4_096, 1_000))


def test_units_become_counts() -> None:
    windows = har.Windows(np.zeros((1, 8, 2)), ["walk"], [1], 50, ["ax [g]", "wx [deg/s]"], [0])
    per_unit = steps.counts_per_unit(windows)
    np.testing.assert_array_equal(
        steps.to_counts(np.array([[1.0, 2_000.0], [99.0, 0.0]]), per_unit), [[2048, 32760], [32767, 0]]
    )
    strange = har.Windows(np.zeros((1, 8, 1)), ["walk"], [1], 50, ["ax [furlong]"], [0])
    with pytest.raises(common.InvalidInputError, match="furlong"):
        steps.counts_per_unit(strange)


def test_tables_fit_80_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    absent = replace(BOARDS["AVR"], compiler=("no-such-gcc",))
    monkeypatch.setattr(steps, "BOARDS", {"host gcc": BOARDS["host gcc"], "AVR": absent})
    console = Console(width=80, record=True)
    monkeypatch.setattr(microcontroller, "console", console)
    recognizer = recognizers.core(8)
    exported = har.export_c(recognizer, tmp_path)
    rows = steps.run_on_boards(exported, recognizer, recognizers.prepared_windows(recognizer, 30))
    microcontroller.print_boards(rows)
    microcontroller.print_candidates(TABLE, TABLE.candidate[2])
    text = console.export_text()
    assert max(map(len, text.splitlines())) <= 80
    assert "not installed: no-such-gcc" in text
    assert "4 a class, 16 bit" in text
    if missing(BOARDS["host gcc"]) is None:
        assert "30 of 30" in text
    microcontroller.save_front(TABLE, tmp_path / "front.png")
    assert (tmp_path / "front.png").stat().st_size > 1_000
