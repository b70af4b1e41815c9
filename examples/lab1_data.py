"""The data of Lab 1: read a data set, cut its windows, split its people, lower its rate."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

import common
import har
from common.evaluation.splits import Split, split_by_subject, subject_folds
from har import preprocessing
from har.datasets import known_datasets

# The lab splits by person: it takes every data set that identifies people.
Data = StrEnum(
    "Data", {name.replace("-", "_"): name for name, dataset in known_datasets().items() if dataset.groups_are_people}
)


@dataclass(frozen=True)
class Protocol:
    """How this lab reads, cuts, splits and describes a data set."""

    window_s: float
    slow_hz: float  # the low sampling rate of the later steps
    n_prototypes: tuple[int, ...]  # profiles per class, from few to many
    around_peak: bool = False  # one window per recording, around its peak, instead of sliding windows
    reader_options: Mapping[str, Any] = field(default_factory=dict)
    test_subjects: Container[Any] | None = None  # None: folds by person
    has_gravity: bool = False  # gravity has its own channels: describe motion relative to the vertical
    rotated_copies: int = 0  # of the training windows


ACTIVITIES = Protocol(window_s=2.56, slow_hz=12.5, n_prototypes=(4, 8))
FALLS = Protocol(window_s=4.0, slow_hz=10.0, n_prototypes=(1, 2, 4), around_peak=True)

#: Data sets that need a variant of the two above.
PROTOCOLS = {
    # The wearer knows which wrist the watch is on: mirrored, left and right look alike.
    "smartwatch": replace(ACTIVITIES, reader_options={"mirror": True}, rotated_copies=1),
    "motionsense": replace(ACTIVITIES, n_prototypes=(1, 4, 8), test_subjects=range(17, 25), has_gravity=True),
    # In the published 50 Hz files, missing samples give falls away (docs/data.md).
    "weda-fall": replace(FALLS, reader_options={"rate": "25Hz"}),
}


@dataclass(frozen=True)
class Lab:
    """Windows, how they are split, and the protocol they were made by."""

    windows: har.Windows
    splits: list[Split]
    protocol: Protocol
    positive: Any = None  # the label of falls


def load(data: Data, root: Path | None, window_s: float | None, folds: int, seed: int) -> Lab:
    """Read a data set, cut its windows, and split its people."""
    dataset = known_datasets()[data]
    protocol = PROTOCOLS.get(dataset.name, FALLS if dataset.falls else ACTIVITIES)
    if dataset.needs_root and root is None:
        raise common.InvalidInputError(f"--data {data} needs --root, the folder that you downloaded; see docs/data.md")
    windows = dataset.load(*([root] if dataset.needs_root else []), **protocol.reader_options)
    if isinstance(windows, har.Recordings):
        recordings = har.datasets.fall_labels(windows) if dataset.falls else windows
        cut = har.segment_at_peak if protocol.around_peak else har.segment
        windows = cut(recordings, window_s=window_s or protocol.window_s)
    if protocol.test_subjects is None:
        splits = subject_folds(windows.groups, n_folds=folds, random_state=seed)
    else:
        test = [subject for subject in np.unique(windows.groups) if subject in protocol.test_subjects]
        splits = [split_by_subject(windows.groups, test=test)]
    return Lab(windows, splits, protocol, positive=1 if dataset.falls else None)


def described(lab: Lab) -> har.Windows:
    """The windows as recorded, in channels that depend less on how the sensor is worn.

    Where gravity has its own channels, motion is described relative to the vertical. For falls, whose impact can
    come from any side, magnitudes are added to the axes.
    """
    windows = lab.windows
    X, channels = windows.X, windows.channels
    if lab.protocol.has_gravity:
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
        X = preprocessing.Magnitude().fit_transform(X)
        magnitudes = ("acceleration", "turning")
        channels = (*channels, *magnitudes[: X.shape[2] - len(channels)])
    return har.Windows(X, windows.y, windows.groups, windows.rate_hz, channels, windows.recording)


def at_low_rate(lab: Lab) -> har.Windows:
    """The described windows at the low sampling rate."""
    windows, slow_hz = described(lab), lab.protocol.slow_hz
    X = preprocessing.Resample(rate_hz=windows.rate_hz, target_hz=slow_hz).fit_transform(windows.X)
    return har.Windows(X, windows.y, windows.groups, slow_hz, windows.channels, windows.recording)


def triads(channels: Sequence[str]) -> tuple[tuple[int, int, int], ...]:
    """Which channels are x, y and z of one sensor; of those relative to the vertical, only gravity has axes.

    Examples
    --------
    >>> triads(["ax [g]", "ay [g]", "az [g]", "wx [rad/s]", "wy [rad/s]", "wz [rad/s]"])
    ((0, 1, 2), (3, 4, 5))
    >>> triads(["vertical", "horizontal", "gravity x", "gravity y", "gravity z"])
    ((2, 3, 4),)
    """
    names = [channel.split(" [")[0] for channel in channels]
    first_axes = [i for i, name in enumerate(names) if name in ("ax", "wx") or name.endswith(("_x", ".x", " x"))]
    return tuple((first, first + 1, first + 2) for first in first_axes)


def acceleration(lab: Lab) -> list[int]:
    """Which of the described channels are the acceleration: the axes, or the vertical and the horizontal part."""
    return [0, 1] if lab.protocol.has_gravity else [0, 1, 2]


def with_rotated_copies(X: Any, y: Any, copies: int, seed: int) -> tuple[Any, Any]:
    """Training windows, and copies rotated by about 15°, as a watch is worn a little differently on each wrist."""
    rng = np.random.default_rng(seed)
    rotated = [preprocessing.rotate_windows(X, degrees=15, random_state=rng) for _ in range(copies)]
    return np.concatenate([X, *rotated]), np.tile(y, copies + 1)
