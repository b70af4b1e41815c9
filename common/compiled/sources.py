"""What a function is compiled from: the sources of all functions that it calls, and the constants that they use.

Numba checks only the file that defines the function. But callees and constants, possibly from other files, are compiled
into it too.
"""

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numba.core.dispatcher import Dispatcher
from numba.core.extending import _Intrinsic

Function = Callable[..., Any]

_CONSTANTS = (int, float, complex, str, bytes, tuple, np.generic)


def made_from(function: Function) -> list[Any]:
    """Names, digests of source files, and constants of a function and all compiled functions that it calls."""
    reached: dict[Function, list[Any]] = {}
    waiting = [function]
    while waiting:
        function = waiting.pop()
        named = {name: function.__globals__.get(name) for name in function.__code__.co_names}
        constants = [(name, value) for name, value in named.items() if isinstance(value, _CONSTANTS)]
        reached[function] = [function.__qualname__, source_of(function), constants]
        waiting += [callee for callee in map(_called, named.values()) if callee and callee not in reached]
    return sorted(reached.values(), key=repr)


def source_of(function: Function) -> str:
    """A digest of the file that defines a function (read once); empty if there is no such file."""
    return _digest(function.__code__.co_filename)


def _called(value: Any) -> Function | None:
    """The Python function behind a compiled function or an intrinsic; None for anything else."""
    if isinstance(value, Dispatcher):
        return value.py_func  # type: ignore[no-any-return]  # Numba has no types
    return value._defn if isinstance(value, _Intrinsic) else None


@functools.cache
def _digest(file: str) -> str:
    try:
        return hashlib.sha256(Path(file).read_bytes()).hexdigest()
    except OSError:
        return ""
