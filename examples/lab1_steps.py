"""The steps of Lab 1: run each method on every fold, and tabulate the results."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_curve
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline

import common
import har
from common.costs.layers import FLOAT32_BYTES
from common.evaluation.splits import Split, subject_folds
from common.validation import FloatArray
from examples.lab1_data import Lab, acceleration, at_low_rate, described, triads, with_rotated_copies
from har import preprocessing
from har.selection import PROTOTYPE_SETTINGS, PrototypeSetting

BAND = 0.1
#: A step that would take longer is judged on every n-th test window, and says so.
MAX_STEP_SECONDS = 20.0
#: Of the DTW search, roughly.
MULTIPLY_ADDS_PER_SECOND = 1e10
#: A node of a tree: its feature, its threshold and its two children, or the class of a leaf, in 4 bytes each.
NODE_BYTES = 16
_WARM_UP_WINDOWS = 64


@dataclass
class Step:
    """One row of the results: the predictions for the test windows, and their cost."""

    name: str
    family: str
    title: str = ""  # for headlines, where there is room to say it in full
    costs: list[common.Cost] = field(default_factory=list)  # one for each fold
    nodes: list[int] = field(default_factory=list)  # of trees, one for each fold
    y_true: list[Any] = field(default_factory=list)
    y_pred: list[Any] = field(default_factory=list)
    groups: list[Any] = field(default_factory=list)
    seconds: float = 0.0
    every: int = 1  # judged on every n-th test window

    def add_fold(self, windows: har.Windows, test: Any, predicted: Any, seconds: float) -> None:
        """Append the predictions for the windows ``test``."""
        self.y_true.extend(windows.y[test])
        self.groups.extend(windows.groups[test])
        self.y_pred.extend(predicted)
        self.seconds += seconds

    def evaluation(self, positive: Any) -> common.Evaluation:
        """Accuracy and other measures over all folds."""
        return common.evaluate(self.y_true, self.y_pred, groups=self.groups, positive=positive)

    @property
    def cost(self) -> common.Cost:
        """The mean over the folds."""
        return mean_cost(self.costs)

    @property
    def microseconds(self) -> float:
        """Time per decision."""
        return 1e6 * self.seconds / max(1, len(self.y_pred))


@dataclass(frozen=True)
class LabResults:
    """The results of all steps, and what the figures need."""

    steps: list[Step]
    smallest_model: har.DTWPrototypeClassifier  # the one with the fewest learned profiles, of the last fold
    slow_windows: har.Windows

    @property
    def last_profiles(self) -> Step:
        """The last step with profiles; the forest comes after it."""
        return self.steps[-2]


def subsampling_stride(n_train: int, n_test: int, n_timesteps: int, n_channels: int, band: Any) -> int:
    """The n for which a search over every n-th test window takes about ``MAX_STEP_SECONDS``."""
    work = n_test * n_train * common.dtw_cost(n_timesteps, n_channels, band=band).macs
    return max(1, round(work / (MULTIPLY_ADDS_PER_SECOND * MAX_STEP_SECONDS)))


def mean_cost(costs: list[common.Cost]) -> common.Cost:
    """The mean of each count, rounded."""
    counts = [cost.counts() for cost in costs]
    return common.Cost(**{name: round(np.mean([count[name] for count in counts])) for name in counts[0]})


def timed(decide: Callable[[FloatArray], Any], X: FloatArray) -> tuple[Any, float]:
    """What ``decide`` says, and the seconds that it takes once all is compiled and all threads are running."""
    decide(X[:_WARM_UP_WINDOWS])
    for _ in range(2):
        began = time.perf_counter()
        decided = decide(X)
        seconds = time.perf_counter() - began
        if seconds > 1:  # too long to be done again, and to be compiling above all
            break
    return decided, seconds


def run_neighbors(step: Step, windows: har.Windows, split: Split, band: Any, n_splits: int) -> None:
    """One fold of 1-NN under DTW (band 0 is Euclidean)."""
    scale = preprocessing.ScaleChannels().fit(windows.X[split.train])
    X = scale.transform(windows.X).astype(np.float32)
    step.every = subsampling_stride(len(split.train), len(split.test) * n_splits, X.shape[1], X.shape[2], band)
    test = split.test[:: step.every]
    model = har.DTWKNeighborsClassifier(1, band=band, n_jobs=-1).fit(X[split.train], windows.y[split.train])
    step.add_fold(windows, test, *timed(model.predict, X[test]))
    step.costs.append(model.cost_)


def run_profiles(
    step: Step, lab: Lab, windows: har.Windows, split: Split, model: har.DTWPrototypeClassifier, seed: int
) -> None:
    """Fit and test a few profiles per class on one fold."""
    X, y, people = windows.X[split.train], windows.y[split.train], windows.groups[split.train]
    if model.method == "learned":
        X, y = with_rotated_copies(X, y, lab.protocol.rotated_copies, seed)
        people = np.tile(people, len(y) // len(people))
    scale = preprocessing.ScaleChannels().fit(windows.X[split.train])
    model.fit(scale.transform(X), y, people)
    step.add_fold(windows, split.test, *timed(model.predict, scale.transform(windows.X[split.test])))
    step.costs.append(model.cost_)


def best_threshold(y: Any, score: Any, min_specificity: float = 0.975) -> float:
    """The threshold of highest sensitivity among those with at least this specificity."""
    false_alarms, sensitivity, thresholds = roc_curve(y, score)
    allowed = np.flatnonzero(false_alarms <= 1 - min_specificity)
    return float(thresholds[allowed[np.argmax(sensitivity[allowed])]])


def run_profiles_with_threshold(step: Step, windows: har.Windows, split: Split, n_prototypes: int, seed: int) -> None:
    """One fold of learned profiles whose threshold is chosen by cross-validation on the training people."""
    X, y, groups = windows.X[split.train], windows.y[split.train], windows.groups[split.train]
    model = make_pipeline(
        preprocessing.ScaleChannels(),
        har.DTWPrototypeClassifier(n_prototypes, band=BAND, random_state=seed, n_jobs=-1),
    )
    inner_folds = subject_folds(groups, n_folds=4, random_state=seed)
    score = cross_val_predict(model, X, y, cv=inner_folds, method="predict_proba")[:, 1]
    threshold = best_threshold(y, score)
    model.fit(X, y)
    scale, classifier = model
    probability, seconds = timed(classifier.predict_proba, scale.transform(windows.X[split.test]))
    step.add_fold(windows, split.test, (probability[:, 1] >= threshold).astype(int), seconds)
    step.costs.append(classifier.cost_)


def run_joint_profiles(step: Step, lab: Lab, split: Split, setting: PrototypeSetting, seed: int) -> None:
    """One fold of profiles that are learned with their readout, from windows changed at random and from the jerk."""
    windows = described(lab)
    X, y, people = windows.X[split.train], windows.y[split.train], windows.groups[split.train]
    model = setting.pipeline(
        rate_hz=windows.rate_hz, target_hz=lab.protocol.slow_hz, triads=triads(windows.channels),
        acceleration=acceleration(lab), band=BAND, bits=None, random_state=seed, n_jobs=-1,
    )  # fmt: skip
    model.fit(X, y, dtwprototypeclassifier__groups=people)
    *transformers, classifier = dict(model.steps).values()
    compared = make_pipeline(*transformers).transform(windows.X[split.test])
    step.add_fold(windows, split.test, *timed(classifier.predict, compared))
    step.costs.append(classifier.cost_)


def run_forest(step: Step, windows: har.Windows, split: Split, seed: int) -> None:
    """One fold of a random forest on window statistics."""
    features = preprocessing.WindowStatistics().fit_transform(windows.X)
    forest = RandomForestClassifier(300, random_state=seed, n_jobs=-1)
    forest.fit(features[split.train], windows.y[split.train])
    step.add_fold(windows, split.test, *timed(forest.predict, features[split.test]))
    n_nodes = sum(tree.tree_.node_count for tree in forest.estimators_)
    on_the_way = forest.decision_path(features[split.test])[0].sum() / len(split.test)
    # A comparison in each node on the way but the leaves.
    comparisons = round(on_the_way) - len(forest.estimators_)
    step.nodes.append(n_nodes)
    step.costs.append(common.Cost(comparisons=comparisons, weight_bytes=NODE_BYTES * n_nodes))


def validate_sizes(lab: Lab, windows: har.Windows, split: Split, seed: int) -> pd.DataFrame:
    """Accuracy by band, k and number of profiles, cross-validated on the training people alone."""
    train = split.train
    X = preprocessing.ScaleChannels().fit_transform(windows.X[train])
    sizes = lab.protocol.n_prototypes
    return har.validate_neighbors(
        X, windows.y[train], windows.groups[train], bands=[0.05, BAND], n_neighbors=[1, 3],
        n_prototypes=sizes if 1 in sizes else [1, *sizes], cv=3, random_state=seed, n_jobs=-1,
    )  # fmt: skip


def run_steps(lab: Lab, seed: int, console: Console | None = None) -> LabResults:
    """Run every step of the lab on every fold."""
    fast, slow = lab.windows, at_low_rate(lab)
    rate, low_rate = f"{fast.rate_hz:g} Hz", f"{slow.rate_hz:g} Hz"
    sizes = lab.protocol.n_prototypes
    searches = [
        (Step(f"1-NN Euclid, {rate}", "whole training set"), fast, 0),
        (Step(f"1-NN DTW, {rate}", "whole training set"), fast, None),
        (Step(f"1-NN DTW band, {rate}", "whole training set"), fast, BAND),
        (Step(f"1-NN DTW band, {low_rate}", "whole training set"), slow, BAND),
    ]
    few, many = sizes[0], sizes[-1]

    def of_learned(n: int) -> str:
        return f"{n} learned profile{'s' * (n > 1)}"

    model = har.DTWPrototypeClassifier(few, band=BAND, random_state=seed, n_jobs=-1)
    learned = {n: clone(model).set_params(n_prototypes=n) for n in sizes}
    profiles = [
        (Step(f"{many} best profiles", "best and mean profiles"), clone(learned[many]).set_params(method="medoid")),
        (Step(f"{many} mean profiles", "best and mean profiles"), clone(learned[many]).set_params(method="barycenter")),
        # Where profiles are few, the distances to all of them tell more than the nearest.
        (Step(f"{few} learned, linear readout", "learned profiles"), clone(model).set_params(readout="linear")),
        *((Step(of_learned(n), "learned profiles", f"{of_learned(n)} for each class"), learned[n]) for n in sizes),
    ]
    with_threshold = Step(
        f"{many} learned, threshold chosen",
        "learned profiles",
        f"{of_learned(many)} for falls and for the rest, threshold chosen",
    )
    setting = PROTOTYPE_SETTINGS["4 joint, jerk"]
    joint = Step(
        f"{setting.n_prototypes} learned jointly, jerk",
        "learned profiles",
        f"{setting.n_prototypes} profiles for each class, learned with readout and jerk",
    )
    forest = Step("random forest", "window statistics")
    columns = (TextColumn("{task.description:<34}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        n_splits = len(lab.splits)
        for step, windows, band in searches:
            for split in progress.track(lab.splits, description=step.name):
                run_neighbors(step, windows, split, band, n_splits)
        for step, model in profiles:
            for split in progress.track(lab.splits, description=step.name):
                run_profiles(step, lab, slow, split, model, seed)
        if lab.positive is not None:
            for split in progress.track(lab.splits, description=with_threshold.name):
                run_profiles_with_threshold(with_threshold, slow, split, sizes[-1], seed)
        else:
            for split in progress.track(lab.splits, description=joint.name):
                run_joint_profiles(joint, lab, split, setting, seed)
        for split in progress.track(lab.splits, description=forest.name):
            run_forest(forest, fast, split, seed)
    steps = [step for step, *_ in searches] + [step for step, _ in profiles] + [with_threshold, joint, forest]
    return LabResults([step for step in steps if step.y_pred], learned[few], slow)


def results_table(steps: list[Step], positive: Any) -> pd.DataFrame:
    """A row per method: accuracy with its interval, sensitivity and specificity for falls, and the cost."""
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
                "comparisons": step.cost.comparisons,
                "cells": 0 if step.nodes else step.cost.comparisons // 2,
                "macs": step.cost.macs,
                "nodes": round(np.mean(step.nodes)) if step.nodes else 0,
                # Numbers in float32, whatever type a step computes in here.
                "bytes": step.cost.params * FLOAT32_BYTES or step.cost.weight_bytes,
                "microseconds": step.microseconds,
                "every": step.every,
            }
        )
    return pd.DataFrame(rows)
