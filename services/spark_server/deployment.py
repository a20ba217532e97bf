"""Where a Spark process runs: what a laptop and a container do not have in common."""

import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

from services.settings import Settings


@dataclass(frozen=True)
class SparkDeployment:
    """One machine, or one container.

    Attributes:
        run: Folder of the configuration files, which hold keys.
        scratch: Folder of Spark's own temporary files: shuffles, state of streams, what does not fit into memory.
        host: Name or address under which executors find the driver.
        listen: Address that is listened on.
        options: Options that the JVM has only here.
    """

    run: Path
    scratch: Path
    host: str
    listen: str
    options: tuple[str, ...] = ()


def container(settings: Settings) -> SparkDeployment:
    """This container: its name is its host name; its folder for temporary files is in memory, too small for Spark's."""
    return SparkDeployment(
        run=Path(tempfile.gettempdir()) / "spark",
        scratch=settings.state_dir.resolve() / "data" / "spark",
        host=socket.gethostname(),
        listen=settings.listen_host,
        options=_SMALL_HEAP,
    )


_SMALL_HEAP = ("-XX:MinHeapFreeRatio=15", "-XX:MaxHeapFreeRatio=30")
"""Memory is limited: the heap grows in small steps."""
