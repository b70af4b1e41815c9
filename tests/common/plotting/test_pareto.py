"""Pareto fronts by definition, and the two plots that show them."""

import itertools
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from common import Interval, pareto_front, plotting
from common.errors import InvalidInputError

needs_matplotlib = pytest.mark.skipif(find_spec("matplotlib") is None, reason="needs matplotlib")

RECIPES = pd.DataFrame(
    {
        "recipe": ["float32", "int8", "channels", "twin", "bad"],
        "bytes": [924e3, 236e3, 62e3, 62e3, 300e3],
        "accuracy": [0.925, 0.924, 0.919, 0.919, 0.90],
        "missed": [10, 12, 15, 15, 30],
    }
)


class TestFront:
    def test_two_columns(self) -> None:
        assert pareto_front(RECIPES, minimize=["bytes"], maximize=["accuracy"]).tolist() == [True] * 4 + [False]
        assert pareto_front(RECIPES, minimize=["bytes", "missed"]).tolist() == [True] * 4 + [False]
        assert pareto_front(RECIPES, maximize=["accuracy"]).tolist() == [True] + [False] * 4

    @given(st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=1, max_size=20))
    def test_by_definition(self, rows: list[tuple[int, int, int]]) -> None:
        table = pd.DataFrame(rows, columns=["cost", "energy", "gain"])
        mask = pareto_front(table, minimize=["cost", "energy"], maximize=["gain"])
        for (cost, energy, gain), on_front in zip(rows, mask, strict=True):
            beaten = any(
                c <= cost and e <= energy and g >= gain and (c, e, g) != (cost, energy, gain) for c, e, g in rows
            )
            assert on_front == (not beaten)
        assert mask.any()

    def test_empty_table(self) -> None:
        assert pareto_front(RECIPES.iloc[:0], minimize=["bytes"]).shape == (0,)

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({}, "minimize and maximize are empty"),
            ({"minimize": ["energy"]}, r"table has no column 'energy'; it has \['recipe'"),
            ({"maximize": "accuracy"}, r"maximize is the text 'accuracy'; pass a list, \['accuracy'\]"),
            ({"maximize": ["recipe"]}, "recipe is not"),
        ],
    )
    def test_refuses(self, options: dict[str, list[str]], message: str) -> None:
        with pytest.raises(InvalidInputError, match=message):
            pareto_front(RECIPES, **options)

    def test_refuses_missing_values(self) -> None:
        with pytest.raises(InvalidInputError, match="bytes contains NaN at row 1"):
            pareto_front(pd.DataFrame({"bytes": [1, np.nan]}), minimize=["bytes"])


@needs_matplotlib
class TestPareto:
    def test_the_front_is_colored_and_joined(self) -> None:
        (ax,) = plotting.plot_pareto(RECIPES, x="bytes", y="accuracy", label="recipe", title="Recipes").axes
        dominated, front = ax.collections
        assert np.asarray(dominated.get_offsets()).tolist() == [[300e3, 0.90]]
        assert len(np.asarray(front.get_offsets())) == 4
        assert np.asarray(ax.lines[-1].get_xydata()).tolist() == [[924e3, 0.924], [924e3, 0.925]]
        assert {text.get_text() for text in ax.texts if text.get_text()} == set(RECIPES["recipe"])
        assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_title("left")) == ("bytes", "accuracy", "Recipes")
        assert ax.get_xscale() == "log"

    def test_where_lower_is_better(self) -> None:
        (ax,) = plotting.plot_pareto(RECIPES, x="bytes", y="missed", higher_is_better=False, y_label="falls").axes
        assert np.asarray(ax.collections[0].get_offsets()).tolist() == [[300e3, 30]]
        assert {text.get_text() for text in ax.texts if text.get_text()} == set("01234")
        assert ax.get_ylabel() == "falls"

    def test_labels_hide_neither_each_other_nor_leave_the_axes(self) -> None:
        rng = np.random.default_rng(0)
        n = 18
        table = pd.DataFrame(
            {"bytes": 10 ** rng.uniform(4, 6, n), "accuracy": rng.uniform(0.85, 0.95, n)},
            index=[f"recipe_{i}_int8" for i in range(n)],
        )
        figure = plotting.plot_pareto(table, x="bytes", y="accuracy")
        figure.draw_without_rendering()
        ax = figure.axes[0]
        boxes = [text.get_window_extent() for text in ax.texts if text.get_text()]
        assert len(boxes) == n
        assert not any(first.overlaps(second) for first, second in itertools.combinations(boxes, 2))
        frame = ax.get_window_extent()
        assert all(frame.x0 <= box.x0 and box.x1 <= frame.x1 for box in boxes)

    @pytest.mark.parametrize(("high", "at_least"), [(2.5e5, 4), (1e9, 3)])
    def test_enough_ticks_to_read_a_cost(self, high: float, at_least: int) -> None:
        table = pd.DataFrame({"bytes": [2e4, high], "accuracy": [0.8, 0.9]})
        figure = plotting.plot_pareto(table, x="bytes", y="accuracy")
        figure.draw_without_rendering()
        low, top = figure.axes[0].get_xlim()
        shown = [tick for tick in figure.axes[0].get_xticks() if low <= tick <= top]
        assert at_least <= len(shown) <= 12

    def test_one_row_is_the_front(self) -> None:
        dominated, front = plotting.plot_pareto(RECIPES.iloc[:1], x="bytes", y="accuracy").axes[0].collections
        assert len(np.asarray(dominated.get_offsets())) == 0
        assert np.asarray(front.get_offsets()).tolist() == [[924e3, 0.925]]

    @pytest.mark.parametrize(
        ("table", "options", "message"),
        [
            (RECIPES.iloc[:0], {}, "table is empty"),
            (RECIPES.assign(bytes=0), {}, "bytes is 0 at entry 0; a logarithmic axis needs costs above 0"),
            (RECIPES.assign(accuracy=np.inf), {}, "accuracy contains infinity"),
            (RECIPES, {"label": "name"}, "table has no column 'name'"),
            (3, {}, "table has no column 'bytes'"),
        ],
    )
    def test_refuses(self, table: pd.DataFrame, options: dict[str, str], message: str) -> None:
        with pytest.raises(InvalidInputError, match=message):
            plotting.plot_pareto(table, x="bytes", y="accuracy", **options)


@needs_matplotlib
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
        assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_title("left")) == ("MACs per window", "accuracy", "Frugality")
        assert ax.get_xscale() == "log"
        # After the two segments of each of the two steps: a line for each interval that is defined.
        intervals = [np.asarray(line.get_xydata()).tolist() for line in ax.lines[4:]]
        assert intervals == [[[1, 0.4], [1, 0.6]], [[100, 0.6], [100, 0.8]]]

    @pytest.mark.parametrize(("names", "costs", "accuracies"), [("ab", [5, 5], [0.5, 0.5]), ("a", [1e-9], [1.0])])
    def test_coinciding_and_single_points_are_drawn_and_named(
        self, names: str, costs: list[float], accuracies: list[float]
    ) -> None:
        (ax,) = plotting.plot_accuracy_against_cost(names, costs, accuracies).axes
        (points,) = ax.collections
        assert np.asarray(points.get_offsets()).tolist() == [
            list(point) for point in zip(costs, accuracies, strict=True)
        ]
        assert {text.get_text() for text in ax.texts if text.get_text()} == set(names)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (([], [], []), "names is empty"),
            ((["a"], [1, 2], [0.5]), "costs has 2 entries but names has 1"),
            ((["a"], [0], [0.5]), "costs is 0 at entry 0; a logarithmic axis needs costs above 0"),
            ((["a"], [1], [np.nan]), "accuracies contains a missing value"),
            ((["a"], [np.inf], [0.5]), "costs contains infinity at entry 0"),
            ((["a"], [1], [0.5], {"families": ["x", "y"]}), "families has 2 entries"),
            ((["a"], [1], [0.5], {"intervals": []}), "intervals has 0 entries but names has 1"),
            (
                (list("abcdefgh"), range(1, 9), [0.5] * 8, {"families": list("abcdefgh")}),
                "families names 8 families; at most 7",
            ),
        ],
    )
    def test_refuses(self, arguments: tuple[object, ...], message: str) -> None:
        *points, options = arguments if isinstance(arguments[-1], dict) else (*arguments, {})
        with pytest.raises(InvalidInputError, match=message):
            plotting.plot_accuracy_against_cost(*points, **options)


def test_no_line_to_a_label_crosses_another_label() -> None:
    points = {
        "1-NN DTW, 50 Hz": (284e6, 0.853),
        "1-NN Euclid, 50 Hz": (2.2e6, 0.807),
        "8 best profiles": (71_232, 0.782),
        "4 learned, linear readout": (36_064, 0.871),
        "4 learned profiles": (35_616, 0.872),
        "8 learned profiles": (71_232, 0.882),
    }
    costs, accuracies = zip(*points.values(), strict=True)
    (ax,) = plotting.plot_accuracy_against_cost(list(points), costs, accuracies).axes
    labels = {text.get_text(): text.get_window_extent() for text in ax.texts if text.get_text()}
    assert set(labels) == set(points)
    leaders = [text for text in ax.texts if not text.get_text()]
    assert leaders
    for leader in leaders:
        (x, y), offset = ax.transData.transform(leader.xy), np.array(leader.xyann) * ax.figure.dpi / 72
        along = np.linspace(0, 0.9, 50)[:, None] * offset + [x, y]  # its own label begins at the end
        assert not any(box.contains(*point) for box in labels.values() for point in along)
