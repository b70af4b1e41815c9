"""What the fusion on simulated residents needs of a sensor: a name, a classifier, and a fall probability per second.

A sensor is a module with a class like :class:`Sensor`. ``fusion_simulated.SENSORS`` lists the classes; everything else,
from evidence to tables and figures, takes their names from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

import numpy as np
import numpy.typing as npt

from common import DayScenario, SimulatedRecording
from common.validation import FloatArray

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Observations:
    """What one sensor reports at the end of every second of a day.

    Attributes
    ----------
    probability : ndarray of shape (n_seconds,)
        Probability of a fall from the classifier; NaN where it gives none.
    evidence : ndarray of shape (n_seconds,)
        The probability as the fusion takes it: held while it is valid, NaN afterwards.
    is_active : ndarray of bool, shape (n_seconds,)
        Whether the sensor noticed more than rest: the fusion learns from these seconds.
    degraded : mapping of str to ndarray of shape (n_seconds,)
        Evidence from a faulty signal, by the name of the fault.
    series : mapping of str to ndarray of shape (n_seconds,)
        What else is needed of this sensor, such as the values that its baselines use.
    """

    probability: FloatArray
    evidence: FloatArray
    is_active: BoolArray
    degraded: Mapping[str, FloatArray] = field(default_factory=dict)
    series: Mapping[str, FloatArray] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write to an ``.npz`` file."""
        arrays: dict[str, Any] = {
            "probability": self.probability,
            "evidence": self.evidence,
            "is_active": self.is_active,
            **{f"degraded: {name}": values for name, values in self.degraded.items()},
            **{f"series: {name}": values for name, values in self.series.items()},
        }
        np.savez_compressed(path, **arrays)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what :meth:`save` wrote."""
        with np.load(path) as arrays:
            kinds: dict[str, dict[str, Any]] = {"degraded": {}, "series": {}}
            for key in arrays:
                kind, _, name = key.partition(": ")
                if name:
                    kinds[kind][name] = arrays[key]
            return cls(arrays["probability"], arrays["evidence"], arrays["is_active"], **kinds)


@dataclass(frozen=True)
class Baseline:
    """A rule that needs no training: alarm while a series of the sensor is at or above a threshold.

    The threshold is the best one on the test days, which flatters the baseline.
    """

    name: str
    series: str
    thresholds: tuple[float, ...]


@dataclass(frozen=True)
class Preparation:
    """What sensors are prepared from.

    Attributes
    ----------
    scenario : DayScenario
        Scenario of the training days.
    seeds : tuple of int
        Seeds of the training days.
    models : mapping of str to object
        Classifiers that were trained before, by the sensor's name.
    jobs : int
        Number of processes; -1 uses every core.
    """

    scenario: DayScenario
    seeds: tuple[int, ...]
    models: Mapping[str, Any]
    jobs: int = 1


class Sensor(Protocol):
    """A sensor with its classifier; pickled to other processes and hashed to name its observations on disk."""

    name: ClassVar[str]
    baselines: ClassVar[tuple[Baseline, ...]]

    @classmethod
    def prepare(cls, preparation: Preparation) -> Self:
        """Train the classifier, or use the given one."""

    def observe(self, day: SimulatedRecording) -> Observations:
        """Report on a whole day, streamed, from what the sensor could measure and never from the labels of falls."""
