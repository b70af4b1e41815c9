"""The data of Lab 2: who is trained on, and who is tested on."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import pandas as pd

import common
import fall
from fall.frames import ImageArray


class Data(StrEnum):
    """The data sets that this lab knows."""

    caucafall = "caucafall"
    gmdcsa24 = "gmdcsa24"
    urfd = "urfd"
    folder = "folder"
    simulated = "simulated"


@dataclass(frozen=True)
class People:
    """Images of some people, with a row of ``table`` each."""

    images: ImageArray
    table: pd.DataFrame

    @property
    def labels(self) -> np.ndarray:
        """1 where somebody has fallen."""
        return self.table["label"].to_numpy()

    @property
    def subjects(self) -> np.ndarray:
        """Who it is."""
        return self.table["subject"].to_numpy()

    @property
    def sequences(self) -> np.ndarray:
        """Which video it is from."""
        return (self.table["subject"].astype(str) + "/" + self.table["sequence"].astype(str)).to_numpy()


@dataclass(frozen=True)
class Lab:
    """People to train on, and others to test on."""

    train: People
    test: People
    who: str


def load(data: Data, root: Path | None, *, label_by: str, test_subjects: list[str], quick: bool) -> Lab:
    """Read a data set, or simulate one, and split its people.

    CAUCAFall is split as the lab does, URFD by sequence, the others by person; simulated residents and rooms of
    the test share nothing with those of the training. ``quick`` simulates a third of the training, and judges on the
    validation people, so that a demo does not wear out the test.
    """
    if data is Data.simulated:
        train, test = (
            _simulated(scenario, seeds)
            for scenario, seeds in (
                (common.TRAIN_SCENARIO, common.TRAIN_SEEDS[: 1 if quick else None]),
                (common.TEST_SCENARIO, common.VALIDATION_SEEDS if quick else common.TEST_SEEDS),
            )
        )
        return Lab(train, test, "simulated people")
    if root is None:
        raise common.InvalidInputError(f"--root is missing: the folder of {data}; or try --data simulated")
    train, test, who = _tables(data, root, label_by, test_subjects)
    return Lab(*(People(fall.read_images(table), table) for table in (train, test)), who)


def _simulated(scenario: common.FrameScenario, seeds: tuple[int, ...]) -> People:
    parts = [common.simulate_frames(scenario, seed=seed) for seed in seeds]
    table = pd.concat([part.table for part in parts], ignore_index=True)
    return People(np.concatenate([part.images for part in parts]), table)


def _tables(data: Data, root: Path, label_by: str, test_subjects: list[str]) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    if data is Data.caucafall:
        table = fall.datasets.load_caucafall(root, label_by=label_by)
        if not test_subjects:
            return *fall.datasets.lab_split(table), "subjects 9 and 10"
    elif data is Data.gmdcsa24:
        table = fall.datasets.load_gmdcsa24(root)
    elif data is Data.urfd:
        table = fall.datasets.load_urfd(root)
        if not test_subjects:  # falls 1 to 12 and activities with odd numbers train
            number = table["sequence"].str.extract(r"(\d+)$")[0].astype(int)
            trains = np.where(table["sequence"].str.startswith("fall"), number <= 12, number % 2 == 1)
            return table[trains], table[~trains], "falls 13 and later, activities with even numbers"
    else:
        table = fall.datasets.load_image_folder(root)
    subjects = table["subject"].astype(str)
    wanted = test_subjects or [sorted(subjects.unique())[-1]]
    split = fall.datasets.train_test_split_by_subject(table.assign(subject=subjects), test_subjects=wanted)
    return *split, f"subject{'s' if len(wanted) > 1 else ''} {', '.join(wanted)}"
