"""The stream of events: each kept once, on a majority of the servers before it counts as stored."""

from __future__ import annotations

from collections.abc import AsyncIterator

from nats.aio.client import Client
from nats.js.api import StorageType, StreamConfig
from nats.js.errors import NotFoundError

from examples.care_home.messages import VERSION, Post, RoomEvent, to_json
from examples.care_home.nats.servers import EVENTS, events_subject, part_of
from examples.care_home.signed_messages import signed

_NAME = "CARE_HOME_EVENTS"
_KEPT_S = 30 * 86_400.0
_MOST_BYTES = 1 << 30
# An event that is sent again after this is stored again; the log of a hub refuses it all the same.
_DUPLICATES_S = 3600.0
STORE_S = 2.0


async def create_stream(client: Client, n_replicas: int) -> None:
    """Create the stream if there is none."""
    await client.jetstream().add_stream(
        StreamConfig(
            name=_NAME,
            subjects=[f"{EVENTS}.*"],
            storage=StorageType.FILE,
            num_replicas=n_replicas,
            max_age=_KEPT_S,
            max_bytes=_MOST_BYTES,
            duplicate_window=_DUPLICATES_S,
        )
    )


async def store(client: Client, event: RoomEvent, secret: bytes) -> None:
    """Store an event; it returns when a majority of the servers has it, and drops one that is there already."""
    payload, _ = signed(secret, to_json(Post(VERSION, (), (event,))))
    subject = events_subject(part_of(event.room))
    await client.jetstream().publish(subject, payload, timeout=STORE_S, headers={"Nats-Msg-Id": event.id})


async def stored_after(client: Client, number: int) -> AsyncIterator[tuple[int, bytes]]:
    """Numbers and payloads of the events after a number, in order.

    One is asked for at a time: events are rare, and there is no state on a server that could be lost with it.
    """
    last = int((await client.jetstream().stream_info(_NAME)).state.last_seq)
    if last < number:  # the stream was made again
        number = 0
    while number < last:
        try:
            message = await client.jetstream().get_msg(_NAME, seq=number + 1, subject=f"{EVENTS}.*", next=True)
        except NotFoundError:  # what was left has grown too old
            return
        assert message.seq is not None
        number = message.seq
        yield number, message.data or b""
