"""Arrays of numbers: type, shape, and the place of non-finite values."""

import numpy as np
import pytest

from common.errors import InvalidInputError
from common.validation import (
    as_float_array,
    check_finite,
    check_integers,
    check_same_channels,
    check_series,
    check_tensor,
)


class TestArrays:
    def test_float32_stays_and_integers_become_float64(self) -> None:
        assert as_float_array(np.zeros(2, dtype=np.float32), "x").dtype == np.float32
        assert as_float_array([1, 2], "x").dtype == np.float64

    @pytest.mark.parametrize("value", [[[1, 2], [3]], ["a"], [1j], [object()]])
    def test_refuses_ragged_and_non_numeric_data(self, value: object) -> None:
        with pytest.raises(InvalidInputError, match=r"^signals is"):
            as_float_array(value, "signals")

    def test_one_dimension_is_one_channel(self) -> None:
        assert check_series(np.zeros(10), "x").shape == (10, 1)

    @pytest.mark.parametrize("shape", [(), (2, 3, 4), (0,), (0, 3), (3, 0)])
    def test_series_of_other_shapes(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(InvalidInputError, match=r"^x (has|is empty)"):
            check_series(np.zeros(shape), "x")

    def test_opposite_infinities_are_found(self) -> None:
        with pytest.raises(InvalidInputError, match="infinity at sample 0"):
            check_finite(np.array([np.inf, -np.inf]), "x")

    def test_large_numbers_whose_sum_overflows_are_finite(self) -> None:
        check_finite(np.full(4, 1e308), "x")

    def test_channel_counts(self) -> None:
        check_same_channels(np.zeros((5, 3)), np.zeros((2, 7, 3)), ("x", "Y"))
        with pytest.raises(InvalidInputError, match="x has 3 channels and Y has 2"):
            check_same_channels(np.zeros((5, 3)), np.zeros((5, 2)), ("x", "Y"))


class TestTensors:
    def test_any_shape_is_taken(self) -> None:
        assert check_tensor(3, "w").shape == ()
        assert check_tensor(np.zeros((2, 3, 4, 5), np.float32), "w").dtype == np.float32
        assert check_integers(np.zeros((2, 0)), "q", at_least=0, at_most=1).shape == (2, 0)
        assert check_integers(np.uint8([0, 255]), "q", at_least=0, at_most=255).dtype == np.int64

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            (np.zeros((2, 0)), r"w is empty: shape \(2, 0\)"),
            ([[0.0, 1.0], [2.0, -np.inf]], r"w contains -inf at index \(1, 1\)"),
            ([[0.0], [1.0, 2.0]], "w is not a rectangular array of numbers: pass one tensor at a time"),
            ([1j], "w is complex"),
        ],
    )
    def test_tensor_refuses(self, value: object, message: str) -> None:
        with pytest.raises(InvalidInputError, match=message):
            check_tensor(value, "w")

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            ([[0, 1], [4, 1]], r"q is 4 at index \(1, 0\); it must lie from 0 to 3"),
            (np.uint64([2**63]), "it must lie from 0 to 3"),
            ([0.0], "q holds float64; it must hold integers"),
            ([True], "q holds bool"),
            ([[0], [1, 2]], "q is ragged"),
        ],
    )
    def test_integers_refuse(self, value: object, message: str) -> None:
        with pytest.raises(InvalidInputError, match=message):
            check_integers(value, "q", at_least=0, at_most=3)
