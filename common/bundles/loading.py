"""A bundle to a model."""

import os
import re
import warnings
from collections.abc import Iterable
from typing import Any

from common.bundles import foreign, pipeline as pipeline  # a pipeline's kind is registered by its module
from common.bundles.atomic.directory import read_directory
from common.bundles.files import decode
from common.bundles.manifest import Manifest, child
from common.bundles.paths import as_path, explained
from common.bundles.reading import read_verified
from common.bundles.registry import kind_named
from common.errors import FrugalError, FrugalWarning, InvalidInputError, ModelIntegrityError
from common.validation import check_integer
from common.version import __version__


def load_bundle(directory: str | os.PathLike[str], *, max_bytes: int = 2**30, trusted: Iterable[str] = ()) -> Any:
    """Load a model that :func:`save_bundle` saved.

    Sizes and hashes of all files are verified before any but the manifest is parsed, and what is parsed are the bytes
    that were verified. No code is run, and nothing imported, that a bundle names, but for types of other libraries
    that ``trusted`` names.

    Parameters
    ----------
    directory : path
        The bundle's folder.
    max_bytes : int
        Larger bundles are refused unread.
    trusted : list of str
        Types of other libraries that the bundle may bring, such as
        ``"sklearn.ensemble._forest.RandomForestClassifier"``; the message of a refusal lists those that are missing.
        Name them only if you trust whoever wrote the bundle: trees, for one, are not checked, and made-up ones can
        crash the program.

    Returns
    -------
    object
        The model, of the type that was saved.

    Raises
    ------
    InvalidInputError
        If there is no such folder, this user may not read it, its format is newer than this library, or nobody has
        registered the kind of the model: the message names the package.
    ModelIntegrityError
        If anything differs from what the manifest says, the manifest from its hash, or the content from its kind.
    UnsafeInputError
        If the bundle is too large, holds links or folders, or types that are not trusted.
    MissingDependencyError
        If it holds an estimator of another library, and skops is not installed; or a part needs an extra.

    Warns
    -----
    FrugalWarning
        If a newer version of this library wrote the bundle.
    """
    path = as_path(directory)
    limit = check_integer(max_bytes, "max_bytes")
    names = foreign.check_trusted(trusted)
    with explained(path, every_error=True):
        manifest, verified = read_directory(path, lambda current: read_verified(current, limit))
    foreign.refuse_untrusted(manifest.types, names, str(path))
    _warn_if_newer(manifest.library, str(path))
    return _model(manifest, verified, "")


def _model(manifest: Manifest, verified: dict[str, bytes], path: str) -> Any:
    """The part at ``path``, after all parts within it."""
    kind_name = manifest.parts[path]
    files: dict[str, Any] = {name: decode(full, verified[full]) for name, full in manifest.files_of(path).items()}
    for name in manifest.children(path):
        files[name] = _model(manifest, verified, child(path, name))
    what = f"{path or 'the bundle'} does not hold what a {kind_name} needs"
    written_by = f"it was saved by har-fall {manifest.library}"
    if kind_name == foreign.KIND:
        if files.keys() != {foreign.FILE}:
            raise ModelIntegrityError(f"{what}: {foreign.FILE} alone; {written_by}")
        return foreign.load(files[foreign.FILE], manifest.types)
    kind = kind_named(kind_name)
    try:
        return kind.reader(files)
    except FrugalError as error:
        if not isinstance(error, InvalidInputError):
            raise
        # Whoever loads a bundle has not made the mistake in it.
        raise ModelIntegrityError(f"{what}: {error}; {written_by}") from error
    except Exception as error:  # whoever wrote the bundle chose what goes wrong
        raise ModelIntegrityError(f"{what} ({type(error).__name__}: {error}); {written_by}") from error


def _warn_if_newer(library: str, where: str) -> None:
    if _release(library) > _release(__version__):
        warnings.warn(
            f"{where} was saved by har-fall {library}, this is {__version__}: upgrade if it behaves differently here",
            FrugalWarning,
            stacklevel=3,
        )


def _release(version: str) -> tuple[int, ...]:
    """The numbers of a version, without what follows them."""
    found = re.match(r"[0-9]{1,9}(?:\.[0-9]{1,9})*", version)
    return tuple(int(number) for number in found[0].split(".")) if found else ()
