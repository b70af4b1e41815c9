"""What 16 and 8 bits cost in accuracy on measured data, from counts to decisions, by folds of people.

The settings are those of Lab 1, and those for falls that the library offers. Counts are those of common sensors: ±16 g,
and ±36 rad/s or ±2,048 degrees a second.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.pipeline import Pipeline, make_pipeline

import har
from common.evaluation.splits import subject_folds
from examples import lab1_data
from examples.boards import BOARDS, code_bytes, missing, stream_on
from har.embedded.fixed_point import from_pipeline
from har.embedded.recognizer import Hop, IntegerRecognizer
from har.preprocessing import GravityFrame, Magnitude, Resample, ScaleChannels
from har.preprocessing.base import WindowTransformer
from har.selection import PROTOTYPE_SETTINGS

pytestmark = [pytest.mark.slow, pytest.mark.real_data]

#: What 16 and 8 bits may lose.
MOST_LOST = {16: 0.002, 8: 0.005}
FOLDS = 5


@pytest.mark.parametrize(
    ("name", "n_prototypes", "readout"),
    [
        *(("smartwatch", 8, "nearest"), ("motionsense", 8, "nearest")),
        *(("umafall", 4, "nearest"), ("sisfall", 4, "nearest")),
        *(("smartwatch", 1, "linear"), ("motionsense", 1, "linear")),
    ],
)
def test_integers_lose_almost_nothing(real_data: Path, name: str, n_prototypes: int, readout: str) -> None:
    lab = lab1_data.load(lab1_data.Data(name), real_data / name, None, FOLDS, 0)

    def fitted(X: np.ndarray, y: np.ndarray, people: np.ndarray) -> Pipeline:
        classifier = har.DTWPrototypeClassifier(n_prototypes, band=0.1, readout=readout, random_state=0)
        return make_pipeline(*transformers(lab), classifier).fit(X, y)

    check_losses(f"{name:12s} {n_prototypes} {readout:7s}", lab.windows, fitted)


@pytest.mark.parametrize("setting", [name for name in PROTOTYPE_SETTINGS if name.endswith("little change, jerk")])
@pytest.mark.parametrize("name", ["umafall", "sisfall"])
def test_settings_with_the_jerk_lose_almost_nothing(real_data: Path, name: str, setting: str, tmp_path: Path) -> None:
    """The model of the last fold also runs on a Cortex-M4, with windows of people whom it has not met."""
    lab = lab1_data.load(lab1_data.Data(name), real_data / name, None, FOLDS, 0)
    slow_hz = lab.protocol.slow_hz

    def fitted(X: np.ndarray, y: np.ndarray, people: np.ndarray) -> Pipeline:
        offered = PROTOTYPE_SETTINGS[setting].pipeline(rate_hz=slow_hz, triads=((0, 1, 2), (3, 4, 5)), bits=None)
        model = make_pipeline(Resample(rate_hz=lab.windows.rate_hz, target_hz=slow_hz), *dict(offered.steps).values())
        return model.fit(X, y, dtwprototypeclassifier__groups=people)

    integers, counts = check_losses(f"{name:12s} {setting}", lab.windows, fitted)
    check_cortex_m4(replace(integers, schedule=Hop(integers.length)), counts[:100], tmp_path)


def test_the_recorded_jerk_of_activities_loses_almost_nothing(tmp_path: Path) -> None:
    lab = lab1_data.load(lab1_data.Data.smartwatch, None, None, FOLDS, 0)
    setting = PROTOTYPE_SETTINGS["4 joint, jerk"]
    options = {"rate_hz": lab.windows.rate_hz, "target_hz": lab.protocol.slow_hz, "triads": ((0, 1, 2), (3, 4, 5))}

    def fitted(X: np.ndarray, y: np.ndarray, people: np.ndarray) -> Pipeline:
        return setting.pipeline(**options, bits=None).fit(X, y, dtwprototypeclassifier__groups=people)

    integers, counts = check_losses("smartwatch   4 joint, jerk", lab.windows, fitted)
    check_cortex_m4(replace(integers, schedule=Hop(integers.length)), counts[:100], tmp_path)


def check_cortex_m4(integers: IntegerRecognizer, counts: np.ndarray, folder: Path) -> None:
    """Decide windows of counts on the processor, and print what that takes."""
    board = BOARDS["Cortex-M4"]
    if missing(board):
        return
    exported = har.export_c(integers, folder)
    decided = stream_on(board, exported, counts.reshape(-1, counts.shape[2]))
    decisions = integers.decide(counts)
    np.testing.assert_array_equal(decided[:, 1], decisions.class_index)
    np.testing.assert_array_equal(decided[:, 3], decisions.distance)
    flash = sum(code_bytes(board, exported.sources / f"{part}.c") for part in ("recognizer", "recognizer_model"))
    print(f"Cortex-M4: flash {flash}, RAM {exported.ram_bytes}, at most {decided[:, 4].max()} instructions a decision")


def check_losses(
    title: str, windows: har.Windows, fitted: Callable[..., Pipeline]
) -> tuple[IntegerRecognizer, np.ndarray]:
    """Compare floating point and integers by folds of people, and print what they reach.

    The recogniser of 8 bits of the last fold comes back, with the counts of its test windows.
    """
    per_unit = [counts_per_unit(str(channel)) for channel in windows.channels]
    counts = np.clip(np.floor(windows.X * per_unit + 0.5), -32_768, 32_767).astype(np.int16)
    right: dict[str, list[bool]] = {"float": [], "16": [], "8": []}
    same: dict[str, list[bool]] = {"16": [], "8": []}
    for train, test in subject_folds(windows.groups, n_folds=FOLDS, random_state=0):
        model = fitted(windows.X[train].astype(np.float32), windows.y[train], windows.groups[train])
        y, decided = windows.y[test], model.predict(windows.X[test].astype(np.float32))
        right["float"].extend(decided == y)
        for bits in (16, 8):
            integers = from_pipeline(model, bits=bits, rate_hz=windows.rate_hz, counts_per_unit=per_unit)
            found = integers.classes[integers.decide(counts[test]).class_index]
            right[str(bits)].extend(found == y)
            same[str(bits)].extend(found == decided)
    accuracy = {kept: float(np.mean(hits)) for kept, hits in right.items()}
    print(f"\n{title}" + "".join(f"  {kept} {value:.4f}" for kept, value in accuracy.items()), end="")
    print("".join(f"  equal decisions in {bits} bits {np.mean(hits):.4f}" for bits, hits in same.items()))
    for bits, most in MOST_LOST.items():
        assert accuracy[str(bits)] >= accuracy["float"] - most
        assert np.mean(same[str(bits)]) >= 1 - 2 * most
    return integers, counts[test]


def counts_per_unit(channel: str) -> float:
    """Of a channel with its unit in brackets."""
    return {"g": 2048.0, "rad/s": 900.0, "deg/s": 16.0}[channel.partition("[")[2].rstrip("]")]


def transformers(lab: lab1_data.Lab) -> list[WindowTransformer]:
    """The preprocessing of Lab 1, from the windows as they were recorded."""
    slow = Resample(rate_hz=lab.windows.rate_hz, target_hz=lab.protocol.slow_hz)
    if lab.protocol.has_gravity:
        return [GravityFrame(), slow, ScaleChannels()]
    return [*([] if lab.positive is None else [Magnitude()]), slow, ScaleChannels()]
