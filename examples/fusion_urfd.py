"""URFD for the fusion: what accelerometer and camera believe of each sequence, always without having seen it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
from examples.terminal import console
from fall import backend
from har import preprocessing

Floats = npt.NDArray[np.float64]

WINDOW_S = 2.0  # the shortest sequence has 2.1 s of acceleration
SLOW_HZ = 12.5
N_PROFILES = 2  # of each class

RULES = {
    "logistic": "both, fused",
    "mean": "both, mean",
    "max": "both, maximum",
    "product": "both, product",
    "dempster_shafer": "both, Dempster–Shafer",
}


@dataclass(frozen=True)
class Wearable:
    """A window round the strongest acceleration of each sequence, and a few learned profiles."""

    windows: npt.NDArray[np.float64]
    y: npt.NDArray[np.int64]
    sequences: npt.NDArray[np.str_]

    def scores(self, train: npt.NDArray[np.int64], others: npt.NDArray[np.int64], seed: int) -> tuple[Floats, Floats]:
        """Probability of a fall of the training sequences (out of fold), and of the others."""
        model = har.DTWPrototypeClassifier(n_prototypes=N_PROFILES, random_state=seed)
        X, y = self.windows[train], self.y[train]
        held_out = common.out_of_fold_probabilities(model, X, y, self.sequences[train], random_state=seed)
        return held_out, model.fit(X, y).predict_proba(self.windows[others])[:, 1]

    def cost(self) -> common.Cost:
        """Of one window."""
        _, n_timesteps, n_channels = self.windows.shape
        return common.prototype_cost(2, N_PROFILES, n_timesteps, n_channels, band=0.1)


@dataclass(frozen=True)
class Camera:
    """Features of each frame by the frozen convolutions of MobileNetV2, and a dense head."""

    features: npt.NDArray[np.float32]
    frames: pd.DataFrame
    sequences: npt.NDArray[np.str_]
    network: common.Cost

    def scores(self, train: npt.NDArray[np.int64], others: npt.NDArray[np.int64], seed: int) -> tuple[Floats, Floats]:
        """Probability of a fall of the training sequences (out of fold), and of the others."""
        shown = self.frames["sequence"].isin(self.sequences[train]).to_numpy()
        seen = self.frames[shown]
        head = _dense_head()
        held_out = common.out_of_fold_probabilities(
            head, self.features[shown], seen["label"], seen["sequence"], random_state=seed
        )
        head.fit(self.features[shown], seen["label"])
        rest = self.frames[~shown]
        found = head.predict_proba(self.features[~shown])[:, 1]
        return top_seconds(seen, held_out, self.sequences[train]), top_seconds(rest, found, self.sequences[others])


def _dense_head() -> ClassifierMixin:
    """One dense layer with a penalty, as there are more features than sequences."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=2000))


def top_seconds(frames: pd.DataFrame, probability: Floats, sequences: npt.NDArray[np.str_]) -> Floats:
    """A sequence's score: the highest mean of its frames' probabilities over 1 s.

    Examples
    --------
    >>> frames = pd.DataFrame({"sequence": ["a", "a", "a"], "time_s": [0.0, 0.5, 1.2]})
    >>> top_seconds(frames, np.array([0.0, 0.6, 0.8]), np.array(["a"]))
    array([0.7])
    """
    scores = []
    for sequence in sequences:
        rows = (frames["sequence"] == sequence).to_numpy()
        times, beliefs = frames["time_s"].to_numpy()[rows], probability[rows]
        ends = times[times >= min(times.min() + 1, times.max())]  # of whole seconds, or of all there is
        scores.append(max(beliefs[(times > end - 1) & (times <= end)].mean() for end in ends))
    return np.array(scores)


def load(root: str | os.PathLike[str], weights: Path) -> tuple[Wearable, Camera]:
    """Both sensors of the sequences that both have seen."""
    frames = fall.datasets.load_urfd(root)
    recordings = har.datasets.fall_labels(har.datasets.load_urfd(root))
    recordings = recordings.subset(np.isin(recordings.groups, frames["sequence"].unique()))
    windows = har.segment_at_peak(recordings, window_s=WINDOW_S)
    X = preprocessing.Magnitude(groups=((0, 1, 2),)).fit_transform(windows.X)
    X = preprocessing.Resample(rate_hz=windows.rate_hz, target_hz=SLOW_HZ).fit_transform(X)
    wearable = Wearable(X[:, :, 3:], windows.y, windows.groups)  # the magnitude: how a sensor hangs says nothing

    frames = frames[frames["sequence"].isin(windows.groups)].reset_index(drop=True)
    network = fall.build_network("mobilenet_v2", alpha=1.0, last_block=10, weights=weights)
    backbone = backend.keras().Model(network.input, network.get_layer("mean").output)
    features = backbone.predict(fall.networks.scale_pixels(fall.read_images(frames)), batch_size=64, verbose=0)
    return wearable, Camera(features, frames, windows.groups, fall.keras_cost(network).total)


def judge(wearable: Any, camera: Any, *, repeats: int, folds: int, seed: int) -> dict[str, npt.NDArray[np.float64]]:
    """Probabilities of a fall by each way to decide, ``(repeats, n_sequences)``: every sequence while held out."""
    y, sequences = wearable.y, wearable.sequences
    names = ["wearable", "camera", *RULES.values(), "camera absent", "wearable absent"]
    probability = {name: np.empty((repeats, len(y))) for name in names}
    splits = [
        (repeat, split)
        for repeat in range(repeats)
        for split in common.subject_folds(sequences, n_folds=folds, y=y, random_state=seed + repeat)
    ]
    for repeat, (train, test) in track(splits, "folds", console=console):
        columns = [sensor.scores(train, test, seed) for sensor in (wearable, camera)]
        known, new = (np.column_stack(column) for column in zip(*columns, strict=True))
        probability["wearable"][repeat, test], probability["camera"][repeat, test] = new.T
        for method, name in RULES.items():
            calibration = "sigmoid" if method == "logistic" else None  # the fixed rules as they stand in books
            fusion = common.FusionClassifier(method, calibration=calibration).fit(known, y[train], sequences[train])
            probability[name][repeat, test] = fusion.predict_proba(new)[:, 1]
            if method == "logistic":
                blind, still = new.copy(), new.copy()
                blind[:, 1], still[:, 0] = np.nan, np.nan
                probability["camera absent"][repeat, test] = fusion.predict_proba(blind)[:, 1]
                probability["wearable absent"][repeat, test] = fusion.predict_proba(still)[:, 1]
    return probability


def show(y: npt.NDArray[np.int64], sequences: Any, probability: dict[str, npt.NDArray[np.float64]]) -> None:
    """The table of the ways to decide."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("decided by", no_wrap=True)
    for name in ("accuracy", "95%", "sens.", "spec.", "ECE"):
        table.add_column(name, justify="right", no_wrap=True)
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
            style="bold" if name == RULES["logistic"] else None,
        )
    console.print(table)
    n_repeats = len(probability["camera"])
    console.print(
        f"{len(y)} sequences, {int(y.sum())} of them falls, each judged {n_repeats} times; one error every time is "
        f"{1 / len(y):.3f}. 95%: bootstrap of the sequences. sens., spec.: sensitivity, "
        "specificity. ECE: expected calibration error, 10 bins of equal mass.",
        style="dim",
        highlight=False,
    )


def diagram(y: npt.NDArray[np.int64], probability: dict[str, npt.NDArray[np.float64]]) -> Any:
    """What each promised, and how often somebody had fallen."""
    with plotting.style():
        figure = plotting.figure(size=(4.6, 4.2))
        ax = figure.axes[0]
        ax.plot([0, 1], [0, 1], color=plotting.MUTED, linewidth=1)
        for name, color in zip(("wearable", "camera", RULES["logistic"]), plotting.PALETTE, strict=False):
            values = probability[name]
            curve = common.reliability(np.tile(y, len(values)) == 1, values.ravel(), n_bins=6)
            ax.plot(curve.promised, curve.observed, marker="o", color=color, label=name)
        ax.set_xlabel("probability of a fall, as told")
        ax.set_ylabel("share of falls among them")
        ax.set_title("Can the probability be trusted?")
        ax.legend(loc="upper left")
    return figure


def run(root: Path, weights: Path, out: Path, *, repeats: int, folds: int, seed: int) -> None:
    """The whole story, with its table and figure."""
    console.rule("[bold]Fusion on URFD")
    console.print("Features of all frames by the frozen convolutions of MobileNetV2 …", style="dim")
    wearable, camera = load(root, weights)
    probability = judge(wearable, camera, repeats=repeats, folds=folds, seed=seed)
    show(wearable.y, wearable.sequences, probability)
    for name, cost in (("wearable, one window", wearable.cost()), ("camera, one frame", camera.network)):
        console.print(f"{name}: {cost}", highlight=False)
    figure = diagram(wearable.y, probability)
    console.print(f"  {plotting.save(figure, out / 'reliability.png')}", highlight=False)
