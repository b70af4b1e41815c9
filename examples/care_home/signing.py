"""Who is speaking: messages between rooms and hub carry a keyed hash of their bytes."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from common import InvalidInputError

_SHORTEST = 32


def sign(secret: bytes, content: bytes, *, replies_to: str = "") -> str:
    """HMAC-SHA256 in hexadecimal digits; a reply is bound to the signature of the post that it answers."""
    return hmac.new(secret, replies_to.encode() + b"\n" + content, hashlib.sha256).hexdigest()


def is_signed(secret: bytes, content: bytes, signature: str, *, replies_to: str = "") -> bool:
    """Whether this content was signed with this secret."""
    return hmac.compare_digest(sign(secret, content, replies_to=replies_to).encode(), signature.encode())


def secret_in(path: Path) -> bytes:
    """The secret in a file that only its owner may read; a new one is made if there is no file."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_SHORTEST))
    except FileExistsError:
        pass
    text = path.read_bytes().strip()
    if len(text) < _SHORTEST:
        raise InvalidInputError(f"{path} holds {len(text)} characters; a secret has at least {_SHORTEST}")
    return text
