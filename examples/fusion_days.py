"""Days of simulated residents: what the sensors reported, cached on disk, and the truth to score it by.

Days are streamed through the sensors' classifiers; their reports are kept, a few numbers each. Evidence is made of the
reports by the objects that would run live. An interrupted run resumes where it stopped, and adding a sensor does not
change the reports of the others.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from rich.progress import track

import common
from common import DayScenario, HeldImpacts, InertialSensor, RecentFrames, SimulatedRecording, Zone
from common.evaluation.movement import moving_seconds
from common.monitoring.evidence_stream import stream_evidence
from common.monitoring.reports import Report
from common.simulation.wearing.faults import WearFaults
from common.validation import FloatArray
from examples.fusion_reports import AS_MEASURED, Observation, SensorReports
from examples.fusion_sensors import Sensor
from examples.fusion_truth import Truth
from examples.fusion_zones import draw_zones, load_zones, save_zones
from examples.terminal import console
from examples.whole_files import write_whole

# Movement is measured by another sensor, always worn at the waist, so that the hours do not depend on what is judged.
_MOVEMENT_SENSOR = InertialSensor("waist", rate_hz=25.0)


@dataclass(frozen=True)
class ObservedDay:
    """What the sensors reported on a day, and, kept apart, the truth.

    Attributes
    ----------
    sensors : mapping of str to Sensor
    observations : mapping of str to Observation
        By the sensor's name.
    zones : tuple of Zone
        That staff drew in this room.
    truth : Truth
        For scoring, and for the labels from which the fusion learns.
    """

    sensors: Mapping[str, Sensor]
    observations: Mapping[str, Observation]
    zones: tuple[Zone, ...]
    truth: Truth

    @property
    def seconds(self) -> FloatArray:
        """The end of each second of the day."""
        return self.truth.seconds

    def sensor_evidence(self) -> dict[str, HeldImpacts | RecentFrames]:
        """The evidence of every sensor over time, as the room's monitor keeps it; nothing has been heard yet."""
        return {name: sensor.evidence(self.zones) for name, sensor in self.sensors.items()}

    def reports(self, variant: str = AS_MEASURED) -> Iterator[tuple[float, str, Report]]:
        """All reports in order of time, with the sensor's name; of the sensors that have it, in this variant."""
        parts = {name: seen.variants.get(variant, seen.reports) for name, seen in self.observations.items()}
        return in_order(parts)

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """The evidence as measured: a row per second, a column per sensor."""
        return pd.DataFrame({name: self.evidence_of(name) for name in self.observations})

    def evidence_with(self, variant: str) -> pd.DataFrame:
        """The evidence if the sensors that have this variant report it."""
        having = [name for name, seen in self.observations.items() if variant in seen.variants]
        changed = {name: self.evidence_of(name, variant) for name in having}
        return self.evidence.assign(**changed)

    def evidence_of(self, sensor: str, variant: str = AS_MEASURED) -> FloatArray:
        """The evidence of one sensor at the end of each second."""
        return self.evidence_from(sensor, self.observations[sensor].variants[variant])

    def evidence_from(self, sensor: str, reports: SensorReports) -> FloatArray:
        """The evidence of one sensor if it had reported this."""
        evidence = self.sensors[sensor].evidence(self.zones)
        frame = stream_evidence({sensor: evidence}, in_order({sensor: reports}), self.seconds)
        return frame[sensor].to_numpy()


def in_order(reports: Mapping[str, Iterable[tuple[float, Report]]]) -> Iterator[tuple[float, str, Report]]:
    """The reports of several sensors in order of time."""
    parts = (((time_s, name, report) for time_s, report in part) for name, part in reports.items())
    return heapq.merge(*map(list, parts), key=itemgetter(0))


def observe_days(
    scenario: DayScenario, seeds: tuple[int, ...], sensors: Sequence[Sensor], *, title: str, cache: Path, jobs: int
) -> list[ObservedDay]:
    """Observe every day by every sensor; what the same classifiers reported before is read from ``cache``."""
    folders = {sensor.name: cache / f"{sensor.name}-{joblib.hash((scenario, sensor))}" for sensor in sensors}
    rooms = cache / f"room-{joblib.hash(scenario)}"
    for folder in (*folders.values(), rooms):
        folder.mkdir(parents=True, exist_ok=True)
    work = []
    for seed in seeds:
        missing = [(sensor, path) for sensor in sensors if not (path := folders[sensor.name] / f"{seed}.npz").exists()]
        if missing or not all(path.exists() for path in (_zones_path(rooms, seed), _truth_path(rooms, seed))):
            work.append(joblib.delayed(_observe_day)(scenario, seed, missing, rooms))
    parallel = joblib.Parallel(n_jobs=jobs, return_as="generator")
    for _ in track(parallel(work), title, total=len(work), console=console):
        pass
    by_name = {sensor.name: sensor for sensor in sensors}
    return [
        ObservedDay(
            by_name,
            {name: Observation.load(folder / f"{seed}.npz") for name, folder in folders.items()},
            load_zones(_zones_path(rooms, seed)),
            Truth.load(_truth_path(rooms, seed)),
        )
        for seed in seeds
    ]


def _observe_day(scenario: DayScenario, seed: int, missing: Sequence[tuple[Sensor, Path]], rooms: Path) -> None:
    day = common.simulate_resident(scenario, seed=seed)
    if not (path := _zones_path(rooms, seed)).exists():
        zones = draw_zones(day.room, seed=seed)
        write_whole(lambda path: save_zones(zones, path), path)
    if not (path := _truth_path(rooms, seed)).exists():
        write_whole(truth_of(day).save, path)
    for sensor, path in missing:
        write_whole(sensor.observe(day).save, path)


def _zones_path(rooms: Path, seed: int) -> Path:
    return rooms / f"{seed}-outlines.npz"


def _truth_path(rooms: Path, seed: int) -> Path:
    return rooms / f"{seed}-truth.npz"


def truth_of(day: SimulatedRecording) -> Truth:
    """The falls of a day, and when the resident moved."""
    worn_at_the_waist = replace(day.scenario, sensor=_MOVEMENT_SENSOR, wear_faults=WearFaults.none())
    waist = common.simulate_resident(worn_at_the_waist, seed=day.seed)
    acceleration = np.concatenate([chunk.samples[:, :3].astype(np.float32) for chunk in waist.inertial])
    is_moving = np.zeros(int(day.duration_s), dtype=bool)
    moving = moving_seconds(acceleration, _MOVEMENT_SENSOR.rate_hz)[: len(is_moving)]
    is_moving[: len(moving)] = moving
    return Truth(day.labels.falls, is_moving)
