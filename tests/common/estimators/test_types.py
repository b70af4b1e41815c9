"""A user's type checker sees what our estimators return, and finds a misspelt method."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

PROGRAM = """\
import numpy as np
import common
import har

X, y = np.zeros((4, 32, 3)), np.array([0, 0, 1, 1])
model = har.DTWPrototypeClassifier(1)
reveal_type(model.fit(X, y))
reveal_type(model.predict(X))
reveal_type(model.predict_proba(X))
reveal_type(model.score(X, y))
reveal_type(model.get_params())
reveal_type(har.DTWKNeighborsClassifier().fit(X, y).predict(X))
reveal_type(har.preprocessing.ScaleChannels().fit(X).transform(X))
reveal_type(common.FusionClassifier().predict_proba(X[:, 0]))
model.predicts(X)
"""


def test_no_method_of_an_estimator_is_any(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    # As a user does: without the settings of this project, whose own files are not checked again.
    settings = "[mypy]\nstrict = true\n[mypy-har.*,common.*]\nfollow_imports = silent\n"
    (tmp_path / "mypy.ini").write_text(settings, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path / "cache"), "program.py"]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "MYPYPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    revealed = re.findall(r'Revealed type is "(.+)"', done.stdout)
    assert len(revealed) == 8, done.stdout + done.stderr
    assert [text for text in revealed if text == "Any"] == []
    assert revealed[0].endswith("DTWPrototypeClassifier")
    assert all("ndarray" in revealed[number] for number in (1, 2, 5, 6, 7))
    assert revealed[3] in ("float", "builtins.float")
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert len(errors) == 1, done.stdout
    assert '"DTWPrototypeClassifier" has no attribute "predicts"' in errors[0]
