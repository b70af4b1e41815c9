"""A third sensor is one class and its name in the list: the fusion example runs with it, from days to figures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest

import common
import fall
from common import DayScenario, HeldImpacts, InertialSensor, SimulatedRecording, Zone
from common.simulation.day_motion import DayMotion, ticks
from common.validation import FloatArray
from examples.fusion_camera import Camera
from examples.fusion_figures import colors
from examples.fusion_reports import AS_MEASURED, Observation, WornReports
from examples.fusion_sensors import Preparation, Sensor
from examples.fusion_simulated import Days, run
from examples.fusion_wearable import PROTOTYPES, Wearable

WORN = InertialSensor("waist", rate_hz=25.0)
SHORT = DayScenario(hours=0.5, start_hour=10, n_falls=3, sensor=WORN, camera_hz=0.5)
DAYS = Days(SHORT, SHORT, train=(901,), validation=(911, 912), test=(921,))
SPEED = "downward speed"


def floor_vibration(motion: DayMotion, rate_hz: float) -> FloatArray:
    """A simulated sensor: the fastest downward speed of anybody's pelvis in m/s, one value a second, with noise."""
    speed = np.zeros(int(motion.duration_s))
    for actor in motion.people:
        for scene in motion.scenes_of(actor):
            times = ticks(scene.start_s, scene.end_s, rate_hz)
            height = scene.episode.pose(times - scene.start_s).positions["pelvis"][:, 2]
            inside = times < motion.duration_s
            np.maximum.at(speed, times[inside].astype(int), -np.gradient(height, 1 / rate_hz)[inside])
    return speed + motion.rng("floor vibration").normal(0, 0.05, len(speed))


@dataclass(frozen=True)
class FloorVibration:
    """The third sensor: the faster somebody goes down, the more probable a fall."""

    name: ClassVar[str] = "floor"
    faults: ClassVar[tuple[str, ...]] = ()
    baselines: ClassVar[tuple[str, ...]] = (SPEED,)

    slope: float

    @classmethod
    def prepare(cls, preparation: Preparation) -> FloorVibration:
        return cls(slope=preparation.models["floor"])

    def observe(self, day: SimulatedRecording) -> Observation:
        speed = np.maximum(floor_vibration(day.motion, rate_hz=20.0), 0)
        times = np.arange(1.0, len(speed) + 1)
        judged = WornReports(times, 1 / (1 + np.exp(-self.slope * (speed - 1.0))))
        return Observation({AS_MEASURED: judged, SPEED: WornReports(times, speed / (1 + speed))})

    def evidence(self, zones: tuple[Zone, ...]) -> HeldImpacts:
        return HeldImpacts()


class MeanBrightness:
    """Stands in for the camera's network, which takes minutes to train."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def predict_proba(self, images: Any) -> FloatArray:
        p = images.mean(axis=(1, 2, 3)) / 255
        return np.stack([1 - p, p], axis=1)


@dataclass(frozen=True)
class Network:
    cost: common.Cost


@pytest.fixture(scope="module")
def models() -> dict[str, Any]:
    """What the sensors decide by; the worn sensor's is trained once for all runs."""
    worn = Wearable.prepare(Preparation(DAYS.training_scenario, DAYS.train, {}, jobs=1))
    return {
        **{Wearable.name: worn.classifier, PROTOTYPES: worn.prototypes},
        **{"camera": Network(common.Cost(params=100, macs=10_000)), "floor": 8.0},
    }


def run_with(sensors: tuple[type[Sensor], ...], models: dict[str, Any], out: Path) -> pd.DataFrame:
    run(out, models, DAYS, jobs=1, sensor_types=sensors)
    return pd.read_csv(out / "results.csv").set_index("decided by")


def test_three_sensors_from_days_to_tables_and_figures(
    models: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fall, "TFLiteFallClassifier", MeanBrightness)
    table = run_with((Wearable, Camera, FloorVibration), models, tmp_path)
    assert list(table.index) == [
        "wearable", "camera", "floor", "all, fused", "10% lost, ≤ 0.2 s", "10% lost, ≤ 1 s",
        "wearable missing", "camera missing", "floor missing",
        "prototypes", "peak acceleration", "aspect ratio", SPEED, "all, by the monitor", "wearable wakes camera",
    ]  # fmt: skip
    assert table.loc["all, fused", "falls found"] > 0
    assert {path.name for path in tmp_path.glob("*.png")} == {
        "sensitivity_against_alarms.png", "timeline.png", "reliability.png",
    }  # fmt: skip
    assert (tmp_path / "energy.csv").exists()

    # The others' reports are those of before: a run without the third sensor makes no new ones.
    files = {path: path.stat().st_mtime_ns for path in (tmp_path / "days").rglob("*.npz")}
    two = run_with((Wearable, Camera), models, tmp_path)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "days").rglob("*.npz")} == files
    assert "both, fused" in two.index
    pd.testing.assert_series_equal(two.loc["wearable"], table.loc["wearable"])


@pytest.mark.parametrize("n_sensors", [1, 2, 12])
def test_any_number_of_sensors_has_colors(n_sensors: int) -> None:
    names = [f"sensor {number}" for number in range(n_sensors)]
    color_of = colors(names, "all, fused")
    assert list(color_of) == [*names, "all, fused"]
    assert color_of["all, fused"] not in {color_of[name] for name in names}
