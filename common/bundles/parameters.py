"""Convert an estimator's parameters and feature names to JSON and back."""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import FrugalWarning, InvalidInputError

_TUPLE = "tuple"


def plain_parameters(model: Any) -> dict[str, Any]:
    """The parameters as JSON values; NumPy scalars become Python's.

    A random generator is state, not a setting: it is replaced by None, with a warning.

    Raises
    ------
    InvalidInputError
        If a parameter is not a number, text, bool or None, or a sequence of these.
    """
    return plain_values(model.get_params(deep=False))


def plain_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Named values as in :func:`plain_parameters`, such as the fields of a data class."""
    return {name: _plain(value, name) for name, value in values.items()}


def read_parameters(content: Any) -> dict[str, Any]:
    """The inverse of :func:`plain_parameters`; raises TypeError or AttributeError for anything else."""
    return {name: _restored(value) for name, value in content.items()}


def plain_names(model: Any) -> list[str] | None:
    """The feature names, if the model was fitted on a data frame."""
    names = getattr(model, "feature_names_in_", None)
    return None if names is None else [str(name) for name in names]


def read_names(content: Any, n_features: int) -> npt.NDArray[np.object_] | None:
    """The inverse of :func:`plain_names`."""
    if content is None:
        return None
    if (
        not isinstance(content, list)
        or len(content) != n_features
        or not all(isinstance(name, str) for name in content)
    ):
        raise InvalidInputError(f"feature_names must be {n_features} names")
    return np.array(content, dtype=object)


def _plain(value: Any, name: str) -> Any:
    if isinstance(value, (np.random.Generator, np.random.RandomState)):
        warnings.warn(f"{name} is a generator: saved as None, predictions do not need it", FrugalWarning, stacklevel=2)
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, list):
        return [_plain(entry, name) for entry in value]
    if isinstance(value, (tuple, range)):
        return {_TUPLE: [_plain(entry, name) for entry in value]}
    if isinstance(value, np.ndarray) and value.ndim:
        return {_TUPLE: [_plain(entry, name) for entry in value.tolist()]}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise InvalidInputError(
        f"{name} is {value!r:.200}, which a bundle cannot hold: set it to a number, text, None or a tuple of these"
    )


def _restored(value: Any) -> Any:
    if isinstance(value, dict):
        (entries,) = (value[key] for key in value if key == _TUPLE)
        return tuple(_restored(entry) for entry in entries)
    return [_restored(entry) for entry in value] if isinstance(value, list) else value
