"""What the fusion on simulated residents needs of a sensor: a name, a classifier, its reports, and their evidence.

A sensor is a module with a class like :class:`Sensor`. ``fusion_simulated.SENSORS`` lists the classes; everything else,
from evidence to tables and figures, takes their names from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

from common import DayScenario, HeldImpacts, RecentFrames, SimulatedRecording, Zone
from examples.fusion_reports import Observation


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
    """A sensor with its classifier; pickled to other processes and hashed to name its observations on disk.

    Attributes
    ----------
    name : str
    faults : tuple of str
        The variants of its reports in which it has a fault.
    baselines : tuple of str
        The variants in which a rule without training stands in for the classifier. A reading x > 0, such as a peak in
        g, is reported as x / (1 + x), so that every rule gets the same evidence over time, the same candidates for its
        threshold and the same choice among them as the classifiers.
    """

    name: ClassVar[str]
    faults: ClassVar[tuple[str, ...]]
    baselines: ClassVar[tuple[str, ...]]

    @classmethod
    def prepare(cls, preparation: Preparation) -> Self:
        """Train the classifier, or use the given one."""

    def observe(self, day: SimulatedRecording) -> Observation:
        """Report on a whole day, streamed, from what the sensor could measure and never from the labels."""

    def evidence(self, zones: tuple[Zone, ...]) -> HeldImpacts | RecentFrames:
        """The monitor's evidence of this sensor over time, in a room with these zones; it has heard nothing yet."""
