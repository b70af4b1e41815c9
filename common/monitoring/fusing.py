"""From the evidence of each sensor to one probability of a fall, by a fitted fusion."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import check_number


class Fusion(Protocol):
    """A fitted classifier of rows of probabilities, such as :class:`common.FusionClassifier`."""

    def predict_proba(self, X: Any) -> npt.NDArray[Any]:
        """Probabilities ``(n, 2)``, of a fall in the second column."""
        ...


class FusedProbability:
    """The fused probability of a fall; without a fusion, that of the only sensor.

    A fusion that was fitted on a data frame takes the sensors by name, another one in the order of ``sensors``. It is
    asked only when the evidence has changed.

    Parameters
    ----------
    fusion : Fusion or None
    sensors : sequence of str

    Raises
    ------
    InvalidInputError
        If the fusion was fitted on other sensors, or is missing although there are several.
    """

    def __init__(self, fusion: Fusion | None, sensors: Sequence[str]) -> None:
        self._fusion = fusion
        self._columns = _columns_of(fusion, sensors)
        self._as_frame = _frames_of(self._columns) if hasattr(fusion, "feature_names_in_") else None
        self._row: tuple[float | None, ...] = ()
        self._probability: float | None = None

    def __call__(self, evidence: Mapping[str, float]) -> float | None:
        """The probability of a fall; None if no sensor can say."""
        # NaN is not equal to itself, None is.
        row = tuple(None if math.isnan(evidence[name]) else evidence[name] for name in self._columns)
        if row != self._row:
            self._row, self._probability = row, self._fused(row)
        return self._probability

    def _fused(self, row: tuple[float | None, ...]) -> float | None:
        if all(value is None for value in row):
            return None
        if self._fusion is None:
            return row[0]
        X = np.array([[math.nan if value is None else value for value in row]])
        return _fall(self._fusion.predict_proba(X if self._as_frame is None else self._as_frame(X)))


def _fall(answer: Any) -> float:
    """The probability of a fall in a fusion's answer: taken for "cannot say", NaN would keep every alarm away."""
    if np.shape(answer) != (1, 2):
        raise InvalidInputError(
            f"fusion answered {answer!r} to one row; its predict_proba must return (n, 2), the fall second"
        )
    probability = check_number(np.asarray(answer)[0, 1], "probability of the fusion", at_least=0)
    if probability > 1:
        raise InvalidInputError(f"probability of the fusion is {probability:g}; it must be at most 1")
    return probability


def _frames_of(columns: Sequence[str]) -> Callable[[npt.NDArray[Any]], Any]:
    """A function that makes data frames with these columns: a model fitted on one warns when it is given an array."""
    import pandas as pd

    return partial(pd.DataFrame, columns=pd.Index(columns))


def _columns_of(fusion: Fusion | None, sensors: Sequence[str]) -> tuple[str, ...]:
    names = tuple(sensors)
    if fusion is None:
        if len(names) != 1:
            raise InvalidInputError(f"fusion is None, but there are {len(names)} sensors: pass a fitted fusion of them")
        return names
    if not hasattr(fusion, "predict_proba"):
        raise InvalidInputError(f"fusion is {fusion!r}; pass a fitted common.FusionClassifier")
    fitted = getattr(fusion, "feature_names_in_", None)
    if fitted is not None:
        if set(fitted) != set(names):
            raise InvalidInputError(
                f"fusion was fitted on sensors {', '.join(map(str, fitted))}, but sensors are {', '.join(names)}: "
                "use the same names"
            )
        return tuple(map(str, fitted))
    n_fitted = getattr(fusion, "n_features_in_", None)
    if n_fitted != len(names):
        found = "is not fitted" if n_fitted is None else f"was fitted on {n_fitted} sensors"
        raise InvalidInputError(f"fusion {found}, but there are {len(names)}: fit it on the evidence of these sensors")
    return names
