"""Who may do what: accounts with a name, a role and a password, and the sessions of those who have signed in."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from common import InvalidInputError
from examples.care_home.hub.log import Log

SESSION_S = 12 * 3600.0  # a shift
_SHORTEST_PASSWORD = 8
_LONGEST_PASSWORD = 200
_LONGEST_NAME = 40


class Role(StrEnum):
    """What somebody may do: see; see and answer; see, answer, and keep accounts."""

    VIEWER = "viewer"
    CARER = "carer"
    LEAD = "lead"


@dataclass(frozen=True)
class Session:
    """Somebody who has signed in; ``csrf`` has to come with everything that changes something."""

    name: str
    role: Role
    csrf: str

    @property
    def may_answer(self) -> bool:
        """Whether this person may answer alarms."""
        return self.role in (Role.CARER, Role.LEAD)


class Staff:
    """Accounts and sessions in the log's file, so that a restart during an alarm signs nobody out.

    Passwords are kept as Argon2id hashes, sessions by the hash of their token.
    """

    def __init__(self, log: Log, *, now: Callable[[], float] = time.time, hasher: PasswordHasher | None = None) -> None:
        self._log, self._now = log, now
        self._hasher = hasher or PasswordHasher()
        # Checked when there is no such account, so that the answer takes as long.
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    def set_account(self, name: str, role: Role, password: str) -> None:
        """Make an account, or give it another role and password.

        Raises
        ------
        InvalidInputError
            If the name or the password cannot be used.
        """
        if not 1 <= len(name) <= _LONGEST_NAME or name != name.strip() or not name.isprintable():
            raise InvalidInputError(f"name is {name!r}; it must have 1 to {_LONGEST_NAME} printable characters")
        if not _SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
            raise InvalidInputError(f"password must have {_SHORTEST_PASSWORD} to {_LONGEST_PASSWORD} characters")
        self._log.execute(
            "INSERT INTO staff VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET role = excluded.role, "
            "password = excluded.password",
            name,
            str(role),
            self._hasher.hash(password),
        )
        self._log.execute("DELETE FROM sessions WHERE name = ?", name)

    def sign_in(self, name: str, password: str) -> tuple[str, Session] | None:
        """A token for the cookie, and the session; None if name and password do not belong together."""
        rows = self._log.execute("SELECT role, password FROM staff WHERE name = ?", name)
        kept = str(rows[0][1]) if rows else self._nobody
        try:
            self._hasher.verify(kept, password)
        except (Argon2Error, InvalidHashError):
            return None
        if not rows:
            return None
        token, session = secrets.token_urlsafe(32), Session(name, Role(str(rows[0][0])), secrets.token_urlsafe(32))
        self._log.execute("DELETE FROM sessions WHERE expires_s < ?", self._now())
        expires_s = self._now() + SESSION_S
        self._log.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", _hashed(token), name, session.csrf, expires_s)
        return token, session

    def session(self, token: str | None) -> Session | None:
        """The session of a cookie; None if there is none, or it has ended."""
        if not token:
            return None
        rows = self._log.execute(
            "SELECT staff.name, role, csrf FROM sessions JOIN staff USING (name) WHERE token = ? AND expires_s >= ?",
            _hashed(token),
            self._now(),
        )
        return Session(str(rows[0][0]), Role(str(rows[0][1])), str(rows[0][2])) if rows else None

    def sign_out(self, token: str) -> None:
        """End a session."""
        self._log.execute("DELETE FROM sessions WHERE token = ?", _hashed(token))


class RateLimit:
    """So many tries a minute for each key.

    Examples
    --------
    >>> limit = RateLimit(2, now=lambda: 0.0)
    >>> [limit.allows("kim") for _ in range(3)], limit.allows("lou")
    ([True, True, False], True)
    """

    _MOST_KEYS = 10_000

    def __init__(self, per_minute: int, *, now: Callable[[], float] = time.monotonic) -> None:
        self._per_minute, self._now = per_minute, now
        self._tries: dict[str, deque[float]] = {}

    def allows(self, key: str) -> bool:
        """Whether one more try is allowed; it counts."""
        now = self._now()
        if len(self._tries) > self._MOST_KEYS:
            self._tries = {name: tries for name, tries in self._tries.items() if tries and tries[-1] > now - 60}
        tries = self._tries.setdefault(key, deque())
        while tries and tries[0] <= now - 60:
            tries.popleft()
        if len(tries) >= self._per_minute:
            return False
        tries.append(now)
        return True


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
