"""Confusion matrices: counts, recalls, and text that fits its cell."""

import numpy as np
import pytest

from common import plotting
from common.errors import InvalidInputError

pytest.importorskip("matplotlib")


CONFUSION = [[187, 21, 0], [14, 1483, 0], [0, 0, 0]]
LABELS = ["fall", "walk", "hop"]


def texts(figure: object) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


class TestConfusionMatrix:
    def test_counts_and_recalls(self) -> None:
        shown = texts(plotting.plot_confusion_matrix(CONFUSION, LABELS))
        assert {"187", "21", "14", "1,483", "90%", "99%", "–"} <= set(shown)
        assert "0" not in shown

    def test_into_given_axes(self) -> None:
        figure = plotting.figure(1, 2)
        assert plotting.plot_confusion_matrix(CONFUSION, LABELS, title="Falls", ax=figure.axes[1]) is figure
        assert not figure.axes[0].texts
        assert figure.axes[1].get_title("left") == "Falls"

    @pytest.mark.parametrize(("n", "side"), [(1, None), (2, None), (17, None), (5, 2.0)])
    def test_counts_fit_their_cells(self, n: int, side: float | None) -> None:
        given = None if side is None else plotting.figure(size=(side, side)).axes[0]
        figure = plotting.plot_confusion_matrix(np.full((n, n), 123_456), [f"c{i}" for i in range(n)], ax=given)
        figure.draw_without_rendering()
        ax = figure.axes[0]
        cell = ax.get_window_extent().width / n
        widths = [text.get_window_extent().width for text in ax.texts if text.get_text() == "123,456"]
        assert len(widths) == n * n
        assert max(widths) < cell

    @pytest.mark.parametrize(
        ("confusion", "labels", "message"),
        [
            ([[1, 2]], LABELS, r"confusion has shape \(1, 2\) for 3 labels"),
            (CONFUSION, ["a"], r"confusion has shape \(3, 3\) for 1 labels"),
            ([], [], "for 0 labels"),
            ([[np.nan]], ["a"], "confusion contains NaN at row 0, column 0"),
        ],
    )
    def test_refuses(self, confusion: object, labels: list[str], message: str) -> None:
        with pytest.raises(InvalidInputError, match=message):
            plotting.plot_confusion_matrix(confusion, labels)


@pytest.mark.parametrize("title", ["separable_cnn in int8 on simulated people", "short"])
def test_the_title_is_not_cut(title: str) -> None:
    figure = plotting.plot_confusion_matrix(np.array([[630, 109], [148, 423]]), ["no fall", "fall"], title=title)
    (ax,) = figure.axes
    figure.draw_without_rendering()
    written = next(text for text in ax.findobj() if getattr(text, "get_text", str)() == title)
    assert written.get_window_extent().x1 <= figure.bbox.x1
