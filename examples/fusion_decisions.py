"""From what sensors say every second to alarms that somebody answers: fuse, choose a threshold, follow, score."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter1d

import common
from common import AlarmEvidence, AlarmPhase, AlarmPolicy, AlarmTracker, EventScore, MonitoredDay
from common.simulation.day import DayLabels
from examples.fusion_days import WatchedDay

FloatArray = npt.NDArray[np.float64]

SENSORS = ("wearable", "camera")
# An impact is over in a moment: what the wearable said counts for so many seconds.
_REMEMBERED_S = 4
# The fusion learns from the seconds after an impact in which an alarm ought to come.
_DUE_S = (1.0, 6.0)
_LOST_S = 3.0
_UPRIGHT_AGAIN_S = 20.0  # until helped onto a seat, too
_FOLDS = 4
_ANSWER_S, _CARE_S = 90.0, 60.0  # staff come so long after a message, and leave so long after the resident is up


@dataclass(frozen=True)
class Day:
    """What the sensors said, and what was true."""

    said: WatchedDay
    labels: DayLabels

    @property
    def seconds(self) -> FloatArray:
        """The end of each second of the day."""
        return np.arange(1.0, len(self.said.camera) + 1)

    def evidence(self, wearable: str = "wearable") -> FloatArray:
        """Probabilities ``(n_seconds, 2)`` of wearable and camera, as the fusion takes them."""
        camera = np.where(self.is_lost, np.nan, self.said.camera)
        return np.column_stack([_remembered(getattr(self.said, wearable)), camera])

    @property
    def is_lost(self) -> npt.NDArray[np.bool_]:
        """The seconds after something moved in view, and nobody was found in the pictures of it, or not to its end.

        What the camera said before then no longer holds: somebody who fell behind the sofa is not seen standing.
        """
        found = np.where(self.said.frames > 0, self.seconds, -np.inf)
        found = np.maximum.accumulate(found)
        moved = np.full(len(self.seconds), -np.inf)
        for scene in self.labels.routine.scenes:
            if scene.in_view and scene.actor == "resident":
                during = self.seconds >= scene.start_s
                moved[during] = np.minimum(self.seconds[during], scene.end_s)
        return np.asarray(found < moved - _LOST_S)

    @property
    def is_fall(self) -> npt.NDArray[np.int64]:
        """1 in the seconds in which an alarm ought to come, −1 in the others of a fall, 0 elsewhere."""
        seconds = self.seconds
        labels = np.zeros(len(seconds), dtype=np.int64)
        for one in self.labels.falls:
            labels[(seconds > one.onset_s) & (seconds < one.up_s + _UPRIGHT_AGAIN_S)] = -1
            after = seconds - one.impact_s
            labels[(after > _DUE_S[0]) & (after <= _DUE_S[1])] = 1
        return labels

    @property
    def is_eventful(self) -> npt.NDArray[np.bool_]:
        """The seconds in which a frame was judged or the wearable felt more than somebody at rest."""
        return np.asarray((self.said.frames > 0) | (self.said.peak_g > 1.5))

    @property
    def is_settled(self) -> npt.NDArray[np.bool_]:
        """Later than an alarm counts and before the resident is up: what is said then is neither right nor false."""
        after = np.zeros(len(self.seconds), dtype=bool)
        for one in self.labels.falls:
            after |= (self.seconds > one.impact_s + 10) & (self.seconds < one.up_s + _UPRIGHT_AGAIN_S)
        return after

    def monitored(self, scores: FloatArray) -> MonitoredDay:
        """The day as one way to decide saw it."""
        said = np.where(self.is_settled, np.nan, scores)
        return MonitoredDay(self.seconds, said, self.labels.impacts_s, float(len(scores)))


def _remembered(values: FloatArray) -> FloatArray:
    """The largest of the last seconds; NaN where there was none."""
    known = np.where(np.isnan(values), -1.0, values)
    largest = maximum_filter1d(known, _REMEMBERED_S, origin=_REMEMBERED_S - 1 - _REMEMBERED_S // 2, mode="nearest")
    return np.where(largest < 0, np.nan, largest)


def fit(days: Sequence[Day]) -> common.FusionClassifier:
    """A fusion that has learned from the seconds of these days in which something happens: most of a day is rest."""
    X, y, number = (np.concatenate(parts) for parts in zip(*map(_rows, enumerate(days)), strict=True))
    return common.FusionClassifier().fit(X, y, groups=number)


def _rows(numbered: tuple[int, Day]) -> tuple[FloatArray, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    number, day = numbered
    known = (day.is_fall >= 0) & day.is_eventful
    return day.evidence()[known], day.is_fall[known], np.full(int(known.sum()), number)


def out_of_fold(days: Sequence[Day]) -> list[common.FusionClassifier]:
    """For each day a fusion that has learned from others."""
    n_folds = min(_FOLDS, len(days))
    fold = np.arange(len(days)) % n_folds
    fusions = [fit([day for day, its in zip(days, fold, strict=True) if its != held]) for held in range(n_folds)]
    return [fusions[its] for its in fold]


def fused(fusion: common.FusionClassifier, X: FloatArray, *, without: str | None = None) -> FloatArray:
    """Probabilities of a fall, NaN where no sensor says anything."""
    X = X.copy()
    if without is not None:
        X[:, SENSORS.index(without)] = np.nan
    scores = np.full(len(X), np.nan)
    heard = ~np.isnan(X).all(axis=1)
    if heard.any():
        scores[heard] = fusion.predict_proba(X[heard])[:, 1]
    return scores


def threshold(days: Sequence[MonitoredDay], *, limit: float) -> tuple[float, str]:
    """The most sensitive threshold whose false alarms are bounded by ``limit`` a day, and what can be said of it.

    Too few days cannot bound anything. Then it is the threshold with the fewest mistakes on them, falls missed and
    false alarms alike.
    """
    try:
        point = common.choose_threshold(days, max_false_alarms_per_day=limit)
        return point.threshold, str(point)
    except common.InvalidInputError:
        points = [(float(value), total(day.score(value) for day in days)) for value in _CANDIDATES]
        value, score = min(points, key=lambda point: point[1].n_falls - point[1].n_detected + point[1].n_false_alarms)
        return value, (
            f"threshold {value:.6g}: {score.n_falls - score.n_detected} falls missed and {score.n_false_alarms} false "
            f"alarms in {score.monitored_s / 3600:.0f} h, too few hours to bound them"
        )


_CANDIDATES = 1 / (1 + np.exp(-np.arange(-6.9, 13.9, 0.2)))


def total(scores: Any) -> EventScore:
    """Days together."""
    return sum(scores, EventScore(0, (), 0, 0.0))


def best_within(days: Sequence[MonitoredDay], candidates: FloatArray, *, limit: float) -> tuple[float, EventScore]:
    """The candidate with the highest sensitivity at up to ``limit`` false alarms a day *on these very days*.

    That flatters, and is meant for naive baselines, which the simulator must not let pass even so.
    """
    scores = [(float(value), total(day.score(value) for day in days)) for value in candidates]
    allowed = [pair for pair in scores if pair[1].false_alarms_per_day <= limit]
    return max(allowed or scores[:1], key=lambda pair: pair[1].n_detected)


def follow(
    day: Day, scores: FloatArray, policy: AlarmPolicy, *, dead_from_s: float = np.inf
) -> list[common.AlarmTransition]:
    """The alarm of one day, second by second, with staff who answer every message and come.

    A camera that sees nobody is alive; from ``dead_from_s`` on both sensors are not.
    """
    tracker = AlarmTracker(policy)
    log: list[common.AlarmTransition] = []
    answer_s = done_s = np.inf
    for second, p in zip(day.seconds, scores, strict=True):
        is_heard = second < dead_from_s and not np.isnan(p)
        evidence = AlarmEvidence(float(p), heard=SENSORS) if is_heard else AlarmEvidence()
        news = tracker.observe(second, evidence)
        if second >= answer_s:
            news += tracker.acknowledge(second, tracker.event)
            answer_s, done_s = np.inf, max(second, _up_s(day, second)) + _CARE_S
        if second >= done_s:
            news += tracker.resolve(second, tracker.event)
            done_s = np.inf
        if any(one.after == AlarmPhase.NOTIFIED for one in news):
            answer_s = second + _ANSWER_S
        log += news
    return log


def _up_s(day: Day, second: float) -> float:
    """When a resident who lies on the floor is helped up; now, if nobody lies there."""
    return max((one.up_s for one in day.labels.falls if one.impact_s <= second < one.up_s), default=second)


def suspicions(log: Sequence[common.AlarmTransition]) -> FloatArray:
    """When a fall was suspected."""
    return np.array([one.time_s for one in log if one.after == AlarmPhase.SUSPECTED])


def score_tracker(day: Day, log: Sequence[common.AlarmTransition]) -> EventScore:
    """The alarms that were raised, by the terms of :mod:`common.evaluation.events`."""
    times = suspicions(log)
    unsettled = [time for time in times if not day.is_settled[min(int(time) - 1, len(day.seconds) - 1)]]
    return common.score_events(unsettled, day.labels.impacts_s, monitored_s=float(len(day.seconds)))
