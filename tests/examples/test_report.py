"""The page of results holds what was found, and nothing else."""

import base64
from pathlib import Path

import pandas as pd
import pytest

import common
from examples import report

# The smallest PNG there is: one transparent pixel.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_the_page_holds_its_figures_and_needs_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "fusion").mkdir()
    (tmp_path / "fusion" / "timeline.png").write_bytes(PIXEL)
    pd.DataFrame({"decided by": ["both <fused>"], "falls found": [0.98]}).to_csv(tmp_path / "fusion" / "results.csv")
    text = report.page(tmp_path)
    assert base64.b64encode(PIXEL).decode() in text
    assert "0.98" in text
    assert "both &lt;fused&gt;" in text
    assert "simulated" in text
    assert "Lab 1" not in text  # it was not run
    assert "http" not in text


def test_a_folder_without_results_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(common.InvalidInputError, match="holds no results"):
        report.page(tmp_path)
