"""What other thresholds would have done on recorded days, whose falls are known: judged once, with many monitors.

What truly happened is used to count; the monitors do not see it. The page shows the result beside what other thresholds
would have done with the home's own alarms, so that whoever thinks of another threshold sees both.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.progress import track

from common import AlarmPhase, RoomMonitor
from common.evaluation.movement import moving_seconds
from common.monitoring.arrivals import TimedReport
from examples.care_home.page.recorded import PATH, Effect, RecordedDays
from examples.care_home.room.detectors import CAMERA, WORN, CameraDetector, WornDetector
from examples.care_home.room.simulated import SimulatedSensors
from examples.fusion_alarms import policy_for
from examples.fusion_camera import Camera
from examples.fusion_models import SHIPPED, Models, load_models
from examples.fusion_wearable import Wearable
from examples.terminal import console

THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_TOLD_WITHIN_S, _ITS_OWN_S = 60.0, 600.0


def write_recorded_days(residents: int, hours: float, n_falls: int) -> None:
    """Judge hours of simulated residents once, and count the alarms at each threshold."""
    models = load_models(SHIPPED)
    camera = CameraDetector(models)
    thresholds = sorted({*THRESHOLDS, models.manifest.threshold})
    told, false = dict.fromkeys(thresholds, 0), dict.fromkeys(thresholds, 0)
    n_impacts, n_moving = 0, 0
    for number in track(range(residents), "residents", console=console):
        sensors = SimulatedSensors(number, models.manifest.sensor, hours=hours, n_falls=n_falls)
        reports, moving = _judged(sensors, models, camera, int(hours * 3600) - 1)
        impacts_s = sensors.truth_impacts_s
        n_impacts, n_moving = n_impacts + len(impacts_s), n_moving + moving
        for threshold in thresholds:
            alarms_s = _alarms_s(reports, sensors, models, threshold, hours * 3600 - 1)
            told[threshold] += sum(any(-1 <= at - one <= _TOLD_WITHIN_S for at in alarms_s) for one in impacts_s)
            false[threshold] += sum(all(not -1 <= at - one <= _ITS_OWN_S for one in impacts_s) for at in alarms_s)
    days = RecordedDays(
        f"python -m examples.care_home replay --residents {residents} --hours {hours:g} --falls {n_falls} --thresholds",
        round(models.manifest.threshold, 4),
        residents,
        n_impacts,
        residents * hours,
        round(n_moving / 3600, 2),
        tuple(Effect(round(threshold, 4), told[threshold], false[threshold]) for threshold in thresholds),
    )
    PATH.write_text(json.dumps(asdict(days), indent=1) + "\n", encoding="utf-8")
    for effect in days.effects:
        console.print(f"{effect.threshold:.2f}: told of {effect.n_told} of {n_impacts} falls, {effect.n_untrue} false")


def _judged(
    sensors: SimulatedSensors, models: Models, camera: CameraDetector, n_seconds: int
) -> tuple[list[TimedReport], int]:
    """What both classifiers report, and in how many seconds the resident moved."""
    worn, reports, n_moving = WornDetector(models), [], 0
    for second in range(1, n_seconds + 1):
        reading = sensors.until(float(second))
        n_moving += int(moving_seconds(reading.samples[:, :3], worn.rate_hz).sum())
        reports += [(min(at_s, second), WORN, report) for at_s, report in worn.reports(reading.samples)]
        reports += [(at_s, CAMERA, report) for at_s, report in camera.reports(reading, float(second))]
    return sorted(reports, key=lambda one: one[0]), n_moving


def _alarms_s(
    reports: Sequence[TimedReport], sensors: SimulatedSensors, models: Models, threshold: float, until_s: float
) -> list[float]:
    """When staff would have been told of a fall, without anybody who answers."""
    monitor = RoomMonitor(
        models.fusion,
        policy_for((WORN, CAMERA), threshold),
        sensors={
            WORN: Wearable(models.wearable, models.prototypes).evidence(sensors.zones),
            CAMERA: Camera(models.camera).evidence(sensors.zones),
        },
    )
    log = monitor.replay(reports, until_s)
    return [one.time_s for one in log if one.subject == "fall" and one.after == AlarmPhase.NOTIFIED]
