"""The page of results contains what was found in the folder, and nothing else."""

from pathlib import Path

import pandas as pd
import pytest
import typer
from PIL import Image

import common
from examples import report
from examples.report_tables import fusion_results, lab1_results


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A folder in which only the fusion has run."""
    folder = tmp_path / "fusion"
    folder.mkdir()
    Image.new("RGBA", (1200, 800), "white").save(folder / "timeline.png")
    table = pd.DataFrame({"decided by": ["both <fused>"], "falls found": [0.98], "frames": [12_345], "nothing": [None]})
    table.to_csv(folder / "results.csv", index=False)
    return tmp_path


def test_the_page_contains_what_was_found_and_nothing_else(results: Path) -> None:
    text = report.page(results)
    assert text.count("<img") == text.count("<figcaption>") == 1
    assert text.count("<table") == 1
    assert "both &lt;fused&gt;" in text
    assert "simulated" in text
    assert "Lab 1" not in text
    assert "Lab 2" not in text


def test_the_page_needs_no_other_file(results: Path) -> None:
    text = report.page(results)
    assert "http" not in text
    assert text.count("src=") == text.count('src="data:') == 1
    assert "<link" not in text


def test_a_wide_figure_keeps_its_letters_on_a_phone(results: Path) -> None:
    text = report.page(results)
    assert '<figure class="wide">' in text
    assert 'width="600" height="400"' in text
    assert "--natural:600px" in text


def test_a_page_of_large_pictures_stays_small(results: Path) -> None:
    noise = Image.effect_noise((480, 360), 60).convert("RGB").resize((1800, 1350), Image.Resampling.NEAREST)
    (results / "lab2").mkdir()
    for name in ("training_curves.png", "confusion_matrix.png", "error_of_int8.png"):
        Image.new("RGB", (1800, 1300), "white").save(results / "lab2" / name)
    noise.save(results / "lab2" / "worst_mistakes.png")
    assert len(report.page(results)) < 1.5e6


def test_columns_have_equal_digits_and_empty_ones_are_left_out(results: Path) -> None:
    text = report.page(results)
    assert "<td>12,345</td>" in text
    assert "<td>0.980</td>" in text
    assert "nothing" not in text
    shown = fusion_results(pd.DataFrame({"delay [s]": [1.25, 10.0], "found": [0.5, float("nan")]})).table
    assert shown["delay [s]"].tolist() == ["1.25", "10.00"]
    assert shown["found"].tolist() == ["0.500", "–"]


def test_lab_1_says_what_a_forest_costs_and_which_windows_were_judged() -> None:
    row = {"accuracy": 0.9, "low": 0.8, "high": 1.0, "sensitivity": None, "specificity": None, "comparisons": 3000}
    searched = {"method": "1-NN", "cells": 9, "macs": 27, "nodes": 0, "bytes": 400, "microseconds": 2.2, "every": 6}
    forest = {"method": "forest", "cells": 0, "macs": 0, "nodes": 70, "bytes": 1120, "microseconds": 61.0, "every": 1}
    shown = lab1_results(pd.DataFrame([row | searched, row | forest]))
    assert shown.table["multiply-adds"].tolist() == ["27", "–"]
    assert shown.table["95% by person"].tolist() == ["0.800–1.000"] * 2
    assert "sensitivity" not in shown.table
    assert any("70 nodes" in note and "3,000 comparisons" in note for note in shown.notes)
    assert any("every 6th test window" in note for note in shown.notes)


def test_the_command_writes_the_page_beside_the_results(results: Path) -> None:
    report.main(results)
    assert (results / "report.html").read_text(encoding="utf-8") == report.page(results)


def test_a_folder_without_results_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(common.InvalidInputError, match="holds no results"):
        report.page(tmp_path)
    with pytest.raises(typer.Exit) as stopped:
        report.main(tmp_path)
    assert stopped.value.exit_code == 2
    assert not (tmp_path / "report.html").exists()
