"""The worn sensor in the fusion on simulated residents: a few learned prototypes of acceleration and turning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import joblib
import numpy as np
import numpy.typing as npt
from rich.progress import track

import common
import har
from common import DayScenario, HeldImpacts, SimulatedRecording, Zone
from common.validation import FloatArray
from examples.fusion_reports import AS_MEASURED, Observation, WornReports
from examples.fusion_sensors import Preparation
from examples.terminal import console

WINDOW_S = 3.0
N_PROTOTYPES = 8
CHANNELS = ("ax", "ay", "az", "gx", "gy", "gz", "|a|", "|g|")
_DEG_S_PER_G = 200.0  # this angular velocity weighs as much as 1 g
# Most windows of a day contain only rest; all but a few of those are left out of the training.
_TRAINING_STEP_S = 0.5
_MOVING_G = 0.4
_REST_KEPT = 0.02
_MOST_OTHERS = 3000  # windows a day without a fall; a day has hours of movement

PEAK = "peak acceleration"
_LOST_SHARE = 0.1
_FAULTS = {"10% lost, ≤ 0.2 s": (0.04, 0.2), "10% lost, ≤ 1 s": (0.2, 1.0)}
_BLOCK_S = 60.0  # samples are pushed, and lost, by the minute


@dataclass(frozen=True)
class Wearable:
    """Learned prototypes under DTW, evaluated once per second."""

    name: ClassVar[str] = "wearable"
    faults: ClassVar[tuple[str, ...]] = tuple(_FAULTS)
    baselines: ClassVar[tuple[str, ...]] = (PEAK,)

    classifier: har.DTWPrototypeClassifier

    @classmethod
    def prepare(cls, preparation: Preparation) -> Wearable:
        """Take over the prototypes, or learn them from the training days."""
        if cls.name in preparation.models:
            return cls(preparation.models[cls.name])
        windows, y = training_windows(preparation.scenario, preparation.seeds, jobs=preparation.jobs)
        return cls(learn(windows, y))

    def observe(self, day: SimulatedRecording) -> Observation:
        """A report a second: from all samples, with a tenth of them lost in short and in longer bursts, by the peak."""
        rate, n_seconds = day.scenario.sensor.rate_hz, int(day.duration_s)
        bursts = {AS_MEASURED: None, **_FAULTS}
        judged = {name: np.full(n_seconds, np.nan) for name in bursts}
        peak_g = np.full(n_seconds, -np.inf)
        recognizers = {
            name: har.StreamingRecognizer(self.classifier, rate_hz=rate, window_s=WINDOW_S, step_s=1.0)
            for name in bursts
        }
        rng = np.random.default_rng([day.seed, 99])
        for start_s, samples in _blocks(day):
            for name, burst_s in bursts.items():
                received = samples
                if burst_s is not None and len(samples) > WINDOW_S * rate:
                    received = common.drop_bursts(samples, share=_LOST_SHARE, burst_s=burst_s, rate_hz=rate, rng=rng)
                for recognition in recognizers[name].push(channels(received)):
                    second = round(recognition.time_s + 1 / rate) - 1
                    if second < n_seconds:
                        judged[name][second] = recognition.probabilities[1]
            seconds = (start_s + np.arange(len(samples)) / rate + 1e-9).astype(int)
            np.fmax.at(peak_g, seconds, np.linalg.norm(samples[:, :3], axis=1))
        times = np.arange(1.0, n_seconds + 1)
        variants = {name: WornReports(times, p.astype(np.float32)) for name, p in judged.items()}
        peak = np.where(np.isfinite(peak_g), peak_g, np.nan)
        return Observation({**variants, PEAK: WornReports(times, (peak / (1 + peak)).astype(np.float32))})

    def evidence(self, zones: tuple[Zone, ...]) -> HeldImpacts:
        """The impact of a fall, held for some seconds, wherever the person is."""
        return HeldImpacts()


def learn(windows: FloatArray, y: npt.NDArray[np.int64]) -> har.DTWPrototypeClassifier:
    """The prototypes of these windows, in float32 as a watch keeps them."""
    model = har.DTWPrototypeClassifier(N_PROTOTYPES, method="learned", band=0.1, random_state=0)
    return model.fit(windows.astype(np.float32), y)


def channels(samples: FloatArray) -> FloatArray:
    """The classifier's channels ``(n, 8)``: both vectors and their magnitudes, scaled to equal weight."""
    scaled = samples / np.repeat([1.0, _DEG_S_PER_G], 3)
    magnitudes = [np.linalg.norm(scaled[:, part], axis=1, keepdims=True) for part in (slice(0, 3), slice(3, 6))]
    return np.hstack([scaled, *magnitudes])


def training_windows(
    scenario: DayScenario, seeds: tuple[int, ...], *, jobs: int
) -> tuple[FloatArray, npt.NDArray[np.int64]]:
    """Windows of the training days, and 1 for those with the impact of a fall in their middle."""
    work = (joblib.delayed(_windows_of_day)(scenario, seed) for seed in seeds)
    parallel = joblib.Parallel(n_jobs=jobs, return_as="generator")
    parts = list(track(parallel(work), "wearable: training days", total=len(seeds), console=console))
    X, y = (np.concatenate(part) for part in zip(*parts, strict=True))
    return X, y


def _windows_of_day(scenario: DayScenario, seed: int) -> tuple[FloatArray, npt.NDArray[np.int64]]:
    """Windows of one day and whether a fall's impact lies in the middle of them; borderline ones are left out."""
    day = common.simulate_resident(scenario, seed=seed)
    rate = scenario.sensor.rate_hz
    length, step = round(WINDOW_S * rate), round(_TRAINING_STEP_S * rate)
    rng = np.random.default_rng(seed)
    windows, labels = [], []
    waiting = np.empty((0, len(CHANNELS)))
    first = 0  # sample number of waiting[0]
    for _, samples in _blocks(day):
        waiting = np.concatenate([waiting, channels(samples)])
        n_windows = max((len(waiting) - length) // step + 1, 0)
        for start in range(0, n_windows * step, step):
            window, end_s = waiting[start : start + length], (first + start + length) / rate
            label = _label(day, end_s)
            if label < 0 or np.isnan(window).any():
                continue
            if label == 1 or _is_moving(window) or rng.random() < _REST_KEPT:
                windows.append(window.astype(np.float32))
                labels.append(label)
        waiting = waiting[n_windows * step :]
        first += n_windows * step
    X, y = np.array(windows).reshape(-1, length, len(CHANNELS)), np.array(labels, dtype=np.int64)
    others = np.flatnonzero(y == 0)
    few = rng.choice(others, size=min(len(others), _MOST_OTHERS), replace=False)
    kept = np.sort(np.concatenate([np.flatnonzero(y == 1), few]))
    return X[kept], y[kept]


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


def _blocks(day: SimulatedRecording) -> Iterator[tuple[float, FloatArray]]:
    """Start in seconds and samples ``(n, 6)`` of blocks of at least a minute, long enough to lose bursts in."""
    start_s = 0.0
    waiting: list[FloatArray] = []
    for chunk in day.inertial:
        if not waiting:
            start_s = chunk.start_s
        waiting.append(chunk.samples)
        if sum(map(len, waiting)) >= _BLOCK_S * day.scenario.sensor.rate_hz:
            yield start_s, np.concatenate(waiting)
            waiting = []
    if waiting:
        yield start_s, np.concatenate(waiting)
