"""Estimators of other libraries, such as a random forest: stored by skops, read by those who trust their types.

A file of skops names types, which loading imports and fills with what the file holds. skops trusts most types of
scikit-learn by itself; here nobody is trusted unasked, since a type that is harmless by itself may compute nonsense, or
crash, when a stranger chose its content. Types of Python itself and of NumPy, as far as skops trusts them, need no
name.
"""

import io
import json
from collections.abc import Iterable, Iterator
from typing import Any
from zipfile import ZIP_STORED, ZipFile

from common.bundles.manifest import MAX_TYPES, is_type
from common.bundles.registry import full_name, known_types
from common.errors import FrugalError, InvalidInputError, ModelIntegrityError, UnsafeInputError
from common.optional import require

KIND, FILE = "common.skops", "estimator.skops"

_PURPOSE = "an estimator of another library in a bundle"
_OWN = ("common.", "har.", "fall.")
_HARMLESS = ("builtins.", "numpy.")


def dump(model: Any) -> tuple[bytes, set[str]]:
    """An estimator's bytes, and the types that loading them takes.

    Raises
    ------
    InvalidInputError
        If it is no fitted estimator, holds one of this library, or would not come back.
    MissingDependencyError
        Without skops.
    """
    name = type(model).__name__
    _check_estimator(model, name)
    skops = require("skops.io", extra="skops", purpose=_PURPOSE)
    try:
        data: bytes = skops.dumps(model)
        types = types_in(data)
    except FrugalError:
        raise
    except Exception as error:  # skops raises what the estimator's own attributes raise
        raise InvalidInputError(f"skops cannot store this {name} ({error}): leave it out of the model") from error
    _refuse_own(sorted(types), name)
    try:
        skops.loads(data, trusted=sorted(types))
    except Exception as error:  # a function without a name, a class within a function
        raise InvalidInputError(
            f"this {name} would not come back ({error}): use functions and classes of a module, no lambda"
        ) from error
    return data, types


def load(data: bytes, promised: Iterable[str]) -> Any:
    """The estimator in these bytes, whose types are among those that the manifest names and the caller trusts.

    Raises
    ------
    ModelIntegrityError
        If there are other types in them, or no estimator.
    """
    from sklearn.base import BaseEstimator

    skops = require("skops.io", extra="skops", purpose=_PURPOSE)
    try:
        types = types_in(data)
        hidden = sorted(types - set(promised))
        if hidden:
            raise ValueError(f"it holds {', '.join(hidden)}, which the manifest does not name")
        model = skops.loads(data, trusted=sorted(types))
    except Exception as error:  # whoever wrote the bytes chose what goes wrong
        raise ModelIntegrityError(f"{FILE} cannot be read ({type(error).__name__}: {error}): save it again") from error
    if not isinstance(model, BaseEstimator):
        raise ModelIntegrityError(f"{FILE} holds a {type(model).__name__}, which is no estimator")
    return model


def types_in(data: bytes) -> set[str]:
    """Every type and function that loading would import, but for the harmless ones."""
    skops = require("skops.io", extra="skops", purpose=_PURPOSE)
    with ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        is_stored = all(member.compress_type == ZIP_STORED for member in members)
        if not is_stored or sum(member.file_size for member in members) > len(data):
            raise ValueError("an archive that grows when it is read")
        schema = json.loads(archive.read("schema.json"))
    named = {name for name in _names(schema) if not name.startswith(_HARMLESS)}
    types = named.union(skops.get_untrusted_types(data=data))
    wrong = [name for name in types if not is_type(name)]
    if wrong or len(types) > MAX_TYPES:
        raise ValueError(f"{wrong[0]!r:.100} is no name of a type" if wrong else f"{len(types)} types are too many")
    return types


def check_trusted(trusted: Any) -> set[str]:
    """The argument ``trusted`` of :func:`common.load_bundle`."""
    if isinstance(trusted, str) or not isinstance(trusted, Iterable):
        raise InvalidInputError(f'trusted is {trusted!r}; pass a list, such as ["sklearn.decomposition._pca.PCA"]')
    names = list(trusted)
    for name in names:
        if not is_type(name):
            raise InvalidInputError(f"trusted holds {name!r:.200}; name types in full, as the message that asks does")
    return set(names)


def refuse_untrusted(types: Iterable[str], trusted: set[str], where: str) -> None:
    """Raise UnsafeInputError unless whoever loads has named all types of other libraries."""
    missing = sorted(set(types) - trusted)
    if missing:
        listed = ", ".join(f'"{name}"' for name in missing)
        raise UnsafeInputError(
            f"{where} holds types of other libraries, which run code of theirs on data of whoever wrote it. If you "
            f"trust that, pass trusted=[{listed}]"
        )


def _names(schema: Any) -> Iterator[str]:
    """Module and name wherever a schema of skops has both; without recursion, since it may be of any depth."""
    waiting = [schema]
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, dict):
            if "__module__" in entry or "__class__" in entry:
                yield f"{entry.get('__module__')}.{entry.get('__class__')}"
            waiting += entry.values()
        elif isinstance(entry, list):
            waiting += entry


def _check_estimator(model: Any, name: str) -> None:
    from sklearn.base import BaseEstimator
    from sklearn.model_selection._search import BaseSearchCV
    from sklearn.utils.validation import check_is_fitted

    if isinstance(model, BaseSearchCV):
        raise InvalidInputError(f"a {name} is a search, not a model: save its .best_estimator_, after fit")
    if not isinstance(model, BaseEstimator) or f"{type(model).__module__}.".startswith(_OWN):
        raise InvalidInputError(
            f"a {full_name(type(model))} cannot be saved as a bundle; types that can: {known_types()}, and fitted "
            "estimators of other libraries through skops"
        )
    check_is_fitted(model)
    _refuse_own((full_name(type(value)) for value in model.get_params().values()), name)


def _refuse_own(types: Iterable[str], name: str) -> None:
    """Models of this library inside another one would be read without the checks of their own kind."""
    own = next((found for found in types if found.startswith(_OWN)), None)
    if own:
        raise InvalidInputError(
            f"a {name} holds a {own}, which is not saved inside a {name}: save it by itself, or as a step of a "
            "scikit-learn Pipeline"
        )
