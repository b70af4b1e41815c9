"""Save a model as one coded file, and load it again."""

from __future__ import annotations

import os
from typing import Any

from common.bundles import files as bundle_files
from common.bundles.atomic.file import replace_file
from common.bundles.paths import as_file, check_replaceable, explained
from common.bundles.registry import kind_named, kind_of
from common.errors import FrugalError, InvalidInputError, MissingDependencyError, ModelIntegrityError, UnsafeInputError
from common.validation import check_integer
from common.validation.files import read_file_bytes
from fall.tflite.coded.container import NETWORK, decode_files, encode_files
from fall.tflite.file import read_graph
from fall.tflite.model import CompressedModel

_KIND = "fall.compressed"


def save_coded(model: CompressedModel | bytes, path: str | os.PathLike[str]) -> None:
    """Save a model as one file in which its weights are coded as in *Deep Compression*.

    Weights take few bytes if many of them are zero and the others share a few values, as after the recipe
    "deep_compression": pruned, clustered, then Huffman coded here. Any other model can be saved, too; its file is about
    as large as after gzip. The file cannot be run as it is: :func:`load_coded` makes the .tflite file of it again.

    The file appears complete or not at all, also if the disk is full, the program is killed, or the power fails. It
    gets the permissions of the file that it replaces.

    Parameters
    ----------
    model : CompressedModel or bytes
        What :func:`fall.compress` returned, or the content of a .tflite file.
    path : path
        The file. Its name and extension are free; missing folders are created.

    Raises
    ------
    InvalidInputError
        If ``model`` is of another type, ``path`` is a folder or a device, or this user may not write there.
    ModelIntegrityError
        If the .tflite file is damaged.
    MissingDependencyError
        If LiteRT is not installed.
    OSError
        If the disk is full or fails.

    References
    ----------
    Han, Mao & Dally: Deep compression. ICLR 2016. https://arxiv.org/abs/1510.00149

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from fall import build_network, tflite
    >>> content = tflite.convert(build_network("perceptron", (8, 8, 3), units=4))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_coded(content, Path(folder, "model.coded"))
    ...     load_coded(Path(folder, "model.coded")) == content
    True
    """
    where = as_file(path)
    data = _encode(model)
    with explained(where, every_error=False, argument="path"):
        check_replaceable(where)
        replace_file(where, data)


def load_coded(path: str | os.PathLike[str], *, max_bytes: int = 2**28) -> CompressedModel | bytes:
    """Load a model that :func:`save_coded` saved.

    The .tflite file is the same to the bit. The file need not come from a trusted source: every length is checked
    before memory is allocated, and no code is run. The cost is counted again.

    Parameters
    ----------
    path : path
        The file.
    max_bytes : int
        If the restored model were larger, it is refused without being decoded.

    Returns
    -------
    CompressedModel or bytes
        What was saved. :class:`fall.TFLiteFallClassifier` takes both.

    Raises
    ------
    InvalidInputError
        If there is no such file, or this user may not read it.
    UnsafeInputError
        If the file itself is larger than ``max_bytes``.
    ModelIntegrityError
        If it is not a coded model, or is damaged, cut off, or too large when it is decoded.
    MissingDependencyError
        If LiteRT is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from fall import build_network, tflite
    >>> content = tflite.convert(build_network("perceptron", (8, 8, 3), units=4))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_coded(content, Path(folder, "model.coded"))
    ...     load_coded(Path(folder, "model.coded")) == content
    True
    """
    where = as_file(path)
    limit = check_integer(max_bytes, "max_bytes")
    with explained(where, every_error=True, argument="path"):
        n_bytes = where.stat().st_size
    if n_bytes > limit:
        raise UnsafeInputError(f"{where} has {n_bytes} bytes; if you trust it, pass max_bytes={n_bytes} or more")
    data = read_file_bytes(where, max_bytes=limit)
    try:
        return _decode(data, limit)
    except MissingDependencyError:
        raise
    except FrugalError as error:
        raise ModelIntegrityError(f"{where} is not an intact coded model ({error}): fetch or save it again") from error


def _encode(model: Any) -> bytes:
    if isinstance(model, CompressedModel):
        kind = kind_of(model)
        files = dict(kind.writer(model)) if kind is not None else {}
        if files.pop(NETWORK, None) != model.tflite:
            raise InvalidInputError(f"model is a {type(model).__name__}, which cannot be saved: pass a CompressedModel")
        return encode_files(model.graph, {name: bundle_files.encode(name, content) for name, content in files.items()})
    if isinstance(model, (bytes, bytearray, memoryview)):
        return encode_files(read_graph(bytes(model)), {})
    raise InvalidInputError(
        f"model is a {type(model).__name__}; pass a CompressedModel, or the bytes of a .tflite file"
    )


def _decode(data: bytes, max_bytes: int) -> CompressedModel | bytes:
    coded = decode_files(data, max_bytes=max_bytes)
    if NETWORK not in coded:
        raise ModelIntegrityError(f"it holds no {NETWORK}")
    if len(coded) == 1:
        return read_graph(coded[NETWORK]).content
    files = {name: bundle_files.decode(name, content) for name, content in coded.items()}
    try:
        model = kind_named(_KIND).reader(files)
    except FrugalError:
        raise
    except Exception as error:  # a forged file may raise anything
        raise ModelIntegrityError(f"it does not hold what a model needs ({type(error).__name__}: {error})") from error
    assert isinstance(model, CompressedModel)
    return model
