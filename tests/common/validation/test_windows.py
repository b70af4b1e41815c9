"""Windows, and what an estimator stores about those it was fitted on."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError

from common.errors import InvalidInputError
from common.validation import check_fitted_windows, check_windows, remember_windows


class WindowEstimator(BaseEstimator):
    """The smallest estimator that stores the shape and the names of its training windows."""

    def fit(self, X: object) -> "WindowEstimator":
        remember_windows(self, X, check_windows(X))
        return self


class TestWindows:
    def test_two_dimensions_are_one_channel(self) -> None:
        assert check_windows(np.zeros((4, 10))).shape == (4, 10, 1)

    @pytest.mark.parametrize("shape", [(), (3,), (1, 2, 3, 4), (0, 5, 2), (5, 0, 2), (5, 2, 0)])
    def test_windows_of_other_shapes(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(InvalidInputError, match=r"^X (has|is empty)"):
            check_windows(np.zeros(shape))

    @pytest.mark.promise("A window with NaN or infinity is refused, and the message says where it is")
    @pytest.mark.parametrize(("value", "what"), [(np.nan, "NaN"), (np.inf, "infinity"), (-np.inf, "infinity")])
    def test_says_where_a_value_is_missing(self, value: float, what: str) -> None:
        windows = np.zeros((3, 4, 2))
        windows[1, 2, 1] = windows[2, 0, 0] = value
        with pytest.raises(InvalidInputError, match=rf"{what} at window 1, timestep 2, channel 1 \(2 such values"):
            check_windows(windows)

    def test_sparse_is_refused_by_name(self) -> None:
        with pytest.raises(InvalidInputError, match=r"X is sparse.*X\.toarray\(\)"):
            check_windows(scipy.sparse.csr_array(np.eye(3)))

    def test_non_numbers_are_also_a_type_error(self) -> None:
        with pytest.raises(TypeError, match=r"X is not .* must be a string or a real number") as caught:
            check_windows(np.array([[1.0, {}]], dtype=object))
        assert isinstance(caught.value, InvalidInputError)

    def test_numbers_beyond_floats(self) -> None:
        with pytest.raises(InvalidInputError, match="X is not"):
            check_windows([[10**400, 1]])


class TestFittedWindows:
    def test_remembers_the_shape_of_windows(self) -> None:
        estimator = WindowEstimator().fit(np.zeros((3, 4, 2)))
        assert (estimator.n_features_in_, estimator.n_timesteps_in_, estimator.n_channels_in_) == (8, 4, 2)
        assert check_fitted_windows(estimator, np.zeros((1, 4, 2))).shape == (1, 4, 2)

    @pytest.mark.parametrize("shape", [(3, 2, 4), (3, 8, 1), (3, 8), (3, 4), (3, 4, 3)])
    def test_refuses_windows_of_another_shape(self, shape: tuple[int, ...]) -> None:
        estimator = WindowEstimator().fit(np.zeros((3, 4, 2)))
        with pytest.raises(InvalidInputError, match=r"^X has .* but WindowEstimator"):
            check_fitted_windows(estimator, np.zeros(shape))

    def test_refuses_before_fit(self) -> None:
        with pytest.raises(NotFittedError):
            check_fitted_windows(WindowEstimator(), np.zeros((3, 4, 2)))

    def test_names_of_a_data_frame(self) -> None:
        estimator = WindowEstimator().fit(pd.DataFrame({"a": [0.0], "b": [1.0]}))
        assert estimator.feature_names_in_.tolist() == ["a", "b"]
        with pytest.raises(InvalidInputError, match="names should match"):
            check_fitted_windows(estimator, pd.DataFrame({"b": [0.0], "a": [1.0]}))
        with pytest.raises(InvalidInputError, match="names of several types"):
            estimator.fit(pd.DataFrame({"a": [0.0], 1: [1.0]}))
        assert estimator.feature_names_in_.tolist() == ["a", "b"]
