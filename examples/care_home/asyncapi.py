"""The messages between rooms and hub as an AsyncAPI document, made of the data classes themselves."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from examples.care_home.messages import VERSION, Post, Reply
from examples.care_home.mqtt.topics import topic

_SIGNED = (
    "By HTTP, the header X-Signature holds the HMAC-SHA256 of a line break and the body, by the secret of the rooms, "
    "in hexadecimal digits. By MQTT, payloads begin with this signature and a line break. A reply is signed over the "
    "signature of its post, a line break, and its own body."
)


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
        },
        "operations": {
            "overHttp": _operation("http", "http"),
            "overMqtt": _operation("post", "reply"),
        },
        "components": {
            "schemas": schemas,
            "messages": {
                kind.__name__: {"name": kind.__name__, "payload": {"$ref": f"#/components/schemas/{kind.__name__}"}}
                for kind in (Post, Reply)
            },
        },
    }


def _channel(address: str, *messages: str) -> dict[str, Any]:
    names = messages or ("Post", "Reply")
    channel: dict[str, Any] = {
        "address": address,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
    }
    if "{node}" in address:
        channel["parameters"] = {"node": {"description": "Name of the node, which no other has."}}
    return channel


def _operation(posts: str, replies: str) -> dict[str, Any]:
    """The hub receives posts and sends replies."""
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{posts}"},
        "messages": [{"$ref": f"#/channels/{posts}/messages/Post"}],
        "reply": {
            "channel": {"$ref": f"#/channels/{replies}"},
            "messages": [{"$ref": f"#/channels/{replies}/messages/Reply"}],
        },
    }
