"""Which of the sink's objects are new."""

from typing import Any

import pytest

from services.records.object_key import ObjectKey
from spark_jobs.batch.objects import ObjectStore
from spark_jobs.progress import Progress

TOPIC = "0a1b2c3d4e5f.pin"


class Bucket:
    """A stand-in for boto3's client that lists keys in S3's own (byte) order."""

    class exceptions:
        """boto3's errors of this client."""

        class NoSuchBucket(Exception):
            """The bucket is not there."""

    def __init__(self, keys: list[str] | None) -> None:
        self.keys = keys
        self.listed: list[str] = []

    def get_paginator(self, _name: str) -> "Bucket":
        return self

    def paginate(
        self, Prefix: str, Delimiter: str = "", StartAfter: str = "", **_: str
    ) -> list[dict[str, Any]]:
        if self.keys is None:
            raise self.exceptions.NoSuchBucket
        found = sorted(k for k in self.keys if k.startswith(Prefix) and k > StartAfter)
        if Delimiter:
            folders = {Prefix + k.removeprefix(Prefix).split("/")[0] + "/" for k in found}
            return [{"CommonPrefixes": [{"Prefix": folder} for folder in sorted(folders)]}]
        self.listed += found
        return [{"Contents": [{"Key": key} for key in found]}]


def _new(bucket: Bucket, progress: Progress) -> list[tuple[int, int]]:
    store = ObjectStore(bucket, "0a1b2c3d4e5f")
    return [(key.partition, key.offset) for key in store.new_objects(progress)]


def _keys(*places: tuple[int, int]) -> list[str]:
    return [str(ObjectKey(TOPIC, partition, offset)) for partition, offset in places]


def test_everything_is_new_at_first() -> None:
    """Without progress every object of every partition comes, in order of partition and offset."""
    bucket = Bucket(_keys((1, 0), (0, 10), (0, 0)))

    assert _new(bucket, Progress(TOPIC)) == [(0, 0), (0, 10), (1, 0)]


def test_only_what_follows_is_listed() -> None:
    """The listing starts behind the last object, so its cost follows the new data."""
    bucket = Bucket(_keys((0, 0), (0, 10), (0, 20)))

    assert _new(bucket, Progress(TOPIC, {0: 19}, objects={0: 10})) == [(0, 20)]
    assert bucket.listed == _keys((0, 20))


def test_overlapping_objects_are_seen() -> None:
    """An object that begins inside the last one may still hold offsets beyond it."""
    bucket = Bucket(_keys((0, 10), (0, 15)))

    assert _new(bucket, Progress(TOPIC, {0: 19}, objects={0: 10})) == [(0, 15)]


def test_eleven_digits() -> None:
    """Keys with offsets of eleven digits sort before those with ten, and are found all the same."""
    bucket = Bucket(_keys((0, 9_999_999_000), (0, 10_000_000_000), (0, 10_000_000_500)))

    assert _new(bucket, Progress(TOPIC, objects={0: 9_999_999_000})) == [
        (0, 10_000_000_000),
        (0, 10_000_000_500),
    ]


def test_foreign_files_are_left_alone() -> None:
    """A file that is not the sink's is no object."""
    bucket = Bucket([*_keys((0, 0)), f"topics/{TOPIC}/partition=0/_SUCCESS", f"topics/{TOPIC}/x/y"])

    assert _new(bucket, Progress(TOPIC)) == [(0, 0)]


def test_missing_bucket_is_empty() -> None:
    """Before the sink's first object there is nothing new."""
    assert _new(Bucket(None), Progress(TOPIC)) == []


@pytest.mark.parametrize(("body", "lines"), [(b"", 0), (b"1\n2\n", 2), (b"1\n2", 2), (b"\n", 1)])
def test_lines(body: bytes, lines: int) -> None:
    """An object has one record a line, the last one with or without its line end."""

    class Body:
        def read(self) -> bytes:
            return body

    class Client:
        def get_object(self, **_: str) -> dict[str, Body]:
            return {"Body": Body()}

    assert ObjectStore(Client(), "0a1b2c3d4e5f").lines(ObjectKey(TOPIC, 0, 0)) == lines
