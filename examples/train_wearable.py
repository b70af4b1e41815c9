"""Train the worn sensor's classifiers: on simulated days and, where given, on measured people, none of whom falls."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
from rich.progress import track
from scipy.signal import resample_poly
from sklearn.pipeline import Pipeline

import common
import har
from common import InvalidInputError, TrainingData
from common.validation import FloatArray
from examples.fusion_models import MeasuredData, sha256
from examples.fusion_simulated import Days
from examples.fusion_trees import WindowTrees
from examples.fusion_wearable import PROTOTYPES, Wearable
from examples.fusion_worn_training import N_PROTOTYPES, N_TREES, learn_prototypes, learn_trees, training_windows
from examples.fusion_worn_windows import CHANNELS, WINDOW_S, channels
from examples.terminal import console

_COMPACT = "motionsense_raw.npz"
_TRAINING_PEOPLE = range(1, 17)  # of MotionSense; the labs test on the others
_WINDOWS_PER_PERSON = 200
_UNITS = ("g", "g", "g", "200 deg/s", "200 deg/s", "200 deg/s", "g", "200 deg/s")


def train(days: Days, cache: Path, motionsense: Path | None, *, jobs: int) -> dict[str, WindowTrees | Pipeline]:
    """The classifiers by name; those of an earlier, interrupted run are read from ``cache``."""
    settings = (days.training_scenario, days.train, described(motionsense), N_TREES, N_PROTOTYPES, WINDOW_S)
    bundles = {name: cache / "training" / f"{name}-{joblib.hash(settings)}" for name in (Wearable.name, PROTOTYPES)}
    if not all(bundle.exists() for bundle in bundles.values()):
        X, y = training_windows(days.training_scenario, days.train, jobs=jobs)
        if motionsense is not None:
            measured = measured_windows(motionsense, days.scenario.sensor.rate_hz)
            X, y = np.concatenate([X, measured]), np.concatenate([y, np.zeros(len(measured), dtype=np.int64)])
        console.print(f"wearable: {len(y):,} windows, {int(y.sum()):,} of them falls", highlight=False)
        rate_hz = days.scenario.sensor.rate_hz
        trained_on = TrainingData(CHANNELS, _UNITS, rate_hz, WINDOW_S, X.shape[1])
        learned = {Wearable.name: learn_trees(X, y, rate_hz), PROTOTYPES: learn_prototypes(X, y)}
        for name, model in learned.items():
            if not bundles[name].exists():
                common.save_bundle(model, bundles[name], trained_on=trained_on)
    return {name: common.load_bundle(bundle) for name, bundle in bundles.items()}


def described(motionsense: Path | None) -> MeasuredData | None:
    """What a manifest says of MotionSense; None without it."""
    if motionsense is None:
        return None
    file = motionsense / _COMPACT
    if not file.exists():
        raise InvalidInputError(f"motionsense: {motionsense} holds no {_COMPACT}")
    return MeasuredData("MotionSense", "MIT", {_COMPACT: sha256(file)})


def measured_windows(motionsense: Path, rate_hz: float) -> FloatArray:
    """Windows ``(n, n_timesteps, 8)`` of everyday activities with a phone in the trouser pocket: nobody falls."""
    recordings = har.datasets.load_motionsense(motionsense)
    length = round(WINDOW_S * rate_hz)
    rng = np.random.default_rng(0)
    windows = []
    for person in track(_TRAINING_PEOPLE, "wearable: MotionSense", console=console):
        own = [signal for signal, of in zip(recordings.signals, recordings.groups, strict=True) if of == person]
        cut = np.concatenate([_windows(signal, recordings.rate_hz, rate_hz, length) for signal in own])
        windows.append(cut[rng.choice(len(cut), size=min(len(cut), _WINDOWS_PER_PERSON), replace=False)])
    return np.concatenate(windows)


def _windows(signal: FloatArray, from_hz: float, to_hz: float, length: int) -> FloatArray:
    """One window after the other, of total acceleration in g and turning in deg/s."""
    acceleration, turning = signal[:, 0:3] + signal[:, 3:6], np.degrees(signal[:, 6:9])
    measured = np.hstack([acceleration, turning])
    samples = channels(resample_poly(measured, round(to_hz), round(from_hz), padtype="line"))
    n_windows = len(samples) // length
    return samples[: n_windows * length].reshape(n_windows, length, len(CHANNELS)).astype(np.float32)
