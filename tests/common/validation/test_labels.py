"""Labels, subjects and weights: one entry per window, none missing."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import DataConversionWarning

from common.errors import InvalidInputError
from common.validation import check_class_labels, check_same_kind, check_vector, encode_labels


class TestVector:
    def test_a_column_is_a_vector(self) -> None:
        assert check_vector([[1], [2]], 2, "y").tolist() == [1, 2]

    @pytest.mark.parametrize("value", [[1, 2], [1, np.nan, 2], ["a", None, "b"], np.zeros((3, 2)), 5])
    def test_refuses(self, value: object) -> None:
        with pytest.raises(InvalidInputError, match=r"^groups "):
            check_vector(value, 3, "groups")


class TestLabels:
    @pytest.mark.parametrize(
        "value",
        [
            ["b", "a", "b"],
            pd.Series(["b", "a", "b"]),
            pd.Series(["b", "a", "b"], dtype="category"),
            [["b"], ["a"], ["b"]],
        ],
    )
    def test_text(self, value: object) -> None:
        values, codes = encode_labels(value, "y")
        assert values.tolist() == ["a", "b"]
        assert codes.tolist() == [1, 0, 1]

    def test_numbers_keep_their_type(self) -> None:
        values, codes = encode_labels(np.array([9, 1, 9], dtype=object), "y")
        assert values.dtype.kind == "i"
        assert codes.tolist() == [1, 0, 1]

    @pytest.mark.parametrize("value", [pd.Series(["a", None]), np.array(["a", np.nan], dtype=object), [1.0, np.nan]])
    def test_says_where_a_label_is_missing(self, value: object) -> None:
        with pytest.raises(InvalidInputError, match=r"y contains .* at entry 1"):
            encode_labels(value, "y")

    @pytest.mark.parametrize(
        "value", [[], 3, "walk", [[1, 2], [3]], np.array([[1], [2, 3]], dtype=object), [[1, 2], [3, 4]], [1, object()]]
    )
    def test_refuses(self, value: object) -> None:
        with pytest.raises(InvalidInputError, match=r"^y "):
            encode_labels(value, "y")

    def test_length(self) -> None:
        with pytest.raises(InvalidInputError, match="groups has 2 entries but y has 3"):
            encode_labels([1, 2], "groups", n=3, of="y")

    def test_numbers_and_text_are_not_compared(self) -> None:
        check_same_kind(np.array([1]), np.array([1.0]), ("a", "b"))
        check_same_kind(np.array([True]), np.array([1]), ("a", "b"))
        with pytest.raises(InvalidInputError, match="a holds numbers and b holds text"):
            check_same_kind(np.array([1]), np.array(["1"]), ("a", "b"))


class TestMixedKinds:
    @pytest.mark.parametrize(
        "value",
        [
            [1, "fall", 1],
            (1.0, "fall"),
            [True, "fall"],
            ["fall", b"fall"],
            np.array([7, 7.0, "control"], dtype=object),
            [["fall"], [1]],
            pd.Series([1, "fall"]),
            pd.Categorical([1, "fall"]),
            [2**53 + 1, 1.0],
        ],
    )
    @pytest.mark.parametrize(
        "call",
        [
            lambda value: encode_labels(value, "y"),
            lambda value: check_vector(value, len(value), "y"),
            lambda value: check_class_labels(value, len(value)),
        ],
    )
    def test_are_refused(self, call: Callable[[object], object], value: object) -> None:
        with pytest.raises(InvalidInputError, match=r"^y (mixes|holds numbers above)"):
            call(value)

    @pytest.mark.parametrize(
        "value",
        [[1, 1.0, 2], [True, 1, 2], np.array([1, 1.0, np.int8(2)], dtype=object), np.array([True, 1, 2], dtype=object)],
    )
    def test_equal_numbers_are_one_label(self, value: object) -> None:
        values, codes = encode_labels(value, "groups")
        assert values.tolist() == [1, 2]
        assert codes.tolist() == [0, 0, 1]

    def test_bytes_are_not_text(self) -> None:
        with pytest.raises(InvalidInputError, match="a holds bytes and b holds text"):
            check_same_kind(np.array([b"fall"]), np.array(["fall"]), ("a", "b"))


class TestClassLabels:
    @pytest.mark.parametrize(
        "value", [["b", "a", "b"], pd.Series(["b", "a", "b"]), pd.Series(["b", "a", "b"], dtype="category")]
    )
    def test_text(self, value: object) -> None:
        assert check_class_labels(value, 3).tolist() == ["b", "a", "b"]

    def test_column_warns(self) -> None:
        with pytest.warns(DataConversionWarning, match="column-vector y"):
            assert check_class_labels([[1], [2]], 2).tolist() == [1, 2]

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            (None, "requires y to be passed, but the target y is None"),
            ([1, 2], "y has 2 entries but X has 3"),
            ([1.0, np.nan, 2.0], "y contains a missing value at entry 1"),
            (["a", "b", None], "y contains a missing value at entry 2"),
            ([1.0, np.inf, 2.0], "Input y contains infinity"),
            ([0.1, 0.2, 0.3], "Unknown label type"),
            ([3, 3, 3], "y holds one class only"),
            ([[1, 2], [3, 4], [5, 6]], "1d array"),
            ([[1], [2, 3], [4]], "y is ragged"),
            (5, "1d array"),
        ],
    )
    def test_refuses(self, value: object, message: str) -> None:
        with pytest.raises(InvalidInputError, match=message):
            check_class_labels(value, 3)
