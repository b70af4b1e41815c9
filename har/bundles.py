"""How the sensor track's classifiers and windows are saved as bundles: see :func:`common.save_bundle`.

Importing this module registers the kinds ``har.prototypes``, ``har.neighbors`` and ``har.windows``. A classifier that
was loaded predicts as the saved one, to the bit. Stored are its parameters and what ``fit`` found; what is derived
from that for speed is made anew.
"""

import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, TypeVar

import numpy as np
from sklearn.utils.validation import check_is_fitted

from common.bundles.registry import register
from common.costs.ledger import Cost
from common.errors import FrugalWarning, InvalidInputError, ModelIntegrityError
from common.validation import (
    FloatArray,
    check_band,
    check_choice,
    check_integer,
    check_integers,
    check_number,
    check_windows,
    encode_labels,
)
from har.dtw.learning import Epoch
from har.dtw.search import NeighborIndex
from har.dtw.threads import thread_count
from har.neighbors import DTWKNeighborsClassifier
from har.prototypes import METHODS, DTWPrototypeClassifier
from har.recordings import Windows

C = TypeVar("C", DTWKNeighborsClassifier, DTWPrototypeClassifier)
M = TypeVar("M")


# ----- classifiers ---------------------------------------------------------------------------------------------------


def _write_prototypes(model: DTWPrototypeClassifier) -> dict[str, Any]:
    files = _write_classifier(model)
    files["model.json"]["steepness"] = model.steepness_
    return {
        **files,
        "prototypes.npy": model.prototypes_,
        "channel_weights.npy": model.channel_weights_,
        "history.json": [_without_nan(asdict(epoch)) for epoch in model.history_],
    }


def _read_prototypes(files: Mapping[str, Any]) -> DTWPrototypeClassifier:
    prototypes = check_windows(files["prototypes.npy"], "prototypes")
    model = _read_classifier(DTWPrototypeClassifier, files, prototypes)
    check_choice(model.method, "method", METHODS)
    weights = files["channel_weights.npy"]
    n_channels = prototypes.shape[2]
    if weights.shape != (n_channels,) or not (weights >= 0).all() or not np.isclose(weights.sum(), n_channels):
        raise InvalidInputError(f"channel_weights must be {n_channels} numbers from 0 on with the sum {n_channels}")
    model.history_ = [Epoch(**_with_nan(epoch)) for epoch in files["history.json"]]
    # Bundles of version 0.1 do not name it; it was always 8.
    steepness = files["model.json"].get("steepness", 8.0)
    model.steepness_ = check_number(steepness, "steepness", above=0)
    model._set_profiles(prototypes, weights)
    return model


def _write_neighbors(model: DTWKNeighborsClassifier) -> dict[str, Any]:
    return {
        **_write_classifier(model),
        "windows.npy": model._index.windows.reshape(-1, model.n_timesteps_in_, model.n_channels_in_),
    }


def _read_neighbors(files: Mapping[str, Any]) -> DTWKNeighborsClassifier:
    windows = check_windows(files["windows.npy"], "windows")
    model = _read_classifier(DTWKNeighborsClassifier, files, windows)
    check_choice(model.weights, "weights", ("uniform", "distance"))
    model._index = NeighborIndex.build(windows)
    return model


# ----- what both classifiers have ------------------------------------------------------------------------------------


def _write_classifier(model: DTWKNeighborsClassifier | DTWPrototypeClassifier) -> dict[str, Any]:
    check_is_fitted(model)
    _check_parameters(model, len(model._class_indices))
    names = getattr(model, "feature_names_in_", None)
    return {
        "model.json": {
            "parameters": _plain_parameters(model),
            "radius": model._radius,  # parameters may have been set after fit
            "cost": asdict(model.cost_),
            "feature_names": None if names is None else names.tolist(),
        },
        "classes.npy": model.classes_,
        "class_indices.npy": model._class_indices,
    }


def _read_classifier(classifier: type[C], files: Mapping[str, Any], references: FloatArray) -> C:
    """A classifier of this type with all that does not depend on how it compares ``references``."""
    about = files["model.json"]
    classes, places = encode_labels(files["classes.npy"], "classes")
    if len(classes) < 2 or places.tolist() != list(range(len(classes))):
        raise InvalidInputError(f"classes must be two or more different labels in order, not {classes[places]}")
    indices = check_integers(files["class_indices.npy"], "class_indices", at_least=0, at_most=len(classes) - 1)
    if indices.shape != (len(references),) or len(np.unique(indices)) < len(classes):
        raise InvalidInputError(f"class_indices must be a class for each of {len(references)} windows, each class once")

    model = classifier(**about["parameters"])
    _check_parameters(model, len(references))
    _, model.n_timesteps_in_, model.n_channels_in_ = references.shape
    model.n_features_in_ = model.n_timesteps_in_ * model.n_channels_in_
    names = about["feature_names"]
    if names is not None:
        if len(names) != model.n_features_in_ or not all(isinstance(name, str) for name in names):
            raise InvalidInputError(f"feature_names must be {model.n_features_in_} names")
        model.feature_names_in_ = np.array(names, dtype=object)
    model.classes_, model._class_indices = classes, indices
    model._radius = check_integer(about["radius"], "radius", at_least=0, at_most=model.n_timesteps_in_ - 1)
    model.cost_ = Cost(**about["cost"])
    return model


def _check_parameters(model: DTWKNeighborsClassifier | DTWPrototypeClassifier, n_references: int) -> None:
    """What predict relies on and ``set_params``, or a bundle, may have set to anything."""
    check_integer(model.n_neighbors, "n_neighbors", at_most=n_references, why="(the number of stored windows)")
    check_band(model.band)
    thread_count(model.n_jobs)


def _plain_parameters(model: DTWKNeighborsClassifier | DTWPrototypeClassifier) -> dict[str, Any]:
    """The parameters as JSON holds them; a generator, which is a state and no setting, is left out with a warning."""
    parameters = {
        name: value.item() if isinstance(value, np.generic) else value
        for name, value in model.get_params(deep=False).items()
    }
    if isinstance(parameters.get("random_state"), (np.random.Generator, np.random.RandomState)):
        warnings.warn("random_state is a generator: saved as None, predictions do not need it", FrugalWarning, 2)
        parameters["random_state"] = None
    return parameters


def _without_nan(values: dict[str, Any]) -> dict[str, Any]:
    """JSON knows no NaN."""
    return {name: None if math.isnan(value) else value for name, value in values.items()}


def _with_nan(values: dict[str, Any]) -> dict[str, Any]:
    return {name: math.nan if value is None else value for name, value in values.items()}


# ----- windows -------------------------------------------------------------------------------------------------------


def _write_windows(windows: Windows) -> dict[str, Any]:
    return {
        "X.npy": windows.X,
        "y.npy": windows.y,
        "groups.npy": windows.groups,
        "recording.npy": windows.recording,
        "about.json": {"rate_hz": windows.rate_hz, "channels": list(windows.channels)},
    }


def _read_windows(files: Mapping[str, Any]) -> Windows:
    about = files["about.json"]
    return Windows(
        X=files["X.npy"],
        y=files["y.npy"],
        groups=files["groups.npy"],
        recording=files["recording.npy"],
        rate_hz=about["rate_hz"],
        channels=about["channels"],
    )


# ----- registration --------------------------------------------------------------------------------------------------


def _blaming_the_bundle(reader: Callable[[Mapping[str, Any]], M]) -> Callable[[Mapping[str, Any]], M]:
    """A reader whose checks raise ModelIntegrityError: whoever loads a bundle has not made the mistake in it."""

    def read(files: Mapping[str, Any]) -> M:
        try:
            return reader(files)
        except InvalidInputError as error:
            raise ModelIntegrityError(f"the bundle holds no working model: {error}") from error

    return read


register("har.prototypes", DTWPrototypeClassifier, _write_prototypes, _blaming_the_bundle(_read_prototypes))
register("har.neighbors", DTWKNeighborsClassifier, _write_neighbors, _blaming_the_bundle(_read_neighbors))
register("har.windows", Windows, _write_windows, _blaming_the_bundle(_read_windows))
