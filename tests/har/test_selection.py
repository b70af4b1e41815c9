"""Validation by subject: against scikit-learn's cross-validation, setting by setting."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.model_selection import cross_val_score

import har
from common.errors import InvalidInputError
from common.evaluation.splits import subject_folds
from har import DTWKNeighborsClassifier, DTWPrototypeClassifier, validate_neighbors
from har.selection import PROTOTYPE_SETTINGS, validate_prototypes


@pytest.fixture
def problem():
    rng = np.random.default_rng(0)
    y = np.arange(80) % 2
    X = rng.normal(size=(80, 12, 2)).cumsum(axis=1) + 0.4 * y[:, None, None] * np.arange(12)[:, None]
    return X, y, np.arange(80) // 8


def test_every_setting_equals_its_own_cross_validation(problem):
    X, y, groups = problem
    table = validate_neighbors(X, y, groups, bands=[1, 0.5], n_neighbors=[1, 3], cv=4)
    assert len(table) == 4
    folds = subject_folds(groups, n_folds=4, y=y, random_state=0)
    for row in table.itertuples():
        model = DTWKNeighborsClassifier(row.n_neighbors, band=row.band)
        expected = cross_val_score(model, X, y, cv=folds)
        np.testing.assert_allclose([row.fold_1, row.fold_2, row.fold_3, row.fold_4], expected)
        assert row.accuracy == pytest.approx(expected.mean())


def test_profiles_are_validated_the_same_way(problem):
    X, y, groups = problem
    table = validate_neighbors(X, y, groups, bands=[1], n_neighbors=[1], n_prototypes=[1, 2], cv=3, method="medoid")
    folds = subject_folds(groups, n_folds=3, y=y, random_state=0)
    for row in table.itertuples():
        model = DTWPrototypeClassifier(row.n_prototypes, method="medoid", band=row.band, random_state=0)
        assert row.accuracy == pytest.approx(cross_val_score(model, X, y, cv=folds).mean())
    assert table["accuracy"].is_monotonic_decreasing


@pytest.mark.parametrize("readout", ["linear", "auto"])
def test_a_readout_is_chosen_on_the_training_people_of_each_fold(problem, readout):
    X, y, groups = problem
    options = {"method": "medoid", "readout": readout, "random_state": 0}
    table = validate_neighbors(X, y, groups, bands=[1], n_neighbors=[1], n_prototypes=[2], cv=3, **options)
    (row,) = table.itertuples()
    models = [
        (DTWPrototypeClassifier(2, band=1, **options).fit(X[train], y[train], groups[train]), test)
        for train, test in subject_folds(groups, n_folds=3, y=y, random_state=0)
    ]
    assert row.accuracy == pytest.approx(np.mean([model.score(X[test], y[test]) for model, test in models]))
    assert row.macs == pytest.approx(np.mean([model.cost_.macs for model, _ in models]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bands": [-1]}, "band is -1"),
        ({"n_neighbors": [0]}, "n_neighbors is 0"),
        ({"n_neighbors": [79]}, "n_neighbors is 79"),
        ({"cv": 40}, "40"),
        ({"groups": np.arange(3)}, "groups has 3"),
        ({"readout": "linear"}, "readout is 'linear', which weighs profiles: pass n_prototypes"),
        ({"readout": "auto", "n_prototypes": [1], "n_neighbors": [1, 3]}, "readout is 'auto'"),
        ({"readout": "best", "n_prototypes": [1]}, "readout is 'best'"),
    ],
)
def test_bad_settings_are_named(problem, change, message):
    X, y, groups = problem
    settings = {"bands": [1], "n_neighbors": [1], "cv": 3, "groups": groups, **change}
    with pytest.raises(InvalidInputError, match=message):
        validate_neighbors(X, y, **settings)


def test_the_table_prints_whole_and_progress_goes_to_standard_error(problem, capsys):
    table = validate_neighbors(*problem, bands=[1, 0.5], n_neighbors=[1, 3], cv=4, verbose=1)
    text = str(table)
    assert all(column in text for column in table.columns)
    assert "..." not in text
    written = capsys.readouterr()
    assert written.out == ""
    assert "validation: 8 of 8  band 0.5, k-NN: fold 4 accuracy" in written.err


@pytest.mark.parametrize("name", PROTOTYPE_SETTINGS)
def test_a_setting_becomes_a_pipeline(name):
    setting = PROTOTYPE_SETTINGS[name]
    triads = ((3, 4, 5), (0, 1, 2))
    pipeline = setting.pipeline(rate_hz=20.0, target_hz=10.0, triads=triads, random_state=3)
    classifier, scale, resample = pipeline[-1], pipeline[-2], pipeline[-3]
    assert name.startswith(f"{classifier.n_prototypes} {classifier.readout}")
    assert ("jerk" in name) == (len(pipeline) == 4)
    assert (resample.rate_hz, resample.target_hz) == (20.0, 10.0)
    assert (classifier.bits, classifier.random_state) == (8, 3)
    assert scale.groups == triads  # one scale, or turns would not be exact
    assert setting.augmentation is None or classifier.augmentation.triads == triads
    if len(pipeline) == 4:
        assert (pipeline[0].rate_hz, pipeline[0].channels) == (20.0, (3, 4, 5))
        assert setting.pipeline(rate_hz=20.0, triads=triads, acceleration=(0, 1))[0].channels == (0, 1)


TRIADS = ((0, 1, 2),)


@pytest.fixture
def turned_problem():
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    X = rng.normal(size=(60, 12, 3))
    X[y == 1, 3:7] += 1
    return X, y, np.arange(60) // 10


def test_a_setting_is_judged_on_people_it_has_not_met(turned_problem):
    X, y, people = turned_problem
    table = validate_prototypes(X, y, people, settings=["4 nearest", "1 linear"], triads=TRIADS, cv=3, positive=1)
    folds = subject_folds(people, n_folds=3, y=y, random_state=0)
    for row in table.itertuples():
        predicted, costs = np.empty(60, int), []
        for train, test in folds:
            model = PROTOTYPE_SETTINGS[row.setting].pipeline(triads=TRIADS)
            model.fit(X[train], y[train], dtwprototypeclassifier__groups=people[train])
            predicted[test] = model.predict(X[test])
            costs.append(model[-1].cost_)
        expected = [np.mean(predicted[test] == y[test]) for _, test in folds]
        assert [row.fold_1, row.fold_2, row.fold_3] == pytest.approx(expected)
        assert row.accuracy == pytest.approx(np.mean(expected))
        assert row.sensitivity == pytest.approx(predicted[y == 1].mean())
        assert row.specificity == pytest.approx(1 - predicted[y == 0].mean())
        assert row.bytes == pytest.approx(np.mean([cost.weight_bytes for cost in costs]))
    assert table["accuracy"].is_monotonic_decreasing
    assert table["front"].any()


def test_own_settings_are_compared_on_several_threads_as_on_one(turned_problem):
    X, y, people = turned_problem
    own = {"two": replace(PROTOTYPE_SETTINGS["4 nearest"], n_prototypes=2), "one": PROTOTYPE_SETTINGS["1 linear"]}
    one, two = (validate_prototypes(X, y, people, settings=own, triads=TRIADS, cv=2, n_jobs=n) for n in (1, 2))
    assert set(one["setting"]) == {"one", "two"}
    assert one.equals(two)


def test_windows_that_know_their_rate_need_none(turned_problem):
    X, y, people = turned_problem
    windows = har.Windows(X, y, people, 20.0, ["ax [g]", "ay [g]", "az [g]"], np.arange(60))
    options = {"settings": ["1 linear"], "triads": TRIADS, "cv": 2, "target_hz": 10.0}
    known = validate_prototypes(windows, y, people, **options)
    assert known.equals(validate_prototypes(X, y, people, rate_hz=20.0, **options))
    with pytest.raises(InvalidInputError, match="rate_hz is 50, but X has 20 samples a second: leave rate_hz out"):
        validate_prototypes(windows, y, people, rate_hz=50, **options)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"settings": ["4 nearest", "5 nearest"]}, "settings holds '5 nearest'; choose among '1 linear', '1 joint'"),
        ({"settings": []}, "settings is empty"),
        ({"settings": "4 nearest, little change, jerk"}, "rate_hz is None, and this setting takes the logarithm"),
        ({"target_hz": 10.0}, "rate_hz is None, and this setting resamples to 10.0 Hz: pass the samples per second"),
        ({"positive": 7}, r"positive is 7, which is no label; labels are \[0, 1\]"),
        ({"triads": [(0, 1, 5)]}, "channel"),
        ({"cv": 7}, "n_folds is 7"),
    ],
)
def test_what_cannot_be_validated_is_refused(turned_problem, change, message):
    options = {"settings": ["1 linear"], "triads": TRIADS, "cv": 2} | change
    with pytest.raises(InvalidInputError, match=message):
        validate_prototypes(*turned_problem, **options)


def test_the_jerk_is_among_the_settings_only_where_the_rate_is_known(turned_problem, monkeypatch):
    learned = {name: setting for name, setting in PROTOTYPE_SETTINGS.items() if name.startswith("4 nearest, little")}
    monkeypatch.setattr("har.selection.prototypes.PROTOTYPE_SETTINGS", learned)
    without = validate_prototypes(*turned_problem, triads=TRIADS, cv=2)
    assert set(without["setting"]) == {"4 nearest, little change"}
    with_rate = validate_prototypes(*turned_problem, triads=TRIADS, cv=2, rate_hz=20.0)
    assert set(with_rate["setting"]) == set(learned)
