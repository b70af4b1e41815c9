"""A lock that raises an error instead of waiting."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any

from common.errors import InvalidInputError


class Exclusive:
    """A lock that refuses a second entry; copies, by ``copy`` or ``pickle``, are independent locks.

    Examples
    --------
    >>> lock = Exclusive("push is running")
    >>> with lock, lock:
    ...     pass
    Traceback (most recent call last):
    common.errors.InvalidInputError: push is running
    """

    def __init__(self, message: str) -> None:
        self._message = message
        self._lock = threading.Lock()

    def __reduce__(self) -> Any:
        return Exclusive, (self._message,)

    def __enter__(self) -> None:
        if not self._lock.acquire(blocking=False):
            raise InvalidInputError(self._message)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._lock.release()
