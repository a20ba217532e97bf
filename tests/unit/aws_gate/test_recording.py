import base64
import json
from pathlib import Path
from typing import Any

import pytest

from services.aws_gate.migration.recording import UnreadableError, requests, unchunked


def _entry(method: str, target: str, body: bytes = b"", **headers: str) -> dict[str, Any]:
    """As moto 5.2 records a request."""
    return {
        "headers": {name.replace("_", "-").title(): value for name, value in headers.items()},
        "method": method,
        "url": f"http://127.0.0.1:31234{target}",
        "body": base64.b64encode(body).decode(),
        "body_encoded": True,
    }


def _read(folder: Path, *lines: str) -> list[Any]:
    file = folder / "recording.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    return list(requests(file))


def test_what_changed_something_is_read_in_its_order(tmp_path: Path) -> None:
    """Reads, Kinesis and the emulator's own calls are left out; bodies of text are bytes too."""
    text = {**_entry("PUT", "/b/t"), "body": "text", "body_encoded": False}
    entries = [
        _entry("PUT", "/b"),
        _entry("GET", "/b"),
        _entry("POST", "/", b"{}", x_amz_target="Kinesis_20131202.PutRecord"),
        _entry("POST", "/moto-api/reset"),
        _entry("PUT", "/b/a%2Fb%20c?x=1", b"\0\xff"),
        text,
    ]
    found = _read(tmp_path, *(json.dumps(entry) for entry in entries))
    assert [(one.method, one.path, one.query, one.body) for one in found] == [
        ("PUT", "/b", "", b""),
        ("PUT", "/b/a%2Fb%20c", "x=1", b"\0\xff"),
        ("PUT", "/b/t", "", b"text"),
    ]
    assert found[1].name == "b/a/b c"


def test_torn_and_joined_lines(tmp_path: Path) -> None:
    """Two requests of one moment share a line, the last one of a kill is torn: that is named."""
    one, two = json.dumps(_entry("PUT", "/b/1")), json.dumps(_entry("PUT", "/b/2"))
    found = _read(tmp_path, one + two, one[:40], "[]", two)
    assert [str(item) if isinstance(item, UnreadableError) else item.name for item in found][
        :3
    ] == [
        "b/1",
        "b/2",
        "line 2 is torn",
    ]
    assert isinstance(found[3], UnreadableError)
    assert found[4].name == "b/2"


def test_a_body_in_chunks_is_put_together(tmp_path: Path) -> None:
    """Its signatures and trailers are dropped; one that was cut off, or never recorded, is named."""
    framed = b"5;chunk-signature=ab\r\nhello\r\n1\r\n!\r\n0;chunk-signature=cd\r\nx-amz-checksum-crc32:AAAA\r\n\r\n"
    assert unchunked(framed) == b"hello!"
    with pytest.raises(UnreadableError, match="cut off"):
        unchunked(framed[:20])
    entries = [
        _entry("PUT", "/b/c", framed, x_amz_content_sha256="STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
        _entry("PUT", "/b/d", b"", transfer_encoding="chunked"),
    ]
    found = _read(tmp_path, *(json.dumps(entry) for entry in entries))
    assert found[0].body == b"hello!"
    assert "b/d" in str(found[1])
