"""The registry of kinds: how each type of model is saved and loaded. No name in a bundle is ever imported.

An installed package announces the modules that register its kinds as entry points in the group ``har_fall.bundles``,
each named after one of the kinds. They are imported when one of the package's kinds is first needed.
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
    """A model inside a model: a writer returns it among the files, and the reader receives the loaded model."""

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
    """Register how models of one type are saved and loaded.

    Parameters
    ----------
    kind : str
        The package and a name, such as ``"fall.compressed"``; it is written to the manifest.
    model_type : type
        The exact type; subclasses are not included, since the writer would lose what they add.
    writer : callable
        Turns a model into its files: a mapping from file name to a NumPy array (``.npy``), JSON values (``.json``), or
        bytes (any other extension), and from a lower-case name without extension to a :class:`Part`, a model inside
        this one.
    reader : callable
        Turns the same mapping, with models instead of parts, into the model. It must check what it reads: hashes do
        not show who wrote a bundle. Anything it raises is reported as damage to the bundle.
    trained_on : callable, optional
        Returns what a model knows about its training data, for the manifest.

    Raises
    ------
    InvalidInputError
        If the kind is not such a name, or the kind or the type is already registered differently.

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
        # Compared by name, since reloading a module creates new types.
        if (other.name == kind) != (full_name(other.model_type) == full_name(model_type)):
            raise InvalidInputError(
                f"{full_name(model_type)} cannot be registered as {kind!r}: {full_name(other.model_type)} is already "
                f"registered as {other.name!r}"
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
    """The kind with this name; raises InvalidInputError if it is not registered."""
    if name not in _KINDS:
        _import_registrations(lambda entry: _package(entry.name) == _package(name))
    if name not in _KINDS:
        raise InvalidInputError(
            f"the bundle contains a {name!r}, which is not registered: install or upgrade the package "
            f"{_package(name)!r}, and import the module that defines it"
        )
    return _KINDS[name]


def known_types() -> str:
    """The types that can be saved, for an error message."""
    return ", ".join(sorted(full_name(kind.model_type) for kind in _KINDS.values())) or "none yet"


def full_name(model_type: type) -> str:
    """Module and name of a type."""
    return f"{model_type.__module__}.{model_type.__qualname__}"


def _import_registrations(wanted: Callable[[Any], bool]) -> None:
    """Import modules that installed packages announce in their metadata; a bundle cannot name any."""
    for entry in entry_points(group=_GROUP):
        if wanted(entry):
            entry.load()


def _package(dotted_name: str) -> str:
    return dotted_name.partition(".")[0]
