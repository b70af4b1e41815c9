import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from common import pareto_front, plotting
from common.errors import InvalidInputError

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


class TestPlot:
    pytest.importorskip("matplotlib")

    def test_the_front_is_coloured_and_joined(self) -> None:
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

    def test_one_row(self) -> None:
        plotting.plot_pareto(RECIPES.iloc[:1], x="bytes", y="accuracy")

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
