"""What the gate does about S3 beside passing requests on: listings, keys that no file can have, durability."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

from services.aws_gate import durability
from services.aws_gate.errors import Answer, error
from services.aws_gate.listing import answer as listing
from services.aws_gate.listing import xattr
from services.aws_gate.listing.parameters import Parameters, parameters
from services.aws_gate.multi_delete import require_own_files
from services.aws_gate.object_path import (
    UnstorableKeyError,
    obstacle,
    require_no_file_below,
    require_storable,
)
from services.aws_gate.relay import BeforeAnswer
from services.aws_gate.request_head import RequestHead
from services.aws_gate.signature import (
    EMPTY_SHA256,
    Claim,
    Keys,
    claim,
    require_known,
    require_signed,
)

_INTERNAL_ERROR = 500
_CONFLICT = 409
_NOT_FOUND = 404
_OK = 200

_NO_BUCKET = "The specified bucket does not exist"
_LENIENT = "us-east-1"
_MADE = Answer(_OK, "application/xml", b"")


@dataclass
class S3Requests:
    """Requests to S3, of which s3proxy answers most.

    Attributes:
        objects: Folder of the buckets' folders.
        durable: Whether an object is on the disk (fsync) before its writer is answered.
    """

    objects: Path
    keys: Keys
    durable: bool
    _writing: Counter[tuple[str, str]] = field(default_factory=Counter)
    _begun: dict[tuple[str, str], float] = field(default_factory=dict)

    async def own_answer(self, head: RequestHead, signed: Claim | None) -> Answer | None:
        """The gate's own answer, or None when s3proxy is to give one.

        Raises:
            SignatureError: a listing is not signed with the stack's keys.
            UnstorableKeyError: the key can be no file's.
        """
        bucket, key = head.bucket_and_key
        if not bucket or not _is_plain(bucket):
            return None
        folder = self.objects / bucket
        if key:
            return self._about_key(head, folder, key)
        if head.method == "POST" and not head.raw_query:
            return error(head, 501, "NotImplemented", "Uploads by a form are not taken here.")
        wanted = parameters(head, signed)
        if wanted is None or not xattr.SUPPORTED or not folder.is_dir():
            return None
        known = require_known(signed, self.keys, datetime.now(UTC))
        require_signed(head, known, self.keys, EMPTY_SHA256)
        return await self._list(bucket, wanted)

    def _about_key(self, head: RequestHead, folder: Path, key: str) -> Answer | None:
        """Keep a key that can be no file's from s3proxy, which would take it for another one."""
        try:
            require_storable(key)
        except UnstorableKeyError as problem:
            if head.method in {"GET", "HEAD"}:
                return error(head, 404, "NoSuchKey", str(problem))
            raise
        if head.method in {"PUT", "POST"}:
            require_no_file_below(folder, key)
        return None

    async def _list(self, bucket: str, wanted: Parameters) -> Answer:
        folder = self.objects / bucket
        hidden = frozenset(key for name, key in self._writing if name == bucket)
        return await asyncio.to_thread(listing.answer, folder, wanted, hidden)

    def require_deletable(self, body: bytes) -> None:
        """Check the keys of a DeleteObjects request.

        Raises:
            UnstorableKeyError: one would be taken for another object's.
        """
        require_own_files(body)

    def before_answer(self, head: RequestHead) -> BeforeAnswer:
        """Makes a write durable, and says why a request failed that s3proxy has no word for."""

        async def check(status: int) -> Answer | None:
            bucket, key = head.bucket_and_key
            folder = self.objects / bucket
            if not bucket or not _is_plain(bucket):
                return None
            if status == _NOT_FOUND and not folder.exists():
                return error(head, _NOT_FOUND, "NoSuchBucket", _NO_BUCKET, bucket=bucket)
            if not key:
                return _MADE if status == _CONFLICT and _makes_bucket(head) else None
            return await self._written(status, head, folder, key)

        return check

    async def _written(
        self, status: int, head: RequestHead, folder: Path, key: str
    ) -> Answer | None:
        if head.method not in {"PUT", "POST"}:
            return None
        if status >= _INTERNAL_ERROR and (why := obstacle(folder, key)):
            return error(head, 400, "InvalidArgument", why)
        if status == _OK and self.durable:
            return await _flushed(head, folder, key)
        return None

    @contextlib.contextmanager
    def in_flight(self, head: RequestHead) -> Iterator[None]:
        """Keep the file that an object grows in out of all listings."""
        if head.method not in {"PUT", "POST"}:
            yield
            return
        target = head.bucket_and_key
        self._writing[target] += 1
        self._begun.setdefault(target, time.time())
        try:
            yield
            self._begun.pop(target, None)
        finally:
            self._writing[target] -= 1
            if not self._writing[target]:
                del self._writing[target]

    def unfinished(self) -> dict[tuple[str, str], float]:
        """Bucket and key of each write that has not come to its end, and when it began (seconds since 1970)."""
        return dict(self._begun)


async def _flushed(head: RequestHead, folder: Path, key: str) -> Answer | None:
    try:
        await asyncio.to_thread(durability.sync, folder, key, head.query)
    except OSError as problem:
        return error(head, _INTERNAL_ERROR, "InternalError", f"It is not on the disk: {problem}")
    return None


def _makes_bucket(head: RequestHead) -> bool:
    """Whether it is a CreateBucket where AWS takes a second one of the same owner for a success."""
    signed = claim(head)
    makes = head.method == "PUT" and not head.raw_query
    return makes and signed is not None and signed.scope[1] == _LENIENT


def _is_plain(bucket: str) -> bool:
    return bucket not in {".", ".."} and "/" not in bucket and "\0" not in unquote(bucket)
