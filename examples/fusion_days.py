"""Days of simulated residents as the sensors report them, cached on disk.

Days are streamed through the sensors' classifiers; a few numbers per second and sensor are kept. An interrupted run
resumes where it stopped, and adding a sensor does not change the observations of the others.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import numpy.typing as npt
import pandas as pd
from rich.progress import track

import common
from common import DayScenario, MonitoredDay
from common.simulation.day_labels import DayLabels
from common.validation import FloatArray
from examples.fusion_sensors import BoolArray, Observations, Sensor
from examples.terminal import console

# The fusion learns from the seconds after an impact in which an alarm ought to come.
_DUE_S = (1.0, 6.0)
_DETECTED_WITHIN_S = 10.0
_UPRIGHT_AGAIN_S = 20.0  # after being helped up, until seated


@dataclass(frozen=True)
class ObservedDay:
    """What the sensors reported on a day, by sensor name, and the truth."""

    observations: Mapping[str, Observations]
    labels: DayLabels

    @property
    def seconds(self) -> FloatArray:
        """The end of each second of the day."""
        first = next(iter(self.observations.values()))
        return np.arange(1.0, len(first.evidence) + 1)

    def evidence(self, *, fault: str = "") -> pd.DataFrame:
        """Probabilities of a fall as the fusion takes them: a row per second, a column per sensor.

        ``fault`` names degraded evidence: it replaces the evidence of the sensors that have it.
        """
        return pd.DataFrame({name: seen.degraded.get(fault, seen.evidence) for name, seen in self.observations.items()})

    @property
    def is_fall(self) -> npt.NDArray[np.int64]:
        """1 in the seconds in which an alarm ought to come, −1 in the others of a fall, 0 elsewhere."""
        seconds = self.seconds
        labels = np.zeros(len(seconds), dtype=np.int64)
        for fall in self.labels.falls:
            labels[(seconds > fall.onset_s) & (seconds < fall.up_s + _UPRIGHT_AGAIN_S)] = -1
            since_impact = seconds - fall.impact_s
            labels[(since_impact > _DUE_S[0]) & (since_impact <= _DUE_S[1])] = 1
        return labels

    @property
    def is_eventful(self) -> BoolArray:
        """The seconds in which some sensor noticed more than rest."""
        return np.asarray(np.any([seen.is_active for seen in self.observations.values()], axis=0))

    @property
    def is_settled(self) -> BoolArray:
        """From when an alarm is too late until the resident is up; alarms in between are neither right nor false."""
        settled = np.zeros(len(self.seconds), dtype=bool)
        for fall in self.labels.falls:
            too_late = self.seconds > fall.impact_s + _DETECTED_WITHIN_S
            settled |= too_late & (self.seconds < fall.up_s + _UPRIGHT_AGAIN_S)
        return settled

    def monitored(self, scores: FloatArray) -> MonitoredDay:
        """The day under one decision rule's scores."""
        scored = np.where(self.is_settled, np.nan, scores)
        return MonitoredDay(self.seconds, scored, self.labels.impacts_s, float(len(scores)))


def observe_days(
    scenario: DayScenario, seeds: tuple[int, ...], sensors: Sequence[Sensor], *, title: str, cache: Path, jobs: int
) -> list[ObservedDay]:
    """Observe every day by every sensor; what the same classifiers reported before is read from ``cache``."""
    folders = {sensor.name: cache / f"{sensor.name}-{joblib.hash((scenario, sensor))}" for sensor in sensors}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    work = [
        joblib.delayed(_observe_day)(scenario, seed, missing)
        for seed in seeds
        if (missing := [(s, path) for s in sensors if not (path := folders[s.name] / f"{seed}.npz").exists()])
    ]
    parallel = joblib.Parallel(n_jobs=jobs, return_as="generator")
    for _ in track(parallel(work), title, total=len(work), console=console):
        pass
    days = []
    for seed in seeds:
        observations = {name: Observations.load(folder / f"{seed}.npz") for name, folder in folders.items()}
        days.append(ObservedDay(observations, common.simulate_resident(scenario, seed=seed).labels))
    return days


def _observe_day(scenario: DayScenario, seed: int, missing: Sequence[tuple[Sensor, Path]]) -> None:
    day = common.simulate_resident(scenario, seed=seed)
    for sensor, path in missing:
        observations = sensor.observe(day)
        # Readers find the complete file or none.
        part = path.with_suffix(f".{os.getpid()}.part.npz")
        observations.save(part)
        part.replace(path)
