"""The data sets: windows in several forms, people, and folds of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import har
from common.evaluation.splits import Split, subject_folds
from common.validation import BoolArray, IntArray
from examples.lab1_data import Data, Lab, acceleration, at_low_rate, described, load, triads
from har.preprocessing import LogJerk, Resample

#: Of the folds; the seeds of training are others.
FOLDS_SEED = 0
WEDA_OLD_SUBJECTS = tuple(range(21, 32))


@dataclass(frozen=True, eq=False)
class Form:
    """Windows ``(n, n_timesteps, n_channels)``, and which channels are x, y and z of one sensor."""

    X: npt.NDArray[np.float32]
    triads: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, eq=False)
class BenchmarkSet:
    """Windows of people, and how people are divided.

    Attributes
    ----------
    name, title : str
        In file names; in tables.
    forms : mapping
        ``"slow"``: at 10 or 12.5 Hz, in the channels of Lab 1; ``"raw"``: as recorded; ``"jerk"``: slow, with the
        logarithm of the jerk.
    y : ndarray of shape (n,)
        Class indices; in sets of falls 1 is a fall.
    classes : tuple of str
    people : ndarray of shape (n,)
    folds : list of Split
        Each fold's test people are in no other fold.
    has_falls : bool
    activity : ndarray of shape (n,)
        Finer than the classes in sets of falls.
    is_old : ndarray of shape (n,)
        Whether the person belongs to the group of old people.
    """

    name: str
    title: str
    forms: Mapping[str, Form]
    y: IntArray
    classes: tuple[str, ...]
    people: npt.NDArray[Any]
    folds: list[Split]
    has_falls: bool
    activity: npt.NDArray[np.str_]
    is_old: BoolArray


@dataclass(frozen=True)
class Source:
    """A data set as Lab 1 reads it, and its number of folds; None: the lab's own split."""

    title: str
    data: Data
    folder: str | None
    n_folds: int | None


#: The small ones first.
SOURCES = {
    "umafall": Source("UMAFall, wrist, 5 folds", Data.umafall, "umafall", 5),
    "smartwatch": Source("Smartwatch, 5 folds", Data.smartwatch, None, 5),
    "sisfall": Source("SisFall, waist, 5 folds", Data.sisfall, "sisfall", 5),
    "motionsense-17-24": Source("MotionSense, people 17–24", Data.motionsense, "motionsense", None),
    "motionsense": Source("MotionSense, 6 folds", Data.motionsense, "motionsense", 6),
    "weda-fall": Source("WEDA-FALL, wrist, 5 folds", Data["weda_fall"], "weda-fall", 5),
    "uci-har": Source("UCI HAR, 5 folds", Data["uci_har"], "uci-har", 5),
}


def load_set(name: str, data: Path) -> BenchmarkSet:
    """Read a set from its folder below ``data``."""
    source = SOURCES[name]
    root = None if source.folder is None else data / source.folder
    lab = load(source.data, root, None, source.n_folds or 2, FOLDS_SEED)
    windows = lab.windows
    classes, y = np.unique(windows.y, return_inverse=True)
    activity, is_old = _finer(source.data, root, windows)
    slow = at_low_rate(lab)
    forms = {"slow": _form(slow), "raw": _form(windows)}
    if lab.positive is not None:
        forms["jerk"] = _axes_with_jerk(forms["slow"], slow.rate_hz)
    else:
        forms["jerk"] = _with_recorded_jerk(forms["slow"], lab, slow.rate_hz)
    return BenchmarkSet(
        name=name,
        title=source.title,
        forms=forms,
        y=y.astype(np.int64),
        classes=("other", "fall") if lab.positive is not None else tuple(map(str, classes)),
        people=windows.groups,
        folds=_folds(lab, source.n_folds, is_old),
        has_falls=lab.positive is not None,
        activity=activity,
        is_old=is_old,
    )


def _form(windows: har.Windows) -> Form:
    return Form(np.ascontiguousarray(windows.X, dtype=np.float32), triads(windows.channels))


def _axes_with_jerk(slow: Form, rate_hz: float) -> Form:
    """The axes of the slow form without their magnitudes, and the logarithm of the first sensor's jerk."""
    axes = [axis for triad in slow.triads for axis in triad]
    renumbered = tuple((first, first + 1, first + 2) for first in range(0, len(axes), 3))
    return Form(LogJerk(rate_hz=rate_hz, channels=renumbered[0]).fit_transform(slow.X[:, :, axes]), renumbered)


def _with_recorded_jerk(slow: Form, lab: Lab, slow_hz: float) -> Form:
    """The slow channels, and the logarithm of the jerk of the acceleration as it was recorded."""
    recorded = described(lab)
    jerk = LogJerk(rate_hz=recorded.rate_hz, channels=acceleration(lab)).fit_transform(recorded.X)[:, :, -1:]
    slow_jerk = Resample(rate_hz=recorded.rate_hz, target_hz=slow_hz).fit_transform(jerk)
    return Form(np.concatenate([slow.X, slow_jerk.astype(np.float32)], axis=2), slow.triads)


def _folds(lab: Lab, n_folds: int | None, is_old: BoolArray) -> list[Split]:
    if n_folds is None:
        return lab.splits
    if is_old.any():  # some old people in every fold
        return subject_folds(lab.windows.groups, n_folds=n_folds, y=is_old.astype(int), random_state=FOLDS_SEED)
    return subject_folds(lab.windows.groups, n_folds=n_folds, random_state=FOLDS_SEED)


def _finer(data: Data, root: Path | None, windows: har.Windows) -> tuple[npt.NDArray[np.str_], BoolArray]:
    """Kinds of fall, and old people, where a set tells them."""
    nobody = np.zeros(len(windows), dtype=bool)
    if data == Data.sisfall:
        assert root is not None
        activity = har.datasets.load_sisfall(root).y[windows.recording]
        return activity.astype(str), np.isin(windows.groups, har.datasets.SISFALL_OLD_SUBJECTS)
    if data == Data["weda_fall"]:
        return windows.y.astype(str), np.isin(windows.groups, WEDA_OLD_SUBJECTS)
    return windows.y.astype(str), nobody
