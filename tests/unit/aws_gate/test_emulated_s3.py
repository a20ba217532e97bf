"""The gate before an emulator, which itself believes every caller."""

import asyncio

import boto3
import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from services.aws_gate.emulated_s3 import EmulatedS3
from services.aws_gate.errors import Answer
from services.aws_gate.request_head import RequestHead
from services.aws_gate.signature import Keys, SignatureError, claim

KEYS = Keys("PCLDKEY", "secret")
_HOST = "127.0.0.1:4566"


def _signed(target: str, auth: type[SigV4Auth] = S3SigV4Auth, keys: Keys = KEYS) -> RequestHead:
    request = AWSRequest("GET", f"http://{_HOST}{target}", None, b"")
    credentials = Credentials(keys.access_key_id, keys.secret_access_key)
    auth(credentials, "s3", "us-east-1").add_auth(request)
    headers = [(name.lower().encode(), str(v).encode()) for name, v in request.headers.items()]
    url = str(request.url).removeprefix(f"http://{_HOST}")
    return RequestHead("GET", url, [(b"host", _HOST.encode()), *headers])


def _answer(head: RequestHead) -> Answer | None:
    return asyncio.run(EmulatedS3(KEYS).own_answer(head, claim(head)))


@pytest.mark.parametrize("auth", [S3SigV4Auth, S3SigV4QueryAuth])
@pytest.mark.parametrize("target", ["/", "/bucket?list-type=2", "/bucket/_a/key"])
def test_what_is_signed_with_the_keys_is_passed_on(target: str, auth: type[SigV4Auth]) -> None:
    """By header or as a presigned address; a key may begin as it likes."""
    assert _answer(_signed(target, auth)) is None


@pytest.mark.parametrize(
    "keys", [Keys("PCLDOTHER", "secret"), Keys(KEYS.access_key_id, "other"), Keys("test", "test")]
)
def test_other_keys_are_refused(keys: Keys) -> None:
    """The emulator would take any."""
    with pytest.raises(SignatureError):
        _answer(_signed("/bucket", keys=keys))


def test_what_is_not_signed_is_refused() -> None:
    """A page's or a stranger's."""
    with pytest.raises(SignatureError, match="not signed"):
        _answer(RequestHead("GET", "/bucket", [(b"host", _HOST.encode())]))


@pytest.mark.parametrize("target", ["/_localstack/info", "/_aws/x", "/%5Flocalstack/info"])
def test_the_emulators_own_addresses_are_not_reached(target: str) -> None:
    """Not by the owner of the keys either: a bucket's name does not begin so."""
    answer = _answer(_signed(target))
    assert answer is not None
    assert answer.status == 404


def _presigned(url: str, method: str = "GET") -> RequestHead:
    target = url.removeprefix(f"http://{_HOST}")
    return RequestHead(method, target, [(b"host", _HOST.encode()), (b"date", b"whenever")])


def _by_boto3(keys: Keys = KEYS, seconds: int = 90) -> str:
    """Signed by Version 2, as boto3 does unless told otherwise."""
    s3 = boto3.client(
        "s3",
        endpoint_url=f"http://{_HOST}",
        region_name="us-east-1",
        aws_access_key_id=keys.access_key_id,
        aws_secret_access_key=keys.secret_access_key,
    )
    asked = {"Bucket": "bucket", "Key": "a b/\u00e9", "ResponseContentType": "text/plain"}
    return s3.generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds)


def test_an_old_presigned_address_is_passed_on() -> None:
    """With what it says of the answer."""
    url = _by_boto3()
    assert "AWSAccessKeyId=" in url
    assert _answer(_presigned(url)) is None


def test_an_old_presigned_address_of_others_is_refused() -> None:
    """Other keys, another object, another method, one that is over."""
    url = _by_boto3()
    wrong = [
        _presigned(_by_boto3(Keys("test", "test"))),
        _presigned(_by_boto3(Keys(KEYS.access_key_id, "other"))),
        _presigned(url.replace("/bucket/", "/other/")),
        _presigned(url.replace("text%2Fplain", "text%2Fhtml")),
        _presigned(url, "PUT"),
        _presigned(_by_boto3(seconds=-90)),
    ]
    for head in wrong:
        with pytest.raises(SignatureError):
            _answer(head)
