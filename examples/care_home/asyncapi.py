"""The messages between rooms and hub as an AsyncAPI document, made of the data classes themselves."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from examples.care_home.messages import VERSION, Post, Reply
from examples.care_home.mqtt.topics import topic
from examples.care_home.nats.servers import EVENTS, N_PARTS, POSTS

_SIGNED = (
    "By HTTP, the header X-Signature holds the HMAC-SHA256 of a line break and the body, by the secret of the rooms, "
    "in hexadecimal digits. By MQTT and NATS, payloads begin with this signature and a line break. A reply is signed "
    "over the signature of its post, a line break, and its own body. By NATS, a room posts to the hub of its part, and "
    "stores each event as a post of its own in the stream, with the event's id as Nats-Msg-Id."
)
_PARAMETERS = {
    "node": "Name of the node, which no other has.",
    "part": f"Of the home: the first 8 bytes of the SHA-256 of the room's name, as a number, modulo {N_PARTS}.",
}


def document() -> dict[str, Any]:
    """The AsyncAPI 3.0 document of the messages of this version."""
    schemas: dict[str, Any] = {}
    for kind in (Post, Reply):
        schema = TypeAdapter(kind).json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schema.pop("$defs", {})
        schemas[kind.__name__] = schema
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Care home: rooms and hub", "version": f"{VERSION}.0.0", "description": _SIGNED},
        "defaultContentType": "application/json",
        "channels": {
            "http": _channel("/api/rooms"),
            "post": _channel(topic("{node}", "post"), "Post"),
            "reply": _channel(topic("{node}", "reply"), "Reply"),
            "natsPost": _channel(f"{POSTS}.{{part}}", "Post"),
            "natsReply": _channel(None, "Reply"),
            "natsEvents": _channel(f"{EVENTS}.{{part}}", "Post"),
        },
        "operations": {
            "overHttp": _operation("http", "http"),
            "overMqtt": _operation("post", "reply"),
            "overNats": _operation("natsPost", "natsReply"),
            "followStream": _operation("natsEvents"),
        },
        "components": {
            "schemas": schemas,
            "messages": {
                kind.__name__: {"name": kind.__name__, "payload": {"$ref": f"#/components/schemas/{kind.__name__}"}}
                for kind in (Post, Reply)
            },
        },
    }


def _channel(address: str | None, *messages: str) -> dict[str, Any]:
    """A channel; one without an address is where the sender of a request waits for its reply."""
    names = messages or ("Post", "Reply")
    channel: dict[str, Any] = {
        "address": address,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
    }
    parameters = {name: {"description": text} for name, text in _PARAMETERS.items() if f"{{{name}}}" in (address or "")}
    return channel | ({"parameters": parameters} if parameters else {})


def _operation(posts: str, replies: str | None = None) -> dict[str, Any]:
    """The hub receives posts and sends replies, if there are any."""
    operation: dict[str, Any] = {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{posts}"},
        "messages": [{"$ref": f"#/channels/{posts}/messages/Post"}],
    }
    if replies is not None:
        operation["reply"] = {
            "channel": {"$ref": f"#/channels/{replies}"},
            "messages": [{"$ref": f"#/channels/{replies}/messages/Reply"}],
        }
    return operation
