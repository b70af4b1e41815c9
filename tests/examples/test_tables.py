"""No table of the examples cuts a figure or a name at 80 columns."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from rich.console import Console

import common
from common import EventScore
from examples import (
    fusion_camera,
    fusion_energy,
    fusion_simulated,
    fusion_tables,
    fusion_wearable,
    lab2_networks,
    lab2_tables,
)
from examples.fusion_decisions import Result
from fall.compression import RECIPES


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What is printed to a terminal of 80 columns, checked."""
    console = Console(width=80, record=True, file=io.StringIO())
    for module in (fusion_tables, lab2_tables):
        monkeypatch.setattr(module, "console", console)

    def text() -> str:
        written = console.export_text()
        assert "…" not in written
        assert max(map(len, written.splitlines())) <= 80
        return written

    return text


def test_the_networks_of_lab_2(printed: Any) -> None:
    result = common.evaluate([0, 1] * 50, [0, 1] * 50, positive=1)
    names = lab2_networks.names(weights="given")  # type: ignore[arg-type]
    files = dict.fromkeys(lab2_networks.VERSIONS, SimpleNamespace(tflite=bytes(2_400_000)))
    trained: Any = {name: SimpleNamespace(files=files) for name in names}
    lab2_tables.show({(name, version): result for name in names for version in lab2_networks.VERSIONS}, trained)
    text = printed()
    assert all(f" {measure}" in text for measure in ("accuracy", "sensitivity", "specificity"))
    assert text.count("1.000") == 3 * 2 * len(names)


def test_the_recipes_of_lab_2(printed: Any) -> None:
    table = pd.DataFrame({"reason": "", "chosen": False}, index=list(RECIPES))
    values = pd.Series(2400.5, index=table.index)
    lab2_tables.show_recipes(table, dict.fromkeys(("file kB", "gzip kB", "coded kB", "memory kB", "MMAC"), values), 1)
    lab2_tables.show_recipes(table, dict.fromkeys(("held out", "falls found", "test", "falls in test"), values), 3)
    text = printed()
    assert all(name in text for name in RECIPES)


def fusion_names() -> list[str]:
    sensors = (fusion_wearable.Wearable, fusion_camera.Camera)
    rules = [name for sensor in sensors for name in (sensor.name, f"{sensor.name} missing", *sensor.faults)]
    return [*rules, *(name for sensor in sensors for name in sensor.baselines), fusion_simulated.THROUGH_ALARMS,
            fusion_energy.CASCADE, "both, fused"]  # fmt: skip


@pytest.mark.parametrize("n_falls", [300, 8])
def test_the_rules_of_the_fusion(printed: Any, n_falls: int) -> None:
    days = [EventScore(n_falls // 4, (10.0,) * (n_falls // 4 - 1), 12, 86_400.0, 15_000.0)] * 4
    results = dict.fromkeys(fusion_names(), Result.of(days))
    errors = dict.fromkeys(results, 0.123)
    table = fusion_tables.results_table(results, errors)
    fusion_tables.print_results(results, table, [None] * 4, bold="both, fused")  # type: ignore[list-item]
    text = printed()
    assert all(name in text for name in results)
    assert ("4 of 8" in text) == (n_falls == 8), "a share of eight falls would promise more than is known"
    assert ("0.987" in text) == (n_falls == 300)


def test_the_counts_and_the_energy_of_a_day(printed: Any) -> None:
    result = Result.of([EventScore(8, (1.0,) * 8, 0, 86_400.0, 15_000.0)])
    fusion_tables.print_counts({fusion_simulated.THROUGH_ALARMS: result})
    row = ("wearable wakes the camera", 86_400.0, 12_345.0, 1_234.0, 1.0, 0.25)
    energy = pd.DataFrame([row], columns=["camera", "frames", "J", "J of the wearable", "found", "an h"])
    energy.attrs["estimates"] = "a frame, a second"
    fusion_tables.print_energy(energy)
    text = printed()
    assert "8 of 8" in text
    assert "12,345 J" in text
