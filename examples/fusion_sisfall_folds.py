"""What is chosen for each fold of SisFall's people, on its training people alone, and the test of the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

import common
from common.evaluation.events import AFTER_S, BEFORE_S
from common.validation import BoolArray, FloatArray
from examples.fusion_sisfall_recognizers import RECOGNIZERS, fit
from examples.fusion_sisfall_stream import SENSOR, Monitored, held
from examples.fusion_sisfall_windows import Indices, Streams, Windows, asked_of_everybody, cut, is_moving, labels

INNER_FOLDS = 3
WINDOWS_S = (4.0, 5.0)
MOST_ALARMS_PER_HOUR = 0.15


@dataclass(frozen=True)
class Fold:
    """Some people held out."""

    number: int
    seed: int
    train: Indices
    test: Indices


@dataclass(frozen=True, eq=False)
class Choice:
    """What was chosen for a fold on its training people.

    Attributes
    ----------
    window_s, threshold : float
    found : float
        Share of the training people's falls found, out of fold.
    calibration : FusionClassifier
        From the recogniser's score to a probability at the natural share of windows with a fall.
    """

    window_s: float
    threshold: float
    found: float
    calibration: common.FusionClassifier

    def probability(self, score: FloatArray) -> FloatArray:
        """Calibrated probabilities."""
        return np.asarray(self.calibration.predict_proba(pd.DataFrame({SENSOR: score}))[:, 1])


class Data:
    """The streams, with windows and features of every length, computed once."""

    def __init__(self, streams: Streams) -> None:
        self.streams = streams
        self.windows = cache(self._windows)
        self._features = cache(self._transformed)

    def _windows(self, window_s: float) -> tuple[Windows, Indices, BoolArray]:
        """Windows, their labels, and whether anything moves in them."""
        windows = cut(self.streams, window_s)
        y = labels(self.streams, windows.recording, windows.end_s)
        return windows, y, is_moving(windows.X)

    def _transformed(self, inputs: type[Any], window_s: float) -> FloatArray:
        return np.asarray(inputs().transform(self.windows(window_s)[0].X).astype(np.float32))

    def features(self, name: str, window_s: float) -> FloatArray:
        """The input of a recogniser for every window."""
        return self._features(type(RECOGNIZERS[name][0]), window_s)


def folds_of_people(streams: Streams, seed: int, n_folds: int, rows: Indices | None = None) -> list[Fold]:
    """Recordings by fold of people, old and young ones evenly."""
    rows = np.arange(len(streams)) if rows is None else rows
    splits = common.subject_folds(
        streams.subject[rows], n_folds=n_folds, y=streams.is_old[rows].astype(int), random_state=seed
    )
    return [Fold(number, seed, rows[train], rows[test]) for number, (train, test) in enumerate(splits)]


def choose(data: Data, name: str, fold: Fold) -> Choice:
    """Window, threshold and calibration with the most falls of the training people found, out of fold."""
    choices = [_chosen(data, name, fold, window_s) for window_s in WINDOWS_S]
    return max(choices, key=lambda choice: choice.found)


def _chosen(data: Data, name: str, fold: Fold, window_s: float) -> Choice:
    streams = data.streams
    windows, y, _ = data.windows(window_s)
    features = data.features(name, window_s)
    score = np.full(len(y), np.nan)
    for inner in folds_of_people(streams, fold.seed, INNER_FOLDS, fold.train):
        train, test = (np.isin(windows.recording, rows) for rows in (inner.train, inner.test))
        score[test] = fit(name, features[train], y[train], fold.seed).predict_proba(features[test])[:, 1]
    # The stream decides once a second.
    judged = ~np.isnan(score) & (windows.end_s % 1 == 0)
    known = judged & (y >= 0)
    calibration = common.FusionClassifier().fit(
        pd.DataFrame({SENSOR: score[known]}), y[known], groups=streams.subject[windows.recording[known]]
    )
    probability = np.full(len(y), np.nan)
    probability[judged] = calibration.predict_proba(pd.DataFrame({SENSOR: score[judged]}))[:, 1]
    threshold, found = best_threshold(streams, windows, np.where(judged, probability, -1.0), fold.train)
    return Choice(window_s, threshold, found, calibration)


def best_threshold(streams: Streams, windows: Windows, probability: FloatArray, rows: Indices) -> tuple[float, float]:
    """The most sensitive threshold within the limit on these recordings, and the share of their falls found."""
    after_s = windows.end_s - streams.impact_s[windows.recording]
    counts = ~streams.is_fall[windows.recording] | ((after_s >= -BEFORE_S) & (after_s <= AFTER_S))
    highest = np.full(len(streams), -1.0)
    np.maximum.at(highest, windows.recording[counts], probability[counts])
    chosen = np.zeros(len(streams), dtype=bool)
    chosen[rows] = True
    daily = chosen & ~streams.is_fall & asked_of_everybody(streams.activity)
    most = int(MOST_ALARMS_PER_HOUR * streams.hours[daily].sum())
    # Recordings of daily activities, which are short, raise an alarm each at most.
    threshold = float(np.nextafter(np.sort(highest[daily])[::-1][most], 2.0))
    return threshold, float((highest[chosen & streams.is_fall] >= threshold).mean())


@dataclass(frozen=True, eq=False)
class Judged:
    """The test people of a fold, judged.

    Attributes
    ----------
    decisions : pandas.DataFrame
        A row for each second of each recording: ``recording``, ``time_s``, ``probability``, ``label``, ``moving``, and
        ``held``, the largest probability of the last four seconds.
    setting : mapping
        ``window_s``, ``threshold``, ``found`` (of the training people's falls), and ``alarms``: when alarms of the
        same samples raised in each recording of old people as a stream, if they were streamed.
    """

    decisions: pd.DataFrame
    setting: Mapping[str, Any]


def judge(data: Data, name: str, fold: Fold, *, streamed: bool) -> Judged:
    """Choose on the training people, and judge the others."""
    choice = choose(data, name, fold)
    windows, y, moving = data.windows(choice.window_s)
    features = data.features(name, choice.window_s)
    train = np.isin(windows.recording, fold.train)
    test = np.isin(windows.recording, fold.test) & (windows.end_s % 1 == 0)
    classifier = fit(name, features[train], y[train], fold.seed)
    decisions = pd.DataFrame(
        {
            "recording": windows.recording[test],
            "time_s": windows.end_s[test],
            "probability": choice.probability(classifier.predict_proba(features[test])[:, 1]),
            "label": y[test],
            "moving": moving[test],
        }
    )
    by_recording = decisions.groupby("recording", sort=False)
    decisions["held"] = np.concatenate([held(rows["time_s"], rows["probability"]) for _, rows in by_recording])
    setting: dict[str, Any] = {"window_s": choice.window_s, "threshold": choice.threshold, "found": choice.found}
    if streamed:
        monitored = Monitored(name, classifier, choice.window_s, choice.calibration, choice.threshold)
        setting["alarms"] = {
            str(row): monitored.alarms(data.streams.signals[row]) for row in fold.test[data.streams.is_old[fold.test]]
        }
    return Judged(decisions, setting)
