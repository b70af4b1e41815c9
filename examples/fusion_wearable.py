"""The worn sensor in the fusion on simulated residents: a few learned prototypes of acceleration and turning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import joblib
import numpy as np
import numpy.typing as npt
from rich.progress import track
from scipy.ndimage import maximum_filter1d

import common
import har
from common import DayScenario, SimulatedRecording
from common.simulation.inertial_day import InertialChunk
from common.validation import FloatArray
from examples.fusion_sensors import Baseline, Observations, Preparation
from examples.terminal import console

WINDOW_S = 3.0
N_PROTOTYPES = 8
_DEG_S_PER_G = 200.0  # this angular velocity weighs as much as 1 g
# Most windows of a day contain only rest; all but a few of those are left out of the training.
_TRAINING_STEP_S = 0.5
_MOVING_G = 0.4
_REST_KEPT = 0.02

# An impact is brief: its probability is held for this many seconds.
_HOLD_S = 4
_ACTIVE_G = 1.5
_LOST_SHARE = 0.1
_FAULTS = {"10% lost, gaps ≤ 0.2 s": (0.04, 0.2), "10% lost, gaps ≤ 1 s": (0.2, 1.0)}
_PEAK_G = 2.5


@dataclass(frozen=True)
class Wearable:
    """Learned prototypes under DTW, evaluated once per second."""

    name: ClassVar[str] = "wearable"
    baselines: ClassVar[tuple[Baseline, ...]] = (
        Baseline(f"peak > {_PEAK_G} g", "peak_g", (_PEAK_G,)),
        Baseline("peak at its best", "peak_g", tuple(np.arange(1.2, 8.0, 0.1))),
    )

    classifier: har.DTWPrototypeClassifier

    @classmethod
    def prepare(cls, preparation: Preparation) -> Wearable:
        """Learn the prototypes from the training days."""
        seeds = preparation.seeds
        work = (joblib.delayed(_training_windows)(preparation.scenario, seed) for seed in seeds)
        parallel = joblib.Parallel(n_jobs=preparation.jobs, return_as="generator")
        parts = list(track(parallel(work), "wearable: training days", total=len(seeds), console=console))
        X, y = (np.concatenate(part) for part in zip(*parts, strict=True))
        return cls(har.DTWPrototypeClassifier(N_PROTOTYPES, method="learned", band=0.1, random_state=0).fit(X, y))

    def observe(self, day: SimulatedRecording) -> Observations:
        """Probabilities from all samples, and with a tenth of them lost in short and in longer bursts."""
        rate = day.scenario.sensor.rate_hz
        n_seconds = int(day.duration_s)
        signals = {"complete": None, **_FAULTS}
        probability = {name: np.full(n_seconds, np.nan) for name in signals}
        peak_g = np.zeros(n_seconds)
        recognizers = {
            name: har.StreamingRecognizer(self.classifier, rate_hz=rate, window_s=WINDOW_S, step_s=1.0)
            for name in signals
        }
        rng = np.random.default_rng([day.seed, 99])
        for chunk in _long_chunks(day):
            for name, burst_s in signals.items():
                samples = chunk.samples
                if burst_s is not None and len(samples) > 3 * rate:
                    samples = common.drop_bursts(samples, share=_LOST_SHARE, burst_s=burst_s, rate_hz=rate, rng=rng)
                for recognition in recognizers[name].push(channels(samples)):
                    second = round(recognition.time_s + 1 / rate) - 1
                    if second < n_seconds:
                        probability[name][second] = recognition.probabilities[1]
            seconds = ((chunk.start_s + np.arange(len(chunk.samples)) / rate) + 1e-9).astype(int)
            np.maximum.at(peak_g, seconds, np.linalg.norm(chunk.samples[:, :3], axis=1))
        complete = probability.pop("complete")
        return Observations(
            probability=complete,
            evidence=hold_maximum(complete),
            is_active=peak_g > _ACTIVE_G,
            degraded={name: hold_maximum(values) for name, values in probability.items()},
            series={"peak_g": peak_g},
        )


def channels(samples: FloatArray) -> FloatArray:
    """The classifier's channels ``(n, 8)``: both vectors and their magnitudes, scaled to equal weight."""
    scaled = samples / np.repeat([1.0, _DEG_S_PER_G], 3)
    magnitudes = [np.linalg.norm(scaled[:, part], axis=1, keepdims=True) for part in (slice(0, 3), slice(3, 6))]
    return np.hstack([scaled, *magnitudes])


def hold_maximum(values: FloatArray) -> FloatArray:
    """The maximum of the last four seconds; NaN where all four are NaN.

    Examples
    --------
    >>> hold_maximum(np.array([0.1, 0.9, 0.2, 0.1, 0.1, 0.1]))
    array([0.1, 0.9, 0.9, 0.9, 0.9, 0.2])
    """
    known = np.where(np.isnan(values), -1.0, values)
    largest = maximum_filter1d(known, _HOLD_S, origin=_HOLD_S - 1 - _HOLD_S // 2, mode="nearest")
    return np.where(largest < 0, np.nan, largest)


def _long_chunks(day: SimulatedRecording) -> Iterator[InertialChunk]:
    """The chunks of a recording, joined to at least a minute each, to be long enough for bursts."""
    waiting: list[InertialChunk] = []
    for chunk in day.inertial:
        waiting.append(chunk)
        if sum(len(part.samples) for part in waiting) >= 60 * day.scenario.sensor.rate_hz:
            yield _join(waiting)
            waiting = []
    if waiting:
        yield _join(waiting)


def _join(chunks: list[InertialChunk]) -> InertialChunk:
    return chunks[0]._replace(samples=np.concatenate([chunk.samples for chunk in chunks]))


def _training_windows(scenario: DayScenario, seed: int) -> tuple[FloatArray, npt.NDArray[np.int64]]:
    """Windows of one day and whether a fall's impact lies in the middle of them; borderline ones are left out."""
    day = common.simulate_resident(scenario, seed=seed)
    rate = scenario.sensor.rate_hz
    length, step = round(WINDOW_S * rate), round(_TRAINING_STEP_S * rate)
    rng = np.random.default_rng(seed)
    windows, labels = [], []
    waiting = np.empty((0, 8))
    first = 0  # sample number of waiting[0]
    for chunk in day.inertial:
        waiting = np.concatenate([waiting, channels(chunk.samples)])
        while len(waiting) >= length:
            window, end_s = waiting[:length], (first + length) / rate
            label = _label(day, end_s)
            if label == 1 or (label == 0 and (_is_moving(window) or rng.random() < _REST_KEPT)):
                windows.append(window)
                labels.append(label)
            waiting = waiting[step:]
            first += step
    return np.stack(windows), np.array(labels)


def _label(day: SimulatedRecording, end_s: float) -> int:
    """1 if an impact is in the middle half of the window that ends here, −1 in the rest of a fall, otherwise 0."""
    for fall in day.labels.falls:
        if fall.onset_s < end_s < fall.up_s + WINDOW_S:
            return 1 if 0.25 * WINDOW_S <= end_s - fall.impact_s <= 0.75 * WINDOW_S else -1
    return 0


def _is_moving(window: FloatArray) -> bool:
    """Whether the magnitude varies, or gravity has rotated between the window's ends."""
    turned = np.linalg.norm(window[:10, :3].mean(axis=0) - window[-10:, :3].mean(axis=0))
    return bool(np.ptp(window[:, 6]) > _MOVING_G or turned > _MOVING_G)
