"""URFD for the fusion: what accelerometer and camera believe of each sequence, always without having seen it."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import common
import fall
import har
from fall import backend
from har import preprocessing

Floats = npt.NDArray[np.float64]

WINDOW_S = 2.0  # the shortest sequence has 2.1 s of acceleration
SLOW_HZ = 12.5
N_PROFILES = 2  # of each class


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
