"""The users' buckets: made when one is missing; objects are created, never overwritten."""

from collections.abc import Callable
from typing import TypeVar

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from services.aws import s3_client
from services.records.object_key import ObjectKey, partition_prefix
from services.s3_sink.flush import Partition
from services.s3_sink.retry_forever import RetryForever
from services.settings import Settings

Value = TypeVar("Value")

_ONCE = Config(
    connect_timeout=3,
    read_timeout=30,
    retries={"total_max_attempts": 1},
    request_checksum_calculation="when_required",
    s3={"addressing_style": "path"},
)
"""The client never retries on its own: `RetryForever` does, and can be stopped."""

_RETRIABLE = (BotoCoreError, ClientError)
_EXISTS = {"PreconditionFailed"}
_NO_BUCKET = {"NoSuchBucket"}
_NO_OBJECT = {"404", "NoSuchKey"}
_ALREADY_OWNED = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}


class BucketLost(Exception):
    """The bucket does not exist (any more)."""


class _FinalAnswer(Exception):
    """S3 answered with an error that a retry would not change."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class S3Buckets:
    """All users' buckets: an object lies in that of its partition. Every call waits until S3 answers.

    Raises:
        Stopped: S3 is unavailable and the sink is to stop.
    """

    def __init__(self, settings: Settings, retry: RetryForever) -> None:
        self._region = settings.aws_default_region
        self._s3 = s3_client(settings, _ONCE)
        self._retry = retry

    def ensure_bucket(self, name: str) -> bool:
        """Make a bucket when it is missing; returns whether it was."""
        try:
            self._call(
                f"look for the bucket {name}",
                lambda: self._s3.head_bucket(Bucket=name),
                {"404"} | _NO_BUCKET,
            )
        except _FinalAnswer:
            self._make_bucket(name)
            return True
        return False

    def create(self, key: str, body: bytes) -> bool:
        """Create an object; False when one exists already, which stays as it is.

        Raises:
            BucketLost: there is no bucket to create it in.
        """
        return self._put(key, body, {"IfNoneMatch": "*"})

    def replace(self, key: str, body: bytes) -> None:
        """Write an object over the one that exists.

        Raises:
            BucketLost: there is no bucket.
        """
        self._put(key, body, {})

    def _put(self, key: str, body: bytes, condition: dict[str, str]) -> bool:
        try:
            self._call(
                f"write {key}",
                lambda: self._s3.put_object(
                    Bucket=_bucket_of(key),
                    Key=key,
                    Body=body,
                    ContentType="application/json",
                    **condition,  # type: ignore[arg-type]  # the stubs know each argument alone
                ),
                _EXISTS | _NO_BUCKET,
            )
        except _FinalAnswer as answer:
            if answer.code in _NO_BUCKET:
                raise BucketLost(_bucket_of(key)) from answer
            return False
        return True

    def read(self, key: str) -> bytes | None:
        """An object's bytes; None when it does not exist.

        Raises:
            BucketLost: there is no bucket.
        """
        try:
            return self._call(
                f"read {key}",
                lambda: self._read(key),
                _NO_OBJECT | _NO_BUCKET,
            )
        except _FinalAnswer as answer:
            if answer.code in _NO_BUCKET:
                raise BucketLost(_bucket_of(key)) from answer
            return None

    def exists(self, key: str) -> bool:
        """Whether an object exists; a missing bucket has none."""
        try:
            self._call(
                f"look for {key}",
                lambda: self._s3.head_object(Bucket=_bucket_of(key), Key=key),
                _NO_OBJECT | _NO_BUCKET,
            )
        except _FinalAnswer:
            return False
        return True

    def keys(self, partition: Partition) -> set[str]:
        """Keys of all objects of a partition.

        Raises:
            BucketLost: there is no bucket.
        """
        try:
            return self._call(f"list {partition}", lambda: self._list(partition), _NO_BUCKET)
        except _FinalAnswer as answer:
            raise BucketLost(partition.bucket) from answer

    def _read(self, key: str) -> bytes:
        return self._s3.get_object(Bucket=_bucket_of(key), Key=key)["Body"].read()

    def _list(self, partition: Partition) -> set[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=partition.bucket, Prefix=partition_prefix(*partition)
        )
        return {item["Key"] for page in pages for item in page.get("Contents", [])}

    def _make_bucket(self, name: str) -> None:
        def make() -> None:
            if self._region == "us-east-1":  # AWS refuses to be told its default
                self._s3.create_bucket(Bucket=name)
            else:
                place = {"LocationConstraint": self._region}
                self._s3.create_bucket(Bucket=name, CreateBucketConfiguration=place)  # type: ignore[arg-type]  # any region

        try:
            self._call(f"make the bucket {name}", make, _ALREADY_OWNED)
        except _FinalAnswer:
            return

    def _call(self, what: str, action: Callable[[], Value], final: set[str]) -> Value:
        """Retry until S3 answers; the error codes in `final` are answers."""

        def once() -> Value | _FinalAnswer:
            try:
                return action()
            except ClientError as error:
                code = error.response.get("Error", {}).get("Code", "")
                if code in final:
                    return _FinalAnswer(code)
                raise

        answer = self._retry.call(what, once, _RETRIABLE)
        if isinstance(answer, _FinalAnswer):
            raise answer
        return answer


def _bucket_of(key: str) -> str:
    parsed = ObjectKey.parse(key)
    return Partition(parsed.topic, parsed.partition).bucket
