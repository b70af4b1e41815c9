"""The log on disk: append-only, each line chained to the one before by its hash, durable before anything is confirmed.

SQLite keeps it, with a write-ahead log and a flush to the disk for every transaction: what was confirmed to a room is
there after a power cut. The chain shows that lines were changed or taken out; whoever rewrites the whole file can make
a new chain, so print :attr:`Log.digest` now and then, or send it somewhere else.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydantic import TypeAdapter

from common import InvalidInputError, ModelIntegrityError
from examples.care_home.hub.entries import Entry, Line, Received

_ENTRY: TypeAdapter[Entry] = TypeAdapter(Entry)
_PART = 5000  # lines read at a time
_NO_DIGEST = hashlib.sha256(b"care home log, version 1").hexdigest()

_SCHEMA = """
CREATE TABLE IF NOT EXISTS log (
    number INTEGER PRIMARY KEY, time_s REAL NOT NULL, elapsed_s REAL NOT NULL,
    body TEXT NOT NULL, message TEXT UNIQUE, digest TEXT NOT NULL) STRICT;
CREATE TRIGGER IF NOT EXISTS log_is_not_changed BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS log_is_not_cut BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TABLE IF NOT EXISTS outgoing (number INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS checkpoint (
    only INTEGER PRIMARY KEY CHECK (only = 1), version INTEGER NOT NULL, number INTEGER NOT NULL,
    digest TEXT NOT NULL, body TEXT NOT NULL, body_digest TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS watched (
    day TEXT PRIMARY KEY, watched_s REAL NOT NULL, moving_s REAL NOT NULL, energy_j REAL NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS staff (name TEXT PRIMARY KEY, role TEXT NOT NULL, password TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
    token TEXT PRIMARY KEY, name TEXT NOT NULL, csrf TEXT NOT NULL, expires_s REAL NOT NULL) STRICT;
"""


class Log:
    """The log in a file, and the few tables beside it that a restart needs. Several threads may use it.

    Parameters
    ----------
    path : Path or str
        Of the file; it is made if there is none. One process at a time has it open.

    Raises
    ------
    InvalidInputError
        If another process has it open, or it is no such file.
    """

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.RLock()
        try:
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=2.0)
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA)
            last = self._db.execute("SELECT number, time_s, elapsed_s, digest FROM log ORDER BY number DESC LIMIT 1")
            number, time_s, elapsed_s, digest = last.fetchone() or (0, 0.0, 0.0, _NO_DIGEST)
        except sqlite3.Error as error:
            raise InvalidInputError(
                f"{path} cannot be opened as a log ({error}): end the hub that has it open, or name another file"
            ) from error
        self._number, self._digest = int(number), str(digest)
        self.last_time_s, self.last_elapsed_s = float(time_s), float(elapsed_s)

    @property
    def digest(self) -> str:
        """Of the latest line."""
        return self._digest

    @property
    def number(self) -> int:
        """Of the latest line."""
        return self._number

    def append(
        self,
        entries: Sequence[Entry],
        time_s: float,
        elapsed_s: float,
        *,
        outgoing: Callable[[Line], str | None] = lambda line: None,
    ) -> list[Line]:
        """Write entries, durably and all or none; an event that is in the log already is left out.

        ``outgoing`` may return a text for a line that has to be sent on; it is kept until :meth:`mark_sent`.
        """
        lines: list[Line] = []
        time_s, elapsed_s = float(time_s), float(elapsed_s)
        with self._transaction():
            number, digest = self._number, self._digest
            for entry in entries:
                message = entry.event.id if isinstance(entry, Received) else None
                if message is not None and self.has_message(message):
                    continue
                body = _ENTRY.dump_json(entry).decode()
                number, digest = number + 1, _chained(digest, number + 1, time_s, elapsed_s, body)
                self._db.execute(
                    "INSERT INTO log VALUES (?, ?, ?, ?, ?, ?)", (number, time_s, elapsed_s, body, message, digest)
                )
                line = Line(number, time_s, elapsed_s, entry, digest)
                lines.append(line)
                text = outgoing(line)
                if text is not None:
                    self._db.execute("INSERT INTO outgoing VALUES (?, ?)", (number, text))
        # Only now: had the transaction failed, the chain would go on from the line before.
        if lines:
            self._number, self._digest = number, digest
        return lines

    def has_message(self, message: str) -> bool:
        """Whether the event of this id is in the log."""
        with self._lock:
            found = self._db.execute("SELECT 1 FROM log WHERE message = ?", (message,)).fetchone()
        return found is not None

    def lines(self, after: int = 0, *, most: int | None = None) -> list[Line]:
        """The lines after a number, in order; the latest of them if there are more than ``most``."""
        with self._lock:
            rows = self._db.execute(
                "SELECT number, time_s, elapsed_s, body, digest FROM log WHERE number > ? ORDER BY number DESC LIMIT ?",
                (after, -1 if most is None else most),
            ).fetchall()
        return [_line(*row) for row in reversed(rows)]

    def all_lines(self, after: int = 0) -> Iterator[Line]:
        """Every line after a number, in order, read in parts: a log of years need not fit into memory."""
        while lines := self._part(after):
            yield from lines
            after = lines[-1].number

    def verify(self) -> int:
        """The number of lines, whose chain is whole.

        Raises
        ------
        ModelIntegrityError
            If a line was changed, or lines are missing.
        """
        digest, number = _NO_DIGEST, 0
        with self._lock:
            rows = self._db.execute("SELECT number, time_s, elapsed_s, body, digest FROM log ORDER BY number")
            for found, time_s, elapsed_s, body, written in rows:
                number += 1
                digest = _chained(digest, number, time_s, elapsed_s, body)
                if found != number or written != digest:
                    raise ModelIntegrityError(f"log: line {number} was changed or is missing: restore a copy")
        return number

    def unsent(self) -> list[tuple[int, str]]:
        """What has to be sent on: numbers of lines, and texts."""
        with self._lock:
            return self._db.execute("SELECT number, body FROM outgoing ORDER BY number LIMIT 100").fetchall()

    def mark_sent(self, number: int) -> None:
        """Forget a text, since its receiver has it."""
        self.execute("DELETE FROM outgoing WHERE number = ?", number)

    def execute(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """One statement on the tables beside the log, in a transaction of its own."""
        with self._transaction():
            return self._db.execute(statement, values).fetchall()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _part(self, after: int) -> list[Line]:
        with self._lock:
            rows = self._db.execute(
                "SELECT number, time_s, elapsed_s, body, digest FROM log WHERE number > ? ORDER BY number LIMIT ?",
                (after, _PART),
            ).fetchall()
        return [_line(*row) for row in rows]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise


def _line(number: int, time_s: float, elapsed_s: float, body: str, digest: str) -> Line:
    return Line(number, time_s, elapsed_s, _ENTRY.validate_json(body), digest)


def _chained(before: str, number: int, time_s: float, elapsed_s: float, body: str) -> str:
    return hashlib.sha256(f"{before}\n{number}\n{time_s!r}\n{elapsed_s!r}\n{body}".encode()).hexdigest()
