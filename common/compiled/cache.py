"""A cache of compiled code whose files are verified before use.

Each function has an index, which lists its data files, and one data file per signature and processor. Each file begins
with a SHA-256 of its content and of its identity: the function, and for code also the signature, processor, versions
and sources. Damaged and exchanged files are therefore both detected before anything is unpickled. This does not protect
against those who may write to the folder, since they can compute digests too: see folders.py.
"""

import hashlib
import os
import pickle
import sys
import uuid
import warnings
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy
from numba.core.caching import FunctionCache
from numba.core.compiler import CompileResult
from numba.core.runtime import rtsys
from numba.core.serialize import dumps

from common.compiled.folders import cache_folder, can_be_changed_by_others, warn_once
from common.compiled.sources import Function, made_from, source_of
from common.errors import FrugalWarning

_VERSIONS = (sys.version, numba.__version__, llvmlite.__version__, numpy.__version__)
_DIGEST_BYTES = 32


class CheckedCache(FunctionCache):
    """The cache that Numba uses for one function."""

    def __init__(self, function: Function) -> None:
        # Numba's __init__ is not called: it would search for a folder and write to it for every imported function.
        self._py_func = function
        self._name = repr(function)
        source_of(function)  # read the sources now: an update may change them while this function is loaded
        self.enable()

    @cached_property
    def _files(self) -> "_Files | None":
        function: Function = self._py_func
        if not source_of(function):
            return None
        folder = cache_folder(Path(function.__code__.co_filename).parent, numba.config.CACHE_DIR)
        return None if folder is None else _Files(folder, function)

    @property
    def cache_path(self) -> str | None:
        return None if self._files is None else str(self._files.folder)

    def flush(self) -> None:
        if self._files is not None:
            self._files.forget()

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        if not self._enabled or self._files is None:
            return None
        try:
            # Load only what compiled code needs to run. Numba would also load its compiler, which takes longer than
            # the rest of a first call; that is still loaded once something is compiled.
            rtsys.initialize(target_context)
            payload = self._files.load(repr(self._index_key(signature, target_context.codegen())))
            return None if payload is None else CompileResult._rebuild(target_context, *payload)
        except Exception as error:  # whatever went wrong, the function can be compiled instead
            name = self._py_func.__qualname__
            warnings.warn(
                f"{name} is compiled again, since its file in the cache is not used: {error}", FrugalWarning, 2
            )
            return None

    def save_overload(self, signature: Any, data: Any) -> None:
        if not self._enabled or self._files is None:
            return
        if data.library.has_dynamic_globals or data.lifted:  # addresses of this process
            return
        try:
            self._files.save(repr(self._index_key(signature, data.codegen)), data._reduce())
        except OSError as error:
            warn_once(f"compiled code is not cached: {self.cache_path}: {error.strerror}")


class _Files:
    """The index and the data files of one function."""

    def __init__(self, folder: Path, function: Function) -> None:
        self.folder = folder
        self._function = f"{function.__module__}.{function.__qualname__}"
        self._made_from = hashlib.sha256(repr((_VERSIONS, made_from(function))).encode()).hexdigest()
        code = function.__code__
        name = f"{Path(code.co_filename).stem}.{function.__qualname__}-{code.co_firstlineno}".translate(_NOT_IN_NAMES)
        self._base = f"{name}.{sys.implementation.cache_tag}"
        self._index = folder / f"{self._base}.nbi"

    def load(self, key: str) -> Any:
        """What was saved for a key, or None; raises ValueError if a file fails its checks."""
        path = self._data(key)
        if path.name not in self._listed():
            return None
        try:
            return pickle.loads(_read(path, self._function, self._made_from, key))
        except FileNotFoundError:
            return None

    def save(self, key: str, data: Any) -> None:
        # The data first: if the process is killed in between, the index lists no missing file.
        path = self._data(key)
        _replace(path, dumps(data), self._function, self._made_from, key)
        names: set[str] = set()
        with suppress(ValueError, OSError):  # a damaged index is replaced
            names = self._listed()
        if path.name not in names:
            self._list(names | {path.name})

    def forget(self) -> None:
        self._list(set())

    def _data(self, key: str) -> Path:
        # Named by the key, not numbered as in Numba: concurrent processes never give two signatures the same name.
        return self.folder / f"{self._base}.{hashlib.sha256(key.encode()).hexdigest()[:16]}.nbc"

    def _listed(self) -> set[str]:
        """Names of the data files compiled from the current sources; none after an update."""
        try:
            made_from, *names = _read(self._index, self._function).decode().split("\n")
        except FileNotFoundError:
            return set()
        return set(names) if made_from == self._made_from else set()

    def _list(self, names: set[str]) -> None:
        _replace(self._index, "\n".join([self._made_from, *sorted(names)]).encode(), self._function)


_NOT_IN_NAMES = dict.fromkeys(map(ord, '<>:"/\\|?*'))  # on Windows


def _digest(content: bytes, belongs_to: tuple[str, ...]) -> bytes:
    return hashlib.sha256(repr(belongs_to).encode() + content).digest()


def _read(path: Path, *belongs_to: str) -> bytes:
    with path.open("rb") as file:
        if can_be_changed_by_others(os.fstat(file.fileno())):
            raise ValueError(f"others can write to {path}")
        content = file.read()
    if content[:_DIGEST_BYTES] != _digest(content[_DIGEST_BYTES:], belongs_to):
        raise ValueError(f"{path} is damaged, or belongs to other code or another machine")
    return content[_DIGEST_BYTES:]


def _replace(path: Path, content: bytes, *belongs_to: str) -> None:
    """Write a file atomically; only its owner can write to it, whatever the umask."""
    temporary = path.with_name(f"{path.name}.tmp.{uuid.uuid4().hex[:16]}")
    try:
        with open(temporary, "xb", opener=lambda name, flags: os.open(name, flags, 0o644)) as file:
            file.write(_digest(content, belongs_to) + content)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
