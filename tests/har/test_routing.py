"""Subjects of the windows reach a classifier inside scikit-learn's pipelines and searches."""

import numpy as np
import pytest
import sklearn
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_validate
from sklearn.pipeline import make_pipeline

from common.errors import InvalidInputError
from har import DTWPrototypeClassifier
from har.preprocessing import ScaleChannels

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 15, 2)).cumsum(axis=1)
y = np.arange(60) % 3
SUBJECTS = np.arange(60) // 6


class GroupsSeen(DTWPrototypeClassifier):
    """Remembers the subjects that it was fitted with."""

    def fit(self, X, y, groups=None):
        self.seen_ = None if groups is None else set(np.asarray(groups).tolist())
        return super().fit(X, y, groups)


@pytest.fixture
def classifier():
    return GroupsSeen(1, method="medoid", random_state=0)


@pytest.fixture
def routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


def test_without_routing_by_the_name_of_the_step(classifier):
    plain = make_pipeline(ScaleChannels(), classifier).fit(X, y, groupsseen__groups=SUBJECTS)
    assert plain[-1].seen_ == set(range(10))
    learned = make_pipeline(ScaleChannels(), DTWPrototypeClassifier(1, validation_fraction=0.2, random_state=0))
    with pytest.raises(InvalidInputError, match=r"validation_fraction is 0.2.*more subjects"):
        learned.fit(X, y, dtwprototypeclassifier__groups=np.zeros(60))  # nobody is left to hold out


@pytest.mark.usefixtures("routing")
def test_in_a_pipeline(classifier):
    pipeline = make_pipeline(ScaleChannels(), classifier.set_fit_request(groups=True)).fit(X, y, groups=SUBJECTS)
    assert pipeline[-1].seen_ == set(range(10))


@pytest.mark.usefixtures("routing")
def test_in_a_grid_search(classifier):
    pipeline = make_pipeline(ScaleChannels(), classifier.set_fit_request(groups=True))
    search = GridSearchCV(pipeline, {"groupsseen__n_prototypes": [1, 2]}, cv=GroupKFold(2), error_score="raise")
    assert search.fit(X, y, groups=SUBJECTS).best_estimator_[-1].seen_ == set(range(10))


@pytest.mark.usefixtures("routing")
def test_each_fold_gets_the_subjects_of_its_training_windows(classifier):
    pipeline = make_pipeline(ScaleChannels(), classifier.set_fit_request(groups=True))
    folds = cross_validate(
        pipeline,
        X,
        y,
        cv=GroupKFold(2),
        params={"groups": SUBJECTS},
        return_estimator=True,
        return_indices=True,
        error_score="raise",
    )
    for fitted, train in zip(folds["estimator"], folds["indices"]["train"], strict=True):
        assert fitted[-1].seen_ == set(SUBJECTS[train].tolist())
        assert len(fitted[-1].seen_) == 5


@pytest.mark.usefixtures("routing")
def test_not_asked_for_they_are_refused(classifier):
    with pytest.raises(sklearn.exceptions.UnsetMetadataPassedError, match="groups"):
        make_pipeline(ScaleChannels(), classifier).fit(X, y, groups=SUBJECTS)
