"""Who writes and who reads which type of model: a package registers its kinds, and no name in a bundle is imported.

A package that is installed announces the modules that register its kinds as entry points of the group
``har_fall.bundles``, each called like one of the kinds; they are imported when the first of the package's kinds is
asked for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, TypeVar

from common.bundles.manifest import is_kind
from common.bundles.trained_on import TrainingData
from common.errors import InvalidInputError

M = TypeVar("M")

_GROUP = "har_fall.bundles"


@dataclass(frozen=True)
class Part:
    """A model among the files that a writer returns: it is saved by its own kind, and is there again for the reader."""

    model: Any


@dataclass(frozen=True)
class Kind:
    """How models of one type are saved and loaded."""

    name: str
    model_type: type
    writer: Callable[[Any], Mapping[str, Any]]
    reader: Callable[[Mapping[str, Any]], Any]
    trained_on: Callable[[Any], TrainingData]


_KINDS: dict[str, Kind] = {}


def register(
    kind: str,
    model_type: type[M],
    writer: Callable[[M], Mapping[str, Any]],
    reader: Callable[[Mapping[str, Any]], M],
    *,
    trained_on: Callable[[M], TrainingData] = TrainingData.of_estimator,
) -> None:
    """Say how models of one type are saved and loaded.

    Parameters
    ----------
    kind : str
        The package and a name, such as ``"fall.compressed"``; it stands in the manifest.
    model_type : type
        The type itself; models of a subclass are another type, since the writer would lose what the subclass adds.
    writer : callable
        From the model to its files: a mapping from file name to a NumPy array (``.npy``), anything that JSON
        holds (``.json``), or bytes (any other ending); and from a name in lower case without an ending to a
        :class:`Part`, a model inside this one.
    reader : callable
        From the same mapping, with models in the place of parts, to the model. It has to check what it reads: hashes
        do not tell who wrote a bundle. Whatever it raises is told as damage of the bundle.
    trained_on : callable, optional
        What a model knows of the data that it was fitted on, for the manifest.

    Raises
    ------
    InvalidInputError
        If the kind is no such name, or the kind or the type is registered otherwise already.

    Examples
    --------
    >>> from fractions import Fraction
    >>> register(
    ...     "docs.fraction",
    ...     Fraction,
    ...     writer=lambda model: {"ratio.json": [model.numerator, model.denominator]},
    ...     reader=lambda files: Fraction(*files["ratio.json"]),
    ... )
    >>> import common, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     common.save_bundle(Fraction(2, 3), folder)
    ...     common.load_bundle(folder)
    Fraction(2, 3)
    """
    if not is_kind(kind):
        raise InvalidInputError(f'kind is {kind!r}; it must be a package and a name, such as "fall.compressed"')
    for other in _KINDS.values():
        # Compared by name, so that a module may be loaded again.
        if (other.name == kind) != (full_name(other.model_type) == full_name(model_type)):
            raise InvalidInputError(
                f"{full_name(model_type)} cannot be {kind!r}: {full_name(other.model_type)} is {other.name!r}"
            )
    _KINDS[kind] = Kind(kind, model_type, writer, reader, trained_on)


def kind_of(model: Any) -> Kind | None:
    """The kind of a model, if its type has one."""
    model_type = type(model)
    if not any(kind.model_type is model_type for kind in _KINDS.values()):
        package = model_type.__module__.split(".")[0]
        _import_registrations(lambda entry: _package(entry.module) == package)
    return next((kind for kind in _KINDS.values() if kind.model_type is model_type), None)


def kind_named(name: str) -> Kind:
    """The kind of this name; raises InvalidInputError if nobody has registered it."""
    if name not in _KINDS:
        _import_registrations(lambda entry: _package(entry.name) == _package(name))
    if name not in _KINDS:
        raise InvalidInputError(
            f"the bundle holds a {name!r}, which nobody has registered: install or upgrade the package "
            f"{_package(name)!r}, and import the module that defines it"
        )
    return _KINDS[name]


def known_types() -> str:
    """The types that can be saved, for a message."""
    return ", ".join(sorted(full_name(kind.model_type) for kind in _KINDS.values())) or "none yet"


def full_name(model_type: type) -> str:
    """Module and name of a type."""
    return f"{model_type.__module__}.{model_type.__qualname__}"


def _import_registrations(wanted: Callable[[Any], bool]) -> None:
    """Import modules that installed packages have announced: names come from their metadata, never from a bundle."""
    for entry in entry_points(group=_GROUP):
        if wanted(entry):
            entry.load()


def _package(dotted_name: str) -> str:
    return dotted_name.partition(".")[0]
