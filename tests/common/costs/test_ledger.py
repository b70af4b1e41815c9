"""Costs add up and scale; ledgers keep their rows."""

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, strategies as st

from common import Cost, Ledger
from common.errors import InvalidInputError

costs = st.builds(Cost, *[st.integers(0, 10**12)] * 6)


class TestCost:
    def test_sum_adds_all_but_working_memory(self) -> None:
        assert Cost(1, 2, 3, 4, 50, 6) + Cost(10, 20, 30, 40, 5, 60) == Cost(11, 22, 33, 44, 50, 66)

    def test_product_scales_work_and_transmission_only(self) -> None:
        assert Cost(1, 2, 3, 4, 5, 6) * 10 == Cost(1, 20, 30, 4, 5, 60)
        assert 0.5 * Cost(1, 2, 4, 4, 5, 6) == Cost(1, 1, 2, 4, 5, 3)
        assert np.int64(3) * Cost(macs=2) == Cost(macs=2) * np.int32(3) == Cost(macs=6)

    @given(costs, costs, costs)
    def test_sum_is_commutative_associative_and_has_a_zero(self, a: Cost, b: Cost, c: Cost) -> None:
        assert a + b == b + a
        assert (a + b) + c == a + (b + c)
        assert a + Cost() == a

    @given(costs, st.integers(0, 10**6), st.integers(0, 10**6))
    def test_repeating_is_exact(self, cost: Cost, m: int, n: int) -> None:
        assert cost * m * n == cost * (m * n)

    def test_large_numpy_integers_do_not_overflow(self) -> None:
        assert (Cost(macs=np.int64(2**62)) * np.int64(8)).macs == 2**65
        assert (Cost(macs=np.int32(2**31 - 1)) + Cost(macs=1)).macs == 2**31

    def test_text(self) -> None:
        assert str(Cost()) == "nothing"
        assert str(Cost(macs=999)) == "999 MAC"
        assert str(Cost(params=1_442_226, macs=18_264, weight_bytes=999_999)) == (
            "1.44 M parameters, 18.3 kMAC, 1 MB of weights"
        )

    @pytest.mark.parametrize("value", [-1, 1.5, True, "1", None, math.nan])
    def test_refuses_what_is_no_count(self, value: object) -> None:
        with pytest.raises(InvalidInputError, match=r"^macs is"):
            Cost(macs=value)

    @pytest.mark.parametrize("times", [-1, math.nan, math.inf, "2", None, True, Cost()])
    def test_refuses_other_factors(self, times: object) -> None:
        with pytest.raises(InvalidInputError, match=r"^times is"):
            Cost(macs=1) * times

    def test_does_not_add_numbers(self) -> None:
        with pytest.raises(TypeError):
            Cost() + 1


class TestLedger:
    ROWS = (("first", Cost(params=608, macs=100, activation_bytes=9)), ("second", Cost(params=66, macs=7)))

    def test_total_and_rows(self) -> None:
        ledger = Ledger(self.ROWS)
        assert ledger.total == Cost(params=674, macs=107, activation_bytes=9)
        assert list(ledger) == list(self.ROWS)
        assert len(ledger) == 2
        assert ledger == Ledger(dict(self.ROWS)) == Ledger(self.ROWS[:1]) + Ledger(self.ROWS[1:])

    def test_a_name_may_occur_again(self) -> None:
        assert Ledger([("CONV_2D", Cost(macs=1)), ("CONV_2D", Cost(macs=2))]).total.macs == 3

    def test_frame(self) -> None:
        frame = Ledger(self.ROWS).to_frame()
        assert frame.columns.tolist() == [
            "params",
            "macs",
            "comparisons",
            "weight_bytes",
            "activation_bytes",
            "sent_bytes",
        ]
        assert frame["params"].sum() == 674
        assert frame.index.tolist() == ["first", "second"]

    def test_a_notebook_shows_the_same_cells(self) -> None:
        shown = Ledger(self.ROWS)._repr_html_()
        for cell in str(Ledger(self.ROWS)).split():
            assert cell in shown or set(cell) == {"-"}

    def test_tables_leave_out_what_costs_nothing_and_end_with_the_total(self) -> None:
        text, markdown = str(Ledger(self.ROWS)), Ledger(self.ROWS).to_markdown()
        assert "parameters" in text
        assert "comparisons" not in text
        assert text.splitlines()[-1].split() == ["total", "674", "107", "9"]
        assert markdown.splitlines()[-1] == "| total | 674 | 107 | 9 |"

    def test_empty(self) -> None:
        assert Ledger().total == Cost()
        assert "total" in str(Ledger())
        assert Ledger().to_frame().empty

    @pytest.mark.parametrize("rows", [None, 3, [Cost()], [("conv", Cost(), 1)]])
    def test_refuses_what_is_no_pairs(self, rows: object) -> None:
        with pytest.raises(InvalidInputError, match="rows must be pairs"):
            Ledger(rows)

    def test_refuses_other_rows(self) -> None:
        with pytest.raises(InvalidInputError, match="rows holds a int for 'conv'"):
            Ledger({"conv": 3})

    def test_an_error_of_the_rows_own_making_is_not_hidden(self) -> None:
        def rows() -> Iterator[tuple[str, Cost]]:
            raise InvalidInputError("the kernel is larger than the image")
            yield

        with pytest.raises(InvalidInputError, match="kernel"):
            Ledger(rows())
