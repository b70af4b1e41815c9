import itertools
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from common import Interval, plotting
from common.errors import InvalidInputError, MissingDependencyError

pytest.importorskip("matplotlib")

CONFUSION = [[187, 21, 0], [14, 1483, 0], [0, 0, 0]]
LABELS = ["fall", "walk", "hop"]


def texts(figure: object) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


class TestStyle:
    def test_no_pyplot_and_no_backend(self, tmp_path: Path) -> None:
        program = (
            "import sys; from common import plotting\n"
            "assert 'matplotlib' not in sys.modules, 'imported before use'\n"
            f"plotting.save(plotting.plot_confusion_matrix([[1, 0], [0, 1]], 'ab'), {str(tmp_path / 'a.png')!r})\n"
            "assert 'matplotlib.pyplot' not in sys.modules"
        )
        subprocess.run([sys.executable, "-c", program], check=True)

    def test_leaves_the_users_settings_alone(self) -> None:
        import matplotlib

        before = dict(matplotlib.rcParams)
        plotting.plot_confusion_matrix(CONFUSION, LABELS)
        plotting.plot_accuracy_against_cost("ab", [1, 2], [0.1, 0.2])
        assert dict(matplotlib.rcParams) == before

    def test_grid_of_axes(self) -> None:
        assert len(plotting.figure(2, 3, sharex=True, size=(4, 3)).axes) == 6

    @pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
    def test_saved_twice_the_same_bytes(self, tmp_path: Path, ending: str) -> None:
        def draw(name: str) -> bytes:
            return plotting.save(
                plotting.plot_confusion_matrix(CONFUSION, LABELS), tmp_path / "new" / f"{name}.{ending}"
            ).read_bytes()

        first = draw("first")
        assert len(first) > 1000
        assert draw("second") == first

    @pytest.mark.parametrize("name", ["figure", "figure.exe", "figure.jpg"])
    def test_save_refuses_other_endings(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(InvalidInputError, match=r"ending of path .* choose one of '\.png'"):
            plotting.save(plotting.figure(), tmp_path / name)
        assert not list(tmp_path.iterdir())

    def test_without_matplotlib(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
        with pytest.raises(MissingDependencyError, match=r"pip install 'har-fall\[demo\]'"):
            plotting.figure()


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


class TestAccuracyAgainstCost:
    @pytest.mark.parametrize("seed", range(3))
    def test_labels_hide_neither_each_other_nor_leave_the_axes(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        names = [f"DTW, {i} profiles" for i in range(15)]
        figure = plotting.plot_accuracy_against_cost(names, 10 ** rng.uniform(3, 8, 15), rng.uniform(0.7, 0.95, 15))
        figure.draw_without_rendering()
        ax = figure.axes[0]
        labels = [text for text in ax.texts if text.get_text()]
        assert {label.get_text() for label in labels} == set(names)
        boxes = [label.get_window_extent() for label in labels]
        assert not any(first.overlaps(second) for first, second in itertools.combinations(boxes, 2))
        frame = ax.get_window_extent()
        assert all(frame.x0 <= box.x0 and box.x1 <= frame.x1 for box in boxes)

    def test_the_stepped_line_joins_the_undominated(self) -> None:
        figure = plotting.plot_accuracy_against_cost("abcde", [1, 2, 2, 4, 8], [0.5, 0.4, 0.7, 0.7, 0.9])
        pieces = [np.asarray(line.get_xydata()).tolist() for line in figure.axes[0].lines]
        assert pieces == [
            [[1.0, 0.5], [2.0, 0.5]],
            [[2.0, 0.5], [2.0, 0.7]],
            [[2.0, 0.7], [8.0, 0.7]],
            [[8.0, 0.7], [8.0, 0.9]],
        ]

    def test_families_intervals_and_titles(self) -> None:
        figure = plotting.plot_accuracy_against_cost(
            ["a", "b", "c"],
            [1, 10, 100],
            [0.5, 0.6, 0.7],
            families=["k-NN", "profiles", "k-NN"],
            intervals=[Interval(0.4, 0.6), Interval(np.nan, np.nan), Interval(0.6, 0.8)],
            cost_label="MACs per window",
            title="Frugality",
        )
        (ax,) = figure.axes
        assert [text.get_text() for text in ax.get_legend().get_texts()] == ["k-NN", "profiles"]
        assert ax.get_xlabel() == "MACs per window"
        assert ax.get_xscale() == "log"

    def test_coinciding_and_single_points(self) -> None:
        plotting.plot_accuracy_against_cost(["a", "b"], [5, 5], [0.5, 0.5])
        plotting.plot_accuracy_against_cost(["a"], [1e-9], [1.0])

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (([], [], []), "names is empty"),
            ((["a"], [1, 2], [0.5]), "costs has 2 entries but names has 1"),
            ((["a"], [0], [0.5]), "costs is 0 at entry 0; a logarithmic axis needs costs above 0"),
            ((["a"], [1], [np.nan]), "accuracies contains NaN"),
            ((["a"], [np.inf], [0.5]), "costs contains infinity at entry 0"),
            ((["a"], [1], [0.5], {"families": ["x", "y"]}), "families has 2 entries"),
            ((["a"], [1], [0.5], {"intervals": []}), "intervals has 0 entries but names has 1"),
            (
                (list("abcdefgh"), range(1, 9), [0.5] * 8, {"families": list("abcdefgh")}),
                "families names 8 kinds; at most 7",
            ),
        ],
    )
    def test_refuses(self, arguments: tuple[object, ...], message: str) -> None:
        *points, options = arguments if isinstance(arguments[-1], dict) else (*arguments, {})
        with pytest.raises(InvalidInputError, match=message):
            plotting.plot_accuracy_against_cost(*points, **options)
