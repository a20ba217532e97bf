"""What a request says before its body: method, target and headers, as they were signed."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl, unquote

Headers = list[tuple[bytes, bytes]]
"""Names in lower case, in the order in which they came."""


@dataclass(frozen=True)
class RequestHead:
    """One request's head.

    Attributes:
        target: Path and query as they came, percent-encoded.
    """

    method: str
    target: str
    headers: Headers

    @cached_property
    def values(self) -> dict[str, str]:
        """Header → value; several of one name joined by commas, as SigV4 has it."""
        found: dict[str, str] = {}
        for name, value in self.headers:
            key, text = name.decode("ascii").lower(), value.decode("latin-1").strip()
            found[key] = f"{found[key]},{text}" if key in found else text
        return found

    def header(self, name: str) -> str:
        """A header's value; empty when there is none."""
        return self.values.get(name, "")

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def raw_query(self) -> str:
        return self.target.partition("?")[2]

    @cached_property
    def query(self) -> dict[str, str]:
        """Parameter → value, decoded; the last of several."""
        return dict(parse_qsl(self.raw_query, keep_blank_values=True, errors="surrogateescape"))

    @cached_property
    def bucket_and_key(self) -> tuple[str, str]:
        """Of an S3 request: both are empty for the list of buckets, the key for a bucket."""
        path = unquote(self.path, errors="surrogateescape").removeprefix("/")
        bucket, _, key = path.partition("/")
        return bucket, key
