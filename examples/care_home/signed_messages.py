"""Posts and replies as signed bytes, the same over every broker."""

from __future__ import annotations

from common import InvalidInputError
from examples.care_home.hub.hub import Hub
from examples.care_home.messages import MAX_BYTES, Post, Reply, from_json, to_json
from examples.care_home.signing import is_signed, sign


def signed(secret: bytes, content: bytes, *, replies_to: str = "") -> tuple[bytes, str]:
    """A payload of signature and content, and the signature."""
    signature = sign(secret, content, replies_to=replies_to)
    return signature.encode() + b"\n" + content, signature


def split(payload: bytes | bytearray) -> tuple[str, bytes]:
    """Signature and content of a payload."""
    signature, _, content = bytes(payload).partition(b"\n")
    return signature.decode("ascii", "replace"), content


def content_of(secret: bytes, payload: bytes | bytearray, *, replies_to: str = "") -> bytes | None:
    """The content of a payload that was signed with this secret, and answers this post; else None."""
    signature, content = split(payload)
    return content if is_signed(secret, content, signature, replies_to=replies_to) else None


class Receiver:
    """Takes signed posts for a hub; what is none is refused and counted."""

    def __init__(self, hub: Hub, secret: bytes) -> None:
        self._hub, self._secret = hub, secret

    def read(self, payload: bytes | bytearray) -> Post | None:
        """The post, if it is one."""
        if len(payload) > MAX_BYTES:
            self._hub.counts["posts that are too large"] += 1
            return None
        content = content_of(self._secret, payload)
        if content is None:
            self._hub.counts["posts without the rooms' secret"] += 1
            return None
        try:
            return from_json(Post, content)
        except InvalidInputError:
            self._hub.counts["posts that are no messages"] += 1
            return None

    def reply(self, reply: Reply, payload: bytes | bytearray) -> bytes:
        """A hub's reply to the post in a payload."""
        return signed(self._secret, to_json(reply), replies_to=split(payload)[0])[0]
