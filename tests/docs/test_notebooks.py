"""The labs' notebooks run as they are, show figures, and are those of their scripts."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from tests.docs.pages import ROOT

SCRIPTS = [ROOT / "docs" / "lab1.py", ROOT / "docs" / "lab2.py"]


@pytest.fixture(scope="module")
def notebooks() -> ModuleType:
    pytest.importorskip("jupytext")
    pytest.importorskip("nbclient")
    path = ROOT / "docs" / "building" / "notebooks.py"
    spec = importlib.util.spec_from_file_location("building_notebooks", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_committed_notebooks_are_those_of_the_scripts(script: Path, notebooks: ModuleType) -> None:
    committed = (ROOT / "docs" / "notebooks" / f"{script.stem}.ipynb").read_text(encoding="utf-8")
    assert committed == notebooks.text_of(notebooks.notebook_of(script)), "run make notebooks"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_every_exercise_has_a_folded_solution_that_is_python(script: Path) -> None:
    text = re.sub(r"^# ?", "", script.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert text.count("**Exercise.**") == text.count("<details><summary>Solution</summary>") == text.count("</details>")
    for solution in re.findall(r"<details>(.*?)</details>", text, re.DOTALL):
        for code in re.findall(r"```python\n(.*?)```", solution, re.DOTALL):
            compile(code, script.name, "exec")


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_notebooks_run(script: Path, notebooks: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ipykernel")
    pytest.importorskip("seglearn")
    pytest.importorskip("tf_keras")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    done = notebooks.run(notebooks.notebook_of(script), tmp_path)
    kinds = [kind for cell in done.cells for output in cell.get("outputs", []) for kind in output.get("data", {})]
    assert kinds.count("image/png") >= 3
