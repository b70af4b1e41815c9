"""The address of a cluster, and the subjects on it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from common import InvalidInputError

# As many hubs can share the rooms. The same for all of a home, and for its whole life: the map depends on it.
N_PARTS = 12
EVENTS, POSTS = "care_home.events", "care_home.posts"
_PORT = 4222
_SCHEMES = ("nats", "tls")


def part_of(room: str) -> int:
    """The part of the home to which a room belongs: the same on every machine.

    >>> part_of("11"), part_of("12")
    (10, 0)
    """
    return int.from_bytes(hashlib.sha256(room.encode()).digest()[:8], "big") % N_PARTS


def events_subject(part: int) -> str:
    """Where events of a part are stored."""
    return f"{EVENTS}.{part}"


def posts_subject(part: int) -> str:
    """Where rooms of a part ask their hub."""
    return f"{POSTS}.{part}"


@dataclass(frozen=True)
class Servers:
    """Where the servers of a cluster listen.

    Examples
    --------
    >>> Servers.at("nats://one.example,two.example:4223")
    Servers(addresses=('nats://one.example:4222', 'nats://two.example:4223'), user='')
    >>> Servers.at("nats://127.0.0.1").n_replicas
    1
    """

    addresses: tuple[str, ...]
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def at(cls, text: str) -> Servers:
        """The servers of ``nats://user:password@host:4222,host,…``, or ``tls://``; every host takes the same user."""
        scheme, _, rest = text.partition("://")
        if scheme not in _SCHEMES:
            raise _no_address(text)
        login, _, hosts = rest.rpartition("@")
        user, _, password = login.partition(":")
        return cls(tuple(_address(scheme, host, text) for host in hosts.split(",")), user, password)

    @property
    def n_replicas(self) -> int:
        """How many servers keep a copy: three if so many are given, so that any one of them may die."""
        return 3 if len(self.addresses) >= 3 else 1


def _address(scheme: str, host: str, text: str) -> str:
    try:
        parts = urlsplit(f"{scheme}://{host.removeprefix(f'{scheme}://')}")
        port = parts.port or _PORT
    except ValueError:
        raise _no_address(text) from None
    if not parts.hostname:
        raise _no_address(text)
    return f"{scheme}://{parts.hostname}:{port}"


def _no_address(text: str) -> InvalidInputError:
    shown = text.rpartition("@")[2]  # the password is nobody's business
    return InvalidInputError(f"nats is {shown!r}; give the servers such as nats://10.0.0.1,10.0.0.2,10.0.0.3")
