import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from sklearn.base import BaseEstimator
from sklearn.exceptions import DataConversionWarning, NotFittedError

from common.errors import InvalidInputError
from common.validation import (
    as_float_array,
    band_radius,
    check_band,
    check_choice,
    check_class_labels,
    check_finite,
    check_fitted_windows,
    check_integer,
    check_integers,
    check_number,
    check_same_channels,
    check_same_kind,
    check_series,
    check_tensor,
    check_vector,
    check_windows,
    encode_labels,
    remember_windows,
)


class TestArrays:
    def test_float32_stays_and_integers_become_float64(self) -> None:
        assert as_float_array(np.zeros(2, dtype=np.float32), "x").dtype == np.float32
        assert as_float_array([1, 2], "x").dtype == np.float64

    @pytest.mark.parametrize("value", [[[1, 2], [3]], ["a"], [1j], [object()]])
    def test_refuses_what_is_no_rectangle_of_numbers(self, value: object) -> None:
        with pytest.raises(InvalidInputError, match=r"^signals is"):
            as_float_array(value, "signals")

    def test_two_dimensions_are_one_channel(self) -> None:
        assert check_windows(np.zeros((4, 10))).shape == (4, 10, 1)
        assert check_series(np.zeros(10), "x").shape == (10, 1)

    @pytest.mark.parametrize("shape", [(), (3,), (1, 2, 3, 4), (0, 5, 2), (5, 0, 2), (5, 2, 0)])
    def test_windows_of_other_shapes(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(InvalidInputError, match=r"^X (has|is empty)"):
            check_windows(np.zeros(shape))

    @pytest.mark.parametrize("shape", [(), (2, 3, 4), (0,), (0, 3), (3, 0)])
    def test_series_of_other_shapes(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(InvalidInputError, match=r"^x (has|is empty)"):
            check_series(np.zeros(shape), "x")

    @pytest.mark.parametrize(("value", "what"), [(np.nan, "NaN"), (np.inf, "infinity"), (-np.inf, "infinity")])
    def test_says_where_a_value_is_missing(self, value: float, what: str) -> None:
        windows = np.zeros((3, 4, 2))
        windows[1, 2, 1] = windows[2, 0, 0] = value
        with pytest.raises(InvalidInputError, match=rf"{what} at window 1, timestep 2, channel 1 \(2 such values"):
            check_windows(windows)

    def test_opposite_infinities_are_found(self) -> None:
        with pytest.raises(InvalidInputError, match="infinity at sample 0"):
            check_finite(np.array([np.inf, -np.inf]), "x")

    def test_large_numbers_whose_sum_overflows_are_finite(self) -> None:
        check_finite(np.full(4, 1e308), "x")

    def test_channel_counts(self) -> None:
        check_same_channels(np.zeros((5, 3)), np.zeros((2, 7, 3)), ("x", "Y"))
        with pytest.raises(InvalidInputError, match="x has 3 channels and Y has 2"):
            check_same_channels(np.zeros((5, 3)), np.zeros((5, 2)), ("x", "Y"))


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


class TestBand:
    @pytest.mark.parametrize(
        ("band", "n", "m", "radius"),
        [
            (None, 128, 100, 127),
            (12, 128, 128, 12),
            (1, 128, 128, 1),
            (0, 128, 128, 0),
            (500, 128, 100, 127),
            (1.0, 128, 128, 127),
            (0.1, 128, 128, 12),
            (0.1, 100, 128, 12),
            # 0.29 · 100 is 28.999999999999996 in binary: the design adds 1e-9 before it rounds down.
            (0.29, 100, 100, 29),
            (1e-9, 10, 10, 0),
            (np.int64(3), 10, 10, 3),
            (np.float32(0.5), 10, 10, 5),
        ],
    )
    def test_radius(self, band: object, n: int, m: int, radius: int) -> None:
        assert band_radius(band, n, m) == radius

    @pytest.mark.parametrize("band", [-1, -0.1, 0.0, 1.5, True, False, np.bool_(True), "0.1", np.nan, np.inf, [1], 1j])
    def test_refuses(self, band: object) -> None:
        with pytest.raises(InvalidInputError, match=r"^band is"):
            check_band(band)


class TestNumbers:
    @pytest.mark.parametrize("value", [0, 11, -3, 1.0, True, "1", None, np.nan])
    def test_integer_refuses(self, value: object) -> None:
        with pytest.raises(InvalidInputError, match=r"^k is"):
            check_integer(value, "k", at_least=1, at_most=10)

    def test_integer_of_numpy_becomes_pythons(self) -> None:
        assert type(check_integer(np.int16(4), "k")) is int

    def test_integer_says_why(self) -> None:
        with pytest.raises(InvalidInputError, match=r"at most 3 \(the number of references\)"):
            check_integer(4, "k", at_most=3, why="(the number of references)")

    @pytest.mark.parametrize(
        ("value", "limits"),
        [
            (0.0, {"above": 0}),
            (-1, {"at_least": 0}),
            (1.0, {"below": 1}),
            (np.nan, {}),
            (np.inf, {}),
            (10**400, {}),
            ("1", {}),
            (True, {}),
        ],
    )
    def test_number_refuses(self, value: object, limits: dict[str, float]) -> None:
        with pytest.raises(InvalidInputError, match=r"^rate_hz is"):
            check_number(value, "rate_hz", **limits)

    def test_number(self) -> None:
        assert check_number(np.float32(0.5), "overlap", at_least=0, below=1) == 0.5

    @pytest.mark.parametrize("value", ["mean", "", None, 1, ["best"]])
    def test_choice_lists_the_choices(self, value: object) -> None:
        with pytest.raises(InvalidInputError, match="choose one of 'best', 'worst'"):
            check_choice(value, "method", ("best", "worst"))


class Remembering(BaseEstimator):
    """The least that remembers windows."""

    def fit(self, X: object) -> "Remembering":
        remember_windows(self, X, check_windows(X))
        return self


class TestEstimators:
    def test_remembers_the_shape_of_windows(self) -> None:
        estimator = Remembering().fit(np.zeros((3, 4, 2)))
        assert (estimator.n_features_in_, estimator.n_timesteps_in_, estimator.n_channels_in_) == (8, 4, 2)
        assert check_fitted_windows(estimator, np.zeros((1, 4, 2))).shape == (1, 4, 2)

    @pytest.mark.parametrize("shape", [(3, 2, 4), (3, 8, 1), (3, 8), (3, 4), (3, 4, 3)])
    def test_refuses_windows_of_another_shape(self, shape: tuple[int, ...]) -> None:
        estimator = Remembering().fit(np.zeros((3, 4, 2)))
        with pytest.raises(InvalidInputError, match=r"^X has .* but Remembering"):
            check_fitted_windows(estimator, np.zeros(shape))

    def test_refuses_before_fit(self) -> None:
        with pytest.raises(NotFittedError):
            check_fitted_windows(Remembering(), np.zeros((3, 4, 2)))

    def test_names_of_a_data_frame(self) -> None:
        estimator = Remembering().fit(pd.DataFrame({"a": [0.0], "b": [1.0]}))
        assert estimator.feature_names_in_.tolist() == ["a", "b"]
        with pytest.raises(InvalidInputError, match="names should match"):
            check_fitted_windows(estimator, pd.DataFrame({"b": [0.0], "a": [1.0]}))
        with pytest.raises(InvalidInputError, match="names of several types"):
            estimator.fit(pd.DataFrame({"a": [0.0], 1: [1.0]}))
        assert estimator.feature_names_in_.tolist() == ["a", "b"]

    def test_sparse_is_refused_by_name(self) -> None:
        with pytest.raises(InvalidInputError, match=r"X is sparse.*X\.toarray\(\)"):
            check_windows(scipy.sparse.csr_array(np.eye(3)))

    def test_what_is_no_number_is_a_type_error_too(self) -> None:
        with pytest.raises(TypeError, match=r"X is not .* must be a string or a real number") as caught:
            check_windows(np.array([[1.0, {}]], dtype=object))
        assert isinstance(caught.value, InvalidInputError)

    def test_numbers_beyond_floats(self) -> None:
        with pytest.raises(InvalidInputError, match="X is not"):
            check_windows([[10**400, 1]])


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
            ([1.0, np.nan, 2.0], "y contains NaN or None at entry 1"),
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
    def test_what_is_no_tensor(self, value: object, message: str) -> None:
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
    def test_what_are_no_such_integers(self, value: object, message: str) -> None:
        with pytest.raises(InvalidInputError, match=message):
            check_integers(value, "q", at_least=0, at_most=3)
