"""The fusion on URFD, in the one room where people both fall and do other things: each actor judged while held out.

All falls of URFD are in one room, and most activities in two others, so that a classifier that recognised the room
alone would look good on all sequences. Falls are short recordings, too. Judged are therefore the sequences of the
office only, by models that have not met the actor; what room and length would decide is printed beside them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
from rich.progress import track
from sklearn.base import ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import common
import fall
import har
from common import plotting
from common.validation import FloatArray
from examples.fusion_urfd_baselines import Feature
from examples.fusion_urfd_results import print_results, reliability_diagram, results_table
from examples.terminal import console
from fall import backend
from har import preprocessing

Sequences = npt.NDArray[np.str_]
Indices = npt.NDArray[np.int64]

WINDOW_S = 2.0  # the shortest sequence has 2.1 s of acceleration
SLOW_HZ = 12.5
N_PROTOTYPES = 2  # of each class
# Without the actor who did most of the five activities, three of them are left for training.
INNER_FOLDS = 3
OFFICE = "office"

# The authors do not say who acts: these are the actors of the office by their clothes and faces.
ACTORS = {
    "A": [f"fall-{number:02}" for number in range(1, 7)],
    "B": [*(f"fall-{number:02}" for number in range(7, 13)), "adl-34", "adl-35"],
    "C": [f"fall-{number:02}" for number in range(13, 19)],
    "D": ["adl-31", "adl-32"],
    "E": ["adl-33"],
}

# Fusion methods, and their names in table and figure.
METHODS = {"logistic": "both, fused", "mean": "both, mean"}


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
        held_out = common.out_of_fold_probabilities(
            model, X, y, self.sequences[train], n_folds=INNER_FOLDS, random_state=seed
        )
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
            head,
            self.features[is_train],
            train_frames["label"],
            train_frames["sequence"],
            n_folds=INNER_FOLDS,
            random_state=seed,
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


@dataclass(frozen=True, eq=False)
class Recordings:
    """URFD's sequences in the office that both sensors recorded.

    Attributes
    ----------
    sequences, y, actor : ndarray of shape (n,)
        ``y`` is 1 for falls.
    sensors : mapping
        By name.
    baselines : mapping
        What decides without looking at how somebody moves, and the peak of acceleration.
    other_rooms : int
        Activities in other rooms, which are left out, as no fall is there.
    """

    sequences: Sequences
    y: Indices
    actor: Sequences
    sensors: Mapping[str, SequenceSensor]
    baselines: Mapping[str, Feature]
    other_rooms: int


def load(root: str | os.PathLike[str], weights: Path) -> Recordings:
    """Read both sensors' recordings of the office and compute the camera's features."""
    frames = fall.datasets.load_urfd(root)
    recordings = har.datasets.fall_labels(har.datasets.load_urfd(root))
    known = recordings.subset(np.isin(recordings.groups, frames["sequence"].unique()))
    actor_of = {sequence: actor for actor, sequences in ACTORS.items() for sequence in sequences}
    in_office = frames.loc[frames["scene"] == OFFICE, "sequence"].unique()
    unnamed = sorted(set(in_office) - set(actor_of))
    if unnamed:
        raise common.InvalidInputError(f"root holds {', '.join(unnamed)} of unknown actors: add them to ACTORS")
    recordings = known.subset(np.isin(known.groups, in_office))
    windows = har.segment_at_peak(recordings, window_s=WINDOW_S)
    X = preprocessing.Magnitude(groups=((0, 1, 2),)).fit_transform(windows.X)
    peak = X[:, :, 3].max(axis=1)
    X = preprocessing.Resample(rate_hz=windows.rate_hz, target_hz=SLOW_HZ).fit_transform(X)
    # The magnitude alone: the axes depend on how the sensor hangs.
    wearable = Wearable(X[:, :, 3:], windows.y, windows.groups)

    frames = frames[frames["sequence"].isin(windows.groups)].reset_index(drop=True)
    network = fall.build_network("mobilenet_v2", alpha=1.0, last_block=10, weights=weights)
    backbone = backend.keras().Model(network.input, network.get_layer("mean").output)
    features = backbone.predict(fall.networks.scale_pixels(fall.read_images(frames)), batch_size=64, verbose=0)
    camera = Camera(features, frames, windows.groups, fall.keras_cost(network).total)
    length_s = np.array([len(recordings.signals[row]) for row in windows.recording]) / recordings.rate_hz
    return Recordings(
        windows.groups,
        windows.y,
        np.array([actor_of[sequence] for sequence in windows.groups]),
        {"wearable": wearable, "camera": camera},
        {"peak acceleration": Feature(peak, windows.y), "length of recording": Feature(length_s, windows.y)},
        other_rooms=len(known) - len(recordings),
    )


def judge(recordings: Recordings, *, seed: int) -> dict[str, FloatArray]:
    """Fall probabilities ``(n_sequences,)`` by decision rule: every sequence while its actor is held out."""
    y, sequences, sensors = recordings.y, recordings.sequences, recordings.sensors
    absent = {sensor: f"{sensor} absent" for sensor in sensors}
    names = [*sensors, *METHODS.values(), *absent.values(), *recordings.baselines]
    probability: dict[str, FloatArray] = {name: np.empty(len(y)) for name in names}
    for train, test in track(common.leave_one_subject_out(recordings.actor), "actors", console=console):
        pairs = {name: sensor.probabilities(train, test, seed) for name, sensor in sensors.items()}
        known = pd.DataFrame({name: held_out for name, (held_out, _) in pairs.items()})
        new = pd.DataFrame({name: of_test for name, (_, of_test) in pairs.items()})
        for sensor in sensors:
            probability[sensor][test] = new[sensor]
        for name, feature in recordings.baselines.items():
            probability[name][test] = feature.probabilities(train, test)
        for method, name in METHODS.items():
            calibration = "sigmoid" if method == "logistic" else None  # the fixed rule as in the literature
            fusion = common.FusionClassifier(method, calibration=calibration).fit(known, y[train], sequences[train])
            probability[name][test] = fusion.predict_proba(new)[:, 1]
            if method == "logistic":
                for sensor in sensors:
                    without = new.assign(**{sensor: np.nan})
                    probability[absent[sensor]][test] = fusion.predict_proba(without)[:, 1]
    return probability


def run(root: Path, weights: Path, out: Path, *, seed: int) -> None:
    """Run the whole example; its table and figure are written to ``out``."""
    console.rule("[bold]Fusion on URFD")
    console.print("Features of all frames by the frozen convolutions of MobileNetV2 …", style="dim")
    recordings = load(root, weights)
    probability = judge(recordings, seed=seed)
    table = results_table(recordings.y, recordings.other_rooms, probability)
    print_results(recordings.y, table, highlighted=METHODS["logistic"])
    for name, sensor in recordings.sensors.items():
        unit, cost = sensor.cost()
        console.print(f"{name}, {unit}: {cost}", highlight=False)
    curves = {name: probability[name] for name in (*recordings.sensors, METHODS["logistic"])}
    figure = reliability_diagram(recordings.y, curves)
    console.print(f"  {plotting.save(figure, out / 'reliability.png')}", highlight=False)
    table.to_csv(out / "urfd.csv", index=False)
