"""Presigned addresses of Signature Version 2, which boto3 still makes by default for S3."""

import hmac
from datetime import UTC, datetime
from urllib.parse import urlsplit

from botocore.auth import HmacV1QueryAuth
from botocore.credentials import Credentials

from services.aws_gate.request_head import RequestHead
from services.aws_gate.signature import Keys, SignatureError

_NAMES = {"AWSAccessKeyId", "Expires", "Signature"}


def is_presigned_v2(head: RequestHead) -> bool:
    return head.query.keys() >= _NAMES


def require_presigned_v2(head: RequestHead, keys: Keys) -> None:
    """Check such an address.

    Raises:
        SignatureError: it was made with other keys, was changed, or does not hold any more.
    """
    expires = head.query["Expires"]
    if not expires.isdecimal() or int(expires) < datetime.now(UTC).timestamp():
        raise SignatureError("AccessDenied", "The presigned address does not hold any more.")
    auth = HmacV1QueryAuth(Credentials(keys.access_key_id, keys.secret_access_key))
    headers = {name: value for name, value in head.values.items() if name != "date"}
    expected = auth.get_signature(head.method, urlsplit(head.target), headers, int(expires))
    given = (head.query["AWSAccessKeyId"], head.query["Signature"])
    for mine, theirs in zip((keys.access_key_id, str(expected)), given, strict=True):
        if not hmac.compare_digest(mine.encode(), theirs.encode("utf-8", "surrogateescape")):
            raise SignatureError(
                "SignatureDoesNotMatch",
                "The presigned address was made with other keys, or changed.",
            )
