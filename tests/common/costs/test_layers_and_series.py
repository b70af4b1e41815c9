import itertools
import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from common import Cost, Ledger, conv2d_cost, dense_cost, dtw_cost, knn_cost, separable_conv2d_cost
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


class TestDTW:
    def test_the_designs_example(self) -> None:
        assert dtw_cost(128, 6, band=12) == Cost(macs=6 * 3044, comparisons=2 * 3044)
        assert dtw_cost(128, 6, band=0.1) == dtw_cost(128, 6, band=12)

    @pytest.mark.parametrize("n", [1, 2, 3, 7, 20])
    @pytest.mark.parametrize("band", [None, 0, 1, 2, 6, 50, 0.1, 0.5, 1.0])
    def test_cells_counted_one_by_one(self, n: int, band: float | None) -> None:
        radius = n if band is None else band if isinstance(band, int) else int(band * n + 1e-9)
        cells = sum(abs(i - j) <= radius for i, j in itertools.product(range(n), repeat=2))
        assert dtw_cost(n, 3, band=band) == Cost(macs=3 * cells, comparisons=2 * cells)

    def test_without_a_band_quadratic(self) -> None:
        assert dtw_cost(100, 1).macs == 100**2


class TestNeighbours:
    def test_the_nearest_alone(self) -> None:
        assert knn_cost(48, 32, 9, band=3) == Cost(
            params=48 * 32 * 9, macs=48 * 9 * 212, comparisons=48 * 2 * 212 + 47, weight_bytes=48 * 32 * 9 * 4
        )

    @pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 8, 9, 1000, 1024, 1025, 14_281])
    def test_sorting(self, n: int) -> None:
        k = min(n, 3)
        ranking = knn_cost(n, 10, 1, n_neighbors=k).comparisons - n * dtw_cost(10, 1).comparisons
        assert ranking == (0 if n == 1 else n * math.ceil(math.log2(n)))

    def test_two_bytes_a_value(self) -> None:
        assert knn_cost(6, 32, 9, bytes_per_value=2).weight_bytes == 6 * 32 * 9 * 2

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((0, 10, 1), "n_references is 0"),
            ((5, 0, 1), "n_timesteps is 0"),
            ((5, 10, -1), "n_channels is -1"),
            ((5, 10.0, 1), "n_timesteps is 10.0"),
            ((5, 10, 1, {"n_neighbors": 6}), r"n_neighbors is 6; it must be at least 1 and at most 5"),
            ((5, 10, 1, {"band": -1}), "band is -1"),
            ((5, 10, 1, {"bytes_per_value": 0}), "bytes_per_value is 0"),
        ],
    )
    def test_refuses(self, arguments: tuple[object, ...], message: str) -> None:
        *shape, options = arguments if isinstance(arguments[-1], dict) else (*arguments, {})
        with pytest.raises(InvalidInputError, match=message):
            knn_cost(*shape, **options)


class TestLayers:
    """The figures of the lecture."""

    def test_perceptron(self) -> None:
        assert dense_cost(224 * 224 * 3, 1000) == Cost(
            params=150_529_000,
            macs=224 * 224 * 3 * 1000,
            weight_bytes=4 * 150_529_000,
            activation_bytes=4 * (224 * 224 * 3 + 1000),
        )

    @pytest.mark.parametrize(("side", "flat", "total"), [(224, 44_944, 1_442_226), (96, 7_056, 229_810)])
    def test_cnn(self, side: int, flat: int, total: int) -> None:
        first = conv2d_cost(side, side, 3, 8, 5)
        pooled = (side - 4) // 2
        second = conv2d_cost(pooled, pooled, 8, 16, 5)
        assert (first.params, second.params) == (608, 3216)
        assert first.macs == 5 * 5 * 3 * 8 * (side - 4) ** 2
        dense = dense_cost(flat, 32) + dense_cost(32, 2)
        batch_norms = Cost(params=32 + 64)
        assert (first + second + dense + batch_norms).params == total

    def test_separable_against_plain(self) -> None:
        assert conv2d_cost(12, 12, 3, 256, 5).macs == 1_228_800
        assert separable_conv2d_cost(12, 12, 3, 256, 5).macs == 53_952

    def test_separable_parameters(self) -> None:
        # Keras' SeparableConv2D(256, 5) on 3 channels: 75 depthwise, 768 pointwise, 256 biases.
        assert separable_conv2d_cost(12, 12, 3, 256, 5).params == 75 + 768 + 256
        assert separable_conv2d_cost(12, 12, 3, 256, 5, bias=False).params == 75 + 768

    def test_groups_divide_the_work(self) -> None:
        plain, grouped = (conv2d_cost(12, 12, 8, 16, 3, groups=g, bias=False) for g in (1, 4))
        assert (plain.macs, plain.params) == (4 * grouped.macs, 4 * grouped.params)

    @pytest.mark.parametrize(
        ("side", "kernel", "stride", "padding", "out"),
        [
            (12, 5, 1, "valid", 8),
            (12, 5, 1, "same", 12),
            (12, 3, 2, "valid", 5),
            (13, 3, 2, "same", 7),
            (5, 5, 3, "valid", 1),
        ],
    )
    def test_output_side(self, side: int, kernel: int, stride: int, padding: str, out: int) -> None:
        cost = conv2d_cost(side, side, 1, 1, kernel, stride=stride, padding=padding, bytes_per_value=1)
        assert cost.macs == kernel**2 * out**2
        assert cost.activation_bytes == side**2 + out**2

    @pytest.mark.parametrize(("channels", "filters", "name"), [(3, 8, "channels"), (4, 5, "filters")])
    def test_groups_that_do_not_divide(self, channels: int, filters: int, name: str) -> None:
        with pytest.raises(InvalidInputError, match=f"groups is 2; it must divide {name}"):
            conv2d_cost(12, 12, channels, filters, 5, groups=2)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((4, 12, 3, 8, 5), 'kernel is 5 but height is 4: use a smaller kernel or padding="same"'),
            ((12, 4, 3, 8, 5), "kernel is 5 but width is 4"),
            ((12, 12, 3, 8, 5, {"padding": "full"}), "padding is 'full'"),
            ((12, 12, 3, 8, 5, {"stride": 0}), "stride is 0"),
            ((12.5, 12, 3, 8, 5), "height is 12.5"),
            ((12, 12, 0, 8, 5), "channels is 0"),
            ((12, 12, 3, 8, "5"), "kernel is '5'"),
        ],
    )
    @pytest.mark.parametrize("function", [conv2d_cost, separable_conv2d_cost])
    def test_refuses(self, function: object, arguments: tuple[object, ...], message: str) -> None:
        *shape, options = arguments if isinstance(arguments[-1], dict) else (*arguments, {})
        with pytest.raises(InvalidInputError, match=message):
            function(*shape, **options)


def test_an_error_of_the_rows_own_making_is_not_hidden():
    def rows():
        raise InvalidInputError("the kernel is larger than the image")
        yield

    with pytest.raises(InvalidInputError, match="kernel"):
        Ledger(rows())
