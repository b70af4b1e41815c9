"""The fusion example on measured sequences: one room, actors left out, and baselines that look at nothing."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import common
from examples import fusion, fusion_urfd
from examples.fusion_urfd_baselines import Feature
from examples.fusion_urfd_results import results_table


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


@dataclass
class Told:
    """A sensor that is told the answer, and remembers which actors it was trained on."""

    y: np.ndarray
    actor: np.ndarray
    trained_on: list[tuple[set[str], set[str]]]

    def probabilities(self, train, others, seed):
        self.trained_on.append((set(self.actor[train]), set(self.actor[others])))
        noise = np.random.default_rng(seed).uniform(-0.1, 0.1, len(self.y))
        p = np.clip(0.2 + 0.6 * self.y + noise, 0, 1)
        return p[train], p[others]

    def cost(self):
        return "one window", common.Cost()


def made_up() -> fusion_urfd.Recordings:
    actor = np.repeat(["A", "B", "C", "D"], [4, 6, 4, 3])
    y = np.array([1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 0])
    sequences = np.array([f"s{number:02}" for number in range(len(y))])
    sensors = {name: Told(y, actor, []) for name in ("wearable", "camera")}
    length = Feature(np.where(y == 1, 3.0, 8.0), y)
    return fusion_urfd.Recordings(sequences, y, actor, sensors, {"length of recording": length}, other_rooms=10)


def test_nobody_is_judged_by_a_model_that_met_them() -> None:
    recordings = made_up()
    probability = fusion_urfd.judge(recordings, seed=0)
    for sensor in recordings.sensors.values():
        assert len(sensor.trained_on) == 4
        assert all(not (trained & judged) for trained, judged in sensor.trained_on)
    for name in ("both, fused", "wearable absent", "length of recording"):
        np.testing.assert_array_equal(probability[name] >= 0.5, recordings.y == 1)


def test_the_table_counts_sequences_with_exact_intervals() -> None:
    recordings = made_up()
    values = np.where(recordings.y == 1, 0.9, 0.1)
    values[0] = 0.2
    table = results_table(recordings.y, recordings.other_rooms, {"camera": values}).set_index("decided by")
    assert table.loc["camera", "falls found"] == "11/12"
    assert table.loc["camera", "activities passed"] == "5/5"
    assert table.loc["camera", "95% passed"] == "0.478–1.000"
    # Of 15 activities in all rooms, the 10 of other rooms are not in the office.
    assert table.loc["office means fall", "activities passed"] == "10/15"


def test_a_feature_decides_in_the_direction_of_its_training_sequences() -> None:
    y = np.array([1, 1, 0, 0, 1, 0])
    shorter_is_a_fall = Feature(np.array([2.0, 3.0, 7.0, 8.0, 2.5, 9.0]), y)
    np.testing.assert_array_equal(shorter_is_a_fall.probabilities(np.arange(4), np.array([4, 5])), [1, 0])


def test_every_office_sequence_has_one_actor() -> None:
    named = [sequence for sequences in fusion_urfd.ACTORS.values() for sequence in sequences]
    assert len(named) == len(set(named)) == 23


@pytest.mark.slow
@pytest.mark.real_data
def test_the_camera_is_no_worse_than_what_looks_at_nothing(real_data: Path) -> None:
    (weights,) = (real_data / "mobilenetv2").glob("*.h5")
    recordings = fusion_urfd.load(real_data / "urfd", weights)
    assert len(recordings.y) == 23
    assert recordings.other_rooms == 23
    probability = fusion_urfd.judge(recordings, seed=0)
    accuracy = {name: float(((values >= 0.5) == recordings.y).mean()) for name, values in probability.items()}
    assert accuracy["both, fused"] >= accuracy["length of recording"]
    assert accuracy["both, fused"] >= accuracy["wearable"]
