"""A name for the array and its files that C, C++ and their libraries leave free."""

from __future__ import annotations

import re
from typing import Any

from common.errors import InvalidInputError
from fall.tflite.embedded.reserved_names import (
    C_KEYWORDS,
    CPP_KEYWORDS,
    DEVICE_FILES,
    HEADER_FILES,
    LIBRARY_NAMES,
    MATH_FUNCTIONS,
    PLATFORM_NAMES,
)

MAX_LENGTH = 31  # C11 5.2.4.1: the characters of an external name that a linker must tell apart
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
# Of a function in another precision, as sinl and sinf128, or in a variant, as isalpha_l and lgamma_r.
_PRECISION = re.compile(r"(f|l|d32|d64|d128|f16|f32|f32x|f64|f64x|f128)$")
_VARIANT = re.compile(r"_(l|r|unlocked)$")
# Prefixes that headers keep for themselves (C11 7.31; POSIX signal.h), and GCC for its coroutines.
_FAMILIES = re.compile(r"(PRI|SCN)[a-zX]|(atomic|cnd|memory_order|mtx|thrd|tss|sa|si|sigev|coro)_[a-z]")


def check_name(name: Any) -> str:
    """Refuse a name that is no identifier, or that C or C++ use otherwise.

    Raises
    ------
    InvalidInputError

    Examples
    --------
    >>> check_name("fall_model")
    'fall_model'
    >>> check_name("int")
    Traceback (most recent call last):
    ...
    common.errors.InvalidInputError: name is 'int', which is a keyword of C: choose another, such as 'fall_model'
    """
    if not isinstance(name, str) or not _IDENTIFIER.fullmatch(name) or len(name) > MAX_LENGTH:
        raise InvalidInputError(
            f"name is {name!r}; it must be an identifier of C of up to {MAX_LENGTH} ASCII letters, digits and "
            "underscores that starts with a letter: 'fall_model'"
        )
    if meaning := _other_meaning(name):
        raise InvalidInputError(f"name is {name!r}, which {meaning}: choose another, such as 'fall_model'")
    return name


def _other_meaning(name: str) -> str | None:
    """What else the name is, as the rest of a sentence."""
    if name in C_KEYWORDS:
        return "is a keyword of C"
    if name in CPP_KEYWORDS:
        return "is a keyword of C++"
    if "__" in name or name.endswith("_"):
        return "has two underscores in a row, or makes such names, which are reserved in C++"
    if name.isupper():
        return "has capitals alone, as macros have, and as the macros of the header are named"
    if name.endswith("_t"):
        return "ends in _t, as the types of the library do"
    if _is_of_library(name):
        return "is reserved for the library of C"
    if name in PLATFORM_NAMES or name.startswith(("TfLite", "kTfLite")):
        return "is a name of common systems, boards or compilers"
    if name.lower() in HEADER_FILES:
        return f"would make a file {name}.h in place of the system's"
    if name.lower() in DEVICE_FILES:
        return "is no name of a file on Windows"
    return None


def _is_of_library(name: str) -> bool:
    plain = _VARIANT.sub("", name)
    is_function = plain in LIBRARY_NAMES or not {plain, _PRECISION.sub("", plain)}.isdisjoint(MATH_FUNCTIONS)
    return is_function or _FAMILIES.match(name) is not None
