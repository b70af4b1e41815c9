"""A node's way to whichever hub watches its rooms."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping

import nats.errors
from nats.aio.client import Client

from common import InvalidInputError
from examples.care_home.messages import VERSION, Post, Reply, RoomEvent, RoomWord, from_json, to_json
from examples.care_home.nats.connection import Connection
from examples.care_home.nats.servers import Servers, part_of, posts_subject
from examples.care_home.nats.stream import STORE_S, store
from examples.care_home.room.links import LinkError
from examples.care_home.signed_messages import content_of, signed

logger = logging.getLogger(__name__)
_ANSWER_S = 3.0
_SAID_AGAIN_S = 86_400.0  # the stream forgets what is old, and must not forget that a room is watched


class NatsLink:
    """Asks the hubs of its rooms, and stores events in the stream; an event is confirmed when both have it.

    Parameters
    ----------
    servers : Servers
    secret : bytes
        Shared with the hubs.
    node : str
        Shown by the servers' own tools.
    """

    def __init__(self, servers: Servers, secret: bytes, node: str) -> None:
        self._secret = secret
        self._connection = Connection(servers, f"care-home-node-{node}")
        self._stored: set[str] = set()  # ids of events that wait for their hub only
        self._said_s: dict[str, float] = {}  # when the stream was told of each origin
        self._unheard: frozenset[int] = frozenset()

    def exchange(self, post: Post) -> Reply:
        """Post, and return the replies of all hubs that watch these rooms as one."""
        if not self._connection.is_connected:
            raise LinkError("there is no connection to NATS")
        work = self._connection.submit(self._exchange(post))
        try:
            return work.result(timeout=2 * (_ANSWER_S + STORE_S))
        except TimeoutError as error:
            work.cancel()
            raise LinkError("NATS does not answer") from error

    def close(self) -> None:
        """Leave the cluster."""
        self._connection.close()

    async def _exchange(self, post: Post) -> Reply:
        client = await self._connection.connected()
        posts = _by_part(post)
        storing = self._store(client, [*self._beginnings(post.words), *post.events])
        # At once: a stream without a leader must not hold up an alarm.
        _, *asked = await asyncio.gather(storing, *(self._ask(client, part, one) for part, one in posts.items()))
        replies = [reply for reply in asked if reply is not None]
        self._warn(frozenset(part for part, reply in zip(posts, asked, strict=True) if reply is None))
        if posts and not replies:
            raise LinkError("no hub answers over NATS")
        confirmed = [id for reply in replies for id in reply.confirmed if id in self._stored]
        self._stored.difference_update(confirmed)
        return Reply(VERSION, tuple(confirmed), tuple(answer for reply in replies for answer in reply.answers))

    async def _store(self, client: Client, events: Iterable[RoomEvent]) -> None:
        """Store events in their order, as far as it goes; the others come again with the next post."""
        for event in events:
            if event.id in self._stored:
                continue
            try:
                await store(client, event, self._secret)
            except nats.errors.Error as error:  # no majority of servers is there
                logger.debug("an event is not stored yet: %r", error)
                return
            if event.subject == "room" and event.after == "watched":
                self._said_s[event.origin] = time.monotonic()
            else:
                self._stored.add(event.id)

    async def _ask(self, client: Client, part: int, post: Post) -> Reply | None:
        payload, signature = signed(self._secret, to_json(post))
        try:
            message = await client.request(posts_subject(part), payload, timeout=_ANSWER_S)
        except nats.errors.Error:  # nobody watches this part at the moment, or it cannot answer
            return None
        content = content_of(self._secret, message.data, replies_to=signature)
        try:
            return None if content is None else from_json(Reply, content)
        except InvalidInputError:
            return None

    def _beginnings(self, words: Iterable[RoomWord]) -> list[RoomEvent]:
        """That rooms are watched from now on: a hub that takes them over can miss them only if it knows of them."""
        now_s = time.monotonic()
        return [
            RoomEvent(
                f"{word.origin}/{word.number}/watched",
                word.room,
                word.origin,
                0,
                "room",
                "ended",
                "watched",
                "its node has begun",
                word.time_s,
            )
            for word in words
            if now_s - self._said_s.get(word.origin, float("-inf")) >= _SAID_AGAIN_S
        ]

    def _warn(self, unheard: frozenset[int]) -> None:
        if unheard > self._unheard:
            logger.warning("no hub answers for parts %s of the home", sorted(unheard))
        self._unheard = unheard


def _by_part(post: Post) -> Mapping[int, Post]:
    """The post of each part of the home."""
    words: dict[int, list[RoomWord]] = defaultdict(list)
    events: dict[int, list[RoomEvent]] = defaultdict(list)
    for word in post.words:
        words[part_of(word.room)].append(word)
    for event in post.events:
        events[part_of(event.room)].append(event)
    return {part: Post(VERSION, tuple(words.get(part, ())), tuple(events.get(part, ()))) for part in {*words, *events}}
