"""Make the labs' notebooks from their scripts, and run them.

python docs/building/notebooks.py                            docs/notebooks/lab1.ipynb, lab2.ipynb, without outputs
python docs/building/notebooks.py --run results/notebooks    also run them: with figures, in that folder
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbclient import NotebookClient

DOCS = Path(__file__).resolve().parents[1]
SCRIPTS = (DOCS / "lab1.py", DOCS / "lab2.py")
NOTEBOOKS = DOCS / "notebooks"
CELL_TIMEOUT_S = 600


def notebook_of(script: Path) -> Any:
    """The script as a notebook; the same script gives the same bytes."""
    notebook = jupytext.read(script)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"  # otherwise random
        cell.metadata = {}
    notebook.metadata = {"kernelspec": notebook.metadata["kernelspec"], "language_info": {"name": "python"}}
    return notebook


def text_of(notebook: Any) -> str:
    """The notebook as it is stored."""
    return nbformat.writes(notebook, version=4) + "\n"


def run(notebook: Any, folder: Path) -> Any:
    """The notebook with its outputs; files that it writes go to the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    NotebookClient(notebook, timeout=CELL_TIMEOUT_S, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


def main() -> None:
    """Write the notebooks, and run them if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, metavar="FOLDER", help="run them there, too")
    folder = parser.parse_args().run
    NOTEBOOKS.mkdir(exist_ok=True)
    for script in SCRIPTS:
        notebook = notebook_of(script)
        (NOTEBOOKS / f"{script.stem}.ipynb").write_text(text_of(notebook), encoding="utf-8")
        if folder is not None:
            done = run(notebook, folder.resolve())
            (folder / f"{script.stem}.ipynb").write_text(text_of(done), encoding="utf-8")
            print(folder / f"{script.stem}.ipynb", file=sys.stderr)


if __name__ == "__main__":
    main()
