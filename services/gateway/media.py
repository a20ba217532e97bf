"""Content types of the REST proxy, v2: which can be sent, which are accepted, the formats binary and JSON.

A header's parameters (`; charset=utf-8`) do not disturb the match. Where the original answers 406
to `Accept: application/json`, this one does not: any JSON is fine for a client that reads JSON.
"""

from enum import StrEnum
from functools import lru_cache

from services.gateway.refused_request import RefusalError, not_acceptable

V2 = "application/vnd.kafka.v2+json"


class Format(StrEnum):
    """How a record's key and value are written in a request or an answer."""

    BINARY = "binary"
    JSON = "json"

    @property
    def media_type(self) -> str:
        """The content type that names this format."""
        return f"application/vnd.kafka.{self.value}.v2+json"


_FORMATS = {format_.media_type: format_ for format_ in Format}
_MANAGED = {V2, *_FORMATS}


def media_types(header: bytes) -> list[str]:
    """The types that a Content-Type or Accept header lists, without parameters, lower-case."""
    items = header.decode("latin-1").lower().split(",")
    return [name for name in (item.split(";")[0].strip() for item in items) if name]


@lru_cache(maxsize=128)
def produce_format(content_type: bytes | None) -> Format:
    """Format of a produce request.

    Raises:
        RefusalError: 415; the message says which types can be sent.
    """
    if content_type is None:
        raise _unsupported("the request has no Content-Type header")
    names = media_types(content_type)
    if len(names) == 1 and names[0] in _FORMATS:
        return _FORMATS[names[0]]
    raise _unsupported("its Content-Type is none of the produce formats")


def _unsupported(problem: str) -> RefusalError:
    expected = " or ".join(_FORMATS)
    return RefusalError(
        415, f"HTTP 415 Unsupported Media Type: {problem}; send Content-Type: {expected}"
    )


@lru_cache(maxsize=128)
def check_accept(accept: bytes | None) -> None:
    """Refuse a client that reads no JSON.

    Raises:
        RefusalError: 406.
    """
    if accept is None or not accept.strip():
        return
    if not any(_is_json(name) for name in media_types(accept)):
        raise not_acceptable()


def _is_json(name: str) -> bool:
    return name in {"*/*", "application/*"} or (
        name.startswith("application/") and name.endswith("json")
    )


def check_managed(content_type: bytes | None) -> None:
    """Check the Content-Type of a call that is not a produce; none at all is fine.

    Raises:
        RefusalError: 415.
    """
    if content_type is not None and not _MANAGED.issuperset(media_types(content_type)):
        raise RefusalError(
            415, f"HTTP 415 Unsupported Media Type: send Content-Type: {V2}, or none"
        )


@lru_cache(maxsize=128)
def records_format(accept: bytes | None) -> Format:
    """Format that a reader of records asks for; whoever names none reads binary.

    Raises:
        RefusalError: 406.
    """
    check_accept(accept)
    for name in media_types(accept or b""):
        if name in _FORMATS:
            return _FORMATS[name]
    return Format.BINARY
