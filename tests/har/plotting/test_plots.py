"""Figures of signals, warping paths and prototypes: their contents, and invalid arguments."""

import numpy as np
import pytest

import har
from common.errors import InvalidInputError
from common.validation import band_radius
from har.plotting import plot_prototypes, plot_signals, plot_warping_path
from har.plotting.warping_plot import accumulated_cost

pytest.importorskip("matplotlib")
rng = np.random.default_rng(0)
X = rng.normal(size=(12, 40, 4))
Y = np.tile(["walk", "rest", "fall"], 4)
CHANNELS = ("ax [g]", "ay [g]", "az [g]", "wx [deg/s]")
WINDOWS = har.Windows(X, Y, np.ones(12), 20, CHANNELS, np.arange(12))


def test_signals_show_every_class_and_channel():
    figure = plot_signals(WINDOWS)
    assert [ax.get_ylabel() for ax in figure.axes[::2]] == ["fall", "rest", "walk"]
    lines = [line for ax in figure.axes for line in ax.lines]
    assert len(lines) == 3 * 4
    np.testing.assert_array_equal(figure.axes[0].lines[1].get_ydata(), X[8, :, 1])  # the middle one of four falls
    assert figure.axes[0].lines[0].get_xdata()[-1] == pytest.approx(39 / 20)
    assert len(plot_signals(WINDOWS, n_classes=2).axes) == 2 * 2


@pytest.mark.parametrize("band", [None, 3, 0.3])
@pytest.mark.parametrize("shapes", [(30, 30), (20, 33), (33, 20)])
def test_the_accumulated_cost_ends_in_the_square_of_the_distance(band, shapes):
    x, y = (rng.normal(size=(n, 2)) for n in shapes)
    cost = accumulated_cost(x, y, band_radius(band, *shapes))
    assert np.sqrt(cost[-1, -1]) == pytest.approx(har.dtw_distance(x, y, band=band))
    path, _ = har.dtw_path(x, y, band=band)
    assert np.isfinite(cost[path[:, 0], path[:, 1]]).all()


def test_a_warping_path_is_drawn_on_its_cells():
    t = np.linspace(0, 1, 50)
    figure = plot_warping_path(np.sin(6 * t), np.sin(6 * t**1.4), band=0.2, title="two steps")
    left, right = figure.axes
    assert left.get_title(loc="left") == "two steps"
    path, distance = har.dtw_path(np.sin(6 * t), np.sin(6 * t**1.4), band=0.2)
    np.testing.assert_array_equal(right.lines[0].get_xydata(), path[:, ::-1])
    assert f"{distance:.3g}" in right.texts[0].get_text()
    assert "Euclid" not in plot_warping_path(t, t[:40]).axes[1].texts[0].get_text()


def test_prototypes_of_the_heaviest_channels():
    model = har.DTWPrototypeClassifier(2, random_state=0).fit(X, Y)
    figure = plot_prototypes(model, rate_hz=20, channels=CHANNELS)
    heaviest = np.argsort(-model.channel_weights_, kind="stable")[:3]
    assert [ax.get_title(loc="left").split(",")[0] for ax in figure.axes[:3]] == [CHANNELS[i] for i in heaviest]
    np.testing.assert_array_equal(figure.axes[0].lines[0].get_ydata(), model.prototypes_[0, :, heaviest[0]])
    assert len(figure.axes) == 3 * 3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plot_signals(X), "pass har.Windows"),
        (lambda: plot_signals(WINDOWS, n_classes=0), "n_classes"),
        (lambda: plot_warping_path([1, np.nan], [1, 2]), "x contains NaN"),
        (lambda: plot_warping_path(np.zeros((5, 2)), np.zeros((5, 3))), "channels"),
        (lambda: plot_warping_path([1, 2], [1, 2], band=-1), "band"),
        (lambda: plot_prototypes(har.DTWKNeighborsClassifier(), rate_hz=1), "DTWPrototypeClassifier"),
    ],
)
def test_invalid_arguments_are_refused(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()
