"""Where the S3 server keeps its things."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class S3Layout:
    """All below one folder."""

    data: Path

    @property
    def objects(self) -> Path:
        """A folder a bucket, a file an object."""
        return self.data / "objects"

    @property
    def incoming(self) -> Path:
        """What an old recording is moved into, until it is all there."""
        return self.data / "objects.new"

    @property
    def recording(self) -> Path:
        """The requests that S3's state was before it was files."""
        return self.data / "recording.jsonl"

    @property
    def moved_recording(self) -> Path:
        return self.data / "recording.moved.jsonl"

    @property
    def properties(self) -> Path:
        """The server's configuration, with the keys in it (mode 600)."""
        return self.data / "s3proxy.properties"

    @property
    def logging(self) -> Path:
        return self.data / "s3proxy-logback.xml"
