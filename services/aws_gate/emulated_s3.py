"""What the gate does about S3 before an emulator, which would believe every caller."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from services.aws_gate.errors import Answer, error
from services.aws_gate.presigned_v2 import is_presigned_v2, require_presigned_v2
from services.aws_gate.relay import BeforeAnswer
from services.aws_gate.request_head import RequestHead
from services.aws_gate.signature import UNSIGNED, Claim, Keys, require_known, require_signed


@dataclass(frozen=True)
class EmulatedS3:
    """Requests to an S3 server that checks no signature: each must carry one of the stack's own keys."""

    keys: Keys

    async def own_answer(self, head: RequestHead, signed: Claim | None) -> Answer | None:
        """An error for what is no bucket's; None for what the emulator is to answer.

        Raises:
            SignatureError: the request is not signed with the stack's keys.
        """
        if is_presigned_v2(head):
            require_presigned_v2(head, self.keys)
        else:
            known = require_known(signed, self.keys, datetime.now(UTC))
            stated = head.header("x-amz-content-sha256") or UNSIGNED
            require_signed(head, known, self.keys, stated)
        if head.bucket_and_key[0].startswith("_"):
            return error(head, 404, "NoSuchBucket", "No bucket's name begins with `_`.")
        return None

    def require_deletable(self, body: bytes) -> None:
        """Every key is an object of its own there."""

    def before_answer(self, _head: RequestHead) -> BeforeAnswer:
        return _as_it_is

    @contextlib.contextmanager
    def in_flight(self, _head: RequestHead) -> Iterator[None]:
        yield


async def _as_it_is(_status: int) -> Answer | None:
    return None
