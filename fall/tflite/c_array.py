"""Export a .tflite file as C source, for microcontrollers without a file system."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from common.errors import InvalidInputError
from fall.tflite.file import Tensor
from fall.tflite.memory import peak_memory
from fall.tflite.model import CompressedModel

_BYTES_PER_LINE = 12


@dataclass(frozen=True)
class CArray:
    """The files that :func:`export_c_array` wrote.

    Attributes
    ----------
    header, source : Path
        The declarations and macros, and the bytes.
    sha256 : str
        Hash of the .tflite file; both files contain it.
    """

    header: Path
    source: Path
    sha256: str


def export_c_array(model: CompressedModel, directory: str | os.PathLike[str], *, name: str = "fall_model") -> CArray:
    """Write a model as C source for C11, or C++11 and later.

    The array is constant, so that it stays in flash, and aligned to 16 bytes, as tflite-micro requires. Macros in the
    header define how pixels become inputs and outputs become decisions: a fall is ``output[1] >= ..._THRESHOLD_Q``.

    Parameters
    ----------
    model : CompressedModel
        A model that :func:`fall.compress` returned.
    directory : path
        Where to write; created if it does not exist.
    name : str
        Name of the array and of the files; in capitals, the prefix of the macros.

    Returns
    -------
    CArray

    Raises
    ------
    InvalidInputError
        If ``name`` is not a C identifier, or the files cannot be written.
    """
    if not isinstance(model, CompressedModel):
        raise InvalidInputError(f"model is a {type(model).__name__}; pass a CompressedModel, see fall.compress")
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,30}", name):
        raise InvalidInputError(f"name is {name!r}; it must be a C identifier of up to 31 characters: 'fall_model'")
    sha256 = hashlib.sha256(model.tflite).hexdigest()
    folder = Path(directory)
    exported = CArray(folder / f"{name}.h", folder / f"{name}.c", sha256)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        exported.header.write_text(_header(model, name, sha256), encoding="ascii")
        exported.source.write_text(_source(model, name, sha256), encoding="ascii")
    except OSError as error:
        raise InvalidInputError(f"directory {str(folder)!r} cannot be written to ({error})") from error
    return exported


def _header(model: CompressedModel, name: str, sha256: str) -> str:
    graph = model.graph
    macros = {
        "INPUT_SIZE": model.input_size,
        **_quantization("INPUT", graph.input),
        **_quantization("OUTPUT", graph.output),
        "CLASS_0": _c_string(model.classes_[0]),
        "CLASS_1": _c_string(model.classes_[1]),
        "THRESHOLD": _c_float(model.threshold_),
        "THRESHOLD_Q": _quantized_threshold(model.threshold_, graph.output),
        "ACTIVATION_BYTES": peak_memory(graph),
    }
    guard = f"{name.upper()}_H"
    return "\n".join(
        [
            f"/* {_comment(model.recipe)}: a .tflite file of {len(model.tflite)} bytes",
            f"   SHA-256 {sha256}",
            "   One RGB image in rows; a real number is SCALE * (stored - ZERO_POINT), pixels p are p / 127.5 - 1. */",
            f"#ifndef {guard}",
            f"#define {guard}",
            "",
            *(f"#define {name.upper()}_{macro} {value}" for macro, value in macros.items()),
            "",
            "#ifdef __cplusplus",
            'extern "C" {',
            "#endif",
            f"extern const unsigned char {name}[];",
            f"extern const unsigned int {name}_len;",
            "#ifdef __cplusplus",
            "}",
            "#endif",
            "",
            "#endif",
            "",
        ]
    )


def _source(model: CompressedModel, name: str, sha256: str) -> str:
    content = model.tflite
    lines = [content[start : start + _BYTES_PER_LINE] for start in range(0, len(content), _BYTES_PER_LINE)]
    return "\n".join(
        [
            f"/* SHA-256 {sha256} */",
            f'#include "{name}.h"',
            "",
            "#ifndef __cplusplus",
            "#include <stdalign.h>",
            "#endif",
            "",
            f"alignas(16) const unsigned char {name}[] = {{",
            *("    " + ", ".join(f"0x{byte:02x}" for byte in line) + "," for line in lines),
            "};",
            f"const unsigned int {name}_len = {len(content)};",
            "",
        ]
    )


def _quantization(prefix: str, tensor: Tensor) -> dict[str, Any]:
    if tensor.dtype == np.float32:
        return {f"{prefix}_IS_FLOAT": 1}
    scale, zero_point = float(tensor.scale[0]), int(tensor.zero_point[0])
    return {f"{prefix}_SCALE": _c_float(scale), f"{prefix}_ZERO_POINT": f"({zero_point})"}


def _quantized_threshold(threshold: float, output: Tensor) -> str:
    """The smallest stored output that is a fall; beyond the type's range if there is none."""
    if output.dtype == np.float32:
        return _c_float(threshold)
    bounds = np.iinfo(output.dtype)
    stored = np.arange(bounds.min, bounds.max + 1)
    falls = np.float64(output.scale[0]) * (stored - output.zero_point[0]) >= threshold
    return f"({int(stored[np.argmax(falls)]) if falls.any() else bounds.max + 1})"


def _c_float(number: float) -> str:
    """A literal of exactly this float32; its suffix f requires a point or an exponent."""
    digits = f"{np.float32(number):.9g}"
    return f"{digits}f" if "." in digits or "e" in digits else f"{digits}.0f"


def _c_string(label: Any) -> str:
    """A string literal: ASCII letters, digits and a few signs as they are, every other byte of UTF-8 in octal."""
    plain = re.compile(rb"[A-Za-z0-9 _.-]")
    codes = (bytes([byte]) for byte in str(label).encode())
    return '"' + "".join(code.decode() if plain.match(code) else f"\\{code[0]:03o}" for code in codes) + '"'


def _comment(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9 _.+-]", "?", text)
