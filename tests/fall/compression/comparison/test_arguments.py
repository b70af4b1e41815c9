"""Wrong arguments of compare_recipes are named before anything is trained."""

import numpy as np
import pandas as pd
import pytest

from common.errors import FrugalError, InvalidInputError
from fall import CNNFallClassifier, compare_recipes
from fall.compression import Recipe, prune
from tests.fall.synthetic import SIZE, bright_below

N = 24
IMAGES, LABELS = bright_below(N)
PEOPLE = np.repeat([1, 2, 3], N // 3)
TEST = {"X_test": IMAGES[:4], "y_test": [0, 1, 0, 1]}


class Trained(Exception):
    """Something was trained."""


class Untrainable(CNNFallClassifier):
    """A classifier that is already fitted, and whose training is an error."""

    def fit(self, X, y, groups=None):
        raise Trained


@pytest.fixture(scope="module")
def classifier():
    options = {"input_size": SIZE, "epochs": 1, "validation_fraction": 0, "random_state": 0}
    made = CNNFallClassifier("perceptron", network_options={"units": 4}, **options)
    made.fit(IMAGES, LABELS, groups=PEOPLE)
    untrainable = Untrainable("perceptron", network_options={"units": 4}, **options)
    untrainable.__dict__ |= made.__dict__
    return untrainable


def masked(values):
    return np.ma.masked_array(
        values, np.arange(len(values)).reshape(-1, *[1] * (np.ndim(values) - 1)) == 2 + 0 * values
    )


WRONG = {
    "X": [
        {"X": None},
        {"X": IMAGES / 255},
        {"X": IMAGES.astype(np.int64)},
        {"X": IMAGES[:, :16, :16]},
        {"X": IMAGES[:, :, :, 0]},
        {"X": IMAGES[0]},
        {"X": IMAGES[:0]},
        {"X": masked(IMAGES)},
        {"X": pd.DataFrame({"path": []})},
        {"X": [f"{number}.png" for number in range(N)]},
        {"X": pd.DataFrame({"path": [f"{number}.png" for number in range(N)]})},
        {"X": "images"},
    ],
    "y": [
        {"y": None},
        {"y": LABELS[1:]},
        {"y": LABELS - 1},
        {"y": LABELS.astype(str)},
        {"y": np.zeros(N, int)},
        {"y": np.where(np.arange(N) == 3, np.nan, LABELS)},
        {"y": masked(LABELS)},
        {"y": pd.Series(LABELS).where(np.arange(N) > 2)},
        {"y": pd.DataFrame({"a": LABELS, "b": LABELS})},
        {"y": np.where(np.arange(N) == 3, -1, LABELS)},
    ],
    "groups": [
        {"groups": None},
        {"groups": PEOPLE[1:]},
        {"groups": np.zeros(N)},
        {"groups": masked(PEOPLE)},
        {"groups": np.where(np.arange(N) == 3, np.nan, PEOPLE)},
        {"groups": np.stack([PEOPLE, PEOPLE])},
        {**TEST, "groups_test": [1, 1, 1, 1]},
    ],
    "X_test": [
        {"y_test": [0, 1]},
        {"groups_test": [4, 5]},
        TEST | {"X_test": TEST["X_test"] / 255},
        TEST | {"X_test": TEST["X_test"][:, :16, :16]},
        TEST | {"X_test": masked(IMAGES[:4])},
        TEST | {"X_test": [f"{number}.png" for number in range(4)]},
    ],
    "y_test": [
        {"X_test": IMAGES[:4]},
        TEST | {"y_test": [0, 1]},
        TEST | {"y_test": [0, 1, 2, 1]},
        TEST | {"y_test": ["0", "1", "0", "1"]},
        TEST | {"y_test": masked(LABELS[:4])},
        TEST | {"y_test": [0, 1, None, 1]},
    ],
    "groups_test": [
        TEST | {"groups_test": [4, 5]},
        TEST | {"groups_test": [4, 5, None, 6]},
        TEST | {"groups_test": list("abcd")},
        TEST | {"groups_test": [3, 4, 5, 6]},
    ],
    "recipe": [
        {"recipes": []},
        {"recipes": None},
        {"recipes": "int8"},
        {"recipes": ["float32", "zip"]},
        {"recipes": ["float32", 8]},
        {"recipes": ["float32", "float32"]},
        {"recipes": ["float32", Recipe("float32", "of the same name", "float16")]},
        {"recipes": [Recipe("", "without a name", "int8")]},
        {"recipes": [Recipe("odd", "of no scheme", "int7")]},
        {"recipes": [Recipe("odd", "one step, in no list", "int8", prune)]},
        {"recipes": [Recipe("odd", "a step that is no function", "int8", ["prune"])]},
    ],
    "n_folds": [{"n_folds": value} for value in (1, 0, -3, 2.0, "3", True, None)],
    "tolerance": [{"tolerance": value} for value in (-0.1, np.nan, np.inf, "0.1", None)],
    "random_state": [{"random_state": value} for value in (-1, 0.5, "0", np.random.default_rng(0))],
    "verbose": [{"verbose": value} for value in (-1, "yes", 0.5)],
    "directory": [{"directory": value} for value in (3, b"\0", "a\0b", "/dev/null/here")],
}


@pytest.mark.parametrize(
    ("name", "arguments"), [(name, arguments) for name, cases in WRONG.items() for arguments in cases]
)
def test_a_wrong_argument_is_named_before_anything_is_trained(classifier, name, arguments):
    given = {"recipes": ["float32"], "X": IMAGES, "y": LABELS, "groups": PEOPLE, "n_folds": 2} | arguments
    with pytest.raises(FrugalError, match=rf"\b{name}"):
        compare_recipes(classifier, given.pop("recipes"), given.pop("X"), given.pop("y"), **given)


@pytest.mark.parametrize("other", ["model.h5", None, 3])
def test_a_classifier_of_another_kind_is_refused(other):
    with pytest.raises(InvalidInputError, match="classifier"):
        compare_recipes(other, ["float32"], IMAGES, LABELS, groups=PEOPLE)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        TEST,
        TEST | {"groups_test": [4, 4, 5, 5]},
        {"y": pd.Series(LABELS, index=range(100, 100 + N)), "groups": pd.Series(PEOPLE).astype("category")},
        {"X": np.ma.masked_array(IMAGES)},
        {"y": LABELS.astype(float).tolist(), "groups": [f"person {number}" for number in PEOPLE]},
        {"n_folds": 20, "random_state": None, "verbose": False},
    ],
)
def test_right_arguments_lead_to_training(classifier, arguments):
    given = {"X": IMAGES, "y": LABELS, "groups": PEOPLE} | arguments
    with pytest.raises(Trained):
        compare_recipes(classifier, ["float32"], given.pop("X"), given.pop("y"), **given)
