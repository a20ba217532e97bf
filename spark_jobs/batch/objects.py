"""The sink's objects on S3: which ones are new."""

from collections.abc import Iterator
from typing import Any

from services.records.object_key import ObjectKey, partition_prefix
from services.tables import bucket
from spark_jobs.progress import Progress

_WIDE = 9_000_000_000
"""Keys sort by offset only while they have ten digits; from here on the listing starts at zero."""


class ObjectStore:
    """One user's bucket, read only."""

    def __init__(self, client: Any, user_id: str) -> None:
        self._client = client
        self.bucket = bucket(user_id)

    def new_objects(self, progress: Progress) -> list[ObjectKey]:
        """Objects after the last one that `progress` knows, in the order of their offsets.

        A missing bucket is an empty one: the sink has not written yet.
        """
        try:
            partitions = list(self._partitions(progress.topic))
        except self._client.exceptions.NoSuchBucket:
            return []
        found = [key for p in partitions for key in self._after(progress, p)]
        return sorted(found)

    def lines(self, key: ObjectKey) -> int:
        """Number of records in an object."""
        body = self._client.get_object(Bucket=self.bucket, Key=str(key))["Body"].read()
        return int(body.count(b"\n")) + (not body.endswith(b"\n") and body != b"")

    def _partitions(self, topic: str) -> Iterator[int]:
        prefix = partition_prefix(topic, 0).removesuffix("0/")
        for page in self._pages(Prefix=prefix, Delimiter="/"):
            for folder in page.get("CommonPrefixes", []):
                number = folder["Prefix"].removeprefix(prefix).removesuffix("/")
                if number.isdecimal():
                    yield int(number)

    def _after(self, progress: Progress, partition: int) -> Iterator[ObjectKey]:
        last = progress.objects.get(partition, progress.offsets.get(partition, -1))
        prefix = partition_prefix(progress.topic, partition)
        start = str(ObjectKey(progress.topic, partition, last)) if 0 <= last < _WIDE else ""
        for page in self._pages(Prefix=prefix, StartAfter=start):
            for item in page.get("Contents", []):
                if (key := _parse(item["Key"])) and key.offset > last:
                    yield key

    def _pages(self, **arguments: str) -> Iterator[dict[str, Any]]:
        paginator = self._client.get_paginator("list_objects_v2")
        yield from paginator.paginate(Bucket=self.bucket, **arguments)


def _parse(key: str) -> ObjectKey | None:
    """The sink's key, or None for what someone else put beside it."""
    try:
        return ObjectKey.parse(key)
    except ValueError:
        return None
