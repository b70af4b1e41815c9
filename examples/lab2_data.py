"""The data of Lab 2, split into people to train on and people to test on."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import pandas as pd

import common
import fall
from fall.datasets.reading.parts import UNKNOWN
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


def load(
    data: Data,
    root: Path | None,
    *,
    label_by: str,
    test_subjects: list[str],
    quick: bool,
    labels: dict[str, int | None] | None = None,
) -> Lab:
    """Read a data set, or simulate one, and split it by person.

    Without ``test_subjects``, a data set's usual split is used if it has one, or the part ``test`` that came with your
    own images; otherwise the last person is tested on. ``labels`` are those of your own folders, or classes of YOLO.
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
    train, test, tested_on = _tables(data, root, label_by, test_subjects, labels)
    return Lab(*(People(fall.read_images(table), table) for table in (train, test)), tested_on)


def _simulated(scenario: common.FrameScenario, seeds: tuple[int, ...]) -> People:
    parts = [common.simulate_frames(scenario, seed=seed) for seed in seeds]
    table = pd.concat([part.table for part in parts], ignore_index=True)
    return People(np.concatenate([part.images for part in parts]), table)


def labels_of(text: str) -> dict[str, int | None] | None:
    """The labels in "Sturz=1,Alltag=0,unklar=none"; None if the text is empty."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    values = {"1": 1, "0": 0, "none": None}
    for name, _, value in pairs:
        if not name.strip() or value.strip().casefold() not in values:
            raise common.InvalidInputError(
                f"--labels has {name.strip()!r} with {value.strip()!r}; give each folder or class 1 (fall), 0 or none, "
                "such as Sturz=1,Alltag=0,unklar=none"
            )
    return {name.strip(): values[value.strip().casefold()] for name, _, value in pairs} or None


def _tables(
    data: Data, root: Path, label_by: str, test_subjects: list[str], labels: dict[str, int | None] | None
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    dataset = fall.datasets.image_datasets()[data]
    table = dataset.read(root, label_by=label_by, **_labels_for(data, labels))
    if dataset.split is not None and not test_subjects:
        return *dataset.split(table), dataset.tested_on
    if not test_subjects and "split" in table and (table["split"] == "test").any():
        return _split_as_given(table)
    subjects = table["subject"].astype(str)
    tested = test_subjects or [sorted(subjects.unique())[-1]]
    split = fall.datasets.train_test_split_by_subject(table.assign(subject=subjects), test_subjects=tested)
    return *split, f"subject{'s' if len(tested) > 1 else ''} {', '.join(tested)}"


def _labels_for(data: Data, labels: dict[str, int | None] | None) -> dict[str, object]:
    """The labels as the reader takes them; a class of YOLO may be given by its number."""
    if labels is None:
        return {}
    if data == "folder":
        return {"labels": labels}
    if data == "yolo":
        return {"classes": {int(name) if name.isdecimal() else name: label for name, label in labels.items()}}
    raise common.InvalidInputError(f"--labels is for --data folder and --data yolo; {data} has labels of its own")


def _split_as_given(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """The parts that came with the data; people who are also tested on are not trained on."""
    is_test = (table["split"] == "test").to_numpy()
    test = table[is_test]
    people = [person for person in test["subject"].unique() if person != UNKNOWN]
    train = table[~is_test & ~table["subject"].isin(people).to_numpy()]
    if min(test["label"].nunique(), train["label"].nunique()) < 2:
        raise common.InvalidInputError(
            "--root has a part test, but falls or other images are missing there, or among the other people elsewhere: "
            "name people to test on with --test-subject"
        )
    if train["subject"].nunique() < 2:
        raise common.InvalidInputError(
            "--root does not say who is in the images to train on: put them into a folder for each person, since "
            "training is validated on people held out"
        )
    n_dropped = len(table) - len(test) - len(train)
    who = f"subject{'s' * (len(people) > 1)} {', '.join(map(str, people))}" if people else "people who are not named"
    who = who if len(people) <= 5 else f"{len(people)} people"
    return train, test, f"part test, {who}" + (f" (their {n_dropped} images elsewhere are not used)" * bool(n_dropped))
