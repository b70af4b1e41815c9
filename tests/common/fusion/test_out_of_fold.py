"""Out-of-fold probabilities: nobody is judged by a model that has seen them."""

import warnings
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.neighbors import KNeighborsClassifier

from common import out_of_fold_probabilities
from common.errors import FrugalWarning, InvalidInputError
from common.evaluation.splits import subject_folds


class SeesGroups(KNeighborsClassifier):
    """Notes whom each copy was trained on."""

    seen: ClassVar[list[set]] = []

    def fit(self, X, y, groups=None):
        self.seen.append(set(groups))
        return super().fit(X, y)


class TestOutOfFold:
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(8), 10)
    y = np.tile([0, 1], 40)
    X = rng.normal(size=(80, 12, 3)) + y[:, None, None]

    def flat(self, classifier=None, X=None, y=None, groups=None, **options):
        flat = self.X.reshape(80, -1) if X is None else X
        y = self.y if y is None else y
        groups = self.groups if groups is None else groups
        return out_of_fold_probabilities(classifier or KNeighborsClassifier(3), flat, y, groups, **options)

    def test_same_as_fold_by_fold(self):
        X = self.X.reshape(80, -1)
        expected = np.empty(80)
        for train, test in subject_folds(self.groups, y=self.y):
            model = KNeighborsClassifier(3).fit(X[train], self.y[train])
            expected[test] = model.predict_proba(X[test])[:, 1]
        np.testing.assert_array_equal(self.flat(), expected)

    def test_the_seed_chooses_the_folds(self):
        first, again, other = (self.flat(random_state=seed, n_folds=3) for seed in (1, 1, 2))
        np.testing.assert_array_equal(first, again)
        assert (first != other).any()

    def test_a_row_may_be_anything_that_the_classifier_takes(self):
        """Paths of files, for example: one text a row."""
        paths = np.array([f"{row}.png" for row in range(80)])
        assert self.flat(DummyClassifier(), X=paths).shape == (80,)

    def test_nobody_is_judged_by_who_knows_them(self):
        # Noise labels: one's own nearest neighbour knows them by heart, strangers know nothing.
        y = np.random.default_rng(1).integers(2, size=80)
        X = self.rng.normal(size=(80, 30))
        held_out = self.flat(KNeighborsClassifier(1), X=X, y=y)
        assert (KNeighborsClassifier(1).fit(X, y).predict(X) == y).all()
        assert abs(np.mean((held_out > 0.5) == y) - 0.5) < 0.2

    def test_groups_are_passed_on_where_fit_takes_them(self):
        SeesGroups.seen.clear()
        self.flat(SeesGroups(3), n_folds=4)
        assert len(SeesGroups.seen) == 4
        assert all(len(people) == 6 for people in SeesGroups.seen)

    def test_frames_and_activities(self):
        frame = pd.DataFrame(self.X[:, :, 0])
        activities = np.where(self.y, "fall", np.where(np.arange(80) % 4 == 0, "sit", "walk"))
        p = self.flat(X=frame, y=activities, positive="fall")
        assert p[self.y == 1].mean() > p[self.y == 0].mean() + 0.3

    def test_recordings_filed_under_two_names_are_reported(self):
        X = self.X.reshape(80, -1).copy()
        X[70] = X[3]
        with pytest.warns(
            FrugalWarning, match="1 rows that occur under two subjects, such as row 3 of 0 and row 70 of 7"
        ):
            self.flat(X=X)
        table = pd.DataFrame({"path": [f"{row}.png" for row in range(80)], "x": self.X[:, 0, 0]})
        table.loc[70, "path"] = "3.png"
        with pytest.warns(FrugalWarning, match="row 3 of 0"), pytest.raises(ValueError):
            self.flat(X=table)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"classifier": FrozenEstimator(KNeighborsClassifier())}, "FrozenEstimator, which cannot be retrained"),
            (
                {"classifier": CalibratedClassifierCV(KNeighborsClassifier(), cv="prefit")},
                "CalibratedClassifierCV, which cannot be retrained",
            ),
            ({"classifier": object()}, "object, which cannot be retrained"),
            ({"positive": 7}, "positive is 7, not found in y; there are 0, 1"),
            ({"y": np.arange(80) % 3}, "y has 3 classes: say whose probability is wanted"),
            ({"y": np.zeros(80)}, "y holds one class only"),
            ({"groups": np.zeros(80)}, "groups names 1 subject"),
            ({"groups": np.zeros(3)}, "groups has 3 entries but X has 80"),
            ({"y": (np.arange(80) < 10).astype(int)}, "class 1 occurs only in rows of 0"),
            ({"X": []}, "X is empty"),
        ],
    )
    def test_refuses(self, change, message):
        with pytest.raises(InvalidInputError, match=message):
            self.flat(**change)

    def test_groups_are_not_optional(self):
        with pytest.raises(InvalidInputError, match="groups is None: name the subject"):
            out_of_fold_probabilities(KNeighborsClassifier(), [[0.0], [1.0]], [0, 1], None)


@pytest.mark.parametrize("words", [("non-fall", "fall"), ("normal", "Fall"), ("other", "falling")])
def test_the_word_for_a_fall_counts_not_its_place_in_the_alphabet(words):
    from sklearn.linear_model import LogisticRegression

    from common import FusionClassifier

    rng = np.random.default_rng(0)
    codes = np.arange(80) % 2
    X, y = rng.normal(4 * codes[:, None] - 2, 1), np.array(words)[codes]
    probabilities = out_of_fold_probabilities(LogisticRegression(), X, y, np.arange(80) // 8)
    assert probabilities[codes == 1].mean() > 0.9
    fusion = FusionClassifier().fit(probabilities[:, None], y)
    assert fusion.classes_.tolist() == list(words)
    assert (fusion.predict(probabilities[:, None]) == y).mean() > 0.9


class TestSmallPrint:
    X, y, groups = np.arange(24.0)[:, None], np.arange(24) % 2, np.arange(24) // 2

    def test_five_folds_unless_told_otherwise(self):
        class Counts(DummyClassifier):
            fits: ClassVar[int] = 0

            def fit(self, X, y):
                Counts.fits += 1
                return super().fit(X, y)

        out_of_fold_probabilities(Counts(), self.X, self.y, self.groups)
        assert Counts.fits == 5

    def test_all_who_are_held_out_together_are_named(self):
        people = np.array(list("abcd")).repeat(6)
        with pytest.raises(InvalidInputError, match=r"y: class 1 occurs only in rows of a, [bcd], who are held out"):
            out_of_fold_probabilities(DummyClassifier(), self.X, self.y * (people == "a"), people, n_folds=2)

    def test_the_first_class_may_be_the_wanted_one(self):
        X = self.y[:, None] * 99 + self.X
        p = out_of_fold_probabilities(KNeighborsClassifier(1), X, self.y, self.groups, positive=0)
        np.testing.assert_array_equal(p, 1 - self.y)

    @pytest.mark.parametrize("lacking", ["fit", "predict_proba"])
    def test_a_classifier_fits_and_gives_probabilities(self, lacking):
        methods = {name: lambda self, *_: self for name in ("fit", "predict_proba", "get_params") if name != lacking}
        with pytest.raises(InvalidInputError, match="classifier is a Half, which cannot be retrained"):
            out_of_fold_probabilities(type("Half", (), methods)(), self.X, self.y, self.groups)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"X": np.float64(3)}, r"^X is empty: shape \(\)"),
            ({"X": np.empty((0, 3))}, r"^X is empty: shape \(0, 3\)"),
            ({"X": [[1.0], [1.0, 2.0]]}, "^X is ragged"),
            ({"y": [0, 1]}, "^y has 2"),
            ({"y": np.where(np.arange(24) == 3, np.nan, 0.0)}, "^y contains a missing value at entry 3"),
            ({"groups": [0, 1]}, "^groups has 2"),
            ({"n_folds": 1}, "^n_folds is 1"),
            ({"random_state": -1}, "^random_state is -1"),
        ],
    )
    def test_arguments_are_named(self, change, message):
        arguments = {"X": self.X, "y": self.y, "groups": self.groups, **change}
        with pytest.raises(InvalidInputError, match=message):
            out_of_fold_probabilities(DummyClassifier(), **arguments)

    def test_equal_rows_of_one_person_are_no_reason_to_warn(self):
        X = self.X.copy()
        X[1], X[3] = X[0], X[2]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            out_of_fold_probabilities(DummyClassifier(), X, self.y, self.groups)
            out_of_fold_probabilities(DummyClassifier(), pd.DataFrame(X), self.y, self.groups)

    def test_frames_of_one_picture_are_the_same_whatever_else_they_say(self):
        frame = pd.DataFrame({"path": [f"{row}.png" for row in range(24)], "x": np.arange(24.0)})
        frame.loc[20, "path"] = "1.png"
        with pytest.warns(FrugalWarning, match="1 rows .*, such as row 1 of 0 and row 20 of 10"):
            out_of_fold_probabilities(DummyClassifier(), frame, self.y, self.groups)
