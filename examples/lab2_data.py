"""The data of Lab 2, split into people to train on and people to test on."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import pandas as pd

import common
import fall
from fall.frames import ImageArray

SIMULATED = "simulated"
Data = StrEnum("Data", [*fall.datasets.image_datasets(), SIMULATED])  # type: ignore[misc]  # names known at run time


@dataclass(frozen=True)
class People:
    """Images of people, with a row of ``table`` for each image."""

    images: ImageArray
    table: pd.DataFrame

    @property
    def labels(self) -> np.ndarray:
        """1 where somebody has fallen."""
        return self.table["label"].to_numpy()

    @property
    def subjects(self) -> np.ndarray:
        """The person in each image."""
        return self.table["subject"].to_numpy()

    @property
    def sequences(self) -> np.ndarray:
        """The video that each image is from."""
        return (self.table["subject"].astype(str) + "/" + self.table["sequence"].astype(str)).to_numpy()


@dataclass(frozen=True)
class Lab:
    """People to train on, and other people to test on."""

    train: People
    test: People
    tested_on: str


def load(data: Data, root: Path | None, *, label_by: str, test_subjects: list[str], quick: bool) -> Lab:
    """Read a data set, or simulate one, and split it by person.

    Without ``test_subjects``, a data set's usual split is used if it has one; otherwise the last person is tested on.
    Training and test share no simulated residents or rooms. ``quick`` simulates a third of the training people and
    tests on the validation people, to keep the test people unseen in demos.
    """
    if data == SIMULATED:
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
    train, test, tested_on = _tables(data, root, label_by, test_subjects)
    return Lab(*(People(fall.read_images(table), table) for table in (train, test)), tested_on)


def _simulated(scenario: common.FrameScenario, seeds: tuple[int, ...]) -> People:
    parts = [common.simulate_frames(scenario, seed=seed) for seed in seeds]
    table = pd.concat([part.table for part in parts], ignore_index=True)
    return People(np.concatenate([part.images for part in parts]), table)


def _tables(data: Data, root: Path, label_by: str, test_subjects: list[str]) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    dataset = fall.datasets.image_datasets()[data]
    table = dataset.read(root, label_by=label_by)
    if dataset.split is not None and not test_subjects:
        return *dataset.split(table), dataset.tested_on
    subjects = table["subject"].astype(str)
    tested = test_subjects or [sorted(subjects.unique())[-1]]
    split = fall.datasets.train_test_split_by_subject(table.assign(subject=subjects), test_subjects=tested)
    return *split, f"subject{'s' if len(tested) > 1 else ''} {', '.join(tested)}"
