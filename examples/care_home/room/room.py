"""One room: what its sensors say becomes evidence, evidence becomes alarms, and alarms wait until the hub has them.

All that leaves a room is a :class:`RoomWord` a second and the :class:`RoomEvent` of its outbox. A room decides and
sounds alone: the hub tells it what staff have answered, and nothing else.
"""

from __future__ import annotations

import json
import logging
import math
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import numpy as np
import pandas as pd

from common import AlarmPhase, AlarmTracker, AlarmTransition, CameraReport, FrugalError, RoomMonitor, WornReport
from common.alarms.messages import AlarmMessage
from common.bundles.atomic.file import replace_file
from common.evaluation.movement import moving_seconds
from common.monitoring.fusing import FusedProbability
from common.monitoring.room_evidence import SensorEvidence
from examples.care_home.messages import Answer, RoomEvent, RoomWord, SensorState, SensorWord
from examples.care_home.room.detectors import CAMERA, WORN, CameraDetector, DecisionEnergy, WornDetector
from examples.care_home.room.outlines import Outlines
from examples.care_home.room.readings import Reading, Sensors
from examples.fusion_alarms import policy_for
from examples.fusion_camera import Camera
from examples.fusion_models import Models
from examples.fusion_wearable import Wearable

logger = logging.getLogger(__name__)
_Report = TypeVar("_Report", WornReport, CameraReport)
_EXPLAINED_FROM = 0.1  # below, nobody asks which sensor said what
_SOUNDING = (AlarmPhase.NOTIFIED, AlarmPhase.ESCALATED)


class Room:
    """A room with two sensors. Several threads may call it.

    Parameters
    ----------
    name : str
        As staff call it.
    sensors : Sensors
    models : Models
    camera : CameraDetector
        Shared by the rooms of a process.
    began_s : float
        When the sensors were switched on, on the room's clock.
    folder : Path, optional
        Where the state of the alarm is kept over a restart; alarms of before go on.
    installed : tuple of str
        The sensors that there are; the others are out of service, which is no fault.
    gives_silhouette : bool
        Whether the outline of a person may leave the room with an alarm.
    """

    def __init__(
        self,
        name: str,
        sensors: Sensors,
        models: Models,
        camera: CameraDetector,
        *,
        began_s: float,
        folder: Path | None = None,
        installed: tuple[str, ...] = (WORN, CAMERA),
        gives_silhouette: bool = False,
    ) -> None:
        self.name = name
        self._sensors, self._began_s = sensors, began_s
        self._worn, self._camera = WornDetector(models), camera
        self._fusion, self._energy = models.fusion, DecisionEnergy.of(models)
        # Staff may name a room "2/14".
        self._path = None if folder is None else folder / f"{quote(name, safe='')}.alarm"
        self._lock = threading.RLock()
        tracker, self._answered = self._restored(models.manifest.threshold)
        evidence: dict[str, SensorEvidence] = {
            WORN: Wearable(models.wearable, models.prototypes).evidence(sensors.zones),
            CAMERA: Camera(models.camera).evidence(sensors.zones),
        }
        self._monitor = RoomMonitor.resume(models.fusion, tracker, sensors=evidence)
        for sensor in evidence:
            tracker.set_in_service(began_s, sensor, in_service=sensor in installed)
        self._outlines = Outlines() if gives_silhouette else None
        self._fused = FusedProbability(models.fusion, tuple(evidence))
        self._said: dict[str, tuple[SensorWord, ...]] = {}  # by the id of the message, for why it was sent
        self._confirmed: dict[int, str] = {}  # why a fall was taken for one, by its number
        self._word = RoomWord(name, tracker.name, 0, began_s)
        self._save()

    @property
    def tracker(self) -> AlarmTracker:
        """The state of the room's alarms."""
        return self._monitor.tracker

    @property
    def is_sounding(self) -> bool:
        """Whether the alarm sounds in the room."""
        return any(phase in _SOUNDING for phase in self.tracker.phases.values())

    @property
    def word(self) -> RoomWord:
        """What the room says of the latest second."""
        return self._word

    def step(self, now_s: float) -> tuple[AlarmTransition, ...]:
        """Read the sensors, judge, and return what changed of the alarms; it is saved before anybody is told."""
        reading = self._sensors.until(now_s - self._began_s)
        with self._lock:
            n_worn, n_pictures = self._hear(reading, now_s)
            changes = self._monitor.tick(now_s)
            said = self._sensor_words(now_s)
            self._keep(changes, said)
            self._word = self._next_word(now_s, said, reading, n_worn, n_pictures)
        return changes

    def act(self, now_s: float, answer: Answer) -> tuple[AlarmTransition, ...]:
        """Do what staff have said; an answer that was acted on already is without effect."""
        with self._lock:
            if answer.number <= self._answered:
                return ()
            changes: tuple[AlarmTransition, ...] = ()
            if 1 <= answer.event <= self.tracker.event:
                act = self.tracker.acknowledge if answer.verdict == "on my way" else self.tracker.resolve
                changes = act(now_s, answer.event, by=answer.by)
            self._answered = answer.number
            self._keep(changes, self._word.sensors)
            self._save_answered()
        return changes

    def events(self) -> tuple[RoomEvent, ...]:
        """What the hub has to know and has not confirmed."""
        with self._lock:
            return tuple(self._event(message) for message in self.tracker.outbox)

    def confirm(self, message: str) -> None:
        """The hub has this event on its disk."""
        with self._lock:
            if message.startswith(f"{self.tracker.name}/"):
                self.tracker.confirm_sent(message)
                self._said.pop(message, None)

    def _hear(self, reading: Reading, now_s: float) -> tuple[int, int]:
        """How many decisions of the worn sensor and of the camera there were."""
        worn = self._judged(WORN, lambda: self._worn.reports(reading.samples))
        camera = self._judged(CAMERA, lambda: self._camera.reports(reading, now_s - self._began_s))
        if self._outlines is not None:
            self._outlines.see(reading.frames, camera)
        for name, reports in ((WORN, worn), (CAMERA, camera)):
            for time_s, report in reports:
                self._monitor.hear(name, min(self._began_s + time_s, now_s), report)
        return len(worn), sum(len(report.people) for _, report in camera)

    def _judged(self, name: str, judge: Callable[[], list[tuple[float, _Report]]]) -> list[tuple[float, _Report]]:
        """The reports of a classifier; one that fails is a sensor that is silent, and the other one watches on."""
        try:
            return judge()
        except Exception:  # whatever a classifier raises
            logger.exception("room %s: the classifier of the sensor %r failed", self.name, name)
            return []

    def _sensor_words(self, now_s: float) -> tuple[SensorWord, ...]:
        evidence = self._monitor.evidence(now_s)
        probability = self._fused(evidence)
        shares = [0.0] * len(evidence)
        if probability is not None and probability >= _EXPLAINED_FROM:
            row = pd.DataFrame([list(evidence.values())], columns=pd.Index(list(evidence)))
            shares = self._fusion.contributions(row)[0].tolist()
        return tuple(
            SensorWord(name, None if math.isnan(p) else p, share, self._state_of(name), self._energy_of(name))
            for (name, p), share in zip(evidence.items(), shares, strict=True)
        )

    def _state_of(self, sensor: str) -> SensorState:
        if sensor in self.tracker.sensors_out_of_service:
            return "out of service"
        return "silent" if sensor in self.tracker.silent_sensors else "heard"

    def _energy_of(self, sensor: str) -> float:
        return self._energy.worn_j if sensor == WORN else self._energy.camera_j

    def _next_word(
        self, now_s: float, said: tuple[SensorWord, ...], reading: Reading, n_worn: int, n_pictures: int
    ) -> RoomWord:
        last = self._word
        fused = self._fused({word.name: np.nan if word.probability is None else word.probability for word in said})
        measured = reading.samples[np.isfinite(reading.samples).all(axis=1), :3]
        moving = moving_seconds(measured, self._worn.rate_hz).sum() if len(measured) else 0
        return RoomWord(
            self.name,
            self.tracker.name,
            max(last.number + 1, time.time_ns() // 1_000_000),
            now_s,
            fused,
            said,
            str(self.tracker.phase),
            self._answered,
            last.watched_s + (0.0 if fused is None else max(0.0, now_s - last.time_s)),
            last.moving_s + float(moving),
            last.energy_j + n_worn * self._energy.worn_j + n_pictures * self._energy.camera_j,
        )

    def _event(self, message: AlarmMessage) -> RoomEvent:
        change = message.transition
        return RoomEvent(
            message.id,
            self.name,
            self.tracker.name,
            change.event,
            change.subject,
            str(change.before),
            str(change.after),
            self._reason(change)[:300],
            change.time_s,
            change.evidence.probability,
            self._said.get(message.id, ()),
            None if self._outlines is None else self._outlines.of(message),
        )

    def _reason(self, change: AlarmTransition) -> str:
        """Why; of a message that a fall is confirmed, why that is."""
        is_bare = change.after == AlarmPhase.NOTIFIED and change.reason == "confirmed"
        return self._confirmed.get(change.event, change.reason) if is_bare else change.reason

    def _keep(self, changes: tuple[AlarmTransition, ...], said: tuple[SensorWord, ...]) -> None:
        """Save what changed, and why."""
        if not changes:
            return
        waiting = {message.id for message in self.tracker.outbox}
        told = {change.event: change.reason for change in changes if change.after == AlarmPhase.CONFIRMED}
        open_falls = self.tracker.phases
        self._confirmed = {event: why for event, why in (self._confirmed | told).items() if event in open_falls}
        self._said = {name: self._said.get(name, said) for name in waiting}
        if self._outlines is not None:
            self._outlines.keep(self.tracker.outbox, self._began_s)
        self._save()

    def _restored(self, threshold: float) -> tuple[AlarmTracker, int]:
        if self._path is not None and self._path.exists():
            answered = self._path.with_suffix(".answered")
            number = json.loads(answered.read_bytes()) if answered.exists() else 0
            return AlarmTracker.load(self._path), int(number)
        # A name that no other tracker has ever had: ids of messages begin with it.
        name = f"{self.name}-{secrets.token_hex(4)}"
        return AlarmTracker(policy_for((WORN, CAMERA), threshold), name=name), 0

    def _save(self) -> None:
        if self._path is not None:
            path = self._path
            self._to_disk(lambda: self.tracker.save(path))

    def _save_answered(self) -> None:
        if self._path is not None:
            path, number = self._path.with_suffix(".answered"), json.dumps(self._answered).encode()
            self._to_disk(lambda: replace_file(path, number))

    def _to_disk(self, save: Callable[[], object]) -> None:
        """Save, if the disk lets us: an alarm that a restart would forget is better than none."""
        try:
            save()
        except (OSError, FrugalError) as error:
            logger.error("room %s: its alarms cannot be saved: %s", self.name, error)
