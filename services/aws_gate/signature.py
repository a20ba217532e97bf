"""AWS Signature Version 4 from the server's side: whether a request was signed with the stack's own keys.

The algorithm is that of AWS' reference "Create a signed AWS API request".
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import unquote

from services.aws_gate.request_head import RequestHead

ALGORITHM = "AWS4-HMAC-SHA256"
EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()
CLOCK_SKEW = timedelta(minutes=15)

UNSIGNED = "UNSIGNED-PAYLOAD"
_FIELD = re.compile(r"(Credential|SignedHeaders|Signature)=([^,\s]+)")
_SCOPE_PARTS = 5


@dataclass(frozen=True)
class Keys:
    """The stack's own keys."""

    access_key_id: str
    secret_access_key: str


@dataclass(frozen=True)
class Claim:
    """What a request says of its signature.

    Attributes:
        scope: Date, region and service of the signing key.
        at: When it was signed, `20261128T160000Z`.
        seconds: How long it holds from then on; None for `CLOCK_SKEW` in both directions.
    """

    access_key_id: str
    scope: tuple[str, str, str]
    signed_headers: tuple[str, ...]
    signature: str
    at: str
    seconds: int | None

    @property
    def service(self) -> str:
        return self.scope[2]


class SignatureError(Exception):
    """A request is not signed as it must be.

    Attributes:
        code: One of AWS' error codes.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def claim(head: RequestHead) -> Claim | None:
    """The signature that a request carries, in its header or its query; None when it carries none of version 4."""
    authorization = head.header("authorization")
    if authorization.startswith(ALGORITHM):
        fields = dict(_FIELD.findall(authorization))
        return _claim(fields, head.header("x-amz-date"), None)
    if head.query.get("X-Amz-Algorithm") == ALGORITHM:
        fields = {name: head.query.get(f"X-Amz-{name}", "") for name in _NAMES}
        return _claim(fields, head.query.get("X-Amz-Date", ""), head.query.get("X-Amz-Expires"))
    return None


_NAMES = ("Credential", "SignedHeaders", "Signature")


def _claim(fields: dict[str, str], at: str, expires: str | None) -> Claim | None:
    access_key_id, *scope = unquote(fields.get("Credential", "")).rsplit("/", _SCOPE_PARTS - 1)
    if len(scope) != _SCOPE_PARTS - 1 or not set(_NAMES) <= fields.keys():
        return None
    if expires is not None and not expires.isdecimal():
        return None
    names = tuple(unquote(fields["SignedHeaders"]).split(";"))
    seconds = None if expires is None else int(expires)
    date, region, service, _ = scope
    return Claim(access_key_id, (date, region, service), names, fields["Signature"], at, seconds)


def require_known(claim: Claim | None, keys: Keys, now: datetime) -> Claim:
    """What can be told before a request's body is there.

    Raises:
        SignatureError: there is no signature, it is another one's, or it is not of now.
    """
    if claim is None:
        raise SignatureError(
            "MissingAuthenticationToken", "The request is not signed by Signature Version 4."
        )
    if not hmac.compare_digest(claim.access_key_id.encode(), keys.access_key_id.encode()):
        raise SignatureError("InvalidAccessKeyId", _WHOSE_KEYS)
    if not _is_current(claim, now):
        raise SignatureError(
            "RequestExpired", f"The request was signed at {claim.at[:16]!r}, not now."
        )
    return claim


_WHOSE_KEYS = "This access key is not the stack's: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are in its .env."


def _is_current(claim: Claim, now: datetime) -> bool:
    try:
        at = datetime.strptime(claim.at, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        until = at + (CLOCK_SKEW if claim.seconds is None else timedelta(seconds=claim.seconds))
    except (ValueError, OverflowError):
        return False
    return claim.at.startswith(claim.scope[0]) and at - CLOCK_SKEW <= now <= until


def require_body_signed(head: RequestHead, claim: Claim, keys: Keys, body: bytes) -> None:
    """Check the signature of a request that is there whole.

    Raises:
        SignatureError: see `require_signed`.
    """
    require_signed(head, claim, keys, hashlib.sha256(body).hexdigest())


def require_signed(head: RequestHead, claim: Claim, keys: Keys, payload_sha256: str) -> None:
    """Check the signature over all that it covers, the body's SHA-256 (in hex) among it.

    Raises:
        SignatureError: the request, or its body, is not what was signed.
    """
    stated = head.header("x-amz-content-sha256")
    if stated not in {"", UNSIGNED, payload_sha256} or "host" not in claim.signed_headers:
        raise SignatureError("SignatureDoesNotMatch", _NO_MATCH)
    payload = stated or (payload_sha256 if claim.seconds is None else UNSIGNED)
    signature = _signature(head, claim, keys, payload)
    if not hmac.compare_digest(signature.encode(), claim.signature.encode()):
        raise SignatureError("SignatureDoesNotMatch", _NO_MATCH)


_NO_MATCH = "The signature does not match the request: the secret key is another one, or something changed it."


def authorization(head: RequestHead, claim: Claim, keys: Keys) -> str:
    """The header that signs a request whose headers have changed, for the time and by the headers of a claim."""
    signature = _signature(head, claim, keys, head.header("x-amz-content-sha256"))
    return (
        f"{ALGORITHM} Credential={claim.access_key_id}/{_scope(claim)}, "
        f"SignedHeaders={';'.join(claim.signed_headers)}, Signature={signature}"
    )


def _signature(head: RequestHead, claim: Claim, keys: Keys, payload: str) -> str:
    canonical = canonical_request(head, claim.signed_headers, payload)
    digest = hashlib.sha256(canonical.encode("utf-8", "surrogateescape")).hexdigest()
    text = "\n".join((ALGORITHM, claim.at, _scope(claim), digest))
    key = _signing_key(keys.secret_access_key, claim.scope)
    return hmac.digest(key, text.encode("utf-8", "surrogateescape"), "sha256").hex()


def _scope(claim: Claim) -> str:
    return "/".join((*claim.scope, "aws4_request"))


def canonical_request(head: RequestHead, signed_headers: tuple[str, ...], payload: str) -> str:
    """The text whose hash is signed."""
    lines = [f"{name}:{' '.join(head.header(name).split())}\n" for name in signed_headers]
    return "\n".join(
        (
            head.method,
            head.path,
            _canonical_query(head.raw_query),
            "".join(lines),
            ";".join(signed_headers),
            payload,
        )
    )


def _canonical_query(raw: str) -> str:
    pairs = (item.partition("=")[::2] for item in raw.split("&") if item)
    return "&".join(f"{name}={value}" for name, value in sorted(pairs) if name != "X-Amz-Signature")


@lru_cache(maxsize=64)
def _signing_key(secret: str, scope: tuple[str, str, str]) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (*scope, "aws4_request"):
        key = hmac.digest(key, part.encode("utf-8", "surrogateescape"), "sha256")
    return key
