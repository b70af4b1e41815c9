"""One hub's lease on its parts, renewed in the cluster's key-value store."""

from __future__ import annotations

import time
from collections.abc import Callable

from nats.aio.client import Client
from nats.js.api import KeyValueConfig, StorageType
from nats.js.errors import KeyNotFoundError, KeyWrongLastSequenceError
from nats.js.kv import KeyValue

from examples.care_home.nats.ownership import LEASE_S, NOBODY, Counts, Table, Turn, from_json, renewed, to_json, without
from examples.care_home.nats.servers import N_PARTS
from examples.care_home.signed_messages import content_of, signed

_REQUEST_S = 2.0  # a request that a dying server has swallowed must not cost the lease
_BUCKET, _KEY = "care_home", "owners"


class Lease:
    """What a hub may answer for, and until when.

    Parameters
    ----------
    hub : str
        A name that no other hub has, and that one started again keeps: it need not wait for itself.
    secret : bytes
        Of the home; a table that is not signed with it is not believed.
    latest_term : callable
        The highest term that the hub knows of. A table that was lost or forged begins after it, since rooms refuse
        answers with lower numbers than those that they have acted on.
    """

    def __init__(self, hub: str, secret: bytes, latest_term: Callable[[], int]) -> None:
        self._hub, self._secret, self._latest_term = hub, secret, latest_term
        self._counts = Counts()
        self._store: KeyValue  # from create on
        self._until_s = float("-inf")

    @property
    def is_valid(self) -> bool:
        """Whether this hub may answer at this moment."""
        return time.monotonic() < self._until_s

    async def create(self, client: Client, n_replicas: int) -> None:
        """Make the place of the table, if there is none."""
        self._store = await client.jetstream(timeout=_REQUEST_S).create_key_value(
            KeyValueConfig(_BUCKET, history=1, storage=StorageType.FILE, replicas=n_replicas)
        )

    async def plan(self) -> tuple[Table, int]:
        """The table as this hub wants it, and the number of the one that it would replace."""
        table, revision = await self._read()
        now_s = time.monotonic()
        self._counts.see(table, now_s)
        return renewed(table, self._hub, self._counts.gone(now_s) - {self._hub}), revision

    async def renew(self, table: Table, revision: int) -> bool:
        """Write the table, if it is the next one after ``revision``; whether it was."""
        began_s = time.monotonic()
        if not await self._write(table, revision):
            return False
        self._until_s = began_s + LEASE_S
        return True

    async def leave(self) -> None:
        """Give everything back, so that nobody has to wait."""
        self._until_s = float("-inf")
        for _ in range(3):
            table, revision = await self._read()
            if await self._write(without(table, self._hub), revision):
                return

    async def _read(self) -> tuple[Table, int]:
        try:
            entry = await self._store.get(_KEY)
        except KeyNotFoundError:
            return self._new_table(), 0
        content = content_of(self._secret, entry.value or b"")
        # One that is forged is as none; it is replaced by the next renewal.
        return (self._new_table() if content is None else from_json(content)), int(entry.revision or 0)

    def _new_table(self) -> Table:
        return Table(turns=(Turn(NOBODY, self._latest_term()),) * N_PARTS)

    async def _write(self, table: Table, revision: int) -> bool:
        try:
            await self._store.update(_KEY, signed(self._secret, to_json(table))[0], last=revision)
        except KeyWrongLastSequenceError:
            return False
        return True
