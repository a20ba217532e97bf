"""A listing's parameters, of either version of the call."""

import base64
import binascii
from dataclasses import dataclass

from services.aws_gate.request_head import RequestHead
from services.aws_gate.signature import Claim

MAX_KEYS = 1000

_V1 = {"prefix", "delimiter", "marker", "max-keys", "encoding-type"}
_V2 = {
    "list-type",
    "prefix",
    "delimiter",
    "start-after",
    "continuation-token",
    "max-keys",
    "encoding-type",
    "fetch-owner",
}
_ALWAYS = {"x-id"}


@dataclass(frozen=True)
class Parameters:
    """What is asked for.

    Attributes:
        version: 1 or 2.
        after: Only what comes after it, in the order of UTF-8 bytes.
        echo: Parameters that the answer repeats, as they came.
        url_encoded: Whether keys are percent-encoded in the answer.
        owner: Whether each object's owner is told.
    """

    version: int
    prefix: bytes
    delimiter: bytes
    after: bytes
    max_keys: int
    echo: dict[str, str]
    url_encoded: bool
    owner: bool


def parameters(head: RequestHead, signed: Claim | None) -> Parameters | None:
    """The parameters of a request that lists; None when it does something else, or is not for the gate to read."""
    query = {name: value for name, value in head.query.items() if not name.startswith("X-Amz-")}
    query = {name: value for name, value in query.items() if name not in _ALWAYS}
    version, known = (2, _V2) if query.get("list-type") == "2" else (1, _V1)
    if signed is None or head.method != "GET" or not query.keys() <= known:
        return None
    number = query.get("max-keys", str(MAX_KEYS))
    after = _after(query, version)
    if not number.isdecimal() or after is None or query.get("encoding-type", "url") != "url":
        return None
    return Parameters(
        version=version,
        prefix=_bytes(query.get("prefix", "")),
        delimiter=_bytes(query.get("delimiter", "")),
        after=after,
        max_keys=min(int(number), MAX_KEYS),
        echo=query,
        url_encoded="encoding-type" in query,
        owner=version == 1 or query.get("fetch-owner") == "true",
    )


def token(last: bytes) -> str:
    """The continuation token of a page that ends with a key or a common prefix."""
    return base64.urlsafe_b64encode(last).decode("ascii")


def _after(query: dict[str, str], version: int) -> bytes | None:
    if version == 1:
        return _bytes(query.get("marker", ""))
    if "continuation-token" not in query:
        return _bytes(query.get("start-after", ""))
    try:
        return base64.b64decode(query["continuation-token"], altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
