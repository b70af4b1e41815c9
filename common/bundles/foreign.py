"""Estimators of other libraries, such as a random forest: stored by skops, loaded only if their types are trusted.

A skops file names types, which loading imports and fills with the file's content. skops trusts most scikit-learn types
by default. We trust none, since a harmless type may crash or compute nonsense when a stranger chose its content. Only
the types of Python and NumPy that skops trusts need not be named.
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
    """An estimator's bytes, and the types that loading them needs.

    Raises
    ------
    InvalidInputError
        If the model is not a fitted estimator, contains one of this library, or could not be loaded again.
    MissingDependencyError
        If skops is not installed.
    """
    name = type(model).__name__
    _check_estimator(model, name)
    skops = require("skops.io", extra="skops", purpose=_PURPOSE)
    try:
        data: bytes = skops.dumps(model)
        types = types_in(data)
    except FrugalError:
        raise
    except Exception as error:  # an attribute of the estimator may raise anything
        raise InvalidInputError(f"skops cannot store this {name} ({error}): leave it out of the model") from error
    _refuse_own(sorted(types), name)
    try:
        skops.loads(data, trusted=sorted(types))
    except Exception as error:  # a lambda, a class defined in a function
        raise InvalidInputError(
            f"this {name} could not be loaded again ({error}): use functions and classes defined in a module"
        ) from error
    return data, types


def load(data: bytes, promised: Iterable[str]) -> Any:
    """The estimator in these bytes; ``promised`` are the types in the manifest, which the caller trusts.

    Raises
    ------
    ModelIntegrityError
        If the bytes contain other types, or something other than an estimator.
    """
    from sklearn.base import BaseEstimator

    skops = require("skops.io", extra="skops", purpose=_PURPOSE)
    try:
        types = types_in(data)
        hidden = sorted(types - set(promised))
        if hidden:
            raise ValueError(f"it contains {', '.join(hidden)}, which the manifest does not name")
        model = skops.loads(data, trusted=sorted(types))
    except Exception as error:  # forged bytes may raise anything
        raise ModelIntegrityError(f"{FILE} cannot be read ({type(error).__name__}: {error}): save it again") from error
    if not isinstance(model, BaseEstimator):
        raise ModelIntegrityError(f"{FILE} contains a {type(model).__name__}, which is not an estimator")
    return model


def types_in(data: bytes) -> set[str]:
    """Every type and function that loading would import, except the harmless ones."""
    skops = require("skops.io", extra="skops", purpose=_PURPOSE)
    with ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        is_stored = all(member.compress_type == ZIP_STORED for member in members)
        if not is_stored or sum(member.file_size for member in members) > len(data):
            raise ValueError("its archive is compressed, or larger when unpacked")
        schema = json.loads(archive.read("schema.json"))
    named = {name for name in _names(schema) if not name.startswith(_HARMLESS)}
    types = named.union(skops.get_untrusted_types(data=data))
    wrong = [name for name in types if not is_type(name)]
    if wrong or len(types) > MAX_TYPES:
        raise ValueError(
            f"{wrong[0]!r:.100} is not a type's name" if wrong else f"it has {len(types)} types, above {MAX_TYPES}"
        )
    return types


def check_trusted(trusted: Any) -> set[str]:
    """The argument ``trusted`` of :func:`common.load_bundle`."""
    if isinstance(trusted, str) or not isinstance(trusted, Iterable):
        raise InvalidInputError(f'trusted is {trusted!r}; pass a list, such as ["sklearn.decomposition._pca.PCA"]')
    names = list(trusted)
    for name in names:
        if not is_type(name):
            raise InvalidInputError(
                f"trusted contains {name!r:.200}; pass full names of types, as in the error message"
            )
    return set(names)


def refuse_untrusted(types: Iterable[str], trusted: set[str], where: str) -> None:
    """Raise UnsafeInputError unless the caller trusts all types of other libraries."""
    missing = sorted(set(types) - trusted)
    if missing:
        listed = ", ".join(f'"{name}"' for name in missing)
        raise UnsafeInputError(
            f"{where} contains types of other libraries: loading runs their code on data from the bundle's author. If "
            f"you trust both, pass trusted=[{listed}]"
        )


def _names(schema: Any) -> Iterator[str]:
    """The types named anywhere in a skops schema; without recursion, since its depth is not limited."""
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
            "estimators of other libraries (with skops)"
        )
    check_is_fitted(model)
    _refuse_own((full_name(type(value)) for value in model.get_params().values()), name)


def _refuse_own(types: Iterable[str], name: str) -> None:
    """Refuse models of this library inside the estimator: loading would skip the checks of their kind."""
    own = next((found for found in types if found.startswith(_OWN)), None)
    if own:
        raise InvalidInputError(
            f"a {name} contains a {own}, which cannot be saved inside a {name}: save it by itself, or as a step of a "
            "scikit-learn Pipeline"
        )
