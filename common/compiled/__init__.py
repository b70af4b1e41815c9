"""Functions compiled by Numba, with a checked cache on disk.

Numba runs whatever its cache contains. A file truncated by a power cut crashes the program at every start; code of
another function, another processor or an outdated callee is executed; and anyone who can write to the folder can run
code as the user. Here each file is checked before use (cache.py), including against the sources it was compiled from
(sources.py), and so is its folder (folders.py). What fails is compiled again with a :class:`common.FrugalWarning`: the
cache only saves time.
"""

from collections.abc import Callable
from typing import Any

import numba

from common.compiled.cache import CheckedCache


def compiled(function: Callable[..., Any]) -> Any:
    """``numba.njit`` with a checked cache on disk, and without holding Python's lock."""
    dispatcher = numba.njit(nogil=True)(function)
    if not numba.config.DISABLE_JIT:
        dispatcher._cache = CheckedCache(function)  # as `cache=True` does with Numba's own cache
    return dispatcher
