"""A client of S3 that goes on while S3 is killed, and remembers what was acked."""

import os
import random
import threading
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Self

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from services.aws import s3_client
from services.settings import Settings
from tests.support.polling import eventually

_ONCE = Config(connect_timeout=2, read_timeout=20, retries={"total_max_attempts": 1})
_PART = 5 * 1024 * 1024
_RETRIED = (BotoCoreError, ClientError)


class Writer:
    """Writes objects of random sizes, some in parts, each until it is acked."""

    def __init__(
        self, settings: Settings, bucket: str, *, objects: int, uploads: int, seed: int
    ) -> None:
        self._settings = settings
        self._bucket = bucket
        self._chance = random.Random(seed)  # noqa: S311
        self._kinds = ["object"] * objects + ["upload"] * uploads
        self._chance.shuffle(self._kinds)
        self._thread = threading.Thread(target=self._write)
        self._s3 = s3_client(settings, _ONCE)
        self.acked: dict[str, bytes] = {}

    def __enter__(self) -> Self:
        self._s3.create_bucket(Bucket=self._bucket)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.join()

    def let_some_pass(self, count: int) -> None:
        """Wait until so many more were acked, or there are none left."""
        wanted = min(len(self.acked) + count, len(self._kinds))
        eventually(f"{wanted} acked objects", lambda: len(self.acked) >= wanted, within=120)

    def assert_whole(self) -> None:
        """All is there, byte for byte, and nothing else is listed."""
        s3 = s3_client(self._settings)
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket)
        assert {row["Key"] for page in pages for row in page.get("Contents", [])} == set(self.acked)
        assert len(self.acked) == len(self._kinds)
        for key, body in self.acked.items():
            assert s3.get_object(Bucket=self._bucket, Key=key)["Body"].read() == body

    def _write(self) -> None:
        for number, kind in enumerate(self._kinds):
            key = f"d{number % 7}/{kind}-{number}"
            if kind == "object":
                body = os.urandom(self._chance.choice([0, 10, 1000, 100_000, 600_000]))
                self._until_acked(partial(self._put, key, body))
            else:
                body = os.urandom(_PART + 1000)
                self._until_acked(partial(self._upload, key, body))
            self.acked[key] = body

    def _until_acked(self, write: Callable[[], None]) -> None:
        def acked() -> bool:
            try:
                write()
            except _RETRIED:
                return False
            return True

        eventually("an ack", acked, within=120)

    def _put(self, key: str, body: bytes) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=body)

    def _upload(self, key: str, body: bytes) -> None:
        place = {"Bucket": self._bucket, "Key": key}
        upload = self._s3.create_multipart_upload(**place)["UploadId"]  # type: ignore[arg-type]
        parts = []
        for number, piece in enumerate((body[:_PART], body[_PART:]), 1):
            answer = self._s3.upload_part(**place, UploadId=upload, PartNumber=number, Body=piece)  # type: ignore[arg-type]
            parts.append({"PartNumber": number, "ETag": answer["ETag"]})
        self._s3.complete_multipart_upload(
            **place,  # type: ignore[arg-type]
            UploadId=upload,
            MultipartUpload={"Parts": parts},  # type: ignore[typeddict-item]
        )
