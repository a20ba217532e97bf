"""Opaque texts that come back from clients: shard iterators and page tokens.

Signed with a key that is kept on disk: they hold over a restart, and a changed one is recognised.
"""

import base64
import binascii
import hmac
from typing import TypeVar

import msgspec

_SIGNATURE_BYTES = 16


class ShardIterator(msgspec.Struct, frozen=True, array_like=True, tag="iterator"):
    """A position in a shard, and when it was handed out.

    Attributes:
        stream: Its name.
        created_ms: When the stream was created (epoch ms): one that was created again is another one.
        shard: Number of the shard.
        counter: The first record that has not been read.
        issued_ms: Epoch ms.
    """

    stream: str
    created_ms: int
    shard: int
    counter: int
    issued_ms: int


class ShardPage(msgspec.Struct, frozen=True, array_like=True, tag="shards"):
    """NextToken of ListShards."""

    stream: str
    after: int
    filter: dict[str, str | float]
    issued_ms: int


class StreamPage(msgspec.Struct, frozen=True, array_like=True, tag="streams"):
    """NextToken of ListStreams."""

    after: str
    issued_ms: int


Token = TypeVar("Token", ShardIterator, ShardPage, StreamPage)


class Tokens:
    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, token: ShardIterator | ShardPage | StreamPage) -> str:
        """Sign a token; returns it as base64."""
        payload = msgspec.json.encode(token)
        return base64.b64encode(self._sign(payload) + payload).decode()

    def open(self, text: str, kind: type[Token]) -> Token:
        """Read a text that `seal` made.

        Raises:
            ValueError: it was not signed here, was changed, or is of another kind.
        """
        try:
            raw = base64.b64decode(text, validate=True)
        except binascii.Error as error:
            raise ValueError("not base64") from error
        signature, payload = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._sign(payload)):
            raise ValueError("not signed here")
        try:
            return msgspec.json.decode(payload, type=kind)
        except msgspec.DecodeError as error:
            raise ValueError("another kind of token") from error

    def _sign(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, payload, "sha256")[:_SIGNATURE_BYTES]
