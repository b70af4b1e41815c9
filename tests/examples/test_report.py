"""The page of results contains what was found in the folder, and nothing else."""

import base64
from pathlib import Path

import pandas as pd
import pytest
import typer

import common
from examples import report

# The smallest PNG there is: one transparent pixel.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A folder in which only the fusion has run."""
    folder = tmp_path / "fusion"
    folder.mkdir()
    (folder / "timeline.png").write_bytes(PIXEL)
    table = pd.DataFrame({"decided by": ["both <fused>"], "falls found": [0.98], "macs": [12_345], "every": [2]})
    table.to_csv(folder / "results.csv", index=False)
    return tmp_path


def test_the_page_contains_what_was_found_and_nothing_else(results: Path) -> None:
    text = report.page(results)
    assert text.count("<img") == text.count("<figcaption>") == 1
    assert base64.b64encode(PIXEL).decode() in text
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


def test_columns_are_named_for_people_and_those_for_programs_left_out(results: Path) -> None:
    text = report.page(results)
    assert "<th>multiply-adds</th>" in text
    assert "<td>12,345</td>" in text
    assert "<td>0.980</td>" in text
    assert "every" not in text.partition("<table")[2].partition("</table>")[0]


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
