"""A bucket, or what lies below a prefix of it, as files and folders."""

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, cast

from botocore.exceptions import ClientError

from services.workspace.storage.file_store import FileEntry

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ListObjectsV2OutputTypeDef

_MOST_DELETED = 1000
"""Keys in one DeleteObjects (its limit)."""


class S3Store:
    """Objects below `prefix`; a folder is there as long as an object lies in it, or its empty marker does."""

    def __init__(self, client: "S3Client", bucket: str, prefix: str = "") -> None:
        self._s3 = client
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/".lstrip("/")

    def find(self, path: str) -> FileEntry | None:
        return self._object(path) or self._folder(path)

    def uri(self, path: str) -> str:
        return f"s3a://{self._bucket}/{self._key(path)}".rstrip("/")

    def children(self, path: str) -> list[FileEntry]:
        top = self._below(path)
        entries = [entry for page in self._pages(top, "/") for entry in _entries(page, top)]
        return sorted(entries, key=lambda entry: entry.name)

    def read(self, path: str) -> BinaryIO:
        body = self._s3.get_object(Bucket=self._bucket, Key=self._key(path))["Body"]
        return cast(BinaryIO, body)

    def write(self, path: str, content: BinaryIO) -> None:
        self._s3.upload_fileobj(content, self._bucket, self._key(path))

    def make_folder(self, path: str) -> None:
        if self._below(path):
            self._s3.upload_fileobj(BytesIO(), self._bucket, self._below(path))

    def remove(self, path: str) -> None:
        """Remove a file and a folder: both may have the same name in S3."""
        doomed = [key for page in self._pages(self._below(path)) for key in _keys(page)]
        if self._object(path):
            doomed.append(self._key(path))
        for start in range(0, len(doomed), _MOST_DELETED):
            keys = doomed[start : start + _MOST_DELETED]
            self._s3.delete_objects(
                Bucket=self._bucket, Delete={"Objects": [{"Key": key} for key in keys]}
            )

    def _object(self, path: str) -> FileEntry | None:
        key = self._key(path)
        if not key or key.endswith("/"):
            return None
        try:
            head = self._s3.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in {"404", "NoSuchKey"}:
                return None
            raise
        modified = int(head["LastModified"].timestamp() * 1000)
        name = key.rpartition("/")[2]
        return FileEntry(name, folder=False, size=head["ContentLength"], modified=modified)

    def _folder(self, path: str) -> FileEntry | None:
        top = self._below(path)
        found = self._s3.list_objects_v2(Bucket=self._bucket, Prefix=top, MaxKeys=1)
        if not found["KeyCount"] and top != self._prefix:
            return None
        return FileEntry(path.rpartition("/")[2], folder=True)

    def _pages(self, prefix: str, delimiter: str = "") -> "Iterator[ListObjectsV2OutputTypeDef]":
        pages = self._s3.get_paginator("list_objects_v2")
        yield from pages.paginate(Bucket=self._bucket, Prefix=prefix, Delimiter=delimiter)

    def _key(self, path: str) -> str:
        return self._prefix + path.lstrip("/")

    def _below(self, path: str) -> str:
        key = self._key(path)
        return key if not key or key.endswith("/") else f"{key}/"


def _keys(page: "ListObjectsV2OutputTypeDef") -> list[str]:
    return [item["Key"] for item in page.get("Contents", [])]


def _entries(page: "ListObjectsV2OutputTypeDef", top: str) -> Iterator[FileEntry]:
    for folder in page.get("CommonPrefixes", []):
        yield FileEntry(folder["Prefix"].removeprefix(top).rstrip("/"), folder=True)
    for item in page.get("Contents", []):
        if item["Key"] != top:
            modified = int(item["LastModified"].timestamp() * 1000)
            name = item["Key"].removeprefix(top)
            yield FileEntry(name, folder=False, size=item["Size"], modified=modified)
