"""Numbers, texts and comments that no value can break out of."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

_PLAIN = re.compile(rb"[A-Za-z0-9 _.-]")


def c_float(number: float) -> str:
    """A literal of exactly this float32; its suffix f requires a point or an exponent.

    Examples
    --------
    >>> c_float(0.3), c_float(2)
    ('0.300000012f', '2.0f')
    """
    bounds = np.finfo(np.float32)  # C has no literal for what is beyond them
    digits = f"{np.float32(np.clip(number, bounds.min, bounds.max)):.9g}"
    return f"{digits}f" if "." in digits or "e" in digits else f"{digits}.0f"


def c_string(label: Any) -> str:
    r"""A string literal: ASCII letters, digits and a few signs as they are, every other byte of UTF-8 in octal.

    Examples
    --------
    >>> print(c_string('a "fall" */'))
    "a \042fall\042 \052\057"
    """
    codes = (bytes([byte]) for byte in str(label).encode("utf-8", "replace"))
    return '"' + "".join(code.decode() if _PLAIN.match(code) else f"\\{code[0]:03o}" for code in codes) + '"'


def comment_text(text: str) -> str:
    """Text that ends no comment and continues no line: whatever else becomes a question mark.

    Examples
    --------
    >>> comment_text("int8 */ #error")
    'int8 ?? ?error'
    """
    return re.sub(r"[^A-Za-z0-9 _.+-]", "?", text)


def numbers(values: Any, *, per_line: int = 12) -> list[str]:
    """Lines of an initializer."""
    rows = [values[start : start + per_line] for start in range(0, len(values), per_line)]
    return ["    " + ", ".join(row) + "," for row in rows]
