"""What a key of a configuration stands for: by its name and its place, by the text it is put into, by its use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, AbstractSet, Sequence

from .vocabulary import (
    API_WORDS,
    DATABASE_WORDS,
    FILLERS,
    IN_SECTION,
    KAFKA_WORDS,
    MEANING,
    PREFIXED,
    PREFIXES,
    QUANTITY,
    STORE_WORDS,
    STREAM_WORDS,
    TABLES,
    TRANSPARENT,
)

if TYPE_CHECKING:
    from ..usage.node import Facts

_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+(?![a-z])")
_URL = {"url", "urls", "uri", "uris"}
_ENDPOINT = {"endpoint", "endpoints"}
_WHOEVERS = {
    "host",
    "password",
    "port",
    "bucket",
    "region",
    "access_key_id",
    "secret_access_key",
    "kafka",
}
"""Mean the same behind any word: `COURSE_BUCKET`."""
_NOUNS = {
    "topic": {"topic", "topics"},
    "stream": {"stream", "streams", "streaming", "kinesis"},
    "table": {"table", "tables"},
}
_ADDRESSES = _URL | _ENDPOINT | {"invoke"}

_CONTEXTS = (
    (r"\w+(?:\+\w+)?://", r":[^@]*@.*", "user"),
    (r"\w+(?:\+\w+)?://[^/@]*:", r"@.*", "password"),
    (r"\w+(?:\+\w+)?://[^/]*@", r".*", "host"),
    (r"\w+(?:\+\w+)?://[^/]*@[^/]*:", r"(?:/.*)?", "port"),
    (r"\w+(?:\+\w+)?://[^/]*@[^/]*/", r"(?:\?.*)?", "database"),
    (r"", r"(?:\+\{\})?://[^/]*@.*", "type"),
    (r"\w+\+|\{\}\+", r"://[^/]*@.*", "driver"),
    (r"https://", r"\.execute-api\..*", "api id"),
    (r"https://.*\.execute-api\.", r"\.amazonaws.*", "region"),
    (r"https://.*\.amazonaws\.com/", r"/.*", "stage"),
    (r"(?:.*/topics/)?", r"\.(?:pin|geo|user|\{\}).*", "user_id"),
    (r"(?:.*/streams/)?streaming-", r"-.*", "user_id"),
    (r"(?:s3a?://)?user-", r"-bucket.*", "user_id"),
    (r"s3[an]?://", r"(?:/.*)?", "bucket"),
    (r".*/streams/", r"-(?:\{\}|pin|geo|user)/records?", "stream prefix"),
    (r".*/streams/", r"/records?", "stream"),
    (r"", r"/?(?:(?:prod|dev|test|v\d|\{\})/)?(?:topics|streams)/.*", "url"),
    (r".*/topics/", r"", "topic"),
)
"""Text before, text after, what is meant between them; `{}` is another value."""
_BY_CONTEXT = [
    (re.compile(before, re.DOTALL), re.compile(after, re.DOTALL), found)
    for before, after, found in _CONTEXTS
]
_TABLE_OF_TEXT = {"topic", "stream"}


def meaning(*place: str, usage: Facts | None = None) -> str | None:
    """One of the meanings in `Values`, or None; `place` is the key below its sections."""
    contexts = usage.contexts if usage is not None else frozenset()
    found = _by_context(contexts)
    named = _by_place(place)
    names = usage.names if usage is not None else []
    if "engine_url" in names:
        return "engine"
    if "put_url" in names and str(named).endswith("topic url"):
        return str(named).replace("topic", "stream")
    if found is not None and found not in _TABLE_OF_TEXT:
        return found
    if named is not None and not (found and named in {"user", "name"}):
        return named
    return found or (_by_use(place, usage) if usage is not None else None)


def _by_context(contexts: AbstractSet[tuple[str, str]]) -> str | None:
    for before, after, found in _BY_CONTEXT:
        if any(before.fullmatch(head) and after.fullmatch(tail) for head, tail in contexts):
            return found
    return None


def _by_use(place: Sequence[str], usage: Facts) -> str | None:
    for name in usage.names:
        found = _by_place([*place[:-1], name])
        if found is not None:
            return found
    return "number" if "number" in usage.marks else None


def _by_place(place: Sequence[str]) -> str | None:
    keys = [words(key) for key in place]
    while len(keys) > 1 and "".join(keys[-1]) in TRANSPARENT:
        keys.pop()
    own, around = keys[-1], [word for key in keys[:-1] for word in key]
    found = _of_table(own, around) or _address(own, around) or _single(own)
    if found is None and around:
        found = _single([*keys[-2], *own]) or _single([around[-1], *own])
    return _in_section(found, own, around) or _quantity(own)


def words(key: str) -> list[str]:
    """A key's words in lower case, however it is spelled."""
    return [word.lower() for word in _WORD.findall(key)]


def _of_table(own: Sequence[str], around: Sequence[str]) -> str | None:
    """A topic, stream, URL or table of one of the three: `topics: {pin: …}`, `pin_topic`, `GEO_STREAM_URL`."""
    tables = _tables(
        own, around, {"data", "topic", "stream", "table", "topics", "streams", "tables"}
    )
    if set(own) & _ADDRESSES and (set(own) & DATABASE_WORDS or _is_of_project(own)):
        return None
    if tables and not set(own) - TABLES.keys() <= FILLERS:
        return None
    tables = tables or _tables(around, (), {"data"})
    if not tables:
        return None
    for some in (own, around):
        found = set(some)
        kind = next((noun for noun, spelled in _NOUNS.items() if found & spelled), None)
        if found & _ADDRESSES:
            streamed = _NOUNS["stream"] & {*own, *around}
            return f"{tables[-1]} {'stream' if streamed else 'topic'} url"
        if kind is not None:
            return f"{tables[-1]} {kind}"
    return None


def _tables(some: Sequence[str], more: Sequence[str], besides: set[str]) -> list[str]:
    """`pinterest` is a table's name beside some words only, otherwise the project's."""
    counts = bool(besides & {*some, *more})
    return [TABLES[word] for word in some if word in TABLES and (word != "pinterest" or counts)]


def _is_of_project(own: Sequence[str]) -> bool:
    """`PIN_API_URL`: the project's prefix rather than the table's name."""
    return own[0].startswith("pin") and bool(set(own) & {"api", "base", "gateway", "root", "stage"})


def _address(own: Sequence[str], around: Sequence[str]) -> str | None:
    """Which URL of several is meant: `DATABASE_URL`, `API_BASE_URL`, `url` below `api`."""
    found, every = set(own), {*own, *around}
    if not found & (_URL | _ENDPOINT):
        return None
    if every & API_WORDS:
        return "url"
    if found & _ENDPOINT and every & STORE_WORDS:
        return "aws endpoint"
    if found & _URL and every & DATABASE_WORDS:
        return "engine"
    return "url" if found & _URL and every & STREAM_WORDS else None


def _single(own: Sequence[str]) -> str | None:
    rest, prefixed = list(own), False
    while len(rest) > 1 and rest[0] in PREFIXES:
        rest, prefixed = rest[1:], True
    word = "".join(rest)
    if prefixed and word in PREFIXED:
        return PREFIXED[word]
    if word in {"name", "type", "id", "key"}:
        return MEANING.get("".join(own)) if len(own) > 1 else None
    found = MEANING.get(word) or MEANING.get("".join(own))
    if found is None:
        last = MEANING.get("".join(own[1:]))
        found = last if last in _WHOEVERS else None
    return found


def _in_section(found: str | None, own: Sequence[str], around: Sequence[str]) -> str | None:
    """`host` and `port` of what: the database, unless its place says another."""
    every = {*own, *around}
    for kind, spelled in (("database", DATABASE_WORDS), ("kafka", KAFKA_WORDS), ("api", API_WORDS)):
        if every & spelled:
            return IN_SECTION.get((kind, str(found)), found)
    return found


def _quantity(own: Sequence[str]) -> str | None:
    return next((f"number {word}" for word in reversed(own) if word in QUANTITY), None)
