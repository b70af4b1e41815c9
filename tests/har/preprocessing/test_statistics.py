"""Window statistics: scikit-learn's checks, ours, by hand, names, and data frames."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from common.errors import InvalidInputError
from har.preprocessing import WindowStatistics
from tests.har.estimator_checks import parametrize_with_window_checks

rng = np.random.default_rng(0)
X = rng.normal(size=(12, 20, 3))


@parametrize_with_checks([WindowStatistics()])
def test_scikit_learn_s_checks(estimator, check):
    check(estimator)


@parametrize_with_window_checks([WindowStatistics()])
def test_checks_of_windows(estimator, check):
    check(estimator)


def test_features_by_hand():
    features = WindowStatistics(channels=["a", "b", "c"]).fit(X)
    table = pd.DataFrame(features.transform(X), columns=features.get_feature_names_out())
    assert table.shape == (12, 24)
    window = pd.DataFrame(X[5], columns=["a", "b", "c"])
    for name in window:
        column = window[name]
        expected = {
            "mean": column.mean(),
            "standard deviation": column.std(ddof=0),
            "minimum": column.min(),
            "maximum": column.max(),
            "lower quartile": column.quantile(0.25),
            "median": column.median(),
            "upper quartile": column.quantile(0.75),
            "mean absolute change": column.diff().abs().mean(),
        }
        for statistic, value in expected.items():
            assert table[f"{name} {statistic}"][5] == pytest.approx(value)


def test_a_data_frame_on_request():
    frame = WindowStatistics().set_output(transform="pandas").fit_transform(X)
    assert isinstance(frame, pd.DataFrame)
    assert frame.columns[0] == "channel0 mean"


def test_a_single_sample_does_not_change():
    assert WindowStatistics().fit_transform([[[2.0]]])[0].tolist() == [2, 0, 2, 2, 2, 2, 2, 0]


def test_before_a_forest():
    y = np.tile(["a", "b"], 6)
    model = make_pipeline(WindowStatistics(), RandomForestClassifier(5, random_state=0)).fit(X, y)
    assert model.predict(X).shape == (12,)


@pytest.mark.parametrize("channels", ["abc", ["a"], ["a", "a", "b"], [1, 2, 3]])
def test_names_that_do_not_fit_are_refused(channels):
    with pytest.raises(InvalidInputError, match="3 different names"):
        WindowStatistics(channels=channels).fit(X)
