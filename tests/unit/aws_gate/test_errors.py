"""In which shape an error is answered: the one that the caller's SDK reads."""

import pytest

from services.aws_gate.errors import error
from services.aws_gate.request_head import RequestHead

SCOPE = b"AWS4-HMAC-SHA256 Credential=K/20261128/us-east-1/%s/aws4_request, Signature=0"
JSON = (b"content-type", b"application/json")


@pytest.mark.parametrize(
    "headers",
    [
        [(b"x-amz-target", b"Kinesis_20131202.ListStreams")],
        [(b"authorization", SCOPE % b"batch"), JSON],
    ],
    ids=["kinesis", "batch"],
)
def test_callers_of_json_services_get_json(headers: list[tuple[bytes, bytes]]) -> None:
    """Kinesis' clients name their action, those of other services sign for them."""
    assert error(RequestHead("POST", "/", headers), 403, "No", "no").body.startswith(b"{")


@pytest.mark.parametrize(
    "headers",
    [[], [JSON], [(b"authorization", SCOPE % b"s3"), JSON], [(b"authorization", b"AWS K:x"), JSON]],
    ids=["nothing", "presigned", "version 4", "version 2"],
)
def test_a_writer_of_a_json_object_gets_xml(headers: list[tuple[bytes, bytes]]) -> None:
    """The type of an object is not that of the API."""
    answered = error(RequestHead("PUT", "/bucket/key.json", headers), 404, "NoSuchBucket", "no")
    assert b"<Code>NoSuchBucket</Code>" in answered.body
