"""`distutils.version`: versions that compare."""

from __future__ import annotations

import re
from functools import total_ordering


@total_ordering
class LooseVersion:
    """Numbers and words, compared in turn."""

    def __init__(self, vstring: str = "") -> None:
        self.vstring = vstring
        parts = re.findall(r"\d+|[a-z]+", vstring)
        self.version = [int(part) if part.isdigit() else part for part in parts]

    def __str__(self) -> str:
        return self.vstring

    def __eq__(self, other: object) -> bool:
        return self.version == _version(other)

    def __lt__(self, other: object) -> bool:
        return [(isinstance(p, str), p) for p in self.version] < [
            (isinstance(p, str), p) for p in _version(other)
        ]

    def __hash__(self) -> int:
        return hash(self.vstring)


def _version(other: object) -> list[int | str]:
    return LooseVersion(str(other)).version


StrictVersion = LooseVersion
