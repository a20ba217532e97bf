"""A bucket's keys in their order, the bytes of UTF-8, from any key on; only folders on the way are read."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.aws_gate.listing import xattr
from services.aws_gate.object_path import RESERVED

_UNFINISHED = re.compile(
    rb"(.+)-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.DOTALL
)
"""The file that an object grows in before it gets its name."""

_RESERVED = tuple(name.encode("ascii") for name in RESERVED)


@dataclass(frozen=True)
class ListedObject:
    """An object as a listing shows it; `modified` is in seconds since 1970."""

    key: bytes
    etag: str
    size: int
    modified: float


@dataclass(frozen=True)
class CommonPrefix:
    """A folder whose content is not listed."""

    prefix: bytes


@dataclass(frozen=True)
class Scope:
    """What part of a bucket is walked.

    Attributes:
        after: Only keys after it.
        folders_as_prefixes: A folder below the prefix is one entry (delimiter `/`).
        hidden: Keys that are being written.
    """

    bucket: bytes
    prefix: bytes
    after: bytes
    folders_as_prefixes: bool
    hidden: frozenset[bytes]

    def objects(self) -> Iterator[ListedObject | CommonPrefix]:
        """All entries, in their order."""
        base = self.prefix[: self.prefix.rfind(b"/") + 1]
        if any(part in {b"", b".", b".."} for part in base.split(b"/")[:-1]):
            return
        if base and base == self.prefix:
            yield from self._marker(base)
        yield from self._below(base)

    def _below(self, base: bytes) -> Iterator[ListedObject | CommonPrefix]:
        """Everything in the folder of a key that ends in a slash, or in the bucket's own."""
        for name, is_folder in self._names(base):
            key = base + name
            if not is_folder:
                yield from self._object(key)
            elif not self.folders_as_prefixes:
                yield from self._marker(key)
                yield from self._below(key)
            elif key != self.after and self._holds_any(key):
                yield CommonPrefix(key)

    def _names(self, base: bytes) -> list[tuple[bytes, bool]]:
        """Names in a folder, folders' with a slash, that can lead to what is wanted."""
        found: list[tuple[bytes, bool]] = []
        start, after = self.prefix[len(base) :], self.after
        try:
            with os.scandir(self.bucket + b"/" + base) as entries:
                for entry in entries:
                    is_folder = entry.is_dir(follow_symlinks=False)
                    name = entry.name + b"/" if is_folder else entry.name
                    if name.startswith(_RESERVED) or not name.startswith(start):
                        continue
                    if base + name > after or (is_folder and after.startswith(base + name)):
                        found.append((name, is_folder))
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(found)

    def _object(self, key: bytes) -> Iterator[ListedObject]:
        match = _UNFINISHED.fullmatch(key)
        if match and match[1] in self.hidden:
            return
        yield from self._listed(key, key)

    def _marker(self, key: bytes) -> Iterator[ListedObject]:
        """A folder that was itself made as an object."""
        if key > self.after:
            yield from self._listed(key, key[:-1])

    def _listed(self, key: bytes, path: bytes) -> Iterator[ListedObject]:
        file = self.bucket + b"/" + path
        try:
            status = os.stat(file, follow_symlinks=False)  # noqa: PTH116 - names are bytes
            tag = xattr.etag(file)
        except (FileNotFoundError, NotADirectoryError):
            return
        if tag is not None:
            size = 0 if key.endswith(b"/") else status.st_size
            yield ListedObject(key, tag, size, status.st_mtime)

    def _holds_any(self, key: bytes) -> bool:
        inside = Scope(self.bucket, key, self.after, folders_as_prefixes=False, hidden=self.hidden)
        return next(inside.objects(), None) is not None
