"""The bucket: objects are created, never overwritten."""

from collections.abc import Callable
from typing import TypeVar

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from services.aws import s3_client
from services.records.object_key import partition_prefix
from services.s3_sink.flush import Partition
from services.s3_sink.retry_forever import RetryForever
from services.settings import Settings
from services.tables import bucket

Value = TypeVar("Value")

_ONCE = Config(
    connect_timeout=3,
    read_timeout=30,
    retries={"total_max_attempts": 1},
    request_checksum_calculation="when_required",
    s3={"addressing_style": "path"},
)
"""The client never retries on its own: `Patience` does, and can be stopped."""

_AWAY = (BotoCoreError, ClientError)
_EXISTS = {"PreconditionFailed"}
_NO_BUCKET = {"NoSuchBucket"}
_NO_OBJECT = {"404", "NoSuchKey"}
_OURS = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}


class BucketLost(Exception):
    """The bucket is not there (any more)."""


class _Answer(Exception):
    """S3 answered, and asking again would not change it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class S3Bucket:
    """One user's bucket. Every call waits until S3 answers.

    Raises:
        Stopped: S3 is away and the sink is to stop.
    """

    def __init__(self, settings: Settings, patience: RetryForever) -> None:
        self.bucket = bucket(settings.user_id)
        self._region = settings.aws_default_region
        self._s3 = s3_client(settings, _ONCE)
        self._patience = patience

    def ensure_bucket(self) -> bool:
        """Make the bucket when it is missing; tells whether it was."""
        try:
            self._ask(
                "look for the bucket",
                lambda: self._s3.head_bucket(Bucket=self.bucket),
                {"404"} | _NO_BUCKET,
            )
        except _Answer:
            self._make_bucket()
            return True
        return False

    def create(self, key: str, body: bytes) -> bool:
        """Create an object; False when one stands there already, which stays as it is.

        Raises:
            BucketLost: there is no bucket to create it in.
        """
        try:
            self._ask(
                f"write {key}",
                lambda: self._s3.put_object(
                    Bucket=self.bucket,
                    Key=key,
                    Body=body,
                    ContentType="application/json",
                    IfNoneMatch="*",
                ),
                _EXISTS | _NO_BUCKET,
            )
        except _Answer as answer:
            if answer.code in _NO_BUCKET:
                raise BucketLost(self.bucket) from answer
            return False
        return True

    def read(self, key: str) -> bytes | None:
        """An object's bytes; None when it is not there.

        Raises:
            BucketLost: there is no bucket.
        """
        try:
            return self._ask(
                f"read {key}",
                lambda: self._read(key),
                _NO_OBJECT | _NO_BUCKET,
            )
        except _Answer as answer:
            if answer.code in _NO_BUCKET:
                raise BucketLost(self.bucket) from answer
            return None

    def exists(self, key: str) -> bool:
        """Whether an object is there; a missing bucket has none."""
        try:
            self._ask(
                f"look for {key}",
                lambda: self._s3.head_object(Bucket=self.bucket, Key=key),
                _NO_OBJECT | _NO_BUCKET,
            )
        except _Answer:
            return False
        return True

    def keys(self, partition: Partition) -> set[str]:
        """Keys of all objects of a partition.

        Raises:
            BucketLost: there is no bucket.
        """
        try:
            return self._ask(f"list {partition}", lambda: self._list(partition), _NO_BUCKET)
        except _Answer as answer:
            raise BucketLost(self.bucket) from answer

    def _read(self, key: str) -> bytes:
        return self._s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def _list(self, partition: Partition) -> set[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=partition_prefix(*partition)
        )
        return {item["Key"] for page in pages for item in page.get("Contents", [])}

    def _make_bucket(self) -> None:
        def make() -> None:
            if self._region == "us-east-1":  # AWS refuses to be told its default
                self._s3.create_bucket(Bucket=self.bucket)
            else:
                place = {"LocationConstraint": self._region}
                self._s3.create_bucket(Bucket=self.bucket, CreateBucketConfiguration=place)  # type: ignore[arg-type]  # any region

        try:
            self._ask(f"make the bucket {self.bucket}", make, _OURS)
        except _Answer:
            return

    def _ask(self, what: str, action: Callable[[], Value], final: set[str]) -> Value:
        """Insist on an answer; the codes in `final` are one."""

        def once() -> Value:
            try:
                return action()
            except ClientError as error:
                code = error.response.get("Error", {}).get("Code", "")
                if code in final:
                    raise _Answer(code) from error
                raise

        return self._patience.insist(what, once, _AWAY)
