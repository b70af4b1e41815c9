"""Models on disk without pickle: a bundle is a folder of arrays, JSON and opaque bytes under a manifest with hashes.

``manifest.json`` says of what kind the model is, and for every file its size and SHA-256; ``manifest.sha256`` is the
hash of the manifest. Nothing is imported by a name that stands in a bundle: a package registers how its models are
written and read with :func:`register`. A package that is installed may name the module that does so as an entry point
of the group ``har_fall.bundles``, called like the kind; then :func:`load_bundle` finds it without an import.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, TypeVar

from common.bundles.atomic import read_directory, replace_directory
from common.bundles.files import decode, encode
from common.bundles.manifest import Manifest, is_kind
from common.errors import FrugalError, InvalidInputError, ModelIntegrityError
from common.validation import check_integer

M = TypeVar("M")

_GROUP = "har_fall.bundles"


@dataclass(frozen=True)
class _Kind:
    name: str
    model_type: type
    writer: Callable[[Any], Mapping[str, Any]]
    reader: Callable[[Mapping[str, Any]], Any]


_KINDS: dict[str, _Kind] = {}


def register(
    kind: str,
    model_type: type[M],
    writer: Callable[[M], Mapping[str, Any]],
    reader: Callable[[Mapping[str, Any]], M],
) -> None:
    """Say how models of one type are saved and loaded.

    Parameters
    ----------
    kind : str
        The package and a name, such as ``"fall.compressed"``; it stands in the manifest.
    model_type : type
        The type itself; models of a subclass are refused, since the writer would lose what the subclass adds.
    writer : callable
        From the model to its files: a mapping from file name to a NumPy array (``.npy``), anything that JSON
        holds (``.json``), or bytes (any other ending).
    reader : callable
        From the same mapping to the model. It has to check what it reads: hashes do not tell who wrote a bundle.

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
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_bundle(Fraction(2, 3), folder)
    ...     load_bundle(folder)
    Fraction(2, 3)
    """
    if not is_kind(kind):
        raise InvalidInputError(f'kind is {kind!r}; it must be a package and a name, such as "fall.compressed"')
    for other in _KINDS.values():
        # Compared by name, so that a module may be loaded again.
        if (other.name == kind) != (_full_name(other.model_type) == _full_name(model_type)):
            raise InvalidInputError(
                f"{_full_name(model_type)} cannot be {kind!r}: {_full_name(other.model_type)} is {other.name!r}"
            )
    _KINDS[kind] = _Kind(kind, model_type, writer, reader)


def save_bundle(model: Any, directory: str | os.PathLike[str]) -> None:
    """Save a model as a folder that :func:`load_bundle` reads.

    The folder appears complete or not at all, and an older bundle is replaced only by a complete one: if the disk is
    full or the program is killed, the older one is still there. A folder with anything but a bundle in it is never
    replaced.

    Parameters
    ----------
    model : object
        Of a type that is registered, such as a fitted classifier of this library.
    directory : path
        The bundle's folder; its parents are made.

    Raises
    ------
    InvalidInputError
        If models of this type cannot be saved, or the folder holds other things.
    OSError
        If the disk is full or the folder cannot be written.
    """
    path = _as_path(directory)
    kind = _kind_of(model)
    files = {name: encode(name, content) for name, content in kind.writer(model).items()}
    manifest = Manifest.describe(kind.name, files)
    _check_replaceable(path)
    replace_directory(path, {**files, **manifest.to_files()})


def load_bundle(directory: str | os.PathLike[str], *, max_bytes: int = 2**30) -> Any:
    """Load a model that :func:`save_bundle` saved.

    Sizes and hashes of all files are verified before any but the manifest is parsed, and what is parsed are the bytes
    that were verified. A bundle that is replaced in the same moment may be refused; then load it again.

    Parameters
    ----------
    directory : path
        The bundle's folder.
    max_bytes : int
        Larger bundles are refused unread.

    Returns
    -------
    object
        The model, of the type that was saved.

    Raises
    ------
    InvalidInputError
        If there is no such folder, or nobody has registered the kind of the model: the message names the package.
    ModelIntegrityError
        If anything differs from what the manifest says, the manifest from its hash, or the content from its kind.
    UnsafeInputError
        If the bundle is too large, or holds links or folders.
    """
    path = _as_path(directory)
    limit = check_integer(max_bytes, "max_bytes")
    manifest, verified = read_directory(path, lambda current: _verified(current, limit))
    kind = _kind_named(manifest.kind)
    files = {name: decode(name, data) for name, data in verified.items()}
    try:
        return kind.reader(files)
    except FrugalError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise ModelIntegrityError(
            f"{path} does not hold what a {manifest.kind} needs ({type(error).__name__}: {error}); "
            f"it was saved by har-fall {manifest.library}"
        ) from error


def _verified(directory: Path, max_bytes: int) -> tuple[Manifest, dict[str, bytes]]:
    manifest = Manifest.read(directory)
    return manifest, manifest.read_files(directory, max_bytes)


def _as_path(directory: Any) -> Path:
    if not isinstance(directory, (str, os.PathLike)):
        raise InvalidInputError(f"directory is {directory!r}; pass a folder as text or as a pathlib.Path")
    try:
        path = Path(directory).resolve()
    except (ValueError, OSError, RuntimeError) as error:  # a null byte, a loop of links
        raise InvalidInputError(f"directory is {directory!r}, which is no path: {error}") from error
    if not path.name:
        raise InvalidInputError(f"directory is {str(path)!r}; pass a folder below it")
    return path


def _kind_of(model: Any) -> _Kind:
    model_type = type(model)
    if not any(kind.model_type is model_type for kind in _KINDS.values()):
        package = model_type.__module__.split(".")[0]
        _import_registrations(lambda entry: entry.module.split(".")[0] == package)
    for kind in _KINDS.values():
        if kind.model_type is model_type:
            return kind
    known = ", ".join(sorted(_full_name(kind.model_type) for kind in _KINDS.values())) or "none yet"
    raise InvalidInputError(f"a {_full_name(model_type)} cannot be saved as a bundle; types that can: {known}")


def _kind_named(name: str) -> _Kind:
    if name not in _KINDS:
        _import_registrations(lambda entry: entry.name == name)
    if name not in _KINDS:
        raise InvalidInputError(
            f"the bundle holds a {name!r}, which nobody has registered: install or upgrade the package "
            f"{name.split('.')[0]!r}, and import the module that defines it"
        )
    return _KINDS[name]


def _import_registrations(wanted: Callable[[Any], bool]) -> None:
    """Import modules that installed packages have announced: names come from their metadata, never from a bundle."""
    for entry in entry_points(group=_GROUP):
        if wanted(entry):
            entry.load()


def _check_replaceable(directory: Path) -> None:
    """Refuse to replace anything but a bundle, or an empty folder."""

    def check(current: Path) -> None:
        is_empty = current.is_dir() and not any(current.iterdir())
        if current.exists() and not is_empty:
            Manifest.read(current)

    try:
        read_directory(directory, check)
    except FrugalError as error:
        raise InvalidInputError(
            f"directory is {str(directory)!r}, which is there and is no intact bundle ({error}): "
            f"choose another folder, or delete it yourself"
        ) from error


def _full_name(model_type: type) -> str:
    return f"{model_type.__module__}.{model_type.__qualname__}"
