"""What a result depends on, as a hash: data, classifier and versions for a comparison; name and steps for a recipe."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from numbers import Integral
from types import CodeType, FunctionType
from typing import Any

import joblib
import numpy as np

from common.errors import InvalidInputError
from common.version import __version__
from fall import backend
from fall.compression.comparison.arguments import Arguments
from fall.compression.recipes import Recipe
from fall.training import Frames

_PACKAGES = ("ai-edge-litert", "ai-edge-quantizer", "numpy", "pillow", "scikit-learn")
_CHUNK_SIZE = 1024  # images in memory at once
_LENGTH = 24  # hexadecimal digits of a hash


def comparison_key(arguments: Arguments) -> str:
    """A hash of everything that the results of a comparison depend on, except its recipes and its test data."""
    classifier = arguments.classifier
    parameters = classifier.get_params(deep=False)
    if not isinstance(parameters["random_state"], Integral):
        parameters["random_state"] = None  # drawn, and then kept beside the results
    known = hashlib.sha256()
    for part in _image_bytes(arguments.images):
        known.update(part)
    for values in (arguments.codes, arguments.people, *classifier.model_.get_weights()):
        known.update(repr((values.dtype.str, values.shape)).encode())
        known.update(np.ascontiguousarray(values).tobytes())
    about = {
        "versions": _versions(),
        "classifier": _description(type(classifier)),
        "parameters": _description(parameters),
        "network": classifier.model_.to_json(),
        "classes": arguments.classes.tolist(),
        "positive": repr(arguments.positive),
        "threshold": repr(float(classifier.threshold_)),
        "input_range": repr(classifier.input_range_),
        "folds": [arguments.n_folds, arguments.random_state],
    }
    known.update(json.dumps(about, sort_keys=True, default=repr).encode())
    return known.hexdigest()[:_LENGTH]


def recipe_key(recipe: Recipe) -> str:
    """A hash of a recipe's name, scheme and steps: their functions, code and options.

    What a step itself calls is known by its name alone.

    Raises
    ------
    InvalidInputError
        If a step holds something that cannot be compared with what another process holds.
    """
    contents = [(field.name, getattr(recipe, field.name)) for field in fields(recipe) if field.name != "description"]
    try:
        described = json.dumps([(name, _description(value)) for name, value in contents])
    except Exception as error:  # pickling raises many kinds
        raise InvalidInputError(
            f"recipe {recipe.name!r} cannot be recognized in another process ({error}): make its steps of "
            "functions and functools.partial, or pass directory=None"
        ) from error
    return hashlib.sha256(described.encode()).hexdigest()[:_LENGTH]


def _image_bytes(images: Frames) -> Iterator[bytes]:
    yield repr(images.shape).encode()
    for start in range(0, len(images), _CHUNK_SIZE):
        yield np.ascontiguousarray(images[start : start + _CHUNK_SIZE]).tobytes()


def _versions() -> dict[str, str]:
    versions = {"har-fall": __version__, "python": platform.python_version(), "machine": platform.machine()}
    versions |= {
        name: module.__version__
        for name, module in (
            ("tensorflow", backend.tensorflow()),
            ("tf-keras", backend.keras()),
            ("tensorflow-model-optimization", backend.tfmot()),
        )
    }
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions


def _description(value: Any) -> Any:
    """What a value is, in terms of JSON, equal in every process."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, partial):
        return ["partial", *map(_description, (value.func, value.args, value.keywords))]
    if isinstance(value, FunctionType):
        cells = [cell.cell_contents for cell in value.__closure__ or ()]
        inner = map(_description, (value.__code__, value.__defaults__, value.__kwdefaults__, cells))
        return ["function", value.__module__, value.__qualname__, *inner]
    if isinstance(value, CodeType):
        return [value.co_code.hex(), list(value.co_names), _description(value.co_consts)]
    if isinstance(value, type):
        return ["class", value.__module__, value.__qualname__]
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, *map(_description, value)]
    if isinstance(value, dict):
        return ["dict", *sorted(([_description(key), _description(item)] for key, item in value.items()), key=repr)]
    if isinstance(value, backend.keras().Model):
        return ["model", value.to_json(), joblib.hash(value.get_weights())]
    if is_dataclass(value):
        inner_values = {field.name: getattr(value, field.name) for field in fields(value)}
        return [_description(type(value)), _description(inner_values)]
    return [_description(type(value)), joblib.hash(value)]
