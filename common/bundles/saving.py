"""A model to a bundle."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from common.bundles import foreign, pipeline as pipeline  # a pipeline's kind is registered by its module
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
    """What was collected so far, of all parts."""

    parts: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    types: set[str] = field(default_factory=set)

    def add(self, model: Any, path: str) -> None:
        """Collect a model and all that it holds."""
        if path.count(".") >= MAX_DEPTH:
            raise InvalidInputError(f"the model holds models at {path}, more than {MAX_DEPTH} levels deep: flatten it")
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

    The folder appears complete or not at all, and an older bundle is replaced only by a complete one: if the disk is
    full, the program is killed or the power fails, the older one is still there. It is deleted when the new one is safe
    on the disk. What a killed program left beside the folder goes with the next save. A folder with anything but a
    bundle in it is never replaced. A new bundle in the place of an older one may be read by the same people.

    Parameters
    ----------
    model : object
        A fitted classifier, transformer or network of this library, a :class:`common.FusionClassifier`, a
        :class:`har.StreamingRecognizer` (its settings and its classifier, not where its stream stands), a scikit-learn
        ``Pipeline`` of such steps; or :class:`har.Windows`. Estimators of other libraries, as steps or alone, need
        ``pip install 'har-fall[skops]'``.
    directory : path
        The bundle's folder; its parents are made.
    trained_on : har.Windows or TrainingData, optional
        What the model was fitted on: channels, units, rate. It stands in the manifest beside what the model itself
        knows, its classes and the shape of its windows; see :func:`describe_bundle`.

    Raises
    ------
    InvalidInputError
        If models of this type cannot be saved, ``trained_on`` contradicts the model, the folder holds other things, or
        this user may not write there (the message names the path).
    sklearn.exceptions.NotFittedError
        If the model, or a step, is not fitted.
    MissingDependencyError
        For an estimator of another library, without skops.
    OSError
        If the disk is full or fails.

    Warns
    -----
    FrugalWarning
        If a parameter is left out that predictions do not need: a generator, a cache.
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
    """Refuse to replace anything but a bundle, or an empty folder."""

    def check(current: Path) -> None:
        is_empty = current.is_dir() and not any(current.iterdir())
        if current.exists() and not is_empty:
            read_manifest(current)

    try:
        read_directory(directory, check)
    except FrugalError as error:
        raise InvalidInputError(
            f"directory is {str(directory)!r}, which is there and is no intact bundle ({error}): "
            f"choose another folder, or delete it yourself"
        ) from error
