"""Presigned addresses of Signature Version 2, which boto3 still makes by default for S3."""

import hmac
from datetime import UTC, datetime
from urllib.parse import urlsplit

from botocore.auth import HmacV1QueryAuth
from botocore.credentials import Credentials

from services.aws_gate.request_head import RequestHead
from services.aws_gate.signature import Keys, SignatureError

_NAMES = {"AWSAccessKeyId", "Expires", "Signature"}


class _Signer(HmacV1QueryAuth):
    """Signs for a given end instead of one that is counted from now."""

    def __init__(self, credentials: Credentials, until: int) -> None:
        super().__init__(credentials)
        self._until = until

    def _get_date(self) -> str:
        return str(self._until)


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
    auth = _Signer(Credentials(keys.access_key_id, keys.secret_access_key), int(expires))
    # boto3 puts the headers that it signs into the address.
    headers = {**head.query, **head.values}
    headers.pop("date", None)
    expected = auth.get_signature(head.method, urlsplit(head.target), headers)
    given = (head.query["AWSAccessKeyId"], head.query["Signature"])
    for mine, theirs in zip((keys.access_key_id, str(expected)), given, strict=True):
        if not hmac.compare_digest(mine.encode(), theirs.encode("utf-8", "surrogateescape")):
            raise SignatureError(
                "SignatureDoesNotMatch",
                "The presigned address was made with other keys, or changed.",
            )
