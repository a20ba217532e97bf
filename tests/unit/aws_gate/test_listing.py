import hashlib
import os
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from services.aws_gate.listing import xattr
from services.aws_gate.listing.answer import answer
from services.aws_gate.listing.parameters import parameters
from services.aws_gate.request_head import RequestHead
from services.aws_gate.signature import Claim

SIGNED = Claim("key", ("20261128", "us-east-1", "s3"), ("host",), "0", "20261128T160000Z", None)
UUID = "01234567-89ab-4cde-8f01-23456789abcd"


def _put(bucket: Path, key: str, *, finished: bool = True) -> None:
    file = bucket / key.removesuffix("/")
    if key.endswith("/"):
        file.mkdir(parents=True, exist_ok=True)
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x")
    if finished:
        try:
            os.setxattr(file, "user.user.content-md5", hashlib.md5(b"x").digest())  # noqa: S324
        except OSError:
            pytest.skip("this file system has no attributes")


@pytest.fixture
def bucket(tmp_path: Path) -> Path:
    """An empty bucket's folder."""
    if not xattr.SUPPORTED:
        pytest.skip("s3proxy lists by itself here")
    bucket = tmp_path / "bucket"
    bucket.mkdir()
    return bucket


def _page(bucket: Path, query: str, hidden: frozenset[str] = frozenset()) -> tuple[list[str], str]:
    """Keys and common prefixes in the answer's order, and the token of the next page."""
    wanted = parameters(RequestHead("GET", f"/bucket?{query}", []), SIGNED)
    assert wanted is not None
    body = answer(bucket, wanted, hidden).body.decode()
    names = re.findall(r"<(?:Key|CommonPrefixes><Prefix)>([^<]*)<", body)
    token = re.search(r"<Next(?:ContinuationToken|Marker)>([^<]*)<", body)
    return [unquote(name) for name in names], token[1] if token else ""


def _all(bucket: Path, query: str) -> list[str]:
    found, token = _page(bucket, f"list-type=2&encoding-type=url&{query}")
    while token:
        names, token = _page(
            bucket, f"list-type=2&encoding-type=url&{query}&continuation-token={token}"
        )
        found += names
    return found


KEYS = [
    "a",
    "a-b",
    "a/",
    "a/b",
    "a/b-c",
    "a/b/c",
    "a0",
    "b/x",
    "b/y/z",
    "ü",
    "日本/1",
    "\U0001f600",
]
"""`a` beside `a/b` cannot be, so that it is left out below."""


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
@pytest.mark.parametrize("prefix", ["", "a", "a/", "a/b", "b/", "b", "zz", "a//", "../"])
@pytest.mark.parametrize("delimiter", ["", "/", "-"])
def test_pages_hold_what_s3_would_list(
    bucket: Path, size: int, prefix: str, delimiter: str
) -> None:
    """Every key once, in the order of UTF-8 bytes, whatever the page's size, prefix and delimiter."""
    keys = [key for key in KEYS if key not in {"a", "a/b"}]
    for key in keys:
        _put(bucket, key)
    expected: list[str] = []
    for key in sorted(keys, key=str.encode):
        if key.startswith(prefix):
            end = key.find(delimiter, len(prefix)) if delimiter else -1
            name = key if end < 0 else key[: end + 1]
            expected += [name] if name not in expected else []
    found = _all(bucket, f"prefix={prefix}&delimiter={delimiter}&max-keys={size}")
    assert sorted(found, key=str.encode) == sorted(expected, key=str.encode)
    assert delimiter or found == expected


@pytest.mark.parametrize("after", ["a-b", "a/b-c", "a/b/c", "b/", "zzz"])
def test_a_listing_begins_after_any_text(bucket: Path, after: str) -> None:
    """It need not be a key; both versions of the call have it."""
    for key in ("a-b", "a/b-c", "a/b/c", "b/x", "c"):
        _put(bucket, key)
    expected = [key for key in ("a-b", "a/b-c", "a/b/c", "b/x", "c") if key > after]
    assert _page(bucket, f"list-type=2&start-after={after}")[0] == expected
    assert _page(bucket, f"marker={after}")[0] == expected


def test_a_file_that_grows_is_no_object(bucket: Path) -> None:
    """It has no ETag; once it has one, its key is known to be written. An object's own name may end like that."""
    _put(bucket, f"t/x-{UUID}", finished=False)
    _put(bucket, f"t/y-{UUID}")
    _put(bucket, f"t/z-{UUID}")
    _put(bucket, ".mpus-1-x-1")
    hidden = frozenset({"t/y"})
    assert _page(bucket, "list-type=2", hidden)[0] == [f"t/z-{UUID}"]
    assert _page(bucket, "list-type=2&delimiter=/", hidden)[0] == ["t/"]


def test_an_empty_folder_is_nothing(bucket: Path) -> None:
    """Unless it was made as an object."""
    (bucket / "left" / "over").mkdir(parents=True)
    _put(bucket, "made/")
    assert _page(bucket, "list-type=2")[0] == ["made/"]
    assert _page(bucket, "list-type=2&delimiter=/")[0] == ["made/"]
    assert _page(bucket, "list-type=2&prefix=made/")[0] == ["made/"]


@pytest.mark.parametrize(
    "query", ["uploads", "versions", "max-keys=x", "list-type=2&continuation-token=%"]
)
def test_what_is_no_plain_listing_is_left_to_the_server(query: str) -> None:
    """Another operation on a bucket, or parameters that need an error."""
    assert parameters(RequestHead("GET", f"/bucket?{query}", []), SIGNED) is None
