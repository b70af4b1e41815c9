"""How a node reaches the hub: over HTTP, signed both ways, or directly within one process."""

from __future__ import annotations

from typing import Protocol

import httpx

from common import InvalidInputError
from examples.care_home.messages import Post, Reply, from_json, to_json
from examples.care_home.signing import is_signed, sign

SIGNATURE = "X-Signature"


class LinkError(Exception):
    """The hub could not be reached, or did not take the post."""


class Link(Protocol):
    """A way to the hub."""

    def exchange(self, post: Post) -> Reply:
        """Post, and return the reply; raises :class:`LinkError` if there is none."""


class HttpLink:
    """Posts to a hub's address.

    Parameters
    ----------
    url : str
        Such as ``"http://127.0.0.1:8765"``.
    secret : bytes
        Shared with the hub.
    """

    def __init__(self, url: str, secret: bytes, *, client: httpx.Client | None = None) -> None:
        self._url, self._secret = f"{url.rstrip('/')}/api/rooms", secret
        self._client = client or httpx.Client(timeout=3.0)

    def exchange(self, post: Post) -> Reply:
        """Post, and return the hub's reply."""
        content = to_json(post)
        signature = sign(self._secret, content)
        headers = {SIGNATURE: signature, "Content-Type": "application/json"}
        try:
            response = self._client.post(self._url, content=content, headers=headers).raise_for_status()
        except httpx.HTTPError as error:
            raise LinkError(f"the hub at {self._url} does not answer ({error})") from error
        if not is_signed(self._secret, response.content, response.headers.get(SIGNATURE, ""), replies_to=signature):
            raise LinkError(f"what answers at {self._url} does not have the hub's secret")
        try:
            return from_json(Reply, response.content)
        except InvalidInputError as error:
            raise LinkError(str(error)) from error

    def close(self) -> None:
        """Close the connection."""
        self._client.close()
