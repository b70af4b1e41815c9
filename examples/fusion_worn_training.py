"""Train the worn sensor's classifiers on windows of simulated days, by the falls that truly happened in them."""

from __future__ import annotations

import joblib
import numpy as np
import numpy.typing as npt
from rich.progress import track
from sklearn.pipeline import Pipeline, make_pipeline

import common
import har
from common import DayScenario, SimulatedRecording
from common.validation import FloatArray
from examples.fusion_trees import STILL_G, WindowTrees
from examples.fusion_truth import UNTIL_SEATED_S
from examples.fusion_window_features import ACCELERATION
from examples.fusion_worn_windows import WINDOW_S, blocks, channels
from examples.terminal import console
from har.preprocessing import Resample

Labels = npt.NDArray[np.int64]

N_TREES = 120
N_PROTOTYPES = 8  # of each class
_PROTOTYPE_WINDOWS = 30_000  # without a fall: learning prototypes takes time in proportion
_STEP_S = 0.5
# How long before the window's end the impact is: late enough to show what follows it, early enough for a quick alarm.
_IMPACT_S = (1.5, 2.75)
_MOST_OTHERS = 6000  # windows a day without a fall; a day has hours of movement


def learn_trees(windows: FloatArray, y: Labels, rate_hz: float) -> WindowTrees:
    """The trees of these windows."""
    return WindowTrees(N_TREES, rate_hz=rate_hz, random_state=0).fit(windows, y)


def learn_prototypes(windows: FloatArray, y: Labels) -> Pipeline:
    """Prototypes learned from a part of these windows of 25 Hz, in float32 as a watch keeps them."""
    others = np.flatnonzero(y == 0)
    few = np.random.default_rng(0).choice(others, min(len(others), _PROTOTYPE_WINDOWS), replace=False)
    rows = np.sort(np.concatenate([np.flatnonzero(y == 1), few]))
    prototypes = har.DTWPrototypeClassifier(N_PROTOTYPES, method="learned", band=0.1, random_state=0)
    return make_pipeline(Resample(rate_hz=25.0, target_hz=12.5), prototypes).fit(
        windows[rows].astype(np.float32), y[rows]
    )


def training_windows(scenario: DayScenario, seeds: tuple[int, ...], *, jobs: int) -> tuple[FloatArray, Labels]:
    """Windows of the training days in which something moves; labelled 1 if they hold an impact and what follows it."""
    work = (joblib.delayed(_windows_of_day)(scenario, seed) for seed in seeds)
    parallel = joblib.Parallel(n_jobs=jobs, return_as="generator")
    parts = list(track(parallel(work), "wearable: training days", total=len(seeds), console=console))
    X, y = (np.concatenate(part) for part in zip(*parts, strict=True))
    return X, y


def _windows_of_day(scenario: DayScenario, seed: int) -> tuple[FloatArray, Labels]:
    day = common.simulate_resident(scenario, seed=seed)
    rate = scenario.sensor.rate_hz
    length = round(WINDOW_S * rate)
    samples = np.concatenate([channels(block).astype(np.float32) for _, block in blocks(day)])
    # A view: all windows of a day at once would take hundreds of megabytes.
    step = round(_STEP_S * rate)
    windows = np.lib.stride_tricks.sliding_window_view(samples, length, axis=0)[::step].swapaxes(1, 2)
    labels = _labels(day, (np.arange(len(windows)) * step + length) / rate)
    force = windows[:, :, ACCELERATION]
    moves = force.max(axis=1) - force.min(axis=1) >= STILL_G  # not where samples are missing
    falls, others = (np.flatnonzero(moves & (labels == label)) for label in (1, 0))
    rng = np.random.default_rng(seed)
    kept = np.sort(np.concatenate([falls, rng.choice(others, min(len(others), _MOST_OTHERS), replace=False)]))
    return windows[kept], labels[kept]


def _labels(day: SimulatedRecording, ends_s: FloatArray) -> Labels:
    """1 if the window that ends here holds an impact and what follows, −1 in the rest of a fall, otherwise 0.

    No window of a resident who fell without wearing the sensor is labelled 1.
    """
    labels = np.zeros(len(ends_s), dtype=np.int64)
    are_felt = day.labels.is_worn(day.labels.impacts_s)
    for fall, is_felt in zip(day.labels.falls, are_felt, strict=True):
        labels[(ends_s > fall.onset_s) & (ends_s < fall.up_s + UNTIL_SEATED_S)] = -1
        since_s = ends_s - fall.impact_s
        if is_felt:
            labels[(since_s >= _IMPACT_S[0]) & (since_s <= _IMPACT_S[1])] = 1
    return labels
