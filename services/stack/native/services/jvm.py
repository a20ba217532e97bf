"""What every Java process of the stack has in common."""

import socket
from pathlib import Path

from services.files import private_folder
from services.settings import HOST
from services.setup.java import java
from services.stack.layout import Layout


def command(
    layout: Layout, jars: list[Path], options: list[str], arguments: list[str]
) -> tuple[str, ...]:
    """Argument list of a JVM with all jars of the folders on its class path."""
    return (
        str(java()),
        "-cp",
        ":".join(f"{folder}/*" for folder in jars),
        hosts_option(layout),
        "-Djava.net.preferIPv4Stack=true",
        "-XX:+ExitOnOutOfMemoryError",
        *options,
        *arguments,
    )


def hosts_option(layout: Layout) -> str:
    """Name look-ups without the network: each JVM waited 5 s for one at start-up."""
    return f"-Djdk.net.hosts.file={_hosts_file(layout)}"


def _hosts_file(layout: Layout) -> Path:
    return layout.run / "hosts"


def write_hosts_file(layout: Layout) -> None:
    """The look-ups that a JVM makes of its own machine."""
    private_folder(layout.run)
    _hosts_file(layout).write_text(f"{HOST} localhost {socket.gethostname()}\n", encoding="utf-8")
