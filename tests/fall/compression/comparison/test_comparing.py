"""A comparison runs to its end, tells what it could not make, and goes on where a killed one was."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from common.errors import FrugalWarning, InvalidInputError, MissingDependencyError
from fall import CNNFallClassifier, build_network, compare_recipes
from fall.compression import Recipe
from fall.compression.comparison import run
from tests.fall.synthetic import SIZE, bright_below

N = 48
IMAGES, LABELS = bright_below(N)
PEOPLE = np.arange(N) // 16
OPTIONS = {"network_options": {"units": 4}, "input_size": SIZE, "epochs": 2, "augment": False, "random_state": 0}
RECIPES = ["float32", "int8"]


def fitted(**options):
    made = CNNFallClassifier("perceptron", **OPTIONS | {"validation_fraction": 0} | options)
    return made.fit(IMAGES, LABELS, groups=PEOPLE)


@pytest.fixture(scope="module")
def classifier():
    return fitted()


@pytest.fixture
def counted(monkeypatch):
    """What was trained and compressed, in order."""
    done = []
    compress, fit = run.compress, CNNFallClassifier.fit

    def counted_compress(classifier, recipe, *arguments, **options):
        done.append(recipe.name)
        return compress(classifier, recipe, *arguments, **options)

    def counted_fit(*arguments, **options):
        done.append("training")
        return fit(*arguments, **options)

    monkeypatch.setattr(run, "compress", counted_compress)
    monkeypatch.setattr(CNNFallClassifier, "fit", counted_fit)
    return done


def compare(classifier, recipes=RECIPES, X=IMAGES, **options):
    return compare_recipes(classifier, recipes, X, LABELS, **{"groups": PEOPLE} | options)


def failing(error, when=lambda tuner: True):
    def step(model, tuner):
        if when(tuner):
            raise error
        return model, pd.DataFrame({"loss": [1.0]})

    return step


def is_everyone(tuner):
    return len(tuner.codes) == N


@pytest.mark.parametrize(
    ("step", "kept"),
    [
        (failing(InvalidInputError("nothing to prune")), False),
        (failing(InvalidInputError("nothing to prune"), is_everyone), True),
        (failing(InvalidInputError("nothing to prune"), lambda tuner: not is_everyone(tuner)), True),
        (failing(MissingDependencyError("nothing to prune, the library is missing")), True),
    ],
    ids=["always", "for all people", "in a fold", "not installed"],
)
def test_a_recipe_that_cannot_be_made_is_a_row_that_says_why(classifier, step, kept, tmp_path):
    recipes = ["float32", Recipe("odd", "cannot be made", "int8", [step]), "int8"]
    for _ in range(2 if kept else 1):
        table = compare(classifier, recipes, X_test=IMAGES[:4], y_test=LABELS[:4], directory=tmp_path if kept else None)
        assert list(table.index) == ["float32", "odd", "int8"]
        assert table["reason"].map(bool).tolist() == [False, True, False]
        assert "nothing to prune" in table["reason"]["odd"]
        numbers = table.drop(columns=["reason", "model", "chosen"])
        assert numbers.loc["odd"].isna().all()
        assert numbers.drop("odd").notna().all(axis=None)
        assert table["model"]["odd"] is None
        assert table["chosen"].tolist().count(True) == 1
        assert not table["chosen"]["odd"]


def test_without_the_reference_there_is_nothing_to_compare(classifier, tmp_path):
    recipes = [Recipe("odd", "cannot be made", "int8", [failing(InvalidInputError("nothing to prune"))]), "int8"]
    for _ in range(2):
        with pytest.raises(InvalidInputError, match=r"recipes begins with 'odd'.*nothing to prune"):
            compare(classifier, recipes, directory=tmp_path)


def test_an_error_in_the_code_of_a_step_is_no_row(classifier):
    with pytest.raises(ZeroDivisionError):
        compare(classifier, ["float32", Recipe("odd", "", "int8", [failing(ZeroDivisionError())])])


def test_nobody_is_held_out_of_too_few_people_and_one_warning_says_so(counted):
    classifier = fitted(validation_fraction=0.25)
    few = PEOPLE < 2
    with pytest.warns(FrugalWarning, match="without early stopping") as warned:
        table = compare_recipes(classifier, RECIPES, IMAGES[few], LABELS[few], groups=PEOPLE[few])
    assert len(warned) == 1
    assert table["accuracy"].notna().all()
    assert counted.count("training") == 1 + 2


def test_a_threshold_that_needs_people_held_out_is_checked_first(counted):
    classifier = fitted(validation_fraction=0.25, target_sensitivity=0.9)
    few, before = PEOPLE < 2, len(counted)
    with pytest.raises(InvalidInputError, match="target_sensitivity"):
        compare_recipes(classifier, RECIPES, IMAGES[few], LABELS[few], groups=PEOPLE[few])
    assert len(counted) == before


def test_three_people_make_three_folds_in_which_somebody_is_held_out(counted):
    compare(fitted(validation_fraction=0.25), n_folds=2)
    assert counted.count("training") == 1 + 3


def test_a_frame_table_gives_the_same_as_its_images(classifier, tmp_path):
    paths = [tmp_path / f"{number}.png" for number in range(N)]
    for path, image in zip(paths, IMAGES, strict=True):
        Image.fromarray(image).save(path)
    table = pd.DataFrame({"path": paths, "label": LABELS})
    by_table = compare(classifier, X=table, X_test=table[:8], y_test=LABELS[:8])
    by_array = compare(classifier, X_test=IMAGES[:8], y_test=LABELS[:8])
    pd.testing.assert_frame_equal(by_table.drop(columns="model"), by_array.drop(columns="model"))


def test_text_labels_and_the_positive_one(classifier):
    names = np.where(LABELS == 1, "fall", "other")
    made = CNNFallClassifier("perceptron", **OPTIONS, validation_fraction=0).fit(IMAGES, names, groups=PEOPLE)
    made.positive_ = "fall"
    by_name = compare_recipes(made, ["float32"], IMAGES, names, groups=PEOPLE)
    made.positive_ = "other"
    swapped = compare_recipes(made, ["float32"], IMAGES, names, groups=PEOPLE)
    assert by_name["sensitivity"].tolist() == swapped["specificity"].tolist()


def test_what_is_finished_is_not_made_again(classifier, counted, tmp_path):
    alone = compare(classifier, ["float32"])
    counted.clear()
    first = compare(classifier, ["float32"], directory=tmp_path)
    assert counted == ["training", "float32"] * 3 + ["float32"]
    counted.clear()
    again = compare(classifier, ["float32"], X_test=IMAGES[:4], y_test=LABELS[:4], directory=tmp_path)
    assert counted == []
    more = compare(classifier, RECIPES, directory=tmp_path)
    assert counted == ["training", "int8"] * 3 + ["int8"]
    for table in (first, again[first.columns], more.loc[["float32"]].assign(chosen=True)):
        pd.testing.assert_frame_equal(table.drop(columns="model"), alone.drop(columns="model"), check_dtype=False)
        assert table["model"]["float32"].tflite == alone["model"]["float32"].tflite


def new_network(model, tuner):
    return build_network("perceptron", model.input_shape[1:], units=3), pd.DataFrame({"loss": [1.0]})


def test_a_result_does_not_depend_on_what_was_made_before_it(classifier, tmp_path):
    random = Recipe("random", "a network that is not trained", "float32", [new_network])
    both = compare(classifier, ["float32", random], n_folds=2)
    compare(classifier, ["float32"], n_folds=2, directory=tmp_path)
    resumed = compare(classifier, ["float32", random], n_folds=2, directory=tmp_path)
    assert both["model"]["random"].tflite == resumed["model"]["random"].tflite
    pd.testing.assert_frame_equal(both.drop(columns="model"), resumed.drop(columns="model"))


def other_step(model, tuner):
    return model, pd.DataFrame({"loss": [2.0]})


@pytest.mark.parametrize(
    "changed", ["images", "labels", "groups", "parameters", "weights", "threshold", "folds", "step"]
)
def test_results_of_something_else_are_never_used(classifier, counted, tmp_path, changed):
    def step(model, tuner):
        return model, pd.DataFrame({"loss": [1.0]})

    arguments = {"X": IMAGES, "groups": PEOPLE, "n_folds": 2}
    compare(classifier, [Recipe("own", "", "float32", [step])], directory=tmp_path, **arguments)
    other, labels = fitted(), LABELS
    if changed == "images":
        arguments["X"] = np.where(np.arange(N)[:, None, None, None] == 5, 255 - IMAGES, IMAGES)
    elif changed == "labels":
        labels = np.where(np.arange(N) == 5, 1 - LABELS, LABELS)
    elif changed == "groups":
        arguments["groups"] = np.where(np.arange(N) == 5, 1, PEOPLE)
    elif changed == "parameters":
        other.set_params(epochs=3)
    elif changed == "weights":
        other.model_.set_weights([weight + 0.01 for weight in other.model_.get_weights()])
    elif changed == "threshold":
        other.threshold_ = 0.4
    elif changed == "folds":
        arguments["n_folds"] = 3
    counted.clear()
    recipe = Recipe("own", "", "float32", [other_step if changed == "step" else step])
    compare_recipes(other, [recipe], arguments.pop("X"), labels, directory=tmp_path, **arguments)
    assert counted.count("own") == (4 if changed == "folds" else 3)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"reason": "", "seconds": 1, "decisions": [0]}'])
def test_a_damaged_result_is_made_again(classifier, counted, tmp_path, content):
    first = compare(classifier, ["float32"], directory=tmp_path)
    (damaged,) = tmp_path.glob("*/fold 2/*.json")
    damaged.write_text(content)
    counted.clear()
    again = compare(classifier, ["float32"], directory=tmp_path)
    assert counted == ["training", "float32"]
    pd.testing.assert_frame_equal(again.drop(columns="model"), first.drop(columns="model"))


def test_the_time_and_the_trainings_are_told_first(classifier, capsys, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)  # as if rich were not installed
    compare(classifier, verbose=1)
    lines = capsys.readouterr().err.splitlines()
    assert "2 recipes on 3 folds and on all people: 3 trainings are left, about" in lines[0]
    assert len(lines) == 1 + 2 * 4
    assert all("left" in line for line in lines[1:-1])


def process(directory, kill_at=0, seed=0):
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[4]), "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, str(Path(__file__).with_name("killable.py")), str(directory), str(kill_at), str(seed)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, -1], ids=["with a seed", "without one"])
def test_a_killed_process_goes_on_where_it_was(tmp_path, seed):
    killed = process(tmp_path, kill_at=4, seed=seed)
    output, errors = killed.communicate()
    assert killed.returncode == -signal.SIGKILL, errors
    assert output.count("compressed") == 4
    resumed = process(tmp_path, seed=seed)
    output, errors = resumed.communicate()
    assert resumed.returncode == 0, errors
    assert output.count("compressed") == 2 * 4 - 3, "three were finished"
    assert output.count("trained on") == 1 + 2, "all people take no training, and the first fold is finished"
    if seed == 0:
        whole, errors = process(tmp_path / "other").communicate()
        assert whole.splitlines()[-1] == output.splitlines()[-1], errors


@pytest.mark.slow
def test_two_processes_may_share_a_folder(tmp_path):
    both = [process(tmp_path), process(tmp_path)]
    outputs = [one.communicate() for one in both]
    assert [one.returncode for one in both] == [0, 0], outputs
    assert outputs[0][0].splitlines()[-1] == outputs[1][0].splitlines()[-1]
