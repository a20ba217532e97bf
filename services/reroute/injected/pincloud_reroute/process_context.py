"""What all patches of one process share: its configuration, what is said to the user, whose code is whose."""

from __future__ import annotations

import os
import sys
from hashlib import sha256
from typing import TYPE_CHECKING, Iterable
from urllib.parse import urlsplit

from .hosts import is_api
from .notes import HOST, Notes
from .stop import Stop

if TYPE_CHECKING:
    from types import FrameType

    from .configuration import Configuration

METADATA = "169.254."
"""Addresses at which AWS's libraries look for the keys of a rented machine."""

LIBRARIES = ("site-packages", "dist-packages")
"""Folders of installed packages, which may lie in the user's own."""


class ProcessContext:
    """The run, in one of its processes."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.stop = Stop(configuration.folder)
        self.notes = Notes(configuration.folder)
        self.offered = configuration.offered
        """This process was given local credentials in the place of a missing file or module."""
        self.unknown: dict[str, set[str]] = {}
        """Key that could not be guessed → the missing files and modules that it was asked of."""
        self._roots = [configuration.root]
        self._own: dict[str, bool] = {}

    def say(self, message: str, key: str) -> None:
        """Tell the user, once for each key among all processes of the run."""
        mark = os.path.join(self.configuration.folder, f"said-{sha256(key.encode()).hexdigest()}")
        try:
            os.close(os.open(mark, os.O_CREAT | os.O_EXCL, 0o600))
        except OSError:
            return
        if sys.stderr is not None:
            print(f"pincloud: {printable(message)}", file=sys.stderr, flush=True)  # noqa: T201  no rich here

    def is_gateway(self, host: str | None, port: int | None) -> bool:
        """Whether requests to this host belong to the gateway; says so the first time."""
        if host is None:
            return False
        if (host, port) == self.configuration.gateway:
            return True
        if not is_api(host, port):
            if (host, port) not in self._not_noted() and not host.startswith(METADATA):
                self.notes.add(HOST, f"{host}:{port}")
            return False
        self.say(f"{host} → the local gateway, {self.configuration.gateway_url}", key=host)
        return True

    def _not_noted(self) -> tuple[tuple[str, int], ...]:
        """What is ours, but not the gateway."""
        aws = urlsplit(self.configuration.aws.endpoint_url)
        return (self.configuration.proxy, (aws.hostname or "", aws.port or 80))

    def is_own(self, file: str) -> bool:
        """Whether code of this file is the user's own, not a library's."""
        if file not in self._own:
            path = os.path.abspath(file)
            outside = any(name in path for name in LIBRARIES)
            below = any(path.startswith(root.rstrip(os.sep) + os.sep) for root in self._roots)
            self._own[file] = below and not outside
        return self._own[file]

    def is_asked_by_own_code(self) -> bool:
        """Whether the user's own code, by way of Python's library at most, is who asks."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            file = frame.f_code.co_filename
            if self.is_own(file):
                return True
            if any(name in file for name in LIBRARIES):
                return False
            frame = frame.f_back
        return False

    def offer(self, source: str, unknown: Iterable[tuple[str, ...]]) -> None:
        """Note that local values are given in the place of a file or module, but for these keys."""
        self.offered = True
        for place in unknown:
            self.unknown.setdefault(place[-1], set()).add(f"{'.'.join(place)} of {source}")

    def adopt(self, folder: str) -> None:
        """Take the code of a further folder for the user's own."""
        self._roots.append(folder)
        self._own.clear()


def printable(text: str) -> str:
    """A third party's text without control characters."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)
