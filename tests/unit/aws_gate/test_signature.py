from datetime import UTC, datetime, timedelta

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from services.aws_gate.request_head import RequestHead
from services.aws_gate.signature import (
    EMPTY_SHA256,
    Keys,
    SignatureError,
    claim,
    require_known,
    require_signed,
)

KEYS = Keys("PCLDKEY", "secret")
_HOST = "127.0.0.1:4566"


def _signed(
    auth: type[SigV4Auth], target: str, keys: Keys = KEYS, headers: dict[str, str] | None = None
) -> RequestHead:
    """A request as botocore signs it."""
    service = "kinesis" if auth is SigV4Auth else "s3"
    request = AWSRequest("GET", f"http://{_HOST}{target}", headers, b"")
    auth(Credentials(keys.access_key_id, keys.secret_access_key), service, "eu-west-1").add_auth(
        request
    )
    url = str(request.url).removeprefix(f"http://{_HOST}")
    pairs = [
        (name.lower().encode(), str(value).encode()) for name, value in request.headers.items()
    ]
    return RequestHead(str(request.method), url, [(b"host", _HOST.encode()), *pairs])


def _check(head: RequestHead, payload: str = EMPTY_SHA256) -> None:
    known = require_known(claim(head), KEYS, datetime.now(UTC))
    require_signed(head, known, KEYS, payload)


@pytest.mark.parametrize(
    ("auth", "target"),
    [
        (S3SigV4Auth, "/"),
        (S3SigV4Auth, "/bucket?list-type=2&prefix=a%2Fb%20c&encoding-type=url"),
        (S3SigV4Auth, "/bucket/%C3%BC/a%2Bb%25?uploads"),
        (SigV4Auth, "/"),
        (S3SigV4QueryAuth, "/bucket/key?x=1"),
    ],
)
def test_what_botocore_has_signed_is_taken(auth: type[SigV4Auth], target: str) -> None:
    """By header or by query, for either service, with keys that had to be encoded."""
    _check(
        _signed(auth, target, headers={"X-Amz-Meta-A": "  two   blanks ", "Content-Type": "a/b"})
    )


def test_every_changed_part_is_seen() -> None:
    """The method, the path, the query, a signed header, the body."""
    head = _signed(S3SigV4Auth, "/bucket?prefix=a", headers={"X-Amz-Meta-A": "1"})
    changed = [
        RequestHead("PUT", head.target, head.headers),
        RequestHead(head.method, "/other?prefix=a", head.headers),
        RequestHead(head.method, "/bucket?prefix=b", head.headers),
        RequestHead(
            head.method,
            head.target,
            [(n, b"2" if n == b"x-amz-meta-a" else v) for n, v in head.headers],
        ),
    ]
    for one in changed:
        with pytest.raises(SignatureError, match="does not match"):
            _check(one)
    with pytest.raises(SignatureError, match="does not match"):
        _check(head, "0" * 64)


def test_another_ones_keys_are_refused() -> None:
    """An unknown key by its name, a wrong secret by its signature, no signature at all."""
    with pytest.raises(SignatureError) as unknown:
        _check(_signed(S3SigV4Auth, "/", Keys("AKIA", "secret")))
    with pytest.raises(SignatureError) as wrong:
        _check(_signed(S3SigV4Auth, "/", Keys("PCLDKEY", "other")))
    with pytest.raises(SignatureError) as missing:
        _check(RequestHead("GET", "/", [(b"host", _HOST.encode())]))
    assert [error.value.code for error in (unknown, wrong, missing)] == [
        "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
        "MissingAuthenticationToken",
    ]


@pytest.mark.parametrize(("minutes", "taken"), [(-16, False), (-14, True), (14, True), (16, False)])
def test_a_signature_holds_for_a_quarter_of_an_hour(minutes: int, *, taken: bool) -> None:
    """In both directions: clocks differ."""
    signed = claim(_signed(S3SigV4Auth, "/"))
    now = datetime.now(UTC) + timedelta(minutes=minutes)
    if taken:
        assert require_known(signed, KEYS, now) is signed
    else:
        with pytest.raises(SignatureError, match="not now"):
            require_known(signed, KEYS, now)


@pytest.mark.parametrize(
    "header",
    [
        b"AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0",
        b"AWS4-HMAC-SHA256 Credential=a/b/c/d/e",
        b"AWS4-HMAC-SHA256",
        b"AWS4-HMAC-SHA256 \xff\xfe",
    ],
)
def test_a_broken_header_is_no_claim(header: bytes) -> None:
    """It is refused as unsigned, not by an error of ours."""
    assert claim(RequestHead("GET", "/", [(b"authorization", header)])) is None
