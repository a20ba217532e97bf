"""The recording that S3's state once was: one JSON object for each request, in the order in which they came."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

_READS = {"GET", "HEAD", "OPTIONS"}
_DECODER = json.JSONDecoder()
_CHUNK = re.compile(rb"([0-9a-fA-F]+)(?:;[^\r\n]*)?\r\n")


class UnreadableError(ValueError):
    """What stands in the recording is no request that could be repeated."""


@dataclass(frozen=True)
class RecordedRequest:
    """A request that changed something.

    Attributes:
        path: Percent-encoded, as it came.
        query: As it came.
        headers: Names in lower case.
        body: Without the framing of its upload.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def parameters(self) -> dict[str, str]:
        found = parse_qs(self.query, keep_blank_values=True)
        return {name: values[-1] for name, values in found.items()}

    @property
    def name(self) -> str:
        """`<bucket>/<key>`, for people."""
        return unquote(self.path).removeprefix("/")


def requests(recording: Path) -> Iterator[RecordedRequest | UnreadableError]:
    """What is to be repeated; a kill can have torn a line, and two requests of one moment can share one."""
    with recording.open(encoding="utf-8", errors="surrogateescape") as lines:
        for number, line in enumerate(lines, 1):
            yield from _of_line(line.strip(), number)


def _of_line(rest: str, number: int) -> Iterator[RecordedRequest | UnreadableError]:
    while rest:
        try:
            entry, end = _DECODER.raw_decode(rest)
        except json.JSONDecodeError:
            yield UnreadableError(f"line {number} is torn")
            return
        rest = rest[end:].lstrip()
        try:
            request = _request(entry)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            yield UnreadableError(f"line {number}: {error}")
            continue
        if request is not None:
            yield request


def _request(entry: dict[str, Any]) -> RecordedRequest | None:
    url = urlsplit(entry["url"])
    headers = {name.lower(): value for name, value in entry["headers"].items()}
    if entry["method"] in _READS or "x-amz-target" in headers or url.path.startswith("/moto-api/"):
        return None
    body = _body(entry, headers)
    return RecordedRequest(entry["method"], url.path, url.query, headers, body)


def _body(entry: dict[str, Any], headers: dict[str, str]) -> bytes:
    text = entry.get("body") or ""
    body = base64.b64decode(text) if entry.get("body_encoded") else text.encode()
    if not body and headers.get("transfer-encoding", "").lower() == "chunked":
        raise UnreadableError(f"the body of {url_name(entry)} was not recorded")
    if headers.get("x-amz-content-sha256", "").startswith("STREAMING-"):
        return unchunked(body)
    return body


def url_name(entry: dict[str, Any]) -> str:
    return unquote(urlsplit(entry["url"]).path).removeprefix("/")


def unchunked(body: bytes) -> bytes:
    """The content of a body in the framing `aws-chunked`; trailers after the last chunk are dropped.

    Raises:
        UnreadableError: it is cut off.
    """
    content, at = bytearray(), 0
    while match := _CHUNK.match(body, at):
        size = int(match[1], 16)
        if size == 0:
            return bytes(content)
        content += body[match.end() : match.end() + size]
        at = match.end() + size + len(b"\r\n")
    raise UnreadableError("a body is cut off")
