"""The fusion example on measured sequences: two sensors are better than one."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from examples import fusion, fusion_urfd


def application():
    import typer

    app = typer.Typer()
    app.command()(fusion.main)
    return app


def test_a_sequence_has_the_probability_of_its_best_second() -> None:
    frames = pd.DataFrame({"sequence": list("aaab"), "time_s": [0.0, 0.5, 1.2, 0.0]})
    scores = fusion_urfd.best_second(frames, np.array([0.0, 0.6, 0.8, 0.1]), np.array(["b", "a"]))
    np.testing.assert_allclose(scores, [0.1, 0.7])


def test_a_missing_folder_is_reported_in_a_line(tmp_path: Path) -> None:
    arguments = ["--data", "urfd", "--root", str(tmp_path), "--weights", str(tmp_path / "no.h5")]
    result = CliRunner().invoke(application(), arguments)
    assert result.exit_code == 2
    assert "Not possible" in result.output
    assert "Traceback" not in result.output


@pytest.mark.slow
@pytest.mark.real_data
def test_both_sensors_are_better_than_the_better_one(real_data: Path) -> None:
    (weights,) = (real_data / "mobilenetv2").glob("*.h5")
    recordings = fusion_urfd.load(real_data / "urfd", weights)
    probability = fusion_urfd.judge(recordings, repeats=5, folds=5, seed=0)
    accuracy = {name: float(((values >= 0.5) == recordings.y).mean()) for name, values in probability.items()}
    assert accuracy["both, fused"] >= 0.97
    assert accuracy["both, fused"] >= max(accuracy["wearable"], accuracy["camera"])
