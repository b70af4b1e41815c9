"""Compiled functions whose files on disk may be damaged.

Numba keeps compiled code on disk and trusts it: a file that a full disk or a power cut has truncated stops the
program with an ``EOFError`` from deep inside, at every start, and a flipped bit is executed. :func:`compiled` stores a
digest with the code; what does not match is compiled again, with a warning.
"""

import hashlib
import pickle
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import FunctionCache, IndexDataCacheFile
from numba.core.runtime import rtsys

from common.errors import FrugalWarning

_DIGEST_BYTES = 32


def compiled(function: Callable[..., Any]) -> Any:
    """``numba.njit`` that caches on disk, and lets other Python threads run while it works."""
    dispatcher = numba.njit(nogil=True)(function)
    if not numba.config.DISABLE_JIT:
        # RuntimeError: no folder can be written to. It works all the same, compiled at every start.
        with suppress(RuntimeError):
            # What `cache=True` does, with a cache of our own.
            dispatcher._cache = _CheckedCache(function)
    return dispatcher


class _CheckedCache(FunctionCache):
    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        plain: Any = self._cache_file
        self._cache_file: Any = _CheckedFile(plain._cache_path, self._impl.filename_base, plain._source_stamp)

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        try:
            # What compiled code needs to run. Numba would also load all that it needs to compile, which takes longer
            # than the rest of a first answer; it still does as soon as something is compiled.
            rtsys.initialize(target_context)
            return self._load_overload(signature, target_context)
        except Exception as error:  # a damaged pickle can raise anything
            self._warn("compiled again: its file in the cache is damaged", error)
            self._forget()
            return None

    def save_overload(self, signature: Any, data: Any) -> None:
        try:
            super().save_overload(signature, data)
        except OSError as error:
            self._warn("not kept for the next start", error)

    def _forget(self) -> None:
        try:
            self.flush()
        except OSError as error:
            self._warn("not kept for the next start", error)
            self.disable()

    def _warn(self, what: str, error: Exception) -> None:
        warnings.warn(f"{self._py_func.__qualname__} is {what} ({self.cache_path}: {error})", FrugalWarning, 2)


class _CheckedFile(IndexDataCacheFile):
    """Each data file begins with the SHA-256 of the rest."""

    def _dump(self, obj: Any) -> bytes:
        return bytes(super()._dump(obj))

    def _save_data(self, name: str, data: Any) -> None:
        content = self._dump(data)
        with self._open_for_write(self._data_path(name)) as file:
            file.write(hashlib.sha256(content).digest() + content)

    def _load_data(self, name: str) -> Any:
        content = Path(self._data_path(name)).read_bytes()
        if hashlib.sha256(content[_DIGEST_BYTES:]).digest() != content[:_DIGEST_BYTES]:
            raise ValueError("the digest does not match")
        return pickle.loads(content[_DIGEST_BYTES:])
