"""Large bodies whose hash was signed: checked here as they pass, so that s3proxy need not hold them in memory to do so.

s3proxy gets the request signed anew, for a body of any content, and the body's last piece only when the hash is right.
"""

import hashlib
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from services.aws_gate.request_head import RequestHead
from services.aws_gate.signature import (
    UNSIGNED,
    Claim,
    Keys,
    SignatureError,
    authorization,
    require_known,
    require_signed,
)

LARGE_BYTES = 256 * 1024

_SHA256 = re.compile(r"[0-9a-f]{64}")


def is_large(head: RequestHead, signed: Claim | None) -> bool:
    """Whether s3proxy would hold the request's body in memory, and that would be much."""
    length = head.header("content-length")
    return (
        signed is not None
        and signed.seconds is None
        and _SHA256.fullmatch(head.header("x-amz-content-sha256")) is not None
        and length.isdecimal()
        and int(length) > LARGE_BYTES
    )


def signed_anew(head: RequestHead, signed: Claim | None, keys: Keys) -> RequestHead:
    """The same request, signed without its body's hash.

    Raises:
        SignatureError: it was not signed with the stack's keys.
    """
    known = require_known(signed, keys, datetime.now(UTC))
    require_signed(head, known, keys, head.header("x-amz-content-sha256"))
    kept = [
        (name, UNSIGNED.encode() if name.lower() == b"x-amz-content-sha256" else value)
        for name, value in head.headers
        if name.lower() != b"authorization"
    ]
    unsigned = RequestHead(head.method, head.target, kept)
    text = authorization(unsigned, known, keys)
    return RequestHead(head.method, head.target, [*kept, (b"authorization", text.encode())])


async def checked(body: AsyncIterator[bytes], sha256: str) -> AsyncIterator[bytes]:
    """The body, with its last piece held back until the hash is known.

    Raises:
        SignatureError: it is another one.
    """
    digest, held = hashlib.sha256(), b""
    async for data in body:
        digest.update(data)
        if held:
            yield held
        held = data
    if digest.hexdigest() != sha256:
        raise SignatureError(
            "XAmzContentSHA256Mismatch", "The body is not the one whose SHA-256 was signed."
        )
    yield held
