"""Reliability diagrams: every curve, the bins that hold enough, intervals when asked for."""

import numpy as np
import pytest

from common import plotting, reliability
from common.errors import InvalidInputError
from common.evaluation.intervals import wilson
from common.evaluation.reliability import Reliability

pytest.importorskip("matplotlib")

FEW_AND_MANY = Reliability(np.array([0.1, 0.5, 0.9]), np.array([0.0, 0.5, 1.0]), np.array([400, 4, 100]))


def points(figure: object) -> list[list[list[float]]]:
    return [np.asarray(markers.get_offsets()).tolist() for markers in figure.axes[0].collections]


def test_every_curve_has_its_line_its_markers_and_its_name() -> None:
    names = ["wearable", "camera", "radar", "fused"]
    figure = plotting.plot_reliability(dict.fromkeys(names, FEW_AND_MANY), title="Trust", x_label="p")
    (ax,) = figure.axes
    assert np.asarray(ax.lines[0].get_xydata()).tolist() == [[0, 0], [1, 1]]
    assert len({line.get_color() for line in ax.lines}) == 1 + len(names)
    assert points(figure) == [[[0.1, 0.0], [0.5, 0.5], [0.9, 1.0]]] * 4
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["as predicted", *names]
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_title("left")) == ("p", "observed frequency", "Trust")


def test_markers_show_how_many_decisions_a_bin_holds() -> None:
    areas = plotting.plot_reliability({"camera": FEW_AND_MANY}).axes[0].collections[0].get_sizes()
    assert areas[0] == 2 * areas[2] > areas[1] > 0


def test_bins_with_few_decisions_are_left_out_of_line_and_markers() -> None:
    figure = plotting.plot_reliability({"camera": FEW_AND_MANY}, min_decisions=5)
    assert points(figure) == [[[0.1, 0.0], [0.9, 1.0]]]
    assert len(figure.axes[0].lines[1].get_xydata()) == 2


def test_intervals_are_wilsons() -> None:
    _, bars = plotting.plot_reliability({"camera": FEW_AND_MANY}, intervals=True).axes[0].collections
    ends = [[low[1], high[1]] for low, high in bars.get_segments()]
    expected = [wilson(successes, trials) for successes, trials in ((0, 400), (2, 4), (100, 100))]
    np.testing.assert_allclose(ends, [[interval.low, interval.high] for interval in expected])


def test_into_given_axes() -> None:
    figure = plotting.figure(1, 2)
    assert plotting.plot_reliability({"camera": FEW_AND_MANY}, ax=figure.axes[1]) is figure
    assert not figure.axes[0].lines


@pytest.mark.parametrize(
    ("curves", "options", "message"),
    [
        ({}, {}, "curves must be a non-empty mapping"),
        ([FEW_AND_MANY], {}, "curves must be a non-empty mapping"),
        ({"camera": ([0, 1], [0.2, 0.9])}, {}, r"curves\['camera'\] is a tuple; pass common.reliability"),
        (dict.fromkeys(range(8), FEW_AND_MANY), {}, "curves holds 8 curves; at most 7"),
        ({"camera": reliability([0, 1], [0.2, 0.9])}, {"min_decisions": 0}, "min_decisions is 0"),
    ],
)
def test_refuses(curves: object, options: dict[str, int], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        plotting.plot_reliability(curves, **options)


def test_curves_that_coincide_all_show() -> None:
    lines = plotting.plot_reliability(dict.fromkeys(("both", "camera missing"), FEW_AND_MANY)).axes[0].lines[1:]
    below, above = sorted(lines, key=lambda line: line.get_zorder())
    assert above is lines[0]
    assert below.get_linewidth() > above.get_linewidth() + 1
