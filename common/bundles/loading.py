"""Load a model from a bundle."""

import os
import re
import warnings
from collections.abc import Iterable
from typing import Any

from common.bundles import foreign, pipeline as pipeline  # registers the kind of pipelines
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

    The sizes and hashes of all files are verified before anything but the manifest is parsed, and only the verified
    bytes are parsed. Nothing that a bundle names is imported or run, except types of other libraries that ``trusted``
    lists.

    Parameters
    ----------
    directory : path
        The bundle's folder.
    max_bytes : int
        Larger bundles are refused without being read.
    trusted : list of str
        Types of other libraries that the bundle may contain, such as
        ``"sklearn.ensemble._forest.RandomForestClassifier"``; the error message lists those that are missing.
        List them only if you trust the bundle's author: decision trees, for example, are not checked, and forged ones
        can crash the program.

    Returns
    -------
    object
        The model, of the type that was saved.

    Raises
    ------
    InvalidInputError
        If there is no such folder, this user may not read it, its format is newer than this library, or the model's
        kind is not registered (the message names the package).
    ModelIntegrityError
        If the manifest does not match its hash, a file does not match the manifest, or the content does not suit its
        kind.
    UnsafeInputError
        If the bundle is too large, or contains links, folders or types that are not trusted.
    MissingDependencyError
        If a part needs an extra that is not installed, such as skops for an estimator of another library.

    Warns
    -----
    FrugalWarning
        If a newer version of this library wrote the bundle.

    Examples
    --------
    >>> import tempfile
    >>> import common
    >>> fusion = common.FusionClassifier("mean", calibration=None).fit([[0.1], [0.9]], ["walk", "fall"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     common.save_bundle(fusion, folder)
    ...     loaded = load_bundle(folder)
    >>> loaded.classes_
    array(['fall', 'walk'], dtype='<U4')
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
    """Build the part at ``path``, after all parts inside it."""
    kind_name = manifest.parts[path]
    files: dict[str, Any] = {name: decode(full, verified[full]) for name, full in manifest.files_of(path).items()}
    for name in manifest.children(path):
        files[name] = _model(manifest, verified, child(path, name))
    problem = f"{path or 'the bundle'} does not contain what a {kind_name} needs"
    saved_by = f"it was saved by har-fall {manifest.library}"
    if kind_name == foreign.KIND:
        if files.keys() != {foreign.FILE}:
            raise ModelIntegrityError(f"{problem}: {foreign.FILE} alone; {saved_by}")
        return foreign.load(files[foreign.FILE], manifest.types)
    kind = kind_named(kind_name)
    try:
        return kind.reader(files)
    except FrugalError as error:
        if not isinstance(error, InvalidInputError):
            raise
        # The mistake is in the bundle, not in the caller's arguments.
        raise ModelIntegrityError(f"{problem}: {error}; {saved_by}") from error
    except Exception as error:  # a forged bundle may raise anything
        raise ModelIntegrityError(f"{problem} ({type(error).__name__}: {error}); {saved_by}") from error


def _warn_if_newer(library: str, where: str) -> None:
    if _release(library) > _release(__version__):
        warnings.warn(
            f"{where} was saved by har-fall {library}, this is {__version__}: upgrade if it behaves differently here",
            FrugalWarning,
            stacklevel=3,
        )


def _release(version: str) -> tuple[int, ...]:
    """The leading numbers of a version."""
    found = re.match(r"[0-9]{1,9}(?:\.[0-9]{1,9})*", version)
    return tuple(int(number) for number in found[0].split(".")) if found else ()
