"""The worn sensor in the fusion on simulated residents: boosted trees, and learned prototypes beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from sklearn.pipeline import Pipeline

import common
import har
from common import HeldImpacts, SimulatedRecording, Zone
from examples.fusion_reports import AS_MEASURED, Observation, WornReports
from examples.fusion_sensors import Preparation
from examples.fusion_trees import WindowTrees
from examples.fusion_worn_training import learn_prototypes, learn_trees, training_windows
from examples.fusion_worn_windows import WINDOW_S, blocks, channels

# Longer than AlarmPolicy.confirm_s, so that a single impact that nothing contradicts is confirmed, and staff are told.
HOLD_S = 8.0

PEAK, PROTOTYPES = "peak acceleration", "prototypes"
_LOST_SHARE = 0.1
_FAULTS = {"10% lost, ≤ 0.2 s": (0.04, 0.2), "10% lost, ≤ 1 s": (0.2, 1.0)}


@dataclass(frozen=True)
class Wearable:
    """Boosted trees on statistics of the last four seconds, evaluated once per second; prototypes for comparison.

    Attributes
    ----------
    classifier : WindowTrees
    prototypes : Pipeline
        Learned prototypes under DTW, on the same windows at half the rate.
    """

    name: ClassVar[str] = "wearable"
    faults: ClassVar[tuple[str, ...]] = tuple(_FAULTS)
    baselines: ClassVar[tuple[str, ...]] = (PROTOTYPES, PEAK)

    classifier: WindowTrees
    prototypes: Pipeline

    @classmethod
    def prepare(cls, preparation: Preparation) -> Wearable:
        """Take over the classifiers, or train them on the training days."""
        if cls.name in preparation.models:
            return cls(preparation.models[cls.name], preparation.models[PROTOTYPES])
        windows, y = training_windows(preparation.scenario, preparation.seeds, jobs=preparation.jobs)
        rate_hz = preparation.scenario.sensor.rate_hz
        return cls(learn_trees(windows, y, rate_hz), learn_prototypes(windows, y))

    def observe(self, day: SimulatedRecording) -> Observation:
        """A report a second: from all samples; with a tenth of them lost, in short or longer bursts; by other rules."""
        rate, n_seconds = day.scenario.sensor.rate_hz, int(day.duration_s)
        bursts = {AS_MEASURED: None, **_FAULTS, PROTOTYPES: None}
        judged = {name: np.full(n_seconds, np.nan) for name in bursts}
        peak_g = np.full(n_seconds, -np.inf)
        recognizers = {
            name: har.StreamingRecognizer(
                self.prototypes if name == PROTOTYPES else self.classifier, rate_hz=rate, window_s=WINDOW_S, step_s=1.0
            )
            for name in bursts
        }
        rng = np.random.default_rng([day.seed, 99])
        for start_s, samples in blocks(day):
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
        return HeldImpacts(HOLD_S)
