"""Windows that come with their channels: put right by name, or refused; through pipelines, searches and bundles."""

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline

import common
import har
from common.errors import InvalidInputError
from har.preprocessing import Magnitude, Resample, ScaleChannels, WindowStatistics

rng = np.random.default_rng(0)
CHANNELS = ("ax [g]", "ay [g]", "az [g]")
X = rng.normal(size=(24, 40, 3)) * [1, 2, 3]
Y = np.tile(["walk", "rest"], 12)
WINDOWS = har.Windows(X, Y, np.repeat([1, 2, 3], 8), 50, CHANNELS, np.arange(24))

MODELS = {
    "profiles": har.DTWPrototypeClassifier(1, random_state=0),
    "neighbours": har.DTWKNeighborsClassifier(),
    "pipeline": make_pipeline(
        Resample(rate_hz=50, target_hz=25), ScaleChannels(), har.DTWPrototypeClassifier(1, random_state=0)
    ),
    "magnitudes first": make_pipeline(Magnitude(), har.DTWKNeighborsClassifier()),
    "statistics": make_pipeline(WindowStatistics(), har.DTWKNeighborsClassifier()),
}


def exchanged(windows, channels=("az [g]", "ax [g]", "ay [g]")):
    order = [windows.channels.index(name) for name in channels]
    return har.Windows(windows.X[:, :, order], windows.y, windows.groups, windows.rate_hz, channels, windows.recording)


@pytest.fixture(params=MODELS)
def model(request):
    from sklearn.base import clone

    return clone(MODELS[request.param])


def test_the_same_as_from_arrays(model):
    expected = model.fit(X, Y).predict_proba(X)
    np.testing.assert_array_equal(model.fit(WINDOWS, Y).predict_proba(WINDOWS), expected)
    np.testing.assert_array_equal(model.predict_proba(X), expected)  # bare arrays are taken as they are


def test_another_order_is_put_right_by_name(model):
    expected = model.fit(WINDOWS, Y).predict_proba(WINDOWS)
    np.testing.assert_array_equal(model.predict_proba(exchanged(WINDOWS)), expected)
    more = har.Windows(
        np.concatenate([X, X[:, :, :1]], axis=2), Y, WINDOWS.groups, 50, (*CHANNELS, "wx [deg/s]"), WINDOWS.recording
    )
    np.testing.assert_array_equal(model.predict_proba(more), expected)


@pytest.mark.parametrize(
    ("channels", "rate_hz", "message"),
    [
        (("ax [m/s²]", "ay [m/s²]", "az [m/s²]"), 50, "convert it to the same unit"),
        (("ax [g]", "ay [g]", "wz [g]"), 50, "no channel 'az \\[g\\]'"),
        (("ax", "ay", "az"), 50, "convert it to the same unit"),
        (CHANNELS, 100, "100 samples a second"),
    ],
)
def test_other_channels_units_and_rates_are_refused(model, channels, rate_hz, message):
    model.fit(WINDOWS, Y)
    other = har.Windows(X, Y, WINDOWS.groups, rate_hz, channels, WINDOWS.recording)
    with pytest.raises(InvalidInputError, match=message):
        model.predict(other)


def test_exchanged_axes_get_a_hint(model):
    model.fit(WINDOWS, Y)
    with pytest.raises(InvalidInputError, match=r"X\.transpose\(0, 2, 1\)"):
        model.predict(X.transpose(0, 2, 1))


def test_a_refit_on_arrays_forgets_the_channels():
    classifier = har.DTWKNeighborsClassifier().fit(WINDOWS, Y)
    assert classifier.channels_in_ == CHANNELS
    assert classifier.rate_hz_in_ == 50
    classifier.fit(X, Y)
    assert not hasattr(classifier, "channels_in_")
    classifier.predict(exchanged(WINDOWS))


def test_a_transformer_for_another_rate_is_refused():
    with pytest.raises(InvalidInputError, match="rate_hz is 20, but X has 50"):
        Resample(rate_hz=20).fit(WINDOWS)


def test_searches_and_folds_split_windows():
    pipeline = MODELS["pipeline"]
    scores = cross_val_score(pipeline, WINDOWS, Y, groups=WINDOWS.groups, cv=3)
    np.testing.assert_array_equal(scores, cross_val_score(pipeline, X, Y, groups=WINDOWS.groups, cv=3))
    search = GridSearchCV(pipeline, {"dtwprototypeclassifier__n_prototypes": [1, 2]}, cv=2).fit(WINDOWS, Y)
    assert search.best_estimator_[0].channels_in_ == CHANNELS
    with pytest.raises(InvalidInputError, match="no channel"):
        search.predict(har.Windows(X, Y, WINDOWS.groups, 50, ("a", "b", "c"), WINDOWS.recording))


def test_bundles_keep_channels_and_rate(model, tmp_path):
    expected = model.fit(WINDOWS, Y).predict_proba(WINDOWS)
    common.save_bundle(model, tmp_path / "model")
    loaded = common.load_bundle(tmp_path / "model")
    np.testing.assert_array_equal(loaded.predict_proba(exchanged(WINDOWS)), expected)
    with pytest.raises(InvalidInputError, match="unit"):
        loaded.predict(har.Windows(X, Y, WINDOWS.groups, 50, ("ax [mg]", "ay [mg]", "az [mg]"), WINDOWS.recording))
    assert common.describe_bundle(tmp_path / "model").trained_on.channels == CHANNELS
    assert common.describe_bundle(tmp_path / "model").trained_on.units == ("g", "g", "g")
