"""The guide docs/microcontroller.md: its Python code runs, and its C names are those of the exported files."""

import re
from pathlib import Path

import pytest

GUIDE = (Path(__file__).parents[4] / "docs" / "microcontroller.md").read_text(encoding="utf-8")


def test_the_guides_code_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("seglearn")
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE, flags=re.DOTALL)
    exec(code, {"__name__": "guide"})
    header = Path("exercises", "src", "exercises.h").read_text()
    (in_c,) = re.findall(r"```c\n(.*?)```", GUIDE, flags=re.DOTALL)
    for name in set(re.findall(r"exercises_\w+|EXERCISES_\w+", in_c)):
        assert name in header
