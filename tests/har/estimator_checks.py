"""What scikit-learn's ``check_estimator`` checks on tables, for windows ``(n, n_timesteps, n_channels)``.

Use it as one does scikit-learn's own, with unfitted estimators, transformers or classifiers::

    @parametrize_with_window_checks([ScaleChannels(), DTWKNeighborsClassifier()])
    def test_windows(estimator, check):
        check(estimator)
"""

import pickle
from collections.abc import Callable, Iterable

import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.exceptions import NotFittedError

from common.errors import InvalidInputError

N, T, C = 24, 20, 9
METHODS = ("transform", "predict", "predict_proba")

Check = Callable[[BaseEstimator], None]


def windows_and_classes() -> tuple[np.ndarray, np.ndarray]:
    """Random walks with a drift by class, so that classes can be told apart."""
    y = np.array(["down", "still", "up"])[np.arange(N) % 3]
    steps = np.random.default_rng(0).normal(size=(N, T, C))
    return (steps + (np.arange(N) % 3 - 1)[:, None, None]).cumsum(axis=1), y


def fitted(estimator: BaseEstimator) -> BaseEstimator:
    return clone(estimator).fit(*windows_and_classes())


def outputs(estimator: BaseEstimator, X: np.ndarray) -> dict[str, np.ndarray]:
    """The result of every method that the estimator has."""
    return {method: getattr(estimator, method)(X) for method in METHODS if hasattr(estimator, method)}


def assert_same(first: dict[str, np.ndarray], second: dict[str, np.ndarray], rtol: float = 1e-9) -> None:
    assert first.keys() == second.keys()
    for method, expected in first.items():
        if expected.dtype.kind == "f":
            # Relative to the largest: what is zero but for rounding has no relative error.
            np.testing.assert_allclose(second[method], expected, rtol=rtol, atol=rtol * np.abs(expected).max())
        else:
            np.testing.assert_array_equal(second[method], expected)


def refuses(estimator: BaseEstimator, X: object) -> None:
    """Every method refuses ``X`` with an error of ours that names it."""
    for method in METHODS:
        if hasattr(estimator, method):
            with pytest.raises(InvalidInputError, match="X"):
                getattr(estimator, method)(X)


def check_parameters_survive_clone_and_fit(estimator: BaseEstimator) -> None:
    before = estimator.get_params()
    copy = clone(estimator)
    assert type(copy)(**copy.get_params()).get_params() == before
    copy.fit(*windows_and_classes())
    assert copy.get_params() == before


def check_fit_returns_itself_and_leaves_input_alone(estimator: BaseEstimator) -> None:
    X, y = windows_and_classes()
    copy, X_before, y_before = clone(estimator), X.copy(), y.copy()
    assert copy.fit(X, y) is copy
    outputs(copy, X)
    np.testing.assert_array_equal(X, X_before)
    np.testing.assert_array_equal(y, y_before)


def check_output_is_not_the_input(estimator: BaseEstimator) -> None:
    X, _ = windows_and_classes()
    for result in outputs(fitted(estimator), X).values():
        assert len(result) == N
        assert not np.shares_memory(result, X)
        assert result.flags.writeable


def check_unfitted_says_so(estimator: BaseEstimator) -> None:
    for method in METHODS:
        if hasattr(estimator, method):
            with pytest.raises(NotFittedError):
                getattr(clone(estimator), method)(windows_and_classes()[0])


def check_features_are_timesteps_times_channels(estimator: BaseEstimator) -> None:
    assert not hasattr(estimator, "n_features_in_")
    model = fitted(estimator)
    assert model.n_features_in_ == T * C
    X, _ = windows_and_classes()
    # The last two hold as many numbers as the windows of fit.
    for other in (X[:, :-1], X[:, :, :-1], X.transpose(0, 2, 1), X.reshape(N, T * C)):
        refuses(model, other)


def check_bad_windows_are_refused(estimator: BaseEstimator) -> None:
    X, y = windows_and_classes()
    model = fitted(estimator)
    for value in (np.nan, np.inf, -np.inf):
        bad = X.copy()
        bad[3, 5, 2] = value
        refuses(model, bad)
        with pytest.raises(InvalidInputError, match=r"X contains .* at window 3, timestep 5, channel 2"):
            clone(estimator).fit(bad, y)
    text, ragged = X.astype(str).tolist(), X.tolist()
    text[0][0][0] = "?"
    ragged[1] = ragged[1][:-1]
    for bad in (X[0, :, 0], X[..., None], X[:0], X[:, :0], X[:, :, :0], X + 1j, text, ragged, None):
        refuses(model, bad)
        with pytest.raises(InvalidInputError, match="X"):
            clone(estimator).fit(bad, y)


def check_failed_fit_changes_nothing(estimator: BaseEstimator) -> None:
    X, y = windows_and_classes()
    model = fitted(estimator)
    before, state = outputs(model, X), set(vars(model))
    bad_calls = [(np.full((N, T + 1, C), np.nan), y)]
    if is_classifier(estimator):
        bad_calls += [(X[:, 1:, 1:], y[1:]), (X[:, 1:, 1:], np.full(N, "one")), (X[:, 1:, 1:], None)]
    for bad_X, bad_y in bad_calls:
        with pytest.raises(InvalidInputError):
            model.fit(bad_X, bad_y)
        assert set(vars(model)) == state
        assert_same(before, outputs(model, X), rtol=0)

    new = clone(estimator)
    with pytest.raises(InvalidInputError):
        new.fit(*bad_calls[-1])
    assert set(vars(new)) == set(vars(clone(estimator)))


def check_second_fit_forgets_the_first(estimator: BaseEstimator) -> None:
    X, y = windows_and_classes()
    other = clone(estimator).fit(X[:, 4:] + 5, y)
    assert_same(outputs(fitted(estimator), X), outputs(other.fit(X, y), X), rtol=0)


def check_each_window_is_decided_alone(estimator: BaseEstimator) -> None:
    X, _ = windows_and_classes()
    model = fitted(estimator)
    whole = outputs(model, X)
    order = np.random.default_rng(1).permutation(N)
    assert_same({method: result[order] for method, result in whole.items()}, outputs(model, X[order]))
    single = [outputs(model, X[i : i + 1]) for i in range(N)]
    assert_same(whole, {method: np.concatenate([result[method] for result in single]) for method in whole})


def check_memory_layout_does_not_matter(estimator: BaseEstimator) -> None:
    X, y = windows_and_classes()
    expected = outputs(fitted(estimator), X)
    frozen = X.copy()
    frozen.flags.writeable = False
    for same in (frozen, np.asfortranarray(X), np.repeat(X, 2, axis=1)[:, ::2], X.astype(object), X.tolist()):
        assert_same(expected, outputs(clone(estimator).fit(same, y), same))


def check_single_precision(estimator: BaseEstimator) -> None:
    X, y = windows_and_classes()
    X = X.astype(np.float32)
    single = outputs(clone(estimator).fit(X, y), X)
    if "transform" in single:
        assert single["transform"].dtype == np.float32
    assert_same(outputs(clone(estimator).fit(X.astype(float), y), X.astype(float)), single, rtol=1e-4)


def check_pickle(estimator: BaseEstimator) -> None:
    X, _ = windows_and_classes()
    model = fitted(estimator)
    assert_same(outputs(model, X), outputs(pickle.loads(pickle.dumps(model)), X), rtol=0)


def check_classes(estimator: BaseEstimator) -> None:
    if not is_classifier(estimator):
        return
    X, y = windows_and_classes()
    model = fitted(estimator)
    assert model.classes_.tolist() == sorted(set(y))
    assert model.score(X, y) > 0.5
    assert set(model.predict(X)) <= set(y)
    probabilities = model.predict_proba(X)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert (probabilities >= 0).all()
    np.testing.assert_array_equal(model.classes_[probabilities.argmax(axis=1)], model.predict(X))
    renamed = clone(estimator).fit(X, np.unique(y, return_inverse=True)[1] * 10)
    np.testing.assert_array_equal(renamed.predict(X), np.searchsorted(model.classes_, model.predict(X)) * 10)


CHECKS: tuple[Check, ...] = (
    check_parameters_survive_clone_and_fit,
    check_fit_returns_itself_and_leaves_input_alone,
    check_output_is_not_the_input,
    check_unfitted_says_so,
    check_features_are_timesteps_times_channels,
    check_bad_windows_are_refused,
    check_failed_fit_changes_nothing,
    check_second_fit_forgets_the_first,
    check_each_window_is_decided_alone,
    check_memory_layout_does_not_matter,
    check_single_precision,
    check_pickle,
    check_classes,
)


def parametrize_with_window_checks(estimators: Iterable[BaseEstimator]) -> pytest.MarkDecorator:
    """A parameter for each estimator and check; classifiers need a fixed ``random_state``."""
    cases = [
        pytest.param(estimator, check, id=f"{estimator}-{check.__name__}")
        for estimator in estimators
        for check in CHECKS
        if check is not check_classes or is_classifier(estimator)
    ]
    return pytest.mark.parametrize(("estimator", "check"), cases)
