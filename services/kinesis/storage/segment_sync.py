"""The sync of one segment, which may run in another thread than the one that writes."""

import threading
from dataclasses import dataclass, field

from services.files import sync_data


@dataclass
class SegmentSync:
    """What a segment held when the sync began, and how it ended.

    Attributes:
        file: Descriptor; open until the segment has taken the outcome.
        size: Bytes.
        count: Records.
        error: None when they are on the disk.
        ended: Set when the disk has answered.
    """

    file: int
    size: int
    count: int
    error: OSError | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Wait for the disk; for any thread."""
        try:
            sync_data(self.file)
        except OSError as error:
            self.error = error
        finally:
            self.ended.set()
