"""The arithmetic of a cost outlives sums and products, and decides an estimate; nothing is assumed in silence."""

import pickle
from dataclasses import replace

import pytest

from common import Cost, InvalidInputError, Ledger, conv2d_cost, dense_cost, knn_cost, training_cost, transmission_cost
from tests.common.costs.test_devices import PLAIN

INT8 = Cost(macs=900, comparisons=100, arithmetic="int8")
FLOAT32 = Cost(macs=1000, arithmetic="float32")
INT16 = Cost(macs=1000, arithmetic="int16x8")
UNKNOWN = Cost(macs=1000)


class TestCost:
    @pytest.mark.parametrize(
        ("cost", "arithmetic"),
        [
            (Cost(), None),
            (FLOAT32 + FLOAT32, "float32"),
            (FLOAT32 + Cost(activation_bytes=9), "float32"),
            (transmission_cost(18) + INT8, "int8"),
            (Cost(params=1, arithmetic="int8") + Cost(params=1), "int8"),
            (INT8 + FLOAT32, "mixed"),
            (INT8 + UNKNOWN, "mixed"),
            (INT8 + FLOAT32 + INT8, "mixed"),
            (UNKNOWN + UNKNOWN, None),
            (INT16 * 3, "int16x8"),
            (0.5 * INT8, "int8"),
            (Ledger({"a": FLOAT32, "b": Cost(activation_bytes=1)}).total, "float32"),
            (replace(FLOAT32, activation_bytes=9), "float32"),
            (pickle.loads(pickle.dumps(INT8)), "int8"),
            (training_cost(INT8, 10), "float32"),
        ],
    )
    def test_sums_and_products_keep_it(self, cost: Cost, arithmetic: str | None) -> None:
        assert cost.arithmetic == arithmetic

    def test_it_is_no_count(self) -> None:
        plain = Cost(macs=1)
        for arithmetic in ("int8", "float32", "mixed"):
            known = Cost(macs=1, arithmetic=arithmetic)
            assert known == plain
            assert hash(known) == hash(plain)
            assert known.counts() == plain.counts()
            assert eval(repr(known)).arithmetic == arithmetic
        assert "arithmetic" not in repr(plain) + str(Ledger({"a": INT8})) + str(list(Ledger({"a": INT8}).to_frame()))

    @pytest.mark.parametrize("arithmetic", ["int4", "", 8, True])
    def test_refuses(self, arithmetic: object) -> None:
        with pytest.raises(InvalidInputError, match="arithmetic is"):
            Cost(macs=1, arithmetic=arithmetic)


class TestEstimate:
    """PLAIN computes a MAC in 1 µs in int8 and in 10 µs in float32."""

    @pytest.mark.parametrize(
        ("cost", "dtype", "time_s", "arithmetic", "is_assumed"),
        [
            (INT8, None, 1e-3, "int8", False),
            (INT8, "int8", 1e-3, "int8", False),
            (FLOAT32, None, 1e-2, "float32", False),
            (FLOAT32 * 2, "float32", 2e-2, "float32", False),
            (FLOAT32 + transmission_cost(1), None, 1e-2, "float32", False),
            (Ledger({"a": INT8, "b": FLOAT32}), None, 1.1e-2, "mixed", False),
            (Ledger({"a": INT8, "b": Cost(activation_bytes=9)}), "int8", 1e-3, "int8", False),
            (Ledger({"a": FLOAT32, "b": UNKNOWN}), "float32", 2e-2, "float32", False),
            (Ledger({"a": FLOAT32, "b": UNKNOWN}), None, 1.1e-2, "mixed", True),
            (INT16, "int8", 1e-3, "int8", True),
            (UNKNOWN, None, 1e-3, "int8", True),
            (UNKNOWN, "float32", 1e-2, "float32", False),
            (Cost(weight_bytes=9), None, 0, None, False),
            (transmission_cost(18), "float32", 0, None, False),
        ],
    )
    def test_takes_it_from_the_cost(
        self, cost: Cost | Ledger, dtype: str | None, time_s: float, arithmetic: str | None, is_assumed: bool
    ) -> None:
        estimate = PLAIN.estimate(cost, dtype=dtype)
        assert estimate.time_s == pytest.approx(time_s)
        assert (estimate.arithmetic, estimate.is_assumed) == (arithmetic, is_assumed)

    @pytest.mark.parametrize(
        ("cost", "text"),
        [
            (FLOAT32, "in float32 on"),
            (UNKNOWN, "in int8 (assumed) on"),
            (Ledger({"a": INT8, "b": FLOAT32}), "in int8 and float32 on"),
            (Cost(sent_bytes=1), "J on"),
        ],
    )
    def test_says_it(self, cost: Cost | Ledger, text: str) -> None:
        assert text in str(PLAIN.estimate(cost))

    @pytest.mark.parametrize(
        "cost", [conv2d_cost(8, 8, 3, 4, 3), dense_cost(10, 4), knn_cost(5, 8, 2), knn_cost(5, 8, 2) + UNKNOWN]
    )
    def test_weights_of_four_bytes_are_not_taken_for_int8(self, cost: Cost) -> None:
        assert PLAIN.estimate(cost).time_s == PLAIN.estimate(cost, dtype="float32").time_s
        assert PLAIN.estimate(Ledger({"layer": cost})).arithmetic == "float32"
        assert PLAIN.estimate(cost).is_assumed

    @pytest.mark.parametrize(
        "cost", [conv2d_cost(8, 8, 3, 4, 3, bytes_per_value=1), dense_cost(10, 4, bytes_per_value=2)]
    )
    def test_smaller_weights_are_taken_for_int8(self, cost: Cost) -> None:
        assert PLAIN.estimate(cost).arithmetic == "int8"

    @pytest.mark.parametrize(
        ("cost", "dtype", "message"),
        [
            (FLOAT32, "int8", "dtype is 'int8', but cost is computed in float32: leave dtype out"),
            (INT8, "float32", "dtype is 'float32', but cost is computed in int8"),
            (INT8 * 3 + transmission_cost(1), "float32", "computed in int8"),
            (Ledger({"a": INT8, "b": FLOAT32}), "int8", "but cost, row 'b', is computed in float32"),
            (INT16, None, "int16x8, for which devices have no figure: pass dtype='int8'"),
            (INT8 + FLOAT32, None, "pass the ledger of its parts"),
            (INT8 + FLOAT32, "int8", "pass the ledger of its parts"),
            (INT8 + UNKNOWN, None, "pass the ledger of its parts"),
            (UNKNOWN, "int16", "dtype is 'int16'"),
            (Cost(), "int4", "dtype is 'int4'"),
        ],
    )
    def test_contradictions_are_refused(self, cost: Cost | Ledger, dtype: str | None, message: str) -> None:
        with pytest.raises(InvalidInputError, match=message):
            PLAIN.estimate(cost, dtype=dtype)

    def test_average_power_follows(self) -> None:
        for cost in (INT8, FLOAT32, UNKNOWN):
            a_day = PLAIN.average_power(cost, decisions_per_day=1000)
            estimate = PLAIN.estimate(cost)
            asleep_s = 86_400 - 1000 * estimate.time_s
            assert a_day == pytest.approx((1000 * estimate.energy_j + asleep_s * PLAIN.sleep_w) / 86_400)
        with pytest.raises(InvalidInputError, match="computed in float32"):
            PLAIN.average_power(FLOAT32, decisions_per_day=1, dtype="int8")
