"""Errors in the shape that the caller's SDK reads: XML as S3's, JSON or CBOR as Kinesis'."""

import json
from dataclasses import dataclass
from xml.sax.saxutils import escape

import cbor2

from services.aws_gate.request_head import RequestHead

_CBOR = "application/x-amz-cbor-1.1"


@dataclass(frozen=True)
class Answer:
    """A whole answer of the gate's own."""

    status: int
    content_type: str
    body: bytes
    close: bool = False


def error(head: RequestHead, status: int, code: str, message: str, *, bucket: str = "") -> Answer:
    """An error of AWS' shape; the connection ends with it, since the request's body may not have been read.

    An error about a `bucket` names it, as clients read it.
    """
    fields = {"__type": code, "message": message}
    if head.header("content-type").startswith(_CBOR):
        return Answer(status, _CBOR, cbor2.dumps(fields), close=True)
    if _speaks_json(head):
        text = json.dumps(fields)
        return Answer(status, "application/x-amz-json-1.1", text.encode(), close=True)
    named = f"<BucketName>{_shown(bucket)}</BucketName>" if bucket else ""
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{_shown(message)}</Message>{named}</Error>"
    )
    return Answer(status, "application/xml", xml.encode("utf-8", "replace"), close=True)


def _shown(text: str) -> str:
    return escape("".join(sign if sign.isprintable() else "?" for sign in text))


def _speaks_json(head: RequestHead) -> bool:
    """An object of S3's may be of type JSON itself: its writer reads XML."""
    signed = head.header("authorization")
    for_another = "/aws4_request" in signed and "/s3/aws4_request" not in signed
    return bool(head.header("x-amz-target")) or (
        for_another and "json" in head.header("content-type")
    )
