"""Functions compiled by Numba, and a cache of them on disk that is not trusted blindly.

Numba runs whatever lies in its cache. A file that a power cut has truncated ends the program at every start; one of
another function, of another processor or of an older callee is executed; and whoever may write to the folder has their
code run by others. Here each file is checked before it is used (cache.py), also against all that it was made from
(sources.py), and so is the folder that it lies in (folders.py). What does not pass is compiled again, with a
:class:`common.FrugalWarning`: the cache saves time, and the program can do without.
"""

from collections.abc import Callable
from typing import Any

import numba

from common.compiled.cache import CheckedCache


def compiled(function: Callable[..., Any]) -> Any:
    """``numba.njit`` that caches on disk, and lets other Python threads run while it works."""
    dispatcher = numba.njit(nogil=True)(function)
    if not numba.config.DISABLE_JIT:
        dispatcher._cache = CheckedCache(function)  # what `cache=True` does, with Numba's own
    return dispatcher
