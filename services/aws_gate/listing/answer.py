"""One page of a listing, as S3's XML."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape

from services.aws_gate.errors import Answer
from services.aws_gate.listing.parameters import Parameters, token
from services.aws_gate.listing.walk import CommonPrefix, ListedObject, Scope

_OWNER = "<Owner><ID>pincloud</ID><DisplayName>pincloud</DisplayName></Owner>"


@dataclass
class Page:
    """What one answer shows."""

    objects: list[ListedObject] = field(default_factory=list)
    prefixes: list[bytes] = field(default_factory=list)
    last: bytes = b""
    truncated: bool = False


def answer(bucket: Path, wanted: Parameters, hidden: frozenset[str]) -> Answer:
    """List a bucket's folder; the files in which the `hidden` keys grow just now are not shown."""
    scope = Scope(
        bucket=bytes(bucket),
        prefix=wanted.prefix,
        after=wanted.after,
        folders_as_prefixes=wanted.delimiter == b"/",
        hidden=frozenset(key.encode("utf-8", "surrogateescape") for key in hidden),
    )
    page = fill(_grouped(scope.objects(), wanted), wanted.max_keys)
    body = "".join(_xml(bucket.name, wanted, page))
    return Answer(200, "application/xml", body.encode("utf-8", "replace"))


def fill(entries: Iterator[ListedObject | CommonPrefix], max_keys: int) -> Page:
    """The first entries, and whether there are more."""
    page = Page()
    for entry in islice(entries, max_keys):
        if isinstance(entry, CommonPrefix):
            page.prefixes.append(entry.prefix)
            page.last = entry.prefix
        else:
            page.objects.append(entry)
            page.last = entry.key
    page.truncated = max_keys > 0 and next(entries, None) is not None
    return page


def _grouped(
    entries: Iterator[ListedObject | CommonPrefix], wanted: Parameters
) -> Iterator[ListedObject | CommonPrefix]:
    """Entries with the keys that share a text up to any other delimiter than `/` as one."""
    if wanted.delimiter in {b"", b"/"}:
        yield from entries
        return
    last = wanted.after
    for entry in entries:
        assert isinstance(entry, ListedObject)  # noqa: S101 - a delimiter of its own has no folders
        end = entry.key.find(wanted.delimiter, len(wanted.prefix))
        if end < 0:
            yield entry
        elif (prefix := entry.key[: end + len(wanted.delimiter)]) != last:
            last = prefix
            yield CommonPrefix(prefix)


def _xml(bucket: str, wanted: Parameters, page: Page) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
    yield f"<Name>{escape(bucket)}</Name>"
    yield f"<Prefix>{_text(wanted.prefix, wanted)}</Prefix>"
    if wanted.delimiter:
        yield f"<Delimiter>{_text(wanted.delimiter, wanted)}</Delimiter>"
    yield f"<MaxKeys>{wanted.max_keys}</MaxKeys>"
    if wanted.url_encoded:
        yield "<EncodingType>url</EncodingType>"
    yield f"<IsTruncated>{str(page.truncated).lower()}</IsTruncated>"
    yield from _version_1(wanted, page) if wanted.version == 1 else _version_2(wanted, page)
    for item in page.objects:
        yield _object(item, wanted)
    for prefix in page.prefixes:
        yield f"<CommonPrefixes><Prefix>{_text(prefix, wanted)}</Prefix></CommonPrefixes>"
    yield "</ListBucketResult>"


def _version_1(wanted: Parameters, page: Page) -> Iterator[str]:
    yield f"<Marker>{_text(wanted.after, wanted)}</Marker>"
    if page.truncated and wanted.delimiter:
        yield f"<NextMarker>{_text(page.last, wanted)}</NextMarker>"


def _version_2(wanted: Parameters, page: Page) -> Iterator[str]:
    yield f"<KeyCount>{len(page.objects) + len(page.prefixes)}</KeyCount>"
    if start := wanted.echo.get("start-after"):
        yield f"<StartAfter>{_text(start.encode('utf-8', 'surrogateescape'), wanted)}</StartAfter>"
    if given := wanted.echo.get("continuation-token"):
        yield f"<ContinuationToken>{escape(given)}</ContinuationToken>"
    if page.truncated:
        yield f"<NextContinuationToken>{token(page.last)}</NextContinuationToken>"


def _object(item: ListedObject, wanted: Parameters) -> str:
    modified = datetime.fromtimestamp(item.modified, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return (
        f"<Contents><Key>{_text(item.key, wanted)}</Key><LastModified>{modified}</LastModified>"
        f"<ETag>&quot;{escape(item.etag)}&quot;</ETag><Size>{item.size}</Size>"
        f"<StorageClass>STANDARD</StorageClass>{_OWNER if wanted.owner else ''}</Contents>"
    )


def _text(value: bytes, wanted: Parameters) -> str:
    if wanted.url_encoded:
        return quote(value, safe="/")
    return escape(value.decode("utf-8", "replace"))
