"""Lab 2: which network is converted, which recipes are compared, and what leaving each person out tells."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import common
from examples import lab2_each_person, lab2_networks
from examples.lab2_data import Data, People, labels_of, load
from examples.lab2_fall_detection import _recipes, most_frugal
from tests.fall.synthetic import lying_and_standing

NAN = float("nan")
OPTIONS = {"label_by": "frame", "test_subjects": [], "quick": False}


def history(*steps: list[tuple[float, float]]) -> pd.DataFrame:
    """Losses and accuracies on held-out people, with epochs that restart at 1 in each step."""
    return pd.concat(
        [pd.DataFrame(step, columns=["val_loss", "val_accuracy"], index=range(1, len(step) + 1)) for step in steps]
    )


def test_the_smallest_of_the_nearly_best_is_chosen() -> None:
    histories = {
        "best": history([(0.4, 0.90), (0.3, 0.950)]),
        "small": history([(0.4, 0.945), (0.9, 0.80)]),
        "tiny": history([(0.5, 0.93)]),
    }
    assert most_frugal(histories, {"best": 300, "small": 100, "tiny": 10}) == "small"


def test_epochs_may_restart_and_hold_nobody_out() -> None:
    transfer = history([(0.4, 0.90), (0.3, 0.91)], [(0.2, 0.97), (0.5, 0.6)], [(NAN, NAN)])
    histories = {"transfer": transfer, "small": history([(0.1, 0.94)])}
    assert most_frugal(histories, {"transfer": 300, "small": 100}) == "transfer"


@pytest.mark.parametrize(
    ("named", "compared"),
    [
        ("int8", ["float32", "int8"]),
        ("channels_int8, int8", ["float32", "channels_int8", "int8"]),
        ("int8,float32,int8", ["float32", "int8"]),
    ],
)
def test_recipes_are_compared_with_float32(named: str, compared: list[str]) -> None:
    assert _recipes(named) == compared


def test_unknown_recipes_are_refused_and_none_means_all() -> None:
    assert len(_recipes("")) > 15
    with pytest.raises(common.InvalidInputError, match="'int9'"):
        _recipes("int8,int9")


def test_each_person_is_left_out_and_an_interrupted_run_goes_on(tmp_path, monkeypatch) -> None:
    images, labels, subjects = lying_and_standing(n=36, subjects=3)
    people = People(images, pd.DataFrame({"label": labels, "subject": subjects, "sequence": subjects}))
    trained = []

    class Known(lab2_networks.Trained):
        def probabilities(self, images):
            return {version: np.full(len(images), 0.9) for version in lab2_networks.VERSIONS}

    class File:
        tflite, threshold_ = b"1234", 0.5

    def train(people, epochs, weights, seed, *, validation_fraction):
        for name in lab2_networks.names(weights):
            trained.append((name, seed, tuple(np.unique(people.subjects))))
            yield name, Known(None, dict.fromkeys(lab2_networks.VERSIONS, File()), pd.DataFrame())
            if len(trained) == 8:
                raise KeyboardInterrupt

    monkeypatch.setattr(lab2_networks, "train", train)
    monkeypatch.setattr(lab2_each_person, "_seconds_per_fold", lambda *given: 1.0)
    options = {"epochs": 1, "weights": None, "seeds": 2, "out": tmp_path}
    with pytest.raises(KeyboardInterrupt):
        lab2_each_person.run(people, **options)
    found = lab2_each_person.run(people, **options)
    # Six folds of three networks; the fold that was interrupted is trained again.
    assert len(trained) in (18, 20)
    assert len(found) == 3 * 2 * 2 * 36
    again = lab2_each_person.run(people, **options)
    assert len(trained) in (18, 20)
    pd.testing.assert_frame_equal(found, again)
    lab2_each_person.show(found)


def test_paired_differences_are_those_of_the_same_images() -> None:
    rows = pd.DataFrame(
        {
            "person": list("aabb") * 2,
            "seed": 0,
            "image": [0, 1, 2, 3] * 2,
            "label": [1, 0, 1, 0] * 2,
            "version": ["float32"] * 4 + ["int8"] * 4,
            "decision": [1, 0, 1, 1, 1, 1, 1, 1],
        }
    )
    lost, interval = lab2_each_person.paired_difference(rows, "version", "float32", "int8")
    assert lost == 0.25
    assert (interval.low, interval.high) == (0.0, 0.5)


def picture(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (16, 16), (len(str(path)), 0, 0)).save(path)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("", None),
        ("Sturz=1,Alltag=0", {"Sturz": 1, "Alltag": 0}),
        (" kein Sturz = 0 , Sturz=1, unklar=None,", {"kein Sturz": 0, "Sturz": 1, "unklar": None}),
    ],
)
def test_labels_are_read(text: str, labels: dict[str, int | None] | None) -> None:
    assert labels_of(text) == labels


@pytest.mark.parametrize("text", ["Sturz", "Sturz=2", "=1", "Sturz=1;Alltag=0"])
def test_labels_that_cannot_be_read_are_named(text: str) -> None:
    with pytest.raises(common.InvalidInputError, match="--labels has"):
        labels_of(text)


def test_folders_of_other_names_are_split_by_person(tmp_path: Path) -> None:
    for folder in ("Sturz", "Alltag"):
        for person in ("anna", "bert", "carla"):
            picture(tmp_path / folder / person / "1.png")
    lab = load(Data("folder"), tmp_path, labels=labels_of("Sturz=1,Alltag=0"), **OPTIONS)
    assert (set(lab.train.subjects), set(lab.test.subjects)) == ({"anna", "bert"}, {"carla"})
    with pytest.raises(common.InvalidInputError, match="--labels is for"):
        load(Data("urfd"), tmp_path, labels=labels_of("Sturz=1"), **OPTIONS)


@pytest.mark.parametrize("classes", ["down=1,up=0", "1=1,0=0"])
def test_classes_of_yolo_are_named_or_numbered(tmp_path: Path, classes: str) -> None:
    (tmp_path / "classes.txt").write_text("up\ndown\n")
    for number, person in enumerate(("anna", "anna", "bert", "bert")):
        picture(tmp_path / person / f"{number}.png")
        (tmp_path / person / f"{number}.txt").write_text(f"{number % 2} 0.5 0.5 0.5 0.5")
    lab = load(Data("yolo"), tmp_path, labels=labels_of(classes), **OPTIONS)
    assert lab.train.labels.tolist() == lab.test.labels.tolist() == [0, 1]


def test_the_part_that_came_with_the_data_is_tested_on(tmp_path: Path) -> None:
    parts = {"train": ("anna", "bert", "carla"), "val": ("bert",), "test": ("carla",)}
    for part, people in parts.items():
        for person in people:
            for folder in ("fall", "adl"):
                picture(tmp_path / part / folder / person / f"{part}.png")
    with pytest.warns(common.errors.FrugalWarning, match="people are in more than one split"):
        lab = load(Data("folder"), tmp_path, **OPTIONS)
    assert lab.tested_on == "part test, subject carla (their 2 images elsewhere are not used)"
    assert sorted(lab.train.subjects) == ["anna", "anna", "bert", "bert", "bert", "bert"]
    assert sorted(lab.test.subjects) == ["carla", "carla"]
    with pytest.warns(common.errors.FrugalWarning):
        named = load(Data("folder"), tmp_path, **OPTIONS | {"test_subjects": ["anna"]})
    assert set(named.test.subjects) == {"anna"}


def test_who_is_trained_on_must_be_known(tmp_path: Path) -> None:
    for part in ("train", "test"):
        for folder in ("fall", "adl"):
            picture(tmp_path / part / folder / f"{part}.png")
    with pytest.raises(common.InvalidInputError, match="a folder for each person"):
        load(Data("folder"), tmp_path, **OPTIONS)
