"""CNNFallClassifier: learning, determinism, scikit-learn's habits, and bad input."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.utils import get_tags

from common import FrugalWarning, InvalidInputError
from fall.classifier import CNNFallClassifier
from fall.training import hold_out, sensitive_threshold
from tests.fall.synthetic import SIZE, lying_and_standing

QUICK = {"network": "lecture_cnn", "input_size": SIZE, "epochs": 3, "batch_size": 16, "random_state": 0,
         "network_options": {"filters": (8,), "dense_units": 16}, "learning_rate": 1e-2}  # fmt: skip


@pytest.fixture(scope="module")
def fitted():
    X, y, groups = lying_and_standing()
    return CNNFallClassifier(**QUICK | {"epochs": 20}, augment=False).fit(X, y, groups=groups)


def test_it_learns_to_tell_lying_from_standing(fitted):
    X, y, _ = lying_and_standing(seed=1)
    assert fitted.score(X, y) >= 0.9
    assert fitted.predict_proba(X).shape == (60, 2)
    np.testing.assert_allclose(fitted.predict_proba(X).sum(axis=1), 1, atol=1e-6)
    assert list(fitted.history_.columns) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert fitted.history_.index[0] == 1
    assert len(fitted.history_) <= 20


def test_the_same_seed_gives_the_same_model_and_another_one_another():
    X, y, groups = lying_and_standing()
    first, again, other = (
        CNNFallClassifier(**QUICK | {"random_state": seed}).fit(X, y, groups=groups).predict_proba(X)
        for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_pickle_decides_alike(fitted):
    X, _, _ = lying_and_standing(seed=2)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.predict_proba(X), fitted.predict_proba(X))
    assert again.threshold_ == fitted.threshold_


def test_clone_parameters_and_tags(fitted):
    unfitted = clone(fitted)
    assert not hasattr(unfitted, "model_")
    assert unfitted.get_params() == fitted.get_params()
    assert unfitted.set_params(epochs=5).epochs == 5
    tags = get_tags(unfitted)
    assert tags.estimator_type == "classifier"
    assert not tags.input_tags.two_d_array
    with pytest.raises(NotFittedError):
        unfitted.predict(lying_and_standing()[0])


def test_text_labels_stay_text():
    X, y, groups = lying_and_standing()
    names = np.array(["adl", "fall"])[y]
    classifier = CNNFallClassifier(**QUICK | {"epochs": 1}).fit(X, names, groups=groups)
    assert classifier.classes_.tolist() == ["adl", "fall"]
    assert set(classifier.predict(X)) <= {"adl", "fall"}


def test_a_frame_table_trains_as_its_images_do(tmp_path):
    X, y, groups = lying_and_standing(n=24, subjects=4)
    paths = [str(tmp_path / f"{number}.png") for number in range(len(X))]
    for path, image in zip(paths, X, strict=True):
        Image.fromarray(image).save(path)
    table = pd.DataFrame({"path": paths, "label": y, "subject": groups})
    from_table = CNNFallClassifier(**QUICK).fit(table, table["label"])  # the subjects are in the table
    from_images = CNNFallClassifier(**QUICK).fit(X, y, groups=groups)
    np.testing.assert_array_equal(from_table.predict_proba(paths), from_images.predict_proba(X))


def test_scikit_learn_validates_by_subject():
    X, y, groups = lying_and_standing()
    classifier = CNNFallClassifier(**QUICK | {"validation_fraction": 0, "epochs": 6}, augment=False)
    rates = {"learning_rate": [1e-2, 1e-9]}
    search = GridSearchCV(classifier, rates, cv=GroupKFold(2), refit=False, error_score="raise")
    search.fit(X, y, groups=groups)
    assert search.best_params_ == {"learning_rate": 1e-2}


def test_the_threshold_reaches_the_wanted_sensitivity():
    X, y, groups = lying_and_standing()
    classifier = CNNFallClassifier(**QUICK, target_sensitivity=1.0).fit(X, y, groups=groups)
    _, validation = hold_out(y, groups, 0.1, seed=classifier._draw_seed())
    falls = validation[y[validation] == 1]
    assert (classifier.predict(X[falls]) == 1).all()
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.1])
    is_fall = np.array([True, False, True, True, True, False])
    assert [sensitive_threshold(scores, is_fall, target) for target in (0.25, 0.5, 0.51, 1)] == [0.9, 0.7, 0.6, 0.5]


def test_without_groups_there_is_a_warning_and_without_validation_none():
    X, y, _ = lying_and_standing()
    with pytest.warns(FrugalWarning, match="people who are also trained on"):
        CNNFallClassifier(**QUICK | {"epochs": 1}).fit(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error", FrugalWarning)
        CNNFallClassifier(**QUICK | {"epochs": 1, "validation_fraction": 0}).fit(X, y)


def test_progress_is_shown_when_asked(capsys, monkeypatch):
    X, y, groups = lying_and_standing(n=24)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)  # as if rich were not installed
    CNNFallClassifier(**QUICK | {"epochs": 2, "verbose": 1}).fit(X, y, groups=groups)
    assert "2 of 2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": lying_and_standing()[0][0]}, "X has shape"),
        ({"X": lying_and_standing()[0].astype(np.float32)}, "X is float32"),
        ({"X": np.zeros((60, 64, 64, 3), np.uint8)}, "read them with size=32"),
        ({"X": np.zeros((0, SIZE, SIZE, 3), np.uint8)}, "X is empty"),
        ({"X": pd.DataFrame({"path": []}), "y": []}, "empty"),
        ({"y": np.zeros(60)}, "y holds one class"),
        ({"y": np.arange(60) % 3 - 1}, "leave out frames labelled −1"),
        ({"y": np.arange(59) % 2}, "y has 59 entries"),
        ({"groups": np.arange(59)}, "groups has 59 entries"),
        ({"groups": np.zeros(60)}, "use data of more people"),
    ],
)
def test_bad_data_is_refused_and_the_old_fit_kept(fitted, change, message):
    before = fitted.model_
    data = dict(zip(("X", "y", "groups"), lying_and_standing(), strict=True)) | change
    with pytest.raises(InvalidInputError, match=message):
        fitted.fit(**data)
    assert fitted.model_ is before


@pytest.mark.parametrize(
    "parameters",
    [
        {"network": "lenet"},
        {"epochs": 0},
        {"batch_size": 1.5},
        {"learning_rate": 0},
        {"learning_rate": float("nan")},
        {"input_size": 4},
        {"validation_fraction": 0.9},
        {"target_sensitivity": 0},
        {"target_sensitivity": 1.1},
        {"target_sensitivity": 0.9, "validation_fraction": 0},
        {"class_weight": "even"},
        {"network_options": {"fliters": 3}},
        {"network_options": [3]},
        {"random_state": "seed"},
    ],
)
def test_bad_parameters_are_refused_in_fit(parameters):
    X, y, groups = lying_and_standing(n=24)
    named = "|".join([*parameters, "fliters"])  # a wrong option is named itself, not where it was given
    with pytest.raises(InvalidInputError, match=named):
        CNNFallClassifier(**QUICK | parameters).fit(X, y, groups=groups)


def test_prediction_refuses_other_sizes(fitted):
    with pytest.raises(InvalidInputError, match="read them with size=32"):
        fitted.predict(np.zeros((1, 64, 64, 3), np.uint8))
