"""The fusion on URFD: fall probabilities from accelerometer and camera, each sequence judged while held out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.progress import track
from rich.table import Table
from sklearn.base import ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import common
import fall
import har
from common import plotting
from common.validation import FloatArray
from examples.terminal import console
from fall import backend
from har import preprocessing

Sequences = npt.NDArray[np.str_]
Indices = npt.NDArray[np.int64]

WINDOW_S = 2.0  # the shortest sequence has 2.1 s of acceleration
SLOW_HZ = 12.5
N_PROTOTYPES = 2  # of each class

# Fusion methods, and their names in table and figure.
METHODS = {
    "logistic": "both, fused",
    "mean": "both, mean",
    "max": "both, maximum",
    "product": "both, product",
    "dempster_shafer": "both, Dempster–Shafer",
}


class SequenceSensor(Protocol):
    """A sensor that gives every sequence a probability of a fall."""

    def probabilities(self, train: Indices, others: Indices, seed: int) -> tuple[FloatArray, FloatArray]:
        """Of the training sequences (out of fold), and of the others."""

    def cost(self) -> tuple[str, common.Cost]:
        """The input of one decision, and its cost."""


@dataclass(frozen=True)
class Wearable:
    """A window around the strongest acceleration of each sequence, and a few learned prototypes."""

    windows: FloatArray
    y: Indices
    sequences: Sequences

    def probabilities(self, train: Indices, others: Indices, seed: int) -> tuple[FloatArray, FloatArray]:
        """Of the training sequences (out of fold), and of the others."""
        model = har.DTWPrototypeClassifier(n_prototypes=N_PROTOTYPES, random_state=seed)
        X, y = self.windows[train], self.y[train]
        held_out = common.out_of_fold_probabilities(model, X, y, self.sequences[train], random_state=seed)
        return held_out, model.fit(X, y).predict_proba(self.windows[others])[:, 1]

    def cost(self) -> tuple[str, common.Cost]:
        """Of one window."""
        _, n_timesteps, n_channels = self.windows.shape
        return "one window", common.prototype_cost(2, N_PROTOTYPES, n_timesteps, n_channels, band=0.1)


@dataclass(frozen=True)
class Camera:
    """Features of each frame by the frozen convolutions of MobileNetV2, and a dense head."""

    features: npt.NDArray[np.float32]
    frames: pd.DataFrame
    sequences: Sequences
    network: common.Cost

    def probabilities(self, train: Indices, others: Indices, seed: int) -> tuple[FloatArray, FloatArray]:
        """Of the training sequences (out of fold), and of the others."""
        is_train = self.frames["sequence"].isin(self.sequences[train]).to_numpy()
        train_frames, other_frames = self.frames[is_train], self.frames[~is_train]
        head = _dense_head()
        held_out = common.out_of_fold_probabilities(
            head, self.features[is_train], train_frames["label"], train_frames["sequence"], random_state=seed
        )
        head.fit(self.features[is_train], train_frames["label"])
        new = head.predict_proba(self.features[~is_train])[:, 1]
        return (
            best_second(train_frames, held_out, self.sequences[train]),
            best_second(other_frames, new, self.sequences[others]),
        )

    def cost(self) -> tuple[str, common.Cost]:
        """Of one frame."""
        return "one frame", self.network


def _dense_head() -> ClassifierMixin:
    """One dense layer with a penalty, since there are more features than sequences."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=2000))


def best_second(frames: pd.DataFrame, probability: FloatArray, sequences: Sequences) -> FloatArray:
    """A sequence's probability: the highest mean of its frames' probabilities over 1 s.

    Examples
    --------
    >>> frames = pd.DataFrame({"sequence": ["a", "a", "a"], "time_s": [0.0, 0.5, 1.2]})
    >>> best_second(frames, np.array([0.0, 0.6, 0.8]), np.array(["a"]))
    array([0.7])
    """
    highest = []
    for sequence in sequences:
        rows = (frames["sequence"] == sequence).to_numpy()
        times, values = frames["time_s"].to_numpy()[rows], probability[rows]
        ends = times[times >= min(times.min() + 1, times.max())]  # of whole seconds; of a shorter sequence, its end
        highest.append(max(values[(times > end - 1) & (times <= end)].mean() for end in ends))
    return np.array(highest)


@dataclass(frozen=True)
class Recordings:
    """URFD's sequences that both sensors recorded, whether they are falls, and the sensors by name."""

    sequences: Sequences
    y: Indices
    sensors: Mapping[str, SequenceSensor]


def load(root: str | os.PathLike[str], weights: Path) -> Recordings:
    """Read both sensors' recordings and compute the camera's features."""
    frames = fall.datasets.load_urfd(root)
    recordings = har.datasets.fall_labels(har.datasets.load_urfd(root))
    recordings = recordings.subset(np.isin(recordings.groups, frames["sequence"].unique()))
    windows = har.segment_at_peak(recordings, window_s=WINDOW_S)
    X = preprocessing.Magnitude(groups=((0, 1, 2),)).fit_transform(windows.X)
    X = preprocessing.Resample(rate_hz=windows.rate_hz, target_hz=SLOW_HZ).fit_transform(X)
    # The magnitude alone: the axes depend on how the sensor hangs.
    wearable = Wearable(X[:, :, 3:], windows.y, windows.groups)

    frames = frames[frames["sequence"].isin(windows.groups)].reset_index(drop=True)
    network = fall.build_network("mobilenet_v2", alpha=1.0, last_block=10, weights=weights)
    backbone = backend.keras().Model(network.input, network.get_layer("mean").output)
    features = backbone.predict(fall.networks.scale_pixels(fall.read_images(frames)), batch_size=64, verbose=0)
    camera = Camera(features, frames, windows.groups, fall.keras_cost(network).total)
    return Recordings(windows.groups, windows.y, {"wearable": wearable, "camera": camera})


def judge(recordings: Recordings, *, repeats: int, folds: int, seed: int) -> dict[str, FloatArray]:
    """Fall probabilities by decision rule, ``(repeats, n_sequences)``: every sequence while held out."""
    y, sequences, sensors = recordings.y, recordings.sequences, recordings.sensors
    names = [*sensors, *METHODS.values(), *(f"{sensor} absent" for sensor in sensors)]
    probability: dict[str, FloatArray] = {name: np.empty((repeats, len(y))) for name in names}
    splits = [
        (repeat, split)
        for repeat in range(repeats)
        for split in common.subject_folds(sequences, n_folds=folds, y=y, random_state=seed + repeat)
    ]
    for repeat, (train, test) in track(splits, "folds", console=console):
        pairs = {name: sensor.probabilities(train, test, seed) for name, sensor in sensors.items()}
        known = pd.DataFrame({name: held_out for name, (held_out, _) in pairs.items()})
        new = pd.DataFrame({name: of_test for name, (_, of_test) in pairs.items()})
        for sensor in sensors:
            probability[sensor][repeat, test] = new[sensor]
        for method, name in METHODS.items():
            calibration = "sigmoid" if method == "logistic" else None  # the fixed rules as in the literature
            fusion = common.FusionClassifier(method, calibration=calibration).fit(known, y[train], sequences[train])
            probability[name][repeat, test] = fusion.predict_proba(new)[:, 1]
            if method == "logistic":
                for sensor in sensors:
                    without = new.assign(**{sensor: np.nan})
                    probability[f"{sensor} absent"][repeat, test] = fusion.predict_proba(without)[:, 1]
    return probability


def print_results(recordings: Recordings, probability: Mapping[str, FloatArray]) -> None:
    """The table of the decision rules."""
    y, sequences = recordings.y, recordings.sequences
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("decided by", no_wrap=True)
    for column in ("accuracy", "95%", "sens.", "spec.", "ECE"):
        table.add_column(column, justify="right", no_wrap=True)
    for name, values in probability.items():
        truth, groups = np.tile(y, len(values)), np.tile(sequences, len(values))
        result = common.evaluate(truth, (values.ravel() >= 0.5).astype(int), groups=groups, positive=1)
        assert result.by_subject is not None
        interval = result.by_subject.accuracy
        table.add_row(
            name,
            f"{result.accuracy:.3f}",
            f"{interval.low:.2f}–{interval.high:.2f}",
            f"{result.sensitivity:.3f}",
            f"{result.specificity:.3f}",
            f"{common.reliability(truth == 1, values.ravel()).error:.3f}",
            style="bold" if name == METHODS["logistic"] else None,
        )
    console.print(table)
    n_repeats = len(probability[METHODS["logistic"]])
    console.print(
        f"{len(y)} sequences, {int(y.sum())} of them falls, each judged {n_repeats} times; one error every time is "
        f"{1 / len(y):.3f}. 95%: bootstrap of the sequences, exact without an error. sens., spec.: sensitivity, "
        "specificity. ECE: expected calibration error, 10 bins of equal mass.",
        style="dim",
        highlight=False,
    )


def reliability_diagram(y: Indices, probability: Mapping[str, FloatArray]) -> Any:
    """The share of falls by predicted probability, with a curve for each decision rule."""
    curves = {
        name: common.reliability(np.tile(y, len(values)) == 1, values.ravel(), n_bins=6)
        for name, values in probability.items()
    }
    return plotting.plot_reliability(curves, title="Can the probability be trusted?")


def run(root: Path, weights: Path, out: Path, *, repeats: int, folds: int, seed: int) -> None:
    """Run the whole example; its table and figure are written to ``out``."""
    console.rule("[bold]Fusion on URFD")
    console.print("Features of all frames by the frozen convolutions of MobileNetV2 …", style="dim")
    recordings = load(root, weights)
    probability = judge(recordings, repeats=repeats, folds=folds, seed=seed)
    print_results(recordings, probability)
    for name, sensor in recordings.sensors.items():
        unit, cost = sensor.cost()
        console.print(f"{name}, {unit}: {cost}", highlight=False)
    curves = {name: probability[name] for name in (*recordings.sensors, METHODS["logistic"])}
    figure = reliability_diagram(recordings.y, curves)
    console.print(f"  {plotting.save(figure, out / 'reliability.png')}", highlight=False)
