"""Save a model as a bundle."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from common.bundles import foreign, pipeline as pipeline  # registers the kind of pipelines
from common.bundles.atomic.directory import read_directory, replace_directory
from common.bundles.files import encode
from common.bundles.manifest import MAX_DEPTH, Manifest, child
from common.bundles.paths import as_path, explained
from common.bundles.reading import read_manifest
from common.bundles.registry import Part, kind_of
from common.bundles.trained_on import TrainingData, as_training_data
from common.errors import FrugalError, InvalidInputError


@dataclass
class _Contents:
    """The parts, files and types collected from a model."""

    parts: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    types: set[str] = field(default_factory=set)

    def add(self, model: Any, path: str) -> None:
        """Collect a model and all models inside it."""
        if path.count(".") >= MAX_DEPTH:
            raise InvalidInputError(
                f"the model contains models at {path}, more than {MAX_DEPTH} levels deep: flatten it"
            )
        kind = kind_of(model)
        if kind is None:
            self.parts[path] = foreign.KIND
            self.files[child(path, foreign.FILE)], types = foreign.dump(model)
            self.types |= types
            return
        self.parts[path] = kind.name
        for name, content in kind.writer(model).items():
            if isinstance(content, Part):
                self.add(content.model, child(path, name))
            else:
                self.files[child(path, name)] = encode(name, content)


def save_bundle(model: Any, directory: str | os.PathLike[str], *, trained_on: Any = None) -> None:
    """Save a model as a folder that :func:`load_bundle` reads.

    The folder appears complete or not at all. An older bundle is deleted only once the new one is safely on disk: it
    remains if the disk is full, the program is killed, or the power fails. The next save removes what a killed program
    left beside the folder. A folder that contains anything but a bundle is never replaced. A new bundle gets the
    permissions of the one that it replaces.

    Parameters
    ----------
    model : object
        A fitted classifier, transformer or network of this library, a :class:`common.FusionClassifier`, a
        :class:`har.StreamingRecognizer` (its settings and classifier, without the state of its stream), a scikit-learn
        ``Pipeline`` of such steps, or :class:`har.Windows`. Estimators of other libraries, alone or as steps, need
        ``pip install 'har-fall[skops]'``.
    directory : path
        The bundle's folder; missing parents are created.
    trained_on : har.Windows or TrainingData, optional
        What the model was fitted on: channels, units, rate. It is added in the manifest to what the model itself
        knows, its classes and the shape of its windows; see :func:`describe_bundle`.

    Raises
    ------
    InvalidInputError
        If models of this type cannot be saved, ``trained_on`` contradicts the model, the folder contains anything but a
        bundle, or this user may not write there (the message names the path).
    sklearn.exceptions.NotFittedError
        If the model, or a step, is not fitted.
    MissingDependencyError
        If the model contains an estimator of another library, and skops is not installed.
    OSError
        If the disk is full or fails.

    Warns
    -----
    FrugalWarning
        If a parameter that predictions do not need, a generator or a cache, is left out.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import common
    >>> fusion = common.FusionClassifier("mean", calibration=None).fit([[0.1], [0.9]], ["walk", "fall"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_bundle(fusion, folder, trained_on=common.TrainingData(channels=("wearable",)))
    ...     sorted(path.name for path in Path(folder).iterdir())
    ['classes.npy', 'manifest.json', 'manifest.sha256', 'model.json', 'patterns.npy']
    """
    path = as_path(directory)
    contents = _Contents()
    contents.add(model, "")
    known = _known(model).joined(as_training_data(trained_on))
    manifest = Manifest.of(contents.parts, contents.files, contents.types, known)
    with explained(path, every_error=False):
        _check_replaceable(path)
        replace_directory(path, {**contents.files, **manifest.to_files()})


def _known(model: Any) -> TrainingData:
    kind = kind_of(model)
    return TrainingData.of_estimator(model) if kind is None else kind.trained_on(model)


def _check_replaceable(directory: Path) -> None:
    """Refuse to replace anything but a bundle or an empty folder."""

    def check(current: Path) -> None:
        is_empty = current.is_dir() and not any(current.iterdir())
        if current.exists() and not is_empty:
            read_manifest(current)

    try:
        read_directory(directory, check)
    except FrugalError as error:
        raise InvalidInputError(
            f"directory is {str(directory)!r}, which exists and is not an intact bundle ({error}): "
            f"choose another folder, or delete it yourself"
        ) from error
