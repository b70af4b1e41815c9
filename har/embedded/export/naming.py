"""Names in the exported text: the user's in place of ours, and a stage's in place of its placeholder."""

from __future__ import annotations

import re

from common.errors import InvalidInputError

_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST = 24
# Keywords, and names that would make a header of the system's, or a function of the C library with a suffix.
_TAKEN = """
auto bool break case char const continue default do double else enum extern float for goto if inline int long register
restrict return short signed sizeof static struct switch typedef union unsigned void volatile while
asm class delete namespace new operator private protected public template this throw try using virtual
assert complex ctype errno fenv inttypes iso646 limits locale main math setjmp signal stdarg stdbool stddef stdint stdio
stdlib string tgmath time wchar wctype mem str atomic pthread arduino zephyr avr arm
"""


def check_name(name: object) -> str:
    """A name for files, and in front of every name of the library.

    Raises
    ------
    InvalidInputError

    Examples
    --------
    >>> check_name("fall_detector")
    'fall_detector'
    >>> check_name("int")
    Traceback (most recent call last):
    ...
    common.errors.InvalidInputError: name is 'int', which C, C++ or their libraries use: choose another, such as \
'fall_detector'
    """
    if not isinstance(name, str) or not _IDENTIFIER.fullmatch(name) or len(name) > _LONGEST:
        raise InvalidInputError(
            f"name is {name!r}; it must have up to {_LONGEST} lower-case ASCII letters, digits and single underscores, "
            "and start with a letter: 'fall_detector'"
        )
    if name in _TAKEN.split():
        raise InvalidInputError(
            f"name is {name!r}, which C, C++ or their libraries use: choose another, such as 'fall_detector'"
        )
    return name


def with_name(text: str, name: str) -> str:
    """The text with ``name`` wherever it says ``recognizer``, alone or in front of an underscore.

    Examples
    --------
    >>> with_name("RECOGNIZER_RADIUS, recognizer_push, <recognizer.h>", "step_counter")
    'STEP_COUNTER_RADIUS, step_counter_push, <step_counter.h>'
    """
    text = re.sub(r"(?<![A-Za-z0-9_])recognizer(?![A-Za-z0-9])", name, text)
    return re.sub(r"(?<![A-Za-z0-9])RECOGNIZER(?![A-Za-z0-9])", name.upper(), text)


def of_stage(text: str, stage: str, before: str) -> str:
    """The text of a stage's template: ``STAGE`` is the stage itself, ``INPUT`` the one before it.

    Constants get the library's prefix; functions and members of the state do not.

    Examples
    --------
    >>> of_stage("STAGE(STAGE_taps, STAGE_N_TAPS, INPUT_LENGTH, INPUT)", "decimated", "stored")
    'decimated(recognizer_decimated_taps, RECOGNIZER_DECIMATED_N_TAPS, RECOGNIZER_STORED_LENGTH, stored)'
    """
    for placeholder, name in (("STAGE", stage), ("INPUT", before), ("LAST", before)):
        text = re.sub(rf"\b{placeholder}_([A-Z][A-Z_]*)\b", rf"RECOGNIZER_{name.upper()}_\1", text)
        text = re.sub(rf"\b{placeholder}_({'|'.join(_FUNCTIONS)})\b", rf"{name}_\1", text)
        text = re.sub(rf"\b{placeholder}_([a-z][a-z_]*)\b", rf"recognizer_{name}_\1", text)
        text = re.sub(rf"\b{placeholder}\b", name, text)
    return text


_FUNCTIONS = ("begin", "beyond", "input", "means", "place", "sample", "size", "sums")
