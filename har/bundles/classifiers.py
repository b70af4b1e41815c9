"""Save and load the DTW classifiers: their parameters, and the windows or prototypes that they compare with."""

import math
from collections.abc import Mapping
from copy import copy
from dataclasses import asdict, fields
from typing import Any, TypeVar

import numpy as np
from sklearn.utils.validation import check_is_fitted

from common.bundles.parameters import plain_parameters, plain_values, read_parameters
from common.bundles.registry import register
from common.costs.ledger import Cost
from common.errors import InvalidInputError
from common.validation import (
    FloatArray,
    check_band,
    check_choice,
    check_integer,
    check_integers,
    check_number,
    check_windows,
    encode_labels,
    random_generator,
)
from har.bundles.estimators import plain_input, set_input
from har.bundles.integers import holds_integers, integers_dtype, read_integers, write_integers
from har.dtw.learning import Epoch
from har.dtw.search import NeighborIndex
from har.dtw.threads import thread_count
from har.embedded.quantization import check_bits
from har.neighbors import DTWKNeighborsClassifier
from har.preprocessing.augmentation import Augmentation, check_augmentation
from har.prototypes import METHODS, DTWPrototypeClassifier
from har.readouts.choice import check_readout
from har.readouts.linear import LinearReadout

C = TypeVar("C", DTWKNeighborsClassifier, DTWPrototypeClassifier)

_LARGEST_COUNT = 2**53  # integers up to here are exact in any JSON reader


def _write_prototypes(model: DTWPrototypeClassifier) -> dict[str, Any]:
    _check_prototype_parameters(model)
    augmentation = model.augmentation
    without = copy(model)
    without.augmentation = None  # a data class, whose values stand apart
    files = _write_classifier(without)
    files["model.json"]["steepness"] = model.steepness_
    files["model.json"]["augmentation"] = None if augmentation is None else plain_values(asdict(augmentation))
    kept = model.integer_prototypes_
    return {
        **files,
        **_write_readout(model),
        **({"prototypes.npy": model.prototypes_} if kept is None else write_integers(kept, model.prototypes_.dtype)),
        "channel_weights.npy": model.channel_weights_,
        "history.json": [_without_nan(asdict(epoch)) for epoch in model.history_],
    }


def _read_prototypes(files: Mapping[str, Any]) -> DTWPrototypeClassifier:
    weights = files["channel_weights.npy"]
    kept = read_integers(files, weights) if holds_integers(files) else None
    stored = files["prototypes.npy"] if kept is None else kept.restored(len(weights), integers_dtype(files))
    prototypes = check_windows(stored, "prototypes")
    model = _read_classifier(DTWPrototypeClassifier, files, prototypes)
    if (augmentation := files["model.json"].get("augmentation")) is not None:
        model.augmentation = Augmentation(**read_parameters(augmentation))
    _check_prototype_parameters(model)
    n_channels = prototypes.shape[2]
    if weights.shape != (n_channels,) or not (weights >= 0).all() or not np.isclose(weights.sum(), n_channels):
        raise InvalidInputError(f"channel_weights must be {n_channels} numbers of at least 0 whose sum is {n_channels}")
    model.history_ = [_epoch(values) for values in files["history.json"]]
    # Bundles of version 0.1 lack it; it was always 8.
    steepness = files["model.json"].get("steepness", 8.0)
    model.steepness_ = check_number(steepness, "steepness", above=0, below=1e6)
    model._set_profiles(prototypes, weights, kept)
    model._set_readout(_read_readout(files, len(prototypes), len(model.classes_)))
    return model


def _write_readout(model: DTWPrototypeClassifier) -> dict[str, Any]:
    """A file for each array of a linear readout; none if the nearest prototype decides."""
    readout = model._readout
    return {} if readout is None else {f"readout_{f.name}.npy": getattr(readout, f.name) for f in fields(readout)}


def _read_readout(files: Mapping[str, Any], n_prototypes: int, n_classes: int) -> LinearReadout | None:
    if not any(f"readout_{f.name}.npy" in files for f in fields(LinearReadout)):
        return None
    n_outputs, n_features = 1 if n_classes == 2 else n_classes, 2 * n_prototypes
    shapes = {"mean": (n_features,), "scale": (n_features,), "coef": (n_outputs, n_features), "intercept": (n_outputs,)}
    arrays = {}
    for name, shape in shapes.items():
        values = files[f"readout_{name}.npy"]
        if values.dtype.kind != "f" or values.shape != shape or not np.isfinite(values).all():
            raise InvalidInputError(f"readout_{name} must be finite numbers of shape {shape}")
        arrays[name] = values
    if not (arrays["scale"] > 0).all():
        raise InvalidInputError("readout_scale must be above 0")
    return LinearReadout(**arrays)


def _write_neighbors(model: DTWKNeighborsClassifier) -> dict[str, Any]:
    files = _write_classifier(model)
    check_choice(model.weights, "weights", ("uniform", "distance"))
    return {**files, "windows.npy": model._index.windows.reshape(-1, model.n_timesteps_in_, model.n_channels_in_)}


def _read_neighbors(files: Mapping[str, Any]) -> DTWKNeighborsClassifier:
    windows = check_windows(files["windows.npy"], "windows")
    model = _read_classifier(DTWKNeighborsClassifier, files, windows)
    check_choice(model.weights, "weights", ("uniform", "distance"))
    model._index = NeighborIndex.build(windows, model._radius)
    return model


# What the arrays tell themselves.
_SHAPE = ("n_timesteps", "n_channels")


# ----- shared by both ------------------------------------------------------------------------------------------------


def _write_classifier(model: DTWKNeighborsClassifier | DTWPrototypeClassifier) -> dict[str, Any]:
    check_is_fitted(model)
    _check_parameters(model, len(model._class_indices))
    return {
        "model.json": {
            "parameters": plain_parameters(model),
            "radius": model._radius,  # parameters may have been set after fit
            "cost": model.cost_.counts(),
            **{name: value for name, value in plain_input(model).items() if name not in _SHAPE},
        },
        "classes.npy": model.classes_,
        "class_indices.npy": model._class_indices,
    }


def _read_classifier(classifier: type[C], files: Mapping[str, Any], references: FloatArray) -> C:
    """A classifier with everything that both types share; ``references`` are its windows or prototypes."""
    about = files["model.json"]
    classes, codes = encode_labels(files["classes.npy"], "classes")
    if len(classes) < 2 or codes.tolist() != list(range(len(classes))):
        raise InvalidInputError(f"classes must be two or more different labels in order, not {classes[codes]}")
    indices = check_integers(files["class_indices.npy"], "class_indices", at_least=0, at_most=len(classes) - 1)
    if indices.shape != (len(references),) or len(np.unique(indices)) < len(classes):
        raise InvalidInputError(
            f"class_indices must be a class for each of {len(references)} windows, each class at least once"
        )

    model = classifier(**read_parameters(about["parameters"]))
    _check_parameters(model, len(references))
    shape = dict(zip(_SHAPE, references.shape[1:], strict=True))
    names = {name: about[name] for name in ("feature_names", "channels", "rate_hz") if name in about}
    set_input(model, **shape, **names)
    model.classes_, model._class_indices = classes, indices
    model._radius = check_integer(about["radius"], "radius", at_least=0, at_most=model.n_timesteps_in_ - 1)
    model.cost_ = Cost(**about["cost"])
    return model


def _check_parameters(model: DTWKNeighborsClassifier | DTWPrototypeClassifier, n_references: int) -> None:
    """Check what ``set_params`` after fit, or a forged bundle, may have set to anything."""
    check_integer(model.n_neighbors, "n_neighbors", at_most=n_references, why="(the number of stored windows)")
    check_band(model.band)
    thread_count(model.n_jobs)


def _check_prototype_parameters(model: DTWPrototypeClassifier) -> None:
    check_choice(model.method, "method", METHODS)
    check_readout(model.readout, model.n_neighbors)
    check_augmentation(model.augmentation)
    check_integer(model.n_prototypes, "n_prototypes")
    check_number(model.validation_fraction, "validation_fraction", at_least=0, below=1)
    check_bits(model.bits)
    random_generator(model.random_state)
    check_integer(int(model.verbose), "verbose", at_least=0)


# ----- history -------------------------------------------------------------------------------------------------------


def _without_nan(values: dict[str, Any]) -> dict[str, Any]:
    """Replace NaN, which JSON lacks, by None."""
    return {name: None if math.isnan(value) else value for name, value in values.items()}


def _epoch(values: Mapping[str, Any]) -> Epoch:
    """The inverse of :func:`_without_nan` for an epoch of learning."""
    restored: dict[str, Any] = {name: math.nan if value is None else value for name, value in values.items()}
    epoch = Epoch(**restored)
    for name, value in asdict(epoch).items():
        if name in ("number", "n_epochs"):
            check_integer(value, name, at_least=0, at_most=_LARGEST_COUNT)
        elif not isinstance(value, float):
            raise InvalidInputError(f"{name} is {value!r:.200}; it must be a number with a decimal point, or null")
    return epoch


register("har.prototypes", DTWPrototypeClassifier, _write_prototypes, _read_prototypes)
register("har.neighbors", DTWKNeighborsClassifier, _write_neighbors, _read_neighbors)
