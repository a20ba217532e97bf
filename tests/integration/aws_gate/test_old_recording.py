"""The state of an older version, a recording of requests, becomes objects at the first start."""

import base64
import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.aws import s3_client
from services.checkout.environment import inherited
from services.free_ports import free_port
from services.settings import PROJECT_ROOT, Settings
from services.setup.native import ensure_native
from services.stack import probes
from services.stack.errors import NotReadyError
from tests.support.polling import eventually

LARGE = bytes(range(256)) * 20 * 1024
"""A part has 5 MiB at least, but for the last."""


def _line(
    method: str, target: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> str:
    """As the older version's S3 recorded a request, signed with keys that nobody has any more."""
    entry = {
        "headers": {"Authorization": "AWS4-HMAC-SHA256 old", **(headers or {})},
        "method": method,
        "url": f"http://127.0.0.1:31234{target}",
        "body": base64.b64encode(body).decode(),
        "body_encoded": True,
    }
    return json.dumps(entry)


def _recording() -> str:
    framed = b"5;chunk-signature=ab\r\nhello\r\n0;chunk-signature=cd\r\n\r\n"
    done = b"<CompleteMultipartUpload>%s</CompleteMultipartUpload>" % b"".join(
        b"<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>" % (number, tag)
        for number, tag in ((1, _md5(LARGE)), (2, _md5(b"end")))
    )
    lines = [
        _line("PUT", "/one"),
        *(_line("PUT", f"/one/t/{n}.json", b"%d" % n, _ONCE) for n in range(20)),
        _line("PUT", "/one/t/3.json", b"refused then too", _ONCE),
        _line("PUT", "/one/%C3%BC%20%2B", framed, _STREAMED),
        _line("POST", "/one/parts?uploads", b"", {"X-Amz-Meta-A": "b"}),
        _line("PUT", "/one/parts?partNumber=1&uploadId=old-1", LARGE),
        _line("PUT", "/one/parts?partNumber=2&uploadId=old-1", b"end"),
        _line("POST", "/one/parts?uploadId=old-1", done),
        _line("PUT", "/one/gone", b"x"),
        _line("DELETE", "/one/gone"),
        _line("PUT", "/one/gone%20too", b"x"),
        _line("POST", "/one?delete", b"<Delete><Object><Key>gone too</Key></Object></Delete>"),
        _line("PUT", "/one/a//b", b"no file can have this"),
    ]
    return "\n".join([*lines, lines[1][:50]])


_ONCE = {"If-None-Match": "*"}
_STREAMED = {
    "X-Amz-Content-Sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "Content-Encoding": "aws-chunked",
    "X-Amz-Decoded-Content-Length": "5",
}


def _md5(body: bytes) -> bytes:
    return hashlib.md5(body, usedforsecurity=False).hexdigest().encode()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Of a state folder that an older version has left."""
    ensure_native()
    data = tmp_path / "data" / "aws"
    data.mkdir(parents=True)
    (data / "recording.jsonl").write_text(_recording(), encoding="utf-8")
    port = free_port()
    return Settings(
        state_dir=tmp_path,
        aws_port=port,
        aws_endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id=SecretStr("PCLDNEW"),
        aws_secret_access_key=SecretStr("new"),
    )


@contextlib.contextmanager
def _gate(settings: Settings) -> Iterator[None]:
    """The gate's process until its port is open; its log is `<state>/log`."""
    environment = {
        **inherited(),
        "ENV_FILE": os.devnull,
        "STATE_DIR": str(settings.state_dir),
        "AWS_PORT": str(settings.aws_port),
        "AWS_ENDPOINT_URL": settings.aws_endpoint_url,
        "AWS_ACCESS_KEY_ID": settings.aws_access_key_id.get_secret_value(),
        "AWS_SECRET_ACCESS_KEY": settings.aws_secret_access_key.get_secret_value(),
    }
    command = [sys.executable, "-m", "services.aws_gate"]
    with (
        (settings.state_dir / "log").open("ab") as log,
        subprocess.Popen(
            command, cwd=PROJECT_ROOT, env=environment, stdout=log, stderr=log
        ) as process,
    ):
        try:
            eventually("S3", lambda: _answers(settings), within=60)
            yield
        finally:
            process.send_signal(signal.SIGTERM)


def _answers(settings: Settings) -> bool:
    try:
        probes.aws(settings)
    except NotReadyError:
        return False
    return True


def test_an_old_recording_is_moved_once(settings: Settings) -> None:
    """With other keys than it was made with; what cannot be moved is named, and the recording stays beside."""
    data = settings.state_dir / "data" / "aws"
    expected = {f"t/{n}.json": b"%d" % n for n in range(20)} | {
        "ü +": b"hello",
        "parts": LARGE + b"end",
    }
    (data / "objects.new" / "half").mkdir(parents=True)
    for _ in range(2):
        with _gate(settings):
            s3 = s3_client(settings)
            listed = {row["Key"] for row in s3.list_objects_v2(Bucket="one")["Contents"]}
            assert listed == expected.keys()
            for key, body in expected.items():
                assert s3.get_object(Bucket="one", Key=key)["Body"].read() == body
            assert s3.head_object(Bucket="one", Key="parts")["Metadata"] == {"a": "b"}
            assert [row["Name"] for row in s3.list_buckets()["Buckets"]] == ["one"]
    log = (settings.state_dir / "log").read_text()
    assert log.count("S3 was moved") == 1
    assert "31 requests repeated" in log
    assert "not moved: PUT one/a//b: Objects are files here" in log
    assert "is torn" in log
    assert {"recording.moved.jsonl", "objects"} <= {file.name for file in data.iterdir()}
    assert not (data / "recording.jsonl").exists()
