"""k-NN under DTW against the exhaustive reference; and what holds for both classifiers: checks, bad input."""

import contextlib

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.neighbors import KNeighborsClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from common.errors import InvalidInputError
from har import DTWKNeighborsClassifier, DTWPrototypeClassifier, pairwise_dtw
from tests.har.estimator_checks import parametrize_with_window_checks

QUICK = ("learned", "medoid", "barycenter", "greedy")  # the soft mean takes seconds a class


@parametrize_with_checks(
    [
        DTWKNeighborsClassifier(),
        DTWKNeighborsClassifier(3, weights="distance"),
        *(DTWPrototypeClassifier(2, method=method, random_state=0) for method in QUICK),
        DTWPrototypeClassifier(3, n_neighbors=3, random_state=0),
        *(DTWPrototypeClassifier(2, method="medoid", bits=bits, random_state=0) for bits in (16, 8)),
        *(DTWPrototypeClassifier(2, readout=readout, random_state=0) for readout in ("linear", "auto")),
        DTWPrototypeClassifier(1, method="medoid", readout="linear", random_state=0),
    ]
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@parametrize_with_window_checks(
    [
        DTWKNeighborsClassifier(3),
        *(DTWPrototypeClassifier(2, method=method, random_state=0) for method in QUICK),
        *(DTWPrototypeClassifier(2, method="medoid", bits=bits, random_state=0) for bits in (16, 8)),
        *(DTWPrototypeClassifier(2, readout=readout, random_state=0) for readout in ("linear", "auto")),
    ]
)
def test_the_same_on_windows_of_several_channels(estimator, check):
    check(estimator)


@pytest.fixture
def problem():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 15, 3)).cumsum(axis=1)
    y = np.array(["up", "down", "still"])[np.arange(60) % 3]
    X += np.linspace(0, 3, 15)[:, None] * np.array([1, -1, 0])[np.arange(60) % 3, None, None]
    return X, y


@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize("k", [1, 3, 7])
def test_same_as_scikit_learn_on_the_distance_matrix(problem, weights, k):
    X, y = problem
    train, test = X[:40], X[40:]
    theirs = KNeighborsClassifier(k, metric="precomputed", weights=weights).fit(pairwise_dtw(train, band=2), y[:40])
    ours = DTWKNeighborsClassifier(k, band=2, weights=weights).fit(train, y[:40])
    matrix = pairwise_dtw(test, train, band=2)
    np.testing.assert_allclose(ours.predict_proba(test), theirs.predict_proba(matrix), atol=1e-12)
    assert (ours.predict(test) == theirs.predict(matrix)).all()
    distances, indices = ours.kneighbors(test)
    np.testing.assert_allclose(distances, np.take_along_axis(matrix, indices, axis=1), rtol=1e-12)


@pytest.mark.parametrize("weights", ["uniform", "distance"])
def test_a_training_window_is_its_own_neighbour(problem, weights):
    X, y = problem
    model = DTWKNeighborsClassifier(5, weights=weights).fit(X, y)
    distances, indices = model.kneighbors(X[:7], n_neighbors=1)
    assert (distances == 0).all()
    assert (indices[:, 0] == np.arange(7)).all()


def test_cost_counts_macs_bytes_and_comparisons(problem):
    X, y = problem
    model = DTWKNeighborsClassifier(band=0).fit(X, y)
    assert model.cost_.macs == 60 * 15 * 3
    assert model.cost_.weight_bytes == X.nbytes
    assert model.cost_.comparisons == 60 * 2 * 15 + 59


BAD = [
    ({"n_neighbors": 61}, {}, "n_neighbors is 61.*at most 60"),
    ({"n_neighbors": 0}, {}, "n_neighbors is 0"),
    ({"n_neighbors": True}, {}, "n_neighbors is True"),
    ({"band": -1}, {}, "band is -1"),
    ({"band": 1.2}, {}, "band is 1.2"),
    ({"weights": "cosine"}, {}, "weights is 'cosine'"),
    ({"n_jobs": 0}, {}, "n_jobs is 0"),
    ({}, {"nan": (3, 4, 1)}, "X contains NaN at window 3, timestep 4, channel 1"),
    ({}, {"y": ["a"] * 60}, "one class"),
    ({}, {"y": ["a", "b"]}, "y has 2 entries but X has 60"),
    ({}, {"X": np.zeros((0, 5, 2))}, "X is empty"),
    ({}, {"X": np.zeros((60, 5, 2, 1))}, "X has 4 dimensions"),
    ({}, {"X": [np.zeros((5, 2)), np.zeros((4, 2))] * 30}, "X is not a rectangular array"),
]


@pytest.mark.parametrize(("parameters", "data", "message"), BAD)
@pytest.mark.parametrize("cls", [DTWKNeighborsClassifier, DTWPrototypeClassifier])
def test_bad_input_is_named_and_nothing_is_half_fitted(problem, cls, parameters, data, message):
    X, y = problem
    X = X.copy()
    if "nan" in data:
        X[data["nan"]] = np.nan
    if cls is DTWPrototypeClassifier:
        if "weights" in parameters:
            pytest.skip("profiles vote with equal weights")
        message = message.replace("at most 60", "at most 12")
    model = cls(**parameters)
    with pytest.raises(InvalidInputError, match=message):
        model.fit(data.get("X", X), data.get("y", y))
    assert [name for name in vars(model) if name not in model.get_params()] == []


@pytest.mark.parametrize("cls", [DTWKNeighborsClassifier, DTWPrototypeClassifier])
def test_other_windows_than_in_fit_are_refused(problem, cls):
    X, y = problem
    model = cls().fit(X, y)
    for wrong in (X[:, :14], X[:, :, :2], X.transpose(0, 2, 1)):
        with pytest.raises(InvalidInputError, match="X"):
            model.predict(wrong)


BOTH = [
    DTWKNeighborsClassifier(3, weights="distance"),
    DTWKNeighborsClassifier(),
    DTWPrototypeClassifier(2, random_state=0),
    DTWPrototypeClassifier(2, method="medoid", n_neighbors=3),
]


@pytest.mark.parametrize("model", BOTH, ids=str)
@pytest.mark.parametrize(
    "parameters",
    [
        {"n_neighbors": 99},
        {"n_neighbors": 0},
        {"n_neighbors": "1"},
        {"n_neighbors": True},
        {"band": -1},
        {"band": 1.5},
        {"n_jobs": 0},
        {"n_jobs": 1.5},
        {"n_jobs": "all"},
    ],
    ids=str,
)
@pytest.mark.parametrize("n", [1, 20])  # few windows are scored on another path
def test_parameters_set_after_fit_are_checked(problem, model, parameters, n):
    X, y = problem[:2]
    model = clone(model).fit(X, y).set_params(**parameters)
    for predict in (model.predict, model.predict_proba):
        with pytest.raises(InvalidInputError, match=f"^{next(iter(parameters))} is "):
            predict(X[:n])


@pytest.mark.parametrize(
    ("model", "parameters"),
    [
        (DTWKNeighborsClassifier(), {"weights": "inverse"}),
        (DTWPrototypeClassifier(2, random_state=0), {"method": "mean"}),
        (DTWPrototypeClassifier(2, random_state=0), {"n_prototypes": 0}),
        (DTWPrototypeClassifier(2, random_state=0), {"validation_fraction": 1}),
    ],
)
def test_other_parameters_set_after_fit(problem, model, parameters):
    X, y = problem[:2]
    model = clone(model).fit(X, y).set_params(**parameters)
    with pytest.raises(InvalidInputError, match=f"^{next(iter(parameters))} is "):
        model.predict(X)


@pytest.mark.parametrize("kind", [np.int8, np.int32, np.int64])
@pytest.mark.parametrize("n_jobs", [-1, 2])
def test_parameters_of_numpy(problem, kind, n_jobs):
    X, y = problem[:2]
    for model in (
        DTWKNeighborsClassifier(3, band=2),
        DTWPrototypeClassifier(3, band=2, method="medoid", n_neighbors=3),
    ):
        expected = model.set_params(n_jobs=n_jobs).fit(X, y).predict_proba(X)
        numbers = {name: kind(value) for name, value in model.get_params().items() if type(value) is int}
        assert {"n_jobs", "n_neighbors", "band"} <= set(numbers)
        np.testing.assert_array_equal(clone(model).set_params(**numbers).fit(X, y).predict_proba(X), expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("exponent", [-320, -310, -160, -45, -40, -23, 15, 17, 18, 19, 30, 37, 150, 153, 160, 300, 307])
@pytest.mark.parametrize("model", BOTH, ids=str)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_probabilities_are_finite_or_refused(problem, model, exponent, dtype):
    X, y = problem[:2]
    with np.errstate(all="ignore"):
        huge = (X * 10.0**exponent).astype(dtype)
    if not np.isfinite(huge).all():
        pytest.skip("not a number of this type")
    fitted = clone(model).fit(X.astype(dtype), y)
    for predict in (fitted.predict_proba, lambda windows: clone(model).fit(huge, y).predict_proba(windows)):
        for windows in (huge, huge[:1]):
            if exponent > 10:
                with contextlib.suppress(InvalidInputError):
                    assert_probabilities(predict(windows))
            else:
                assert_probabilities(predict(windows))


def assert_probabilities(probabilities):
    assert np.isfinite(probabilities).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


@pytest.mark.parametrize("model", BOTH, ids=str)
def test_numbers_that_are_too_large_are_refused_in_fit_and_in_prediction(problem, model):
    X, y = problem[:2]
    with pytest.raises(InvalidInputError, match=r"^X holds numbers .* too large"):
        clone(model).fit(X * 1e160, y)
    with pytest.raises(InvalidInputError, match=r"^X holds numbers in window 0 that are too large"):
        clone(model).fit(X, y).predict(X * 1e160)


@pytest.mark.parametrize("model", [*BOTH, *(DTWPrototypeClassifier(2, method=m) for m in QUICK)], ids=str)
@pytest.mark.parametrize("value", [0.0, 0.1, -1e6, 1e12])
def test_constant_windows(model, value):
    X, y = np.full((12, 10, 2), value), [0, 1] * 6
    probabilities = clone(model).fit(X, y).predict_proba(X)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
