"""An estimator's parameters, and the names of its features, as JSON and back."""

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import FrugalWarning, InvalidInputError

_TUPLE = "tuple"


def plain_parameters(model: Any) -> dict[str, Any]:
    """The parameters as JSON holds them: NumPy's numbers become Python's.

    A generator, which is a state and no setting, is left out with a warning.

    Raises
    ------
    InvalidInputError
        For a parameter that is neither a number, text, bool, None, nor a sequence of such.
    """
    return {name: _plain(value, name) for name, value in model.get_params(deep=False).items()}


def read_parameters(content: Any) -> dict[str, Any]:
    """The opposite of :func:`plain_parameters`; raises TypeError or AttributeError for anything else."""
    return {name: _restored(value) for name, value in content.items()}


def plain_names(model: Any) -> list[str] | None:
    """Names of features, if the model was fitted on a data frame."""
    names = getattr(model, "feature_names_in_", None)
    return None if names is None else [str(name) for name in names]


def read_names(content: Any, n_features: int) -> npt.NDArray[np.object_] | None:
    """The opposite of :func:`plain_names`."""
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
        f"{name} is {value!r:.200}, which a bundle cannot hold: set it to a number, text, None or a tuple of such"
    )


def _restored(value: Any) -> Any:
    if isinstance(value, dict):
        (entries,) = (value[key] for key in value if key == _TUPLE)
        return tuple(_restored(entry) for entry in entries)
    return [_restored(entry) for entry in value] if isinstance(value, list) else value
