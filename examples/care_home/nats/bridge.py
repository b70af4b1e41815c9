"""A hub's side of the cluster: holds its lease, follows the stream, and answers for the rooms that are its own."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from examples.care_home.hub.hub import Hub, Update
from examples.care_home.messages import VERSION, Post, Reply, RoomEvent
from examples.care_home.nats.connection import Connection
from examples.care_home.nats.lease import Lease
from examples.care_home.nats.open_events import OpenEvents
from examples.care_home.nats.ownership import RENEW_S
from examples.care_home.nats.servers import Servers, part_of, posts_subject
from examples.care_home.nats.stream import create_stream, stored_after
from examples.care_home.signed_messages import Receiver

logger = logging.getLogger(__name__)
_QUEUE = "hubs"  # were there ever two owners, each post would still reach one of them only
_UNFIT_S = 30.0  # a hub that cannot write leaves its rooms to others for so long
_HERE, _ELSEWHERE = "watched by this hub from now on", "watched by another hub from now on"
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class _Held:
    """A part that this hub watches."""

    term: int
    subscription: Subscription


class NatsBridge:
    """Connects a hub to the cluster.

    Parameters
    ----------
    hub : Hub
    servers : Servers
    secret : bytes
        Shared with the rooms and with all hubs.
    name : str
        A name that no other hub has, and that one started again keeps.
    """

    def __init__(self, hub: Hub, servers: Servers, secret: bytes, name: str) -> None:
        self._hub, self._servers, self._name = hub, servers, name
        self._receiver = Receiver(hub, secret)
        self._lease = Lease(name, secret, lambda: max(hub.home.terms.values(), default=0))
        self._open, self._number = OpenEvents(), 0
        self._held: dict[int, _Held] = {}
        self._following = asyncio.Lock()
        self._unfit_until_s = float("-inf")
        # The hub writes to its disk: one call after the other, and never in the connection's thread.
        self._worker = concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="nats-hub")

    @property
    def parts(self) -> frozenset[int]:
        """The parts that this hub watches now."""
        return frozenset(self._held) if self._lease.is_valid else frozenset()

    def start(self) -> None:
        """Begin."""
        self._connection = Connection(self._servers, f"care-home-hub-{self._name}")
        self._running = self._connection.submit(self._run())

    def hear(self, update: Update) -> None:
        """Nothing of what the hub does has to be told here: rooms ask."""

    def stop(self) -> None:
        """Give the rooms to other hubs, and leave."""
        self._running.cancel()
        with suppress(Exception):  # without a cluster, there is nobody to give them to
            self._connection.submit(self._leave()).result(timeout=3.0)
        self._connection.close()
        self._worker.shutdown()

    async def _run(self) -> None:
        client = await self._connection.connected()
        n_replicas = self._servers.n_replicas
        await self._try("the stream cannot be made", lambda: create_stream(client, n_replicas), once=True)
        await self._try("the table cannot be made", lambda: self._lease.create(client, n_replicas), once=True)
        await asyncio.gather(
            self._try("the lease cannot be renewed", lambda: self._renew(client)),
            self._try("the stream cannot be read", lambda: self._follow(client)),
        )

    async def _try(self, failure: str, work: Callable[[], Awaitable[None]], *, once: bool = False) -> None:
        """Do work every second, or until it was done once; say so when it begins to fail."""
        is_failing = False
        while True:
            try:
                await work()
                is_failing = False
                if once:
                    return
            except Exception as error:  # servers that are gone, a full disk: the next second may go better
                log = logger.debug if is_failing else logger.warning
                log("nats: %s (%r); it is tried again", failure, error)
                is_failing = True
            await asyncio.sleep(random.uniform(0.5, 1.0) * RENEW_S)  # so that hubs do not always meet

    async def _renew(self, client: Client) -> None:
        wanted, revision = await self._lease.plan()
        if len(wanted.hubs) > 1 and time.monotonic() < self._unfit_until_s:
            await self._leave()
            return
        terms = wanted.parts_of(self._name)
        for part in [part for part, held in self._held.items() if terms.get(part) != held.term]:
            await self._held.pop(part).subscription.unsubscribe()  # before anybody else may take it
        if not await self._lease.renew(wanted, revision):
            return  # another hub was faster
        for part, term in terms.items():
            if part not in self._held:
                await self._take(client, part, term)
        await self._do(self._hand_over)

    async def _take(self, client: Client, part: int, term: int) -> None:
        """Watch a part, with all that is not over yet in it."""
        await self._follow(client)
        await self._do(self._hub.take_over, self._open.rooms(part), self._open.events(part), term, _HERE)

        async def answer(message: Msg) -> None:
            await self._answer(client, part, term, message)

        subscription = await client.subscribe(posts_subject(part), queue=_QUEUE, cb=answer)
        self._held[part] = _Held(term, subscription)

    async def _answer(self, client: Client, part: int, term: int, message: Msg) -> None:
        """Take a post; the reply is sent only while the part is this hub's own."""
        post = self._receiver.read(message.data) if self._holds(part, term) else None
        if post is None:
            return
        try:
            reply = await self._do(self._exchange, part, term, post)
        except Exception:  # such as a full disk: there is no reply, so the rooms keep what they have
            logger.exception("nats: a post could not be handled; rooms go to another hub, if there is one")
            self._unfit_until_s = time.monotonic() + _UNFIT_S
            return
        if self._holds(part, term):
            await client.publish(message.reply, self._receiver.reply(reply, message.data))

    def _holds(self, part: int, term: int) -> bool:
        held = self._held.get(part)
        return self._lease.is_valid and held is not None and held.term == term

    async def _follow(self, client: Client) -> None:
        """Read what was stored since: of every part, since any may be taken over."""
        async with self._following:
            async for number, payload in stored_after(client, self._number):
                post = self._receiver.read(payload)
                for event in () if post is None else post.events:
                    self._open.hear(event)
                    held = self._held.get(part_of(event.room))
                    if held is not None:
                        await self._do(self._hear, event, held.term)
                self._number = number

    async def _leave(self) -> None:
        while self._held:
            await self._held.popitem()[1].subscription.unsubscribe()
        await self._lease.leave()

    async def _do(self, work: Callable[..., _Result], *given: object) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._worker, work, *given)

    def _exchange(self, part: int, term: int, post: Post) -> Reply:
        new = {
            word.origin: word.room
            for word in post.words
            if part_of(word.room) == part and self._hub.home.terms.get(word.origin) != term
        }
        if new:
            self._hub.take_over(new, (), term, _HERE)
        return self._hub.exchange(post)

    def _hear(self, event: RoomEvent, term: int) -> None:
        """An event of a room of ours that its node stored: the node may have died before it could ask."""
        if event.subject == "room" and event.after == "watched":
            if event.origin not in self._hub.home.rooms:
                self._hub.take_over({event.origin: event.room}, (), term, _HERE)
        elif not self._hub.log.has_message(event.id):
            self._hub.exchange(Post(VERSION, (), (event,)))

    def _hand_over(self) -> None:
        home = self._hub.home
        left = [
            origin
            for origin in home.terms
            if not home.rooms[origin].is_ended and part_of(home.rooms[origin].room) not in self._held
        ]
        self._hub.hand_over(left, _ELSEWHERE)
