"""Export a .tflite file as C source, for microcontrollers without a file system."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from common.errors import InvalidInputError
from fall.tflite.embedded.arena import ArenaSize, arena_size
from fall.tflite.embedded.decision import check_decidable
from fall.tflite.embedded.header import header
from fall.tflite.embedded.names import check_name
from fall.tflite.embedded.project import cmake, example
from fall.tflite.embedded.source import source
from fall.tflite.embedded.writing import write_together
from fall.tflite.model import CompressedModel


@dataclass(frozen=True)
class CArray:
    """The files that :func:`export_c_array` wrote.

    Attributes
    ----------
    header, source : Path
        The declarations and macros, and the bytes.
    sha256 : str
        Hash of the .tflite file; all files contain it.
    cmake, example : Path
        Targets of CMake, and a program that runs the model with tflite-micro: a sketch for Arduino, too.
    arena : ArenaSize
        Memory that tflite-micro needs: ``n_bytes``, and whether it ``is_measured`` or estimated.

    Examples
    --------
    >>> import numpy as np, tempfile
    >>> from fall import CompressedModel, build_network, tflite, tflite_cost
    >>> content = tflite.convert(build_network("perceptron", (8, 8, 3), units=4))
    >>> model = CompressedModel("float32", content, tflite_cost(content).total, None, np.array(["adl", "fall"]), 0.5, 8)
    >>> exported = export_c_array(model, tempfile.mkdtemp(), name="small")
    >>> [path.name for path in (exported.header, exported.source, exported.cmake, exported.example)]
    ['small.h', 'small.c', 'small.cmake', 'small_example.cpp']
    >>> exported.sha256 in exported.source.read_text(), exported.arena.n_bytes > 0
    (True, True)
    """

    header: Path
    source: Path
    sha256: str
    cmake: Path
    example: Path
    arena: ArenaSize


def export_c_array(model: CompressedModel, directory: str | os.PathLike[str], *, name: str = "fall_model") -> CArray:
    """Write a model as C source for C11, or C++11 and later, with all that a program around it needs.

    The array is constant, so that it stays in flash, and aligned to 16 bytes, as tflite-micro requires. The header
    tells the operators that tflite-micro's resolver must add, the size of its arena (measured where ``tflite_micro`` is
    installed and runs the model, estimated elsewhere), the classes, and the hash of the file. ``NAME_pixels[p]`` is the
    input for a pixel p, and ``NAME_is_fall(output)`` decides, both as :class:`fall.TFLiteFallClassifier` does.

    Parameters
    ----------
    model : CompressedModel
        A model that :func:`fall.compress` returned.
    directory : path
        Where to write; created if it does not exist.
    name : str
        Name of the array and of the files; in capitals, the prefix of the macros. Names that C, C++ or their libraries
        use are refused.

    Returns
    -------
    CArray
        The files ``NAME.h``, ``NAME.c``, ``NAME.cmake`` and ``NAME_example.cpp``. Those of an earlier export are
        replaced, together; a file of another origin is never replaced.

    Raises
    ------
    InvalidInputError
        If ``name`` is not an identifier that is free in C and C++, the model gives logits or only the probability of
        the other class, tflite-micro lacks an operator of the model, a file of another origin has one of the names, or
        the files cannot be written.

    Examples
    --------
    >>> import numpy as np, tempfile
    >>> from fall import CompressedModel, build_network, tflite, tflite_cost
    >>> content = tflite.convert(build_network("separable_cnn", (32, 32, 3)))
    >>> cost = tflite_cost(content).total
    >>> model = CompressedModel("float32", content, cost, None, np.array(["adl", "fall"]), 0.5, 32)
    >>> exported = export_c_array(model, tempfile.mkdtemp())
    >>> exported.header.name, exported.example.name
    ('fall_model.h', 'fall_model_example.cpp')
    >>> [line for line in exported.header.read_text().splitlines() if "CLASS_1" in line]
    ['#define FALL_MODEL_CLASS_1 "fall"']
    """
    if not isinstance(model, CompressedModel):
        raise InvalidInputError(f"model is a {type(model).__name__}; pass a CompressedModel, see fall.compress")
    check_name(name)
    check_decidable(model)
    sha256 = hashlib.sha256(model.tflite).hexdigest()
    folder = Path(directory)
    exported = CArray(
        header=folder / f"{name}.h",
        source=folder / f"{name}.c",
        sha256=sha256,
        cmake=folder / f"{name}.cmake",
        example=folder / f"{name}_example.cpp",
        arena=arena_size(model.graph),
    )
    write_together(
        {
            exported.header: header(model, name, sha256, exported.arena),
            exported.source: source(model, name, sha256),
            exported.cmake: cmake(name, sha256),
            exported.example: example(name, sha256),
        }
    )
    return exported
