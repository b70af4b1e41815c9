"""The steps of Lab 1: read and split the data, run each method over every fold, tabulate the results."""

import time
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_curve
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline

import common
import har
from common.evaluation.splits import Split, split_by_subject, subject_folds
from har import preprocessing

BAND = 0.1
SLOW_HZ = 12.5
SECONDS_A_STEP = 20.0  # a step that would take longer is judged on every n-th test window, and says so


class Data(StrEnum):
    """The data sets that this lab knows."""

    smartwatch = "smartwatch"
    motionsense = "motionsense"
    umafall = "umafall"
    weda_fall = "weda-fall"
    uci_har = "uci-har"


@dataclass(frozen=True)
class Lab:
    """Windows, how they are split, and what is known about the sensor."""

    windows: har.Windows
    splits: list[Split]
    positive: Any = None  # the label of falls
    slow_hz: float = SLOW_HZ
    has_gravity: bool = False  # gravity is a signal of its own: describe motion by the vertical
    rotations: int = 0  # rotated copies of the training windows, see `turned`
    n_prototypes: tuple[int, ...] = (4, 8)


@dataclass
class Step:
    """One line of the result: predictions for every test window that was asked, and their price."""

    name: str
    family: str
    cost: common.Cost = field(default_factory=common.Cost)
    y_true: list[Any] = field(default_factory=list)
    y_pred: list[Any] = field(default_factory=list)
    groups: list[Any] = field(default_factory=list)
    seconds: float = 0.0
    every: int = 1

    def add(self, windows: har.Windows, test: Any, predicted: Any, seconds: float) -> None:
        self.y_true.extend(windows.y[test])
        self.groups.extend(windows.groups[test])
        self.y_pred.extend(predicted)
        self.seconds += seconds

    def evaluation(self, positive: Any) -> common.Evaluation:
        return common.evaluate(self.y_true, self.y_pred, groups=self.groups, positive=positive)

    @property
    def microseconds(self) -> float:
        return 1e6 * self.seconds / max(1, len(self.y_pred))


def load(data: Data, root: Path | None, window_s: float | None, folds: int, seed: int) -> Lab:
    """Read a data set, cut its windows, and split its people."""
    if data is not Data.smartwatch and root is None:
        raise common.InvalidInputError(f"--data {data} needs --root, the folder that you downloaded; see docs/data.md")
    if data is Data.smartwatch:
        # Which wrist a watch is worn on is known to its wearer: mirrored, left and right look alike.
        windows = har.segment(har.datasets.load_smartwatch(mirror=True), window_s=window_s or 2.56)
        return Lab(windows, subject_folds(windows.groups, n_folds=folds, random_state=seed), rotations=1)
    if data is Data.motionsense:
        windows = har.segment(har.datasets.load_motionsense(root), window_s=window_s or 2.56)
        split = split_by_subject(windows.groups, test=[s for s in np.unique(windows.groups) if s > 16])
        return Lab(windows, [split], has_gravity=True, n_prototypes=(1, 4, 8))
    if data is Data.uci_har:
        windows = har.datasets.load_uci_har(root)
        return Lab(windows, subject_folds(windows.groups, n_folds=folds, random_state=seed))
    if data is Data.umafall:
        recordings = har.datasets.fall_labels(har.datasets.load_umafall(root))
    else:  # at 25 Hz, since the published 50 Hz files give falls away by samples that are missing (docs/data.md)
        recordings = har.datasets.fall_labels(har.datasets.load_weda_fall(root, rate="25Hz"))
    windows = har.segment_at_peak(recordings, window_s=window_s or 4.0)
    splits = subject_folds(windows.groups, n_folds=folds, random_state=seed)
    return Lab(windows, splits, positive=1, slow_hz=10.0, n_prototypes=(1, 2, 4))


def slower(lab: Lab) -> har.Windows:
    """The windows at the low sampling rate, in channels that do not care how the sensor sits.

    Where gravity is a signal of its own, motion is described along and across the vertical; for falls, whose
    impact comes from any side, the magnitudes stand beside the axes.
    """
    windows = lab.windows
    X, channels = windows.X, windows.channels
    if lab.has_gravity:
        X = preprocessing.GravityFrame().fit_transform(X)
        channels = (
            "vertical",
            "horizontal",
            "turn about vertical",
            "other turn",
            "gravity x",
            "gravity y",
            "gravity z",
        )
    elif lab.positive is not None:
        X = preprocessing.Magnitude(groups=((0, 1, 2), (3, 4, 5))).fit_transform(X)
        channels = (*channels, "acceleration", "turning")
    X = preprocessing.Resample(rate_hz=windows.rate_hz, target_hz=lab.slow_hz).fit_transform(X)
    return har.Windows(X, windows.y, windows.groups, lab.slow_hz, channels, windows.recording)


def turned(X: Any, y: Any, copies: int, seed: int) -> tuple[Any, Any]:
    """Training windows and copies turned by about 15°: a watch sits a little differently on each wrist."""
    rng = np.random.default_rng(seed)
    rotated = [preprocessing.rotate_windows(X, degrees=15, random_state=rng) for _ in range(copies)]
    return np.concatenate([X, *rotated]), np.tile(y, copies + 1)


def stride(n_train: int, n_test: int, n_timesteps: int, n_channels: int, band: Any) -> int:
    """How many test windows to pass over so that a step stays short (ten billion multiply-adds a second)."""
    work = n_test * n_train * common.dtw_cost(n_timesteps, n_channels, band=band).macs
    return max(1, round(work / (1e10 * SECONDS_A_STEP)))


def neighbours(step: Step, windows: har.Windows, split: Split, band: Any, n_splits: int) -> None:
    """One fold of 1-NN under DTW (band 0 is Euclid)."""
    scale = preprocessing.ScaleChannels().fit(windows.X[split.train])
    X = scale.transform(windows.X).astype(np.float32)
    step.every = stride(len(split.train), len(split.test) * n_splits, X.shape[1], X.shape[2], band)
    test = split.test[:: step.every]
    model = har.DTWKNeighborsClassifier(1, band=band, n_jobs=-1).fit(X[split.train], windows.y[split.train])
    model.predict(X[test[:1]])  # compiled before it is timed
    began = time.perf_counter()
    predicted = model.predict(X[test])
    step.add(windows, test, predicted, time.perf_counter() - began)
    step.cost = model.cost_


def operating_point(y: Any, score: Any, min_specificity: float = 0.975) -> float:
    """The threshold with the highest sensitivity among those with this specificity, on training people."""
    false_alarms, sensitivity, thresholds = roc_curve(y, score)
    allowed = np.flatnonzero(false_alarms <= 1 - min_specificity)
    return float(thresholds[allowed[np.argmax(sensitivity[allowed])]])


def tuned(step: Step, lab: Lab, windows: har.Windows, split: Split, n_prototypes: int, seed: int) -> None:
    """One fold of learned profiles whose threshold was chosen on people held out of the training."""
    X, y, groups = windows.X[split.train], windows.y[split.train], windows.groups[split.train]
    model = make_pipeline(
        preprocessing.ScaleChannels(),
        har.DTWPrototypeClassifier(n_prototypes, band=BAND, random_state=seed, n_jobs=-1),
    )
    inner = subject_folds(groups, n_folds=4, random_state=seed)
    score = cross_val_predict(model, X, y, cv=inner, method="predict_proba")[:, 1]
    threshold = operating_point(y, score)
    model.fit(X, y)
    began = time.perf_counter()
    predicted = (model.predict_proba(windows.X[split.test])[:, 1] >= threshold).astype(int)
    step.add(windows, split.test, predicted, time.perf_counter() - began)
    step.cost = model[-1].cost_


def prototypes(
    step: Step, lab: Lab, windows: har.Windows, split: Split, n_prototypes: int, method: str, seed: int
) -> har.DTWPrototypeClassifier:
    """One fold of a few profiles per class."""
    X, y = windows.X[split.train], windows.y[split.train]
    if method == "learned":
        X, y = turned(X, y, lab.rotations, seed)
    scale = preprocessing.ScaleChannels().fit(windows.X[split.train])
    model = har.DTWPrototypeClassifier(n_prototypes, method=method, band=BAND, random_state=seed, n_jobs=-1)
    model.fit(scale.transform(X), y)
    test = scale.transform(windows.X[split.test])
    model.predict(test[:1])
    began = time.perf_counter()
    predicted = model.predict(test)
    step.add(windows, split.test, predicted, time.perf_counter() - began)
    step.cost = model.cost_
    return model


def validated_size(lab: Lab, windows: har.Windows, split: Split, seed: int) -> Any:
    """Accuracy by band, k and number of profiles on training people alone."""
    train = split.train
    X = preprocessing.ScaleChannels().fit_transform(windows.X[train])
    return har.validate_neighbors(
        X, windows.y[train], windows.groups[train], bands=[0.05, BAND], n_neighbors=[1, 3],
        n_prototypes=[1, *lab.n_prototypes] if 1 not in lab.n_prototypes else lab.n_prototypes,
        cv=3, random_state=seed, n_jobs=-1,
    )  # fmt: skip


def run_steps(
    lab: Lab, seed: int, console: Console | None = None
) -> tuple[list[Step], har.DTWPrototypeClassifier, har.Windows]:
    """Every step of the lab over every fold; returns the fewest learned profiles as well."""
    fast, slow = lab.windows, slower(lab)
    rate, low = f"{fast.rate_hz:g} Hz", f"{lab.slow_hz:g} Hz"
    searches = [
        (Step(f"1-NN Euclid, {rate}", "whole training set"), fast, 0),
        (Step(f"1-NN DTW, {rate}", "whole training set"), fast, None),
        (Step(f"1-NN DTW band, {rate}", "whole training set"), fast, BAND),
        (Step(f"1-NN DTW band, {low}", "whole training set"), slow, BAND),
    ]
    largest = lab.n_prototypes[-1]
    profiles = [
        (Step(f"{largest} best profiles", "best and mean profiles"), largest, "medoid"),
        (Step(f"{largest} mean profiles", "best and mean profiles"), largest, "barycenter"),
        *((Step(f"{n} learned profile{'s' * (n > 1)}", "learned profiles"), n, "learned") for n in lab.n_prototypes),
    ]
    chosen = Step(f"{largest} learned, threshold chosen", "learned profiles")
    forest = Step("random forest", "window statistics")
    model: har.DTWPrototypeClassifier | None = None
    columns = (TextColumn("{task.description:<34}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        total = len(lab.splits)
        for step, windows, band in searches:
            task = progress.add_task(step.name, total=total)
            for split in lab.splits:
                neighbours(step, windows, split, band, total)
                progress.advance(task)
        for step, n, method in profiles:
            task = progress.add_task(step.name, total=total)
            for split in lab.splits:
                fitted = prototypes(step, lab, slow, split, n, method, seed)
                progress.advance(task)
            if method == "learned" and model is None:
                model = fitted  # the smallest, to be drawn
        task = progress.add_task(chosen.name, total=total, visible=lab.positive is not None)
        for split in lab.splits if lab.positive is not None else []:
            tuned(chosen, lab, slow, split, largest, seed)
            progress.advance(task)
        task = progress.add_task(forest.name, total=total)
        for train, test in lab.splits:
            features = preprocessing.WindowStatistics().fit_transform(fast.X)
            trees = RandomForestClassifier(300, random_state=seed, n_jobs=-1).fit(features[train], fast.y[train])
            began = time.perf_counter()
            forest.add(fast, test, trees.predict(features[test]), time.perf_counter() - began)
            progress.advance(task)
    assert model is not None
    done = [step for step, *_ in searches] + [step for step, *_ in profiles] + [chosen, forest]
    return [step for step in done if step.y_pred], model, slow


def results(steps: list[Step], positive: Any) -> pd.DataFrame:
    """A row a method: accuracy with its interval, sensitivity and specificity of falls, and the price."""
    rows = []
    for step in steps:
        result = step.evaluation(positive)
        interval = result.by_subject.accuracy if result.by_subject else result.wilson.accuracy
        rows.append(
            {
                "method": step.name,
                "accuracy": result.accuracy,
                "low": interval.low,
                "high": interval.high,
                "sensitivity": result.sensitivity,
                "specificity": result.specificity,
                "cells": step.cost.comparisons // 2,
                "macs": step.cost.macs,
                "bytes": step.cost.weight_bytes,
                "microseconds": step.microseconds,
                "every": step.every,
            }
        )
    return pd.DataFrame(rows)
