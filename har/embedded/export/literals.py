"""Arrays and texts as C."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import numpy.typing as npt

_WIDTH = 112


def type_of(values: npt.NDArray[Any]) -> str:
    """The C type of an array's integers.

    Examples
    --------
    >>> type_of(np.zeros(3, dtype=np.int16))
    'int16_t'
    """
    return f"{values.dtype.name}_t"


def table(name: str, values: npt.NDArray[Any]) -> str:
    """The definition of a constant array, with braces for each of its dimensions.

    Examples
    --------
    >>> print(table("taps", np.array([[1, -2], [3, 4]], dtype=np.int16)))
    const int16_t taps[2][2] RECOGNIZER_FLASH = {
        {1, -2},
        {3, 4},
    };
    """
    return f"{_declarator(name, values)} RECOGNIZER_FLASH = {{\n{_rows(values, 1)}}};"


def declaration(name: str, values: npt.NDArray[Any]) -> str:
    """The declaration of :func:`table`."""
    return f"extern {_declarator(name, values)};"


def text(value: Any) -> str:
    r"""A label as a string literal in ASCII; all else is UTF-8 in octal numbers.

    Examples
    --------
    >>> print(text('"up"'), text("Gehen"), text("é"))
    "\042up\042" "Gehen" "\303\251"
    """
    return f'"{"".join(_character(byte) for byte in str(value).encode())}"'


def _character(byte: int) -> str:
    # A question mark may begin a trigraph.
    return chr(byte) if 32 <= byte < 127 and chr(byte) not in '"\\?' else f"\\{byte:03o}"


def _declarator(name: str, values: npt.NDArray[Any]) -> str:
    return f"const {type_of(values)} {name}{''.join(f'[{n}]' for n in values.shape)}"


def _rows(values: npt.NDArray[Any], depth: int) -> str:
    indent = "    " * depth
    if values.ndim == 1:
        return _filled(values, indent)
    if values.ndim == 2:
        return "".join(_filled(row, indent, "{", "},") for row in values)
    return "".join(f"{indent}{{\n{_rows(part, depth + 1)}{indent}}},\n" for part in values)


def _filled(values: npt.NDArray[Any], indent: str, opening: str = "", closing: str = ",") -> str:
    numbers = ", ".join(str(value) for value in values.tolist())
    return textwrap.fill(f"{opening}{numbers}{closing}", _WIDTH, initial_indent=indent, subsequent_indent=indent) + "\n"


def int32(value: int) -> str:
    """An ``int32_t``; the smallest has no literal of its own.

    Examples
    --------
    >>> int32(5), int32(-(2**31))
    ('5', '(-2147483647 - 1)')
    """
    return "(-2147483647 - 1)" if value == np.iinfo(np.int32).min else str(value)
