"""Describe a bundle without loading it."""

import os
from dataclasses import dataclass

from common.bundles.atomic.directory import read_directory
from common.bundles.paths import as_path, explained
from common.bundles.reading import read_manifest
from common.bundles.trained_on import TrainingData


@dataclass(frozen=True)
class BundleDescription:
    """What the manifest of a bundle says.

    Attributes
    ----------
    kind : str
        Kind of the model, such as "har.prototypes".
    parts : tuple of (str, str)
        Path and kind of each model inside it.
    library : str
        The version of this library that wrote it.
    trained_on : TrainingData
    types : tuple of str
        Types of other libraries, which must be passed to :func:`load_bundle` as ``trusted``.
    n_bytes : int
        Size of all files except the manifest.

    Examples
    --------
    >>> import tempfile
    >>> import common
    >>> fusion = common.FusionClassifier("mean", calibration=None).fit([[0.1], [0.9]], ["walk", "fall"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     common.save_bundle(fusion, folder)
    ...     described = common.describe_bundle(folder)
    >>> described.kind, described.trained_on.classes, described.types
    ('common.fusion', ('fall', 'walk'), ())
    """

    kind: str
    parts: tuple[tuple[str, str], ...]
    library: str
    trained_on: TrainingData
    types: tuple[str, ...]
    n_bytes: int

    def __str__(self) -> str:
        lines = [f"{self.kind}, {self.n_bytes:,} bytes, saved by har-fall {self.library}"]
        lines += [f"  {path}: {kind}" for path, kind in self.parts]
        lines.append(f"trained on: {self.trained_on}")
        if self.types:
            lines.append(f"types of other libraries: {', '.join(self.types)}")
        return "\n".join(lines)


def describe_bundle(directory: str | os.PathLike[str]) -> BundleDescription:
    """Describe a bundle: read and check its manifest, without loading the model.

    Parameters
    ----------
    directory : path
        The bundle's folder.

    Returns
    -------
    BundleDescription

    Raises
    ------
    InvalidInputError, ModelIntegrityError, UnsafeInputError
        As for :func:`load_bundle`, for what the manifest and the file names show.

    Examples
    --------
    >>> import tempfile
    >>> import common
    >>> fusion = common.FusionClassifier("mean", calibration=None).fit([[0.1], [0.9]], ["walk", "fall"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     common.save_bundle(fusion, folder, trained_on=common.TrainingData(n_subjects=2))
    ...     print(describe_bundle(folder).trained_on)
    classes 'fall', 'walk'; 2 people
    """
    path = as_path(directory)
    with explained(path, every_error=True):
        manifest = read_directory(path, read_manifest)
    return BundleDescription(
        kind=manifest.kind,
        parts=tuple(sorted((path, kind) for path, kind in manifest.parts.items() if path)),
        library=manifest.library,
        trained_on=manifest.trained_on,
        types=manifest.types,
        n_bytes=manifest.n_bytes,
    )
